//! What the field of a node may be: a value, an optional one, a list, or a narrower number.

use weft_spec::{Form, List, Literal, TypeName};

use crate::{AnyValue, Value};

/// What the field of a node may be.
pub trait Port: Sized {
    /// Whether the input may be left out and then has no value at all.
    const OPTIONAL: bool = false;

    /// The type of value it takes.
    fn type_name() -> TypeName;

    /// How a value may be written in a file.
    fn form() -> Form;

    /// Takes the value that has travelled.
    ///
    /// # Errors
    /// A sentence on why the value does not fit.
    fn take(value: Option<AnyValue>) -> Result<Self, String>;

    /// Reads a literal into the value that travels.
    ///
    /// # Errors
    /// A sentence on why the literal does not fit.
    fn from_literal(literal: &Literal) -> Result<AnyValue, String> {
        let canonical = Self::form().read(literal);
        AnyValue::written(&canonical.map_err(|wanted| format!("{literal} is not {wanted}"))?)
    }
}

fn taken<V: Value>(value: Option<AnyValue>) -> Result<V, String> {
    let value = value.ok_or_else(|| "has no value".to_owned())?;
    let noun = value.noun();
    V::take(value).ok_or_else(|| format!("wants {}, got {noun}", V::TYPE))
}

impl<V: Value> Port for V {
    fn type_name() -> TypeName {
        TypeName::new(V::TYPE)
    }
    fn form() -> Form {
        V::form()
    }
    fn take(value: Option<AnyValue>) -> Result<Self, String> {
        taken(value)
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
    fn take(value: Option<AnyValue>) -> Result<Self, String> {
        value.map(|value| P::take(Some(value))).transpose()
    }
}

impl<V: Value> Port for List<V> {
    fn type_name() -> TypeName {
        TypeName::new(V::TYPE).list()
    }
    fn form() -> Form {
        Form::List(Box::new(V::form()))
    }
    fn take(value: Option<AnyValue>) -> Result<Self, String> {
        match value {
            Some(AnyValue::List(_, items)) => items.into_iter().map(Some).map(taken).collect(),
            Some(other) => Err(format!(
                "wants {}, got {}",
                <Self as Port>::type_name(),
                other.noun()
            )),
            None => Err("has no value".to_owned()),
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
            fn take(value: Option<AnyValue>) -> Result<Self, String> {
                let wide = taken::<$wide>(value)?;
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

/// What an output of a node may be: a value, or a list.
pub trait Product {
    /// The type of value that travels.
    fn type_name() -> TypeName;

    /// The value that travels.
    fn give(self) -> AnyValue;
}

impl<V: Value> Product for V {
    fn type_name() -> TypeName {
        TypeName::new(V::TYPE)
    }
    fn give(self) -> AnyValue {
        Value::give(self)
    }
}

impl<V: Value> Product for List<V> {
    fn type_name() -> TypeName {
        TypeName::new(V::TYPE).list()
    }
    fn give(self) -> AnyValue {
        AnyValue::List(
            TypeName::new(V::TYPE),
            self.into_iter().map(Value::give).collect(),
        )
    }
}
