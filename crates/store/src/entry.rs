//! The bytes of one file on disk: a head of 64 bytes, a body, and a BLAKE3 hash of both.
//!
//! Head, numbers in little endian: `weftkept`, format (`u32`), sort (4 letters), key (32 bytes), length of
//! the file (`u64`), nanoseconds it took to make (`u64`). Body of an alias: the other key. Body of a result:
//! the number of outputs, then for each the name of its type, 1 if it has a digest and otherwise 0, and its
//! encoding; text and encodings follow their lengths.

use std::time::Duration;

use weft_value::{AnyValue, Decode, Digest};

#[cfg(test)]
mod tests;

/// Raise it when the bytes change; files of another format are taken for absent.
pub(crate) const FORMAT: u32 = 1;

pub(crate) const HEAD_BYTES: usize = 64;
const HASH_BYTES: usize = 32;

/// Every alias has this length.
pub(crate) const ALIAS_BYTES: usize = HEAD_BYTES + 32 + HASH_BYTES;

const MAGIC: &[u8; 8] = b"weftkept";

/// What a file holds.
///
/// Only a value that lives on the host, one with a digest, can be a receipt that is no longer current: a
/// tensor tells of nothing outside itself. So a result of tensors is found by its head alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A result whose values are all tensors.
    Tensors,
    /// A result whose values are all on the host.
    Host,
    /// A result with values of both kinds.
    Mixed,
    /// The same result under another key.
    Alias,
}

impl Sort {
    const ALL: [Self; 4] = [Self::Tensors, Self::Host, Self::Mixed, Self::Alias];

    /// Whole words, so that no flipped bit makes one sort another.
    const fn word(self) -> &'static [u8; 4] {
        match self {
            Self::Tensors => b"pure",
            Self::Host => b"host",
            Self::Mixed => b"both",
            Self::Alias => b"link",
        }
    }

    pub(crate) fn of(outputs: &[AnyValue]) -> Self {
        let on_host = outputs
            .iter()
            .filter(|value| value.digest().is_some())
            .count();
        match on_host {
            all if all == outputs.len() => Self::Host,
            0 => Self::Tensors,
            _ => Self::Mixed,
        }
    }
}

/// The first 64 bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) sort: Sort,
    /// Bytes of the whole file.
    pub(crate) length: u64,
    /// How long the result took to make.
    pub(crate) cost: Duration,
}

impl Head {
    /// Reads the head of the file of that key; `None` if this is no such head.
    pub(crate) fn read(mut bytes: &[u8], key: &Digest) -> Option<Self> {
        if take::<8>(&mut bytes)? != MAGIC || u32::from_le_bytes(*take(&mut bytes)?) != FORMAT {
            return None;
        }
        let word = take::<4>(&mut bytes)?;
        let sort = Sort::ALL.into_iter().find(|sort| sort.word() == word)?;
        if take::<32>(&mut bytes)? != key.as_bytes() {
            return None;
        }
        let length = u64::from_le_bytes(*take(&mut bytes)?);
        let cost = Duration::from_nanos(u64::from_le_bytes(*take(&mut bytes)?));
        Some(Self { sort, length, cost })
    }

    fn write(&self, key: &Digest, out: &mut Vec<u8>) {
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&FORMAT.to_le_bytes());
        out.extend_from_slice(self.sort.word());
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(&self.length.to_le_bytes());
        let nanoseconds = u64::try_from(self.cost.as_nanos()).unwrap_or(u64::MAX);
        out.extend_from_slice(&nanoseconds.to_le_bytes());
    }
}

fn take<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (chunk, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(chunk)
}

/// The file of a result; `None` if one of its values cannot be kept on disk.
pub(crate) fn encode_result(key: &Digest, outputs: &[AnyValue], cost: Duration) -> Option<Vec<u8>> {
    let encoded = outputs
        .iter()
        .map(AnyValue::encode)
        .collect::<Option<Vec<_>>>()?;
    let names: Vec<_> = outputs.iter().map(AnyValue::type_name).collect();
    let fields: usize = (encoded.iter().zip(&names))
        .map(|(value, name)| 24 + name.as_str().len() + value.as_bytes().len())
        .sum();
    let length = HEAD_BYTES + 8 + fields + HASH_BYTES;
    let head = Head {
        sort: Sort::of(outputs),
        length: length as u64,
        cost,
    };
    let mut file = Vec::with_capacity(length);
    head.write(key, &mut file);
    file.extend_from_slice(&(outputs.len() as u64).to_le_bytes());
    for ((value, name), bytes) in outputs.iter().zip(&names).zip(&encoded) {
        field(name.as_str().as_bytes(), &mut file);
        file.extend_from_slice(&u64::from(value.digest().is_some()).to_le_bytes());
        field(bytes.as_bytes(), &mut file);
    }
    Some(seal(file))
}

/// The file of an alias.
pub(crate) fn encode_alias(from: &Digest, to: &Digest) -> Vec<u8> {
    let head = Head {
        sort: Sort::Alias,
        length: ALIAS_BYTES as u64,
        cost: Duration::ZERO,
    };
    let mut file = Vec::with_capacity(ALIAS_BYTES);
    head.write(from, &mut file);
    file.extend_from_slice(to.as_bytes());
    seal(file)
}

fn field(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    out.extend_from_slice(bytes);
}

fn seal(mut file: Vec<u8>) -> Vec<u8> {
    let hash = Digest::of(&file);
    file.extend_from_slice(hash.as_bytes());
    file
}

/// The head and the body of the file of that key; `None` unless every byte is as it was written.
pub(crate) fn open<'a>(file: &'a [u8], key: &Digest) -> Option<(Head, &'a [u8])> {
    let head = Head::read(file, key)?;
    let (sealed, hash) = file.split_last_chunk::<HASH_BYTES>()?;
    let is_whole = head.length == file.len() as u64 && Digest::of(sealed).as_bytes() == hash;
    Some((head, sealed.get(HEAD_BYTES..)?)).filter(|_| is_whole)
}

/// Where the alias leads to whose body this is.
pub(crate) fn decode_alias(body: &[u8]) -> Option<Digest> {
    body.try_into().ok().map(Digest::from_bytes)
}

/// One output in the body of a result.
pub(crate) struct Output<'a> {
    pub(crate) type_name: &'a str,
    pub(crate) is_on_host: bool,
    pub(crate) value: Decode<'a>,
}

/// The outputs in the body of a result; `None` if it is none.
pub(crate) fn decode_outputs(body: &[u8]) -> Option<Vec<Output<'_>>> {
    let mut from = Decode::new(body);
    let mut outputs = Vec::new();
    for _ in 0..from.number().ok()? {
        outputs.push(Output {
            type_name: str::from_utf8(from.bytes().ok()?).ok()?,
            is_on_host: from.number().ok()? != 0,
            value: from.nested().ok()?,
        });
    }
    from.end().ok()?;
    Some(outputs)
}
