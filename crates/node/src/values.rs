//! The values that have arrived at a node.

use weft_value::{AnyValue, Port};

use crate::{Error, Result};

/// The values that have arrived at a node, by input.
#[derive(Clone, Debug, Default)]
pub struct Values(Vec<(String, AnyValue)>);

impl Values {
    /// Puts a value at an input; a later one replaces an earlier one.
    pub fn put(&mut self, input: impl Into<String>, value: AnyValue) {
        let input = input.into();
        self.0.retain(|(name, _)| *name != input);
        self.0.push((input, value));
    }

    /// The value at an input.
    pub fn get(&self, input: &str) -> Option<&AnyValue> {
        self.0
            .iter()
            .find(|(name, _)| name == input)
            .map(|(_, value)| value)
    }

    /// Every value, by input.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &AnyValue)> {
        self.0.iter().map(|(input, value)| (input.as_str(), value))
    }

    /// Takes the value at an input.
    ///
    /// # Errors
    /// It is missing, or of another type.
    pub fn take<P: Port>(&mut self, input: &'static str) -> Result<P> {
        let place = self.0.iter().position(|(name, _)| name == input);
        let value = place.map(|place| self.0.swap_remove(place).1);
        P::take(value).map_err(|message| Error::input(input, message))
    }
}
