//! The comment that a shader begins with.

use std::ops::Range as Span;

use weft_spec::{Form, Literal, OutputSpec, PortSpec, Range, TypeName};

/// The comment that a shader begins with.
pub(super) struct Header {
    /// `vendor.pack.Kind`.
    pub(super) id: String,
    pub(super) version: String,
    pub(super) help: String,
    pub(super) inputs: Vec<Input>,
    pub(super) output: Output,
}

/// One input.
pub(super) struct Input {
    pub(super) name: String,
    pub(super) ty: Type,
    help: String,
    default: Option<Literal>,
    range: Option<Range>,
}

/// The output.
pub(super) struct Output {
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) size: Size,
    help: String,
}

/// How large the output is; numbers are places among the inputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Size {
    /// As a picture, so many times.
    Like(usize, f64),
    /// So many columns and rows.
    Of(usize, usize),
}

/// What an input or output is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Image,
    Mask,
    Number,
    Integer,
    Bool,
    Color,
    Seed,
}

/// What is wrong, and where, in bytes of the text.
pub(super) type Fault = (String, Span<usize>);

const TYPES: [(&str, Type, Form); 7] = [
    ("Image", Type::Image, Form::Wired),
    ("Mask", Type::Mask, Form::Wired),
    ("Number", Type::Number, Form::Number),
    ("Integer", Type::Integer, Form::Integer),
    ("Bool", Type::Bool, Form::Bool),
    ("Color", Type::Color, Form::Color),
    ("Seed", Type::Seed, Form::Integer),
];

impl Type {
    fn of(word: &str) -> Option<Self> {
        let found = TYPES.iter().find(|(name, ..)| *name == word);
        found.map(|(_, ty, _)| *ty)
    }

    fn row(self) -> &'static (&'static str, Type, Form) {
        // Every type has its row.
        TYPES
            .iter()
            .find(|(_, ty, _)| *ty == self)
            .unwrap_or(&TYPES[0])
    }

    /// Whether it is a picture or a mask.
    pub(super) fn is_picture(self) -> bool {
        matches!(self, Self::Image | Self::Mask)
    }
}

impl Input {
    /// What a graph sees of it.
    pub(super) fn spec(&self) -> PortSpec {
        let (name, _, form) = self.ty.row();
        PortSpec {
            name: self.name.clone(),
            ty: TypeName::new(name),
            form: form.clone(),
            help: self.help.clone(),
            default: self.default.clone(),
            optional: false,
            range: self.range,
        }
    }
}

impl Output {
    /// What a graph sees of it.
    pub(super) fn spec(&self) -> OutputSpec {
        OutputSpec {
            name: self.name.clone(),
            ty: TypeName::new(self.ty.row().0),
            help: self.help.clone(),
        }
    }
}

/// One line of the comment, without its slashes.
#[derive(Clone)]
struct Line<'a> {
    text: &'a str,
    span: Span<usize>,
}

/// The comment lines that the text begins with.
fn lines(text: &str) -> Vec<Line<'_>> {
    let mut at = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        let Some(said) = line.trim_end().strip_prefix("//") else {
            break;
        };
        let said = said.strip_prefix(' ').unwrap_or(said);
        lines.push(Line {
            text: said,
            span: at..at + line.trim_end().len(),
        });
        at += line.len();
    }
    lines
}

impl Header {
    /// Reads the comment that a shader begins with.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let lines = lines(text);
        let start = 0..text.find('\n').unwrap_or(text.len());
        let Some((first, rest)) = lines.split_first() else {
            let message = "a shader begins with a comment: `// vendor.pack.Kind 0.1.0`".to_owned();
            return Err(vec![(message, start)]);
        };
        let mut faults = Vec::new();
        let (mut help, mut inputs, mut output) = (Vec::new(), Vec::new(), None);
        for line in rest {
            if let Some(said) = line.text.strip_prefix("->") {
                if output.is_some() {
                    faults.push(("a shader has one output".to_owned(), line.span.clone()));
                }
                output = Some((said, line));
            } else if is_port(line.text) {
                match input(line) {
                    Ok(input) => inputs.push(input),
                    Err(message) => faults.push((message, line.span.clone())),
                }
            } else if inputs.is_empty() && output.is_none() {
                help.push(line.text);
            } else if !line.text.trim().is_empty() {
                let message =
                    "is neither `name: Type  help` nor `-> name: Type  help`; help goes above"
                        .to_owned();
                faults.push((message, line.span.clone()));
            }
        }
        let (id, version) = named(first.text);
        if id.split('.').count() < 3 || version.is_empty() {
            let message =
                "must name the node and its version: `// vendor.pack.Kind 0.1.0`".to_owned();
            faults.push((message, first.span.clone()));
        }
        let help = help.join("\n").trim().to_owned();
        if help.is_empty() {
            faults.push((
                "a line after the name says what the node does".to_owned(),
                first.span.clone(),
            ));
        }
        let output = match output {
            Some((said, line)) => {
                given(said, &inputs).map_err(|message| (message, line.span.clone()))
            }
            None => Err((
                "no line `-> image: Image like input  help` says what it gives".to_owned(),
                first.span.clone(),
            )),
        };
        match output {
            Ok(output) if faults.is_empty() => Ok(Self {
                id,
                version,
                help,
                inputs,
                output,
            }),
            Ok(_) => Err(faults),
            Err(fault) => {
                faults.push(fault);
                Err(faults)
            }
        }
    }
}

fn named(line: &str) -> (String, String) {
    let (id, version) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    (id.to_owned(), version.trim().to_owned())
}

fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a line is meant to be an input: a name, a colon, a word with a capital.
fn is_port(line: &str) -> bool {
    line.split_once(':').is_some_and(|(name, rest)| {
        is_name(name)
            && rest
                .trim_start()
                .starts_with(|c: char| c.is_ascii_uppercase())
            && rest.contains("  ")
    })
}

/// The words before two spaces, and the help after them.
fn parted(line: &str) -> Result<(&str, String), String> {
    let (words, help) = line
        .trim()
        .split_once("  ")
        .ok_or("has no help: set it off by two spaces")?;
    Ok((words.trim(), help.trim().to_owned()))
}

fn input(line: &Line<'_>) -> Result<Input, String> {
    let (words, help) = parted(line.text)?;
    let (name, rest) = words.split_once(':').ok_or("has no type")?;
    let (rest, range) = match rest.split_once(" in ") {
        Some((rest, range)) => (rest, Some(self::range(range.trim())?)),
        None => (rest, None),
    };
    let (word, default) = match rest.split_once('=') {
        Some((word, default)) => (word.trim(), Some(default.trim())),
        None => (rest.trim(), None),
    };
    let known = || TYPES.map(|(name, ..)| name).join(", ");
    let ty = Type::of(word).ok_or_else(|| format!("`{word}` is no type of input: {}", known()))?;
    let default = default.map(|text| {
        let form = &ty.row().2;
        let literal = literal(text).ok_or_else(|| format!("`{text}` is no value"))?;
        form.read(&literal)
            .map_err(|wanted| format!("the default must be {wanted}"))
    });
    Ok(Input {
        name: name.to_owned(),
        ty,
        help,
        default: default.transpose()?,
        range,
    })
}

/// Reads `2.0..=64.0`, `1..` or `..=9`.
fn range(text: &str) -> Result<Range, String> {
    let wrong = || format!("`{text}` is no range, such as 2.0..=64.0");
    let (min, max) = text.split_once("..").ok_or_else(wrong)?;
    let number = |text: &str| match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| wrong()),
    };
    let max = max.strip_prefix('=').unwrap_or(max);
    Ok(Range {
        min: number(min.trim())?,
        max: number(max.trim())?,
    })
}

fn literal(text: &str) -> Option<Literal> {
    let quoted = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    match (text, quoted) {
        ("true", _) => Some(Literal::Bool(true)),
        ("false", _) => Some(Literal::Bool(false)),
        (_, Some(quoted)) => Some(Literal::Text(quoted.to_owned())),
        _ => {
            let whole = text.parse().map(Literal::Integer);
            whole.or_else(|_| text.parse().map(Literal::Number)).ok()
        }
    }
}

/// Reads what follows the arrow.
fn given(said: &str, inputs: &[Input]) -> Result<Output, String> {
    let (words, help) = parted(said)?;
    let (name, rest) = words.split_once(':').ok_or("has no type")?;
    let (word, size) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
    let ty = Type::of(word).filter(|ty| ty.is_picture());
    let ty = ty.ok_or_else(|| format!("`{word}` is no type of output: Image, Mask"))?;
    if !is_name(name.trim()) {
        return Err(format!("`{name}` is no name"));
    }
    Ok(Output {
        name: name.trim().to_owned(),
        ty,
        size: self::size(size.trim(), inputs)?,
        help,
    })
}

fn size(text: &str, inputs: &[Input]) -> Result<Size, String> {
    let place = |name: &str, is_it: fn(Type) -> bool, what: &str| {
        let found = inputs
            .iter()
            .position(|input| input.name == name.trim() && is_it(input.ty));
        found.ok_or_else(|| format!("`{}` is no input of {what}", name.trim()))
    };
    if text.is_empty() {
        let first = inputs.iter().position(|input| input.ty.is_picture());
        return first
            .map(|first| Size::Like(first, 1.0))
            .ok_or_else(|| "has no size: write `like image`, or `width x height`".to_owned());
    }
    if let Some(like) = text.strip_prefix("like ") {
        let (name, times) = like.split_once('*').unwrap_or((like, "1"));
        let times = times
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|it| *it > 0.0 && it.is_finite());
        let times =
            times.ok_or_else(|| format!("`{like}` is no size, such as `like image * 2`"))?;
        return Ok(Size::Like(
            place(name, Type::is_picture, "a picture")?,
            times,
        ));
    }
    let (width, height) = text
        .split_once(" x ")
        .ok_or_else(|| format!("`{text}` is no size: write `like image`, or `width x height`"))?;
    let is_whole = |ty| ty == Type::Integer;
    Ok(Size::Of(
        place(width, is_whole, "Integer")?,
        place(height, is_whole, "Integer")?,
    ))
}
