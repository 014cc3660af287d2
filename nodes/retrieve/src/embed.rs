//! Texts as vectors, so that those that say alike lie near each other.

use weft_node::{Result, value::Digest};

use crate::rows::normalize;

/// Makes vectors of texts. An index remembers the name, so that queries are embedded as its texts were.
pub trait Embed: Send + Sync {
    /// Its name, forever; another name when equal texts give another vector.
    fn name(&self) -> &'static str;

    /// Length of a vector.
    fn dims(&self) -> usize;

    /// A vector of length 1 for each text; of zeros for a text that says nothing.
    ///
    /// # Errors
    /// Why it cannot be done: weights are missing, or a text is too long.
    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>>;
}

/// The embedders that are built in; the first is the usual one.
const EMBEDDERS: &[&dyn Embed] = &[&WordHash];

/// The embedder of that name, or the usual one if none is given.
pub fn embedder(name: Option<&str>) -> Option<&'static dyn Embed> {
    let mut all = EMBEDDERS.iter().copied();
    all.find(|embedder| name.is_none_or(|name| embedder.name() == name))
}

/// Words and their spelling, hashed: no weights, every language, and nothing of meaning.
///
/// Each word, and with less weight each three letters of it with its ends marked, adds or subtracts at a
/// place that its hash tells (feature hashing, Weinberger et al. 2009). Texts are near that share words or
/// stems; synonyms are not.
#[derive(Clone, Copy, Debug)]
pub struct WordHash;

impl WordHash {
    const DIMS: usize = 384;

    /// Weight of three letters beside that of a word.
    const TRIGRAM: f32 = 0.3;

    fn vector(text: &str) -> Vec<f32> {
        let mut vector = vec![0.0; Self::DIMS];
        let lower = text.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric());
        for word in words.filter(|word| !word.is_empty()) {
            add(&mut vector, word, 1.0);
            let letters: Vec<char> = format!("<{word}>").chars().collect();
            for three in letters.windows(3) {
                let three: String = three.iter().collect();
                add(&mut vector, &format!("#{three}"), Self::TRIGRAM);
            }
        }
        normalize(&mut vector);
        vector
    }
}

fn add(vector: &mut [f32], feature: &str, weight: f32) {
    let digest = Digest::of(feature.as_bytes());
    let [low, high, sign, ..] = *digest.as_bytes();
    let place = usize::from(u16::from_le_bytes([low, high])) % vector.len();
    vector[place] += if sign & 1 == 0 { weight } else { -weight };
}

impl Embed for WordHash {
    fn name(&self) -> &'static str {
        "word-hash-1"
    }
    fn dims(&self) -> usize {
        Self::DIMS
    }
    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        Ok(texts.iter().map(|text| Self::vector(text)).collect())
    }
}
