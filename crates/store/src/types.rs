//! Values read back from disk by the name of their type.

use burn::tensor::Device;
use rustc_hash::FxHashMap;
use weft_spec::TypeName;
use weft_value::{AnyValue, Decode, Malformed, ValueType};

/// Lists in lists beyond this depth are not read; nothing writes them.
const DEEPEST: usize = 8;

/// Why a value was not read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// Its type is not known here: its plugin is not loaded. The bytes may well be right.
    UnknownType,
    /// The bytes are no such value.
    Malformed,
}

impl From<Malformed> for Unread {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// The types of value that are read back.
pub(crate) struct Types(FxHashMap<&'static str, ValueType>);

impl Types {
    pub(crate) fn new(types: Vec<ValueType>) -> Self {
        Self(types.into_iter().map(|ty| (ty.name(), ty)).collect())
    }

    /// Reads the one value that these bytes hold.
    pub(crate) fn decode(
        &self,
        name: &str,
        from: Decode<'_>,
        device: &Device,
    ) -> Result<AnyValue, Unread> {
        self.decode_nested(&TypeName::from(name.to_owned()), from, (device, DEEPEST))
    }

    fn decode_nested(
        &self,
        name: &TypeName,
        mut from: Decode<'_>,
        (device, depth): (&Device, usize),
    ) -> Result<AnyValue, Unread> {
        let value = match name.element() {
            Some(element) => {
                let depth = depth.checked_sub(1).ok_or(Unread::Malformed)?;
                let items = (0..from.number()?)
                    .map(|_| self.decode_nested(&element, from.nested()?, (device, depth)))
                    .collect::<Result<_, _>>()?;
                AnyValue::list(element, items)
            }
            None => {
                let ty = self.0.get(name.as_str()).ok_or(Unread::UnknownType)?;
                ty.decode(&mut from, device)?
            }
        };
        from.end()?;
        Ok(value)
    }
}
