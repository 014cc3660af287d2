//! A call that makes a value, such as `Image("a cat", Wire("cat"))`, with its arguments.

use crate::{AnyValue, Port};

/// A call that makes a value, with its arguments.
#[derive(Clone, Debug)]
pub struct Call {
    name: String,
    arguments: Vec<(String, AnyValue)>,
}

impl Call {
    /// The call of that name with these arguments.
    pub fn new(name: impl Into<String>, arguments: Vec<(String, AnyValue)>) -> Self {
        Self {
            name: name.into(),
            arguments,
        }
    }

    /// The word before the brackets.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes the argument of that name.
    ///
    /// # Errors
    /// A sentence: it is missing, or of another type.
    pub fn take<P: Port>(&mut self, name: &str) -> Result<P, String> {
        let place = self.arguments.iter().position(|(it, _)| it == name);
        let value = place.map(|place| self.arguments.swap_remove(place).1);
        P::take(value).map_err(|message| format!("`{name}` of `{}(…)` {message}", self.name))
    }
}
