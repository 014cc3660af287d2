//! What travels on a wire, as a plugin sees it.

use std::path::{Path, PathBuf};

use weft_abi::{Kind, Status, Value as Handle};
use weft_spec::{Choice, Form, Literal, TypeName};

use crate::{Image, Mask, boundary::Host, picture::Picture};

/// The number that all randomness of a run comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seed(pub u64);

/// A colour with straight alpha: red, green, blue, alpha, sRGB-encoded, each 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Color(pub [f32; 4]);

/// A file that is read; its content is part of the key of what is made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File(PathBuf);

/// A folder whose files are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder(PathBuf);

impl File {
    /// The file at `path`, for tests.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Folder {
    /// The folder at `path`, for tests.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// A value whose type is known only at run time.
#[derive(Clone)]
pub enum AnyValue {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A text; a word of a choice and a path as well.
    Text(String),
    /// A seed.
    Seed(u64),
    /// A colour.
    Color([f32; 4]),
    /// A list of values of one type.
    List(TypeName, Vec<AnyValue>),
    /// A picture.
    Image(Image),
    /// A mask.
    Mask(Mask),
}

impl AnyValue {
    /// The value that the host has under a number.
    pub(crate) fn arrived(host: Host, value: Handle) -> Result<Self, Status> {
        Ok(match host.kind_of(value)? {
            Kind::BOOL => Self::Bool(host.bool(value)?),
            Kind::INTEGER => Self::Integer(host.integer(value)?),
            Kind::NUMBER => Self::Number(host.number(value)?),
            Kind::TEXT => Self::Text(host.text(value)?),
            Kind::SEED => Self::Seed(host.integer(value)?.cast_unsigned()),
            Kind::COLOR => Self::Color(host.color(value)?),
            Kind::IMAGE => Self::Image(Image::of(Picture::held(host, value)?)),
            Kind::MASK => Self::Mask(Mask::of(Picture::held(host, value)?)),
            Kind::LIST => {
                let items = host.items(value)?.into_iter();
                let items: Vec<_> = items
                    .map(|item| Self::arrived(host, item))
                    .collect::<Result<_, _>>()?;
                let element = items.first().map_or("", Self::noun);
                Self::List(TypeName::from(element.to_owned()), items)
            }
            _ => return Err(Status::WRONG_KIND),
        })
    }

    /// The host's number for the value.
    pub(crate) fn make(&self, host: Host) -> Result<Handle, Status> {
        match self {
            Self::Bool(it) => host.make_bool(*it),
            Self::Integer(it) => host.make_integer(*it),
            Self::Number(it) => host.make_number(*it),
            Self::Text(it) => host.make_text(it),
            Self::Seed(it) => host.make_seed(*it),
            Self::Color(it) => host.make_color(it),
            Self::List(element, items) => {
                let items = items.iter().map(|item| item.make(host));
                host.make_list(element.as_str(), &items.collect::<Result<Vec<_>, _>>()?)
            }
            Self::Image(image) => image.picture().make(host, Kind::IMAGE),
            Self::Mask(mask) => mask.picture().make(host, Kind::MASK),
        }
    }

    /// What a person would call its type.
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Self::Bool(_) => "Bool",
            Self::Integer(_) => "Integer",
            Self::Number(_) => "Number",
            Self::Text(_) => "Text",
            Self::Seed(_) => "Seed",
            Self::Color(_) => "Color",
            Self::List(..) => "List",
            Self::Image(_) => "Image",
            Self::Mask(_) => "Mask",
        }
    }

    /// The value that a literal stands for, for tests.
    pub(crate) fn written(literal: &Literal) -> Result<Self, String> {
        Ok(match literal {
            Literal::Bool(it) => Self::Bool(*it),
            Literal::Integer(it) => Self::Integer(*it),
            Literal::Number(it) => Self::Number(*it),
            Literal::Text(it) | Literal::Name(it) => Self::Text(it.clone()),
            Literal::List(items) => {
                let items: Vec<_> = items.iter().map(Self::written).collect::<Result<_, _>>()?;
                let element = items.first().map_or("", Self::noun);
                Self::List(TypeName::from(element.to_owned()), items)
            }
            Literal::Tuple(channels) => {
                let mut rgba = [1.0; 4];
                for (to, from) in rgba.iter_mut().zip(channels) {
                    *to = from
                        .as_number()
                        .ok_or_else(|| format!("{literal} is not a colour"))?
                        as f32;
                }
                Self::Color(rgba)
            }
        })
    }
}

/// Something that travels on a wire.
pub trait Value: Clone + Send + Sync + 'static {
    /// Its name in graph files and messages.
    const TYPE: &'static str;

    /// How it is written in a file.
    fn form() -> Form;

    /// The value, if it is of this type.
    fn take(value: AnyValue) -> Option<Self>;

    /// The value, on its way.
    fn give(self) -> AnyValue;
}

/// Words of a fixed set that travel on wires too; `#[derive(Choice)]` on an enum says so.
pub trait Worded: Choice {}

impl<C: Worded> Value for C {
    const TYPE: &'static str = <C as Choice>::NAME;

    fn form() -> Form {
        Form::Choice(Self::specs())
    }
    fn take(value: AnyValue) -> Option<Self> {
        match value {
            AnyValue::Text(word) => Self::from_word(&word),
            _ => None,
        }
    }
    fn give(self) -> AnyValue {
        AnyValue::Text(self.word().to_owned())
    }
}

macro_rules! values {
    ($($ty:ty: $name:literal, $form:ident, $variant:ident, $take:expr, $give:expr;)*) => {$(
        impl Value for $ty {
            const TYPE: &'static str = $name;

            fn form() -> Form {
                Form::$form
            }
            fn take(value: AnyValue) -> Option<Self> {
                match value {
                    AnyValue::$variant(it) => Some($take(it)),
                    _ => None,
                }
            }
            fn give(self) -> AnyValue {
                AnyValue::$variant($give(self))
            }
        }
    )*};
}

fn same<T>(it: T) -> T {
    it
}

fn path_text(path: PathBuf) -> String {
    path.to_string_lossy().into_owned()
}

values! {
    bool: "Bool", Bool, Bool, same, same;
    i64: "Integer", Integer, Integer, same, same;
    String: "Text", Text, Text, same, same;
    Seed: "Seed", Integer, Seed, Seed, |seed: Seed| seed.0;
    Color: "Color", Color, Color, Color, |color: Color| color.0;
    File: "File", File, Text, |path: String| File(path.into()), |file: File| path_text(file.0);
    Folder: "Folder", Folder, Text, |path: String| Folder(path.into()), |folder: Folder| path_text(folder.0);
    Image: "Image", Wired, Image, same, same;
    Mask: "Mask", Wired, Mask, same, same;
}

impl Value for f64 {
    const TYPE: &'static str = "Number";

    fn form() -> Form {
        Form::Number
    }
    fn take(value: AnyValue) -> Option<Self> {
        match value {
            AnyValue::Number(it) => Some(it),
            AnyValue::Integer(it) => Some(it as f64),
            _ => None,
        }
    }
    fn give(self) -> AnyValue {
        AnyValue::Number(self)
    }
}
