//! What can be wrong with a graph file: one struct per mistake, all of them gathered in one report.

pub(crate) mod calls;
pub(crate) mod form;
pub(crate) mod inputs;
pub(crate) mod names;
pub(crate) mod packs;
mod report;
pub(crate) mod shape;
pub(crate) mod subgraphs;
mod suggest;
pub(crate) mod syntax;
pub(crate) mod types;
pub(crate) mod values;
pub(crate) mod warnings;

use std::{error::Error, fmt, sync::Arc};

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, Severity, SourceCode, SourceSpan,
    SpanContents,
};
use weft_spec::{Origin, Source, Span};

pub(crate) use report::{Report, UsedBy};
pub(crate) use suggest::Suggest;

/// A mistake before it is known in which text it was made.
pub(crate) type Mistake = Box<dyn Diagnostic + Send + Sync>;

/// A report shows so many problems in full; a file with more has one cause, and it is among the first.
const MOST_SHOWN: usize = 100;

/// One mistake in one text, with a stable code such as `graph::unknown_input`.
#[derive(Debug)]
pub struct Problem {
    text: SourceText,
    mistake: Mistake,
    /// Which node of which file brought the text in, if it is that of a subgraph.
    used_by: Option<String>,
}

/// All mistakes of a graph; there is at least one.
#[derive(Debug)]
pub struct Problems {
    first: Problem,
    others: Vec<Problem>,
}

#[derive(Debug)]
struct SourceText(Arc<Source>);

impl Problem {
    pub(crate) fn new(source: &Arc<Source>, mistake: Mistake) -> Self {
        Self {
            text: SourceText(Arc::clone(source)),
            mistake,
            used_by: None,
        }
    }

    /// The code, such as `graph::unknown_input`.
    pub fn code(&self) -> String {
        self.mistake
            .code()
            .map_or_else(String::new, |code| code.to_string())
    }

    /// Where the mistake is: the first of its underlined places.
    pub fn origin(&self) -> Origin {
        Origin {
            source: Arc::clone(&self.text.0),
            span: self.first_span(),
        }
    }

    fn first_span(&self) -> Span {
        let label = self.mistake.labels().and_then(|mut labels| labels.next());
        label.map_or(0..0, |label| label.offset()..label.offset() + label.len())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.mistake)
    }
}

impl Error for Problem {}

impl Diagnostic for Problem {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.mistake.code()
    }

    fn severity(&self) -> Option<Severity> {
        self.mistake.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.mistake.help().map(|help| help.to_string());
        let parts: Vec<String> = help.into_iter().chain(self.used_by.clone()).collect();
        (!parts.is_empty()).then(|| Box::new(parts.join("\n")) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.text)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.mistake.labels()
    }
}

impl Problems {
    /// One problem, or `None` of none.
    pub(crate) fn of(problems: Vec<Problem>) -> Option<Self> {
        let mut problems = problems.into_iter();
        Some(Self {
            first: problems.next()?,
            others: problems.collect(),
        })
    }

    /// The problems, in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// How many there are; never zero.
    #[expect(
        clippy::len_without_is_empty,
        reason = "it is never empty, so asking would mislead"
    )]
    pub fn len(&self) -> usize {
        1 + self.others.len()
    }
}

/// Writes the sentence of a single problem, or how many there are and where.
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.len();
        if count == 1 {
            return write!(f, "{}", self.first);
        }
        write!(f, "{count} problems")?;
        if count > MOST_SHOWN {
            write!(f, ", the first {MOST_SHOWN} of them here")?;
        }
        write!(f, " in {}", self.first.text.0.name)
    }
}

impl Error for Problems {}

/// A single problem stands for itself; several are related to one headline.
impl Diagnostic for Problems {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.others.is_empty().then(|| self.first.mistake.code())?
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.others.is_empty().then(|| self.first.help())?
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.others.is_empty().then(|| self.first.source_code())?
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.others.is_empty().then(|| self.first.labels())?
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        let shown = self.iter().take(MOST_SHOWN);
        (!self.others.is_empty()).then(|| {
            Box::new(shown.map(|problem| problem as &dyn Diagnostic))
                as Box<dyn Iterator<Item = &dyn Diagnostic>>
        })
    }
}

impl SourceCode for SourceText {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text = self.0.text.as_str();
        let inner = text.read_span(span, context_lines_before, context_lines_after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.0.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line(),
            inner.column(),
            inner.line_count(),
        )))
    }
}

/// Names in back quotes with commas between, for a help line; long lists are cut.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const MOST: usize = 12;
    let names: Vec<&str> = names.into_iter().collect();
    let mut text = names
        .iter()
        .take(MOST)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > MOST {
        text += &format!(" and {} more", names.len() - MOST);
    }
    text
}
