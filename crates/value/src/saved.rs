//! The receipt for a file that a graph has written.

use std::path::{Path, PathBuf};

use burn::tensor::Device;

use crate::{Decode, Digest, Encode, File, Hasher, Malformed, Value};

/// The receipt for a file that a graph has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Where the file is.
    pub path: PathBuf,
    /// The hash of its content.
    pub content: Digest,
    /// Its size.
    pub bytes: u64,
}

impl Saved {
    /// The path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Value for Saved {
    const TYPE: &'static str = "Saved";

    fn digest(&self) -> Option<Digest> {
        let path = self.path.as_os_str().as_encoded_bytes();
        Some(
            Hasher::new(Self::TYPE)
                .field(path)
                .digest(&self.content)
                .finish(),
        )
    }
    fn encode(&self) -> Option<Encode> {
        let mut out = Encode::default();
        out.bytes(self.path.to_str()?.as_bytes())
            .bytes(self.content.as_bytes())
            .number(self.bytes);
        Some(out)
    }
    fn decode(from: &mut Decode<'_>, _: &Device) -> Result<Self, Malformed> {
        let path = str::from_utf8(from.bytes()?).map_err(|_| Malformed)?.into();
        let content = Digest::from_bytes(from.bytes()?.try_into().map_err(|_| Malformed)?);
        Ok(Self {
            path,
            content,
            bytes: from.number()?,
        })
    }
    fn is_current(&self) -> bool {
        File::open(&self.path).is_ok_and(|file| file.content() == self.content)
    }
}
