//! What an output of a node may be: a value, or a list.

use weft_spec::TypeName;

use crate::{AnyValue, List, Value};

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
        AnyValue::new(self)
    }
}

impl<V: Value> Product for List<V> {
    fn type_name() -> TypeName {
        TypeName::new(V::TYPE).list()
    }
    fn give(self) -> AnyValue {
        AnyValue::list(
            TypeName::new(V::TYPE),
            self.into_iter().map(AnyValue::new).collect(),
        )
    }
}
