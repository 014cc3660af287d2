//! The values that have arrived at a node.

use crate::{AnyValue, Error, Port, Result, boundary::Host};

/// The values that have arrived at a node: those that the host has, or those that a test has put there.
#[derive(Default)]
pub struct Values {
    host: Option<Host>,
    put: Vec<(String, AnyValue)>,
}

impl Values {
    pub(crate) fn of(host: Host) -> Self {
        Self {
            host: Some(host),
            put: Vec::new(),
        }
    }

    /// Puts a value at an input; a later one replaces an earlier one.
    pub fn put(&mut self, input: impl Into<String>, value: AnyValue) {
        let input = input.into();
        self.put.retain(|(name, _)| *name != input);
        self.put.push((input, value));
    }

    /// The value at an input.
    pub fn get(&self, input: &str) -> Option<AnyValue> {
        self.find(input).ok().flatten()
    }

    fn find(&self, input: &str) -> Result<Option<AnyValue>> {
        if let Some((_, value)) = self.put.iter().find(|(name, _)| name == input) {
            return Ok(Some(value.clone()));
        }
        let Some(host) = self.host else {
            return Ok(None);
        };
        let arrived = host.input(input).and_then(|value| {
            value
                .map(|value| AnyValue::arrived(host, value))
                .transpose()
        });
        arrived.map_err(|status| Error::host(&format!("give the input `{input}`"), status))
    }

    /// Takes the value at an input.
    ///
    /// # Errors
    /// It is missing, or of another type.
    pub fn take<P: Port>(&mut self, input: &'static str) -> Result<P> {
        let value = self.find(input)?;
        P::take(value).map_err(|message| Error::input(input, message))
    }
}
