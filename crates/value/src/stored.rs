//! The bytes of a value that is kept on disk.

use std::fmt;

/// Bytes that are not a value of the type they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stored bytes are no such value")
    }
}

impl std::error::Error for Malformed {}

/// Builds the bytes of a value: numbers in little endian, texts and tensors after their length.
#[derive(Default, Clone, Debug, PartialEq)]
pub struct Encode(Vec<u8>);

impl Encode {
    /// Adds a number.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    /// Adds bytes after their length.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    /// Adds another value after its length.
    pub fn nested(&mut self, value: &Encode) -> &mut Self {
        self.bytes(&value.0)
    }

    /// Everything added so far.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Reads back what [`Encode`] wrote, in the same order.
pub struct Decode<'a>(&'a [u8]);

impl<'a> Decode<'a> {
    /// Reads from these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next number.
    ///
    /// # Errors
    /// The bytes end before.
    pub fn number(&mut self) -> Result<u64, Malformed> {
        let (number, rest) = self.0.split_first_chunk::<8>().ok_or(Malformed)?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*number))
    }

    /// The next bytes that were written after their length.
    ///
    /// # Errors
    /// The bytes end before.
    pub fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let length = usize::try_from(self.number()?).map_err(|_| Malformed)?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok(bytes)
    }

    /// The next value that was written after its length.
    ///
    /// # Errors
    /// The bytes end before.
    pub fn nested(&mut self) -> Result<Decode<'a>, Malformed> {
        self.bytes().map(Decode)
    }

    /// Asserts that nothing is left.
    ///
    /// # Errors
    /// Something is.
    pub fn end(&self) -> Result<(), Malformed> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Malformed)
        }
    }
}
