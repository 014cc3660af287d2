//! Pictures with their texts and vectors, ready to be searched.

use std::{
    collections::HashSet,
    sync::{Arc, OnceLock},
};

use burn::tensor::Device;
use weft_node::value::{Decode, Digest, Encode, Malformed, Value};

use crate::{approximate::Approximate, rows::Rows};

/// A picture of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name; no two of an index are the same.
    pub id: String,
    /// What it shows.
    pub label: String,
    /// The picture itself, as the bytes of a PNG.
    pub picture: Vec<u8>,
}

/// Pictures with their texts and vectors, ready to be searched. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RetrievalIndex(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    embedder: String,
    entries: Vec<Entry>,
    texts: Rows,
    pictures: Option<Rows>,
    digest: Digest,
    /// Made when first searched, and only for large indices.
    approximate_texts: OnceLock<Approximate>,
    approximate_pictures: OnceLock<Approximate>,
}

impl RetrievalIndex {
    /// An index of these entries, whose texts were embedded by `embedder`; row by row their vectors.
    ///
    /// # Errors
    /// A sentence: there are none, an id comes twice, or the vectors are not as many as the entries.
    pub fn new(
        embedder: &str,
        entries: Vec<Entry>,
        texts: Rows,
        pictures: Option<Rows>,
    ) -> Result<Self, String> {
        if entries.is_empty() {
            return Err("an index needs at least one picture".to_owned());
        }
        let mut ids = HashSet::new();
        if let Some(twice) = entries.iter().find(|entry| !ids.insert(&entry.id)) {
            return Err(format!("two pictures have the id `{}`", twice.id));
        }
        let counts = [Some(&texts), pictures.as_ref()];
        if counts
            .into_iter()
            .flatten()
            .any(|rows| rows.count() != entries.len())
        {
            return Err("there are not as many vectors as pictures".to_owned());
        }
        let mut parts = Parts {
            embedder: embedder.to_owned(),
            entries,
            texts,
            pictures,
            digest: Digest::from_bytes([0; 32]),
            approximate_texts: OnceLock::new(),
            approximate_pictures: OnceLock::new(),
        };
        parts.digest = Digest::of(parts.encode().as_bytes());
        Ok(Self(Arc::new(parts)))
    }

    /// The name of what embedded the texts.
    pub fn embedder(&self) -> &str {
        &self.0.embedder
    }

    /// Its pictures.
    pub fn entries(&self) -> &[Entry] {
        &self.0.entries
    }

    /// The vectors of the texts.
    pub fn texts(&self) -> &Rows {
        &self.0.texts
    }

    /// The vectors of the pictures, if it can be searched by picture.
    pub fn pictures(&self) -> Option<&Rows> {
        self.0.pictures.as_ref()
    }

    /// The approximate index of the texts.
    pub(crate) fn approximate_texts(&self) -> &Approximate {
        let parts = &self.0;
        let make = || Approximate::new(&parts.texts);
        parts.approximate_texts.get_or_init(make)
    }

    /// The approximate index of the pictures, if there are vectors of them.
    pub(crate) fn approximate_pictures(&self) -> Option<&Approximate> {
        let parts = &self.0;
        let rows = parts.pictures.as_ref()?;
        let make = || Approximate::new(rows);
        Some(parts.approximate_pictures.get_or_init(make))
    }
}

impl Parts {
    fn encode(&self) -> Encode {
        let mut out = Encode::default();
        out.bytes(self.embedder.as_bytes())
            .number(self.entries.len() as u64);
        for Entry { id, label, picture } in &self.entries {
            out.bytes(id.as_bytes())
                .bytes(label.as_bytes())
                .bytes(picture);
        }
        encode_rows(&self.texts, &mut out);
        out.number(u64::from(self.pictures.is_some()));
        if let Some(pictures) = &self.pictures {
            out.bytes(crate::descriptor::NAME.as_bytes());
            encode_rows(pictures, &mut out);
        }
        out
    }
}

fn encode_rows(rows: &Rows, out: &mut Encode) {
    out.number(rows.dims() as u64)
        .bytes(bytemuck::cast_slice(rows.numbers()));
}

fn decode_rows(from: &mut Decode<'_>) -> Result<Rows, Malformed> {
    let dims = usize::try_from(from.number()?).map_err(|_| Malformed)?;
    let bytes = from.bytes()?;
    if !bytes.len().is_multiple_of(size_of::<f32>()) {
        return Err(Malformed);
    }
    Rows::new(dims, bytemuck::pod_collect_to_vec(bytes)).ok_or(Malformed)
}

fn decode_text(from: &mut Decode<'_>) -> Result<String, Malformed> {
    String::from_utf8(from.bytes()?.to_vec()).map_err(|_| Malformed)
}

impl Value for RetrievalIndex {
    const TYPE: &'static str = "RetrievalIndex";

    fn bytes(&self) -> u64 {
        let entries = self.entries().iter();
        let entries = entries.map(|it| it.id.len() + it.label.len() + it.picture.len());
        let rows = [Some(self.texts()), self.pictures()];
        let numbers: usize = rows
            .into_iter()
            .flatten()
            .map(|rows| rows.numbers().len())
            .sum();
        (entries.sum::<usize>() + numbers * size_of::<f32>()) as u64
    }
    fn digest(&self) -> Option<Digest> {
        Some(self.0.digest)
    }
    fn encode(&self) -> Option<Encode> {
        Some(self.0.encode())
    }
    fn decode(from: &mut Decode<'_>, _: &Device) -> Result<Self, Malformed> {
        let embedder = decode_text(from)?;
        let mut entries = Vec::new();
        for _ in 0..from.number()? {
            entries.push(Entry {
                id: decode_text(from)?,
                label: decode_text(from)?,
                picture: from.bytes()?.to_vec(),
            });
        }
        let texts = decode_rows(from)?;
        let pictures = match from.number()? {
            0 => None,
            // Vectors of another descriptor cannot be compared with ours.
            1 if decode_text(from)? == crate::descriptor::NAME => Some(decode_rows(from)?),
            _ => return Err(Malformed),
        };
        Self::new(&embedder, entries, texts, pictures).map_err(|_| Malformed)
    }
}
