//! An index as one file: a mark, the hash of the rest, the rest.

use burn::tensor::Device;
use weft_node::value::{Decode, Digest, Value};

use crate::index::RetrievalIndex;

/// Opens every file of an index; the number is that of the format.
const MARK: &[u8; 12] = b"weft index 1";

/// Extension of such a file.
pub(crate) const EXTENSION: &str = "index";

/// The bytes of a file that holds `index`.
pub(crate) fn bytes(index: &RetrievalIndex) -> Vec<u8> {
    let body = index.encode().unwrap_or_default();
    let mut bytes = MARK.to_vec();
    bytes.extend_from_slice(Digest::of(body.as_bytes()).as_bytes());
    bytes.extend_from_slice(body.as_bytes());
    bytes
}

/// Reads what [`bytes`] wrote.
///
/// # Errors
/// A sentence on what is wrong with the file, and the cure.
pub(crate) fn read(bytes: &[u8]) -> Result<RetrievalIndex, String> {
    let Some(rest) = bytes.strip_prefix(MARK) else {
        let why = if bytes.starts_with(&MARK[..11]) {
            "is an index of another format; build it again with `BuildIndex`"
        } else {
            "is no index; one is made with `BuildIndex` and `SaveIndex`"
        };
        return Err(why.to_owned());
    };
    let damaged = "is damaged: its content does not match its hash; build it again with `BuildIndex`, or copy \
                   it again";
    let (hash, body) = rest.split_first_chunk::<32>().ok_or(damaged)?;
    if Digest::of(body) != Digest::from_bytes(*hash) {
        return Err(damaged.to_owned());
    }
    let mut from = Decode::new(body);
    // An index lives on the host, so any device will do.
    let index = RetrievalIndex::decode(&mut from, &Device::flex());
    let index = index.and_then(|index| from.end().map(|()| index));
    index.map_err(|_| {
        "was made by another version of weft; build it again with `BuildIndex`".to_owned()
    })
}
