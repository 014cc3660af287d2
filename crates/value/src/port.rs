//! What the field of a node may be: a value, an optional one, a list, or a narrower number.

use weft_spec::{Form, Literal, TypeName};

use crate::{AnyValue, List, Value};

/// What the field of a node may be.
pub trait Port: Sized {
    /// Whether the input may be left out and then has no value at all.
    const OPTIONAL: bool = false;

    /// The type of value it takes.
    fn type_name() -> TypeName;

    /// How a value may be written in a file.
    fn form() -> Form;

    /// Reads a canonical literal into the value that travels.
    ///
    /// # Errors
    /// A sentence on why the literal does not fit.
    fn from_literal(literal: &Literal) -> Result<AnyValue, String>;

    /// Takes the value that has travelled.
    ///
    /// # Errors
    /// A sentence on why the value does not fit.
    fn take(value: Option<AnyValue>) -> Result<Self, String>;
}

fn wanted<T>(value: Option<&AnyValue>, name: &TypeName) -> Result<T, String> {
    Err(match value {
        Some(value) => format!("wants {name}, got {}", value.type_name()),
        None => "has no value".to_owned(),
    })
}

impl<V: Value> Port for V {
    fn type_name() -> TypeName {
        TypeName::new(V::TYPE)
    }
    fn form() -> Form {
        V::form()
    }
    fn from_literal(literal: &Literal) -> Result<AnyValue, String> {
        V::from_literal(literal).map(AnyValue::new)
    }
    fn take(value: Option<AnyValue>) -> Result<Self, String> {
        match value.as_ref().and_then(AnyValue::get::<V>) {
            Some(value) => Ok(value.clone()),
            None => wanted(value.as_ref(), &Self::type_name()),
        }
    }
}

impl<P: Port> Port for Option<P> {
    const OPTIONAL: bool = true;

    fn type_name() -> TypeName {
        P::type_name()
    }
    fn form() -> Form {
        P::form()
    }
    fn from_literal(literal: &Literal) -> Result<AnyValue, String> {
        P::from_literal(literal)
    }
    fn take(value: Option<AnyValue>) -> Result<Self, String> {
        value.map(|value| P::take(Some(value))).transpose()
    }
}

impl<V: Value> Port for List<V> {
    fn type_name() -> TypeName {
        <V as Port>::type_name().list()
    }
    fn form() -> Form {
        Form::List(Box::new(V::form()))
    }
    fn from_literal(literal: &Literal) -> Result<AnyValue, String> {
        let Literal::List(items) = literal else {
            return Err(format!("{} is not a list", literal.noun()));
        };
        let items = items
            .iter()
            .map(<V as Port>::from_literal)
            .collect::<Result<_, _>>()?;
        Ok(AnyValue::list(<V as Port>::type_name(), items))
    }
    fn take(value: Option<AnyValue>) -> Result<Self, String> {
        match value.as_ref().and_then(AnyValue::items) {
            Some(items) => items
                .iter()
                .cloned()
                .map(Some)
                .map(<V as Port>::take)
                .collect(),
            None => wanted(value.as_ref(), &Self::type_name()),
        }
    }
}

/// Numbers that are narrower in a field than on a wire; one that does not fit is refused.
macro_rules! narrow {
    ($($narrow:ty as $wide:ty => $convert:expr),* $(,)?) => {$(
        impl Port for $narrow {
            fn type_name() -> TypeName {
                <$wide as Port>::type_name()
            }
            fn form() -> Form {
                <$wide as Value>::form()
            }
            fn from_literal(literal: &Literal) -> Result<AnyValue, String> {
                <$wide as Port>::from_literal(literal)
            }
            fn take(value: Option<AnyValue>) -> Result<Self, String> {
                let wide = <$wide as Port>::take(value)?;
                let convert: fn($wide) -> Option<$narrow> = $convert;
                convert(wide).ok_or_else(|| format!("{wide} is out of range"))
            }
        }
    )*};
}

narrow! {
    u32 as i64 => |wide| wide.try_into().ok(),
    usize as i64 => |wide| wide.try_into().ok(),
    i32 as i64 => |wide| wide.try_into().ok(),
    f32 as f64 => |wide| (wide.is_nan() || wide.is_infinite() || wide.abs() <= f64::from(f32::MAX)).then_some(wide as f32),
}
