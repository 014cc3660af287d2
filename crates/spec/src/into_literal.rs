//! A value written in Rust, as a graph file would spell it: for the defaults of inputs.

use crate::{Choice, Literal};

/// A value written in Rust, as a graph file would spell it.
pub trait IntoLiteral {
    /// The literal.
    fn into_literal(self) -> Literal;
}

impl IntoLiteral for bool {
    fn into_literal(self) -> Literal {
        Literal::Bool(self)
    }
}

impl IntoLiteral for i32 {
    fn into_literal(self) -> Literal {
        Literal::Integer(self.into())
    }
}

impl IntoLiteral for f64 {
    fn into_literal(self) -> Literal {
        Literal::Number(self)
    }
}

impl IntoLiteral for &str {
    fn into_literal(self) -> Literal {
        Literal::Text(self.to_owned())
    }
}

impl<C: Choice> IntoLiteral for C {
    fn into_literal(self) -> Literal {
        Literal::Name(self.word().to_owned())
    }
}
