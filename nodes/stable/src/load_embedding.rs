//! `stable.LoadEmbedding`.

use burn::tensor::{Device, Tensor};
use weft_models::stable::{Embedding, tokens::WORDS};
use weft_node::{Context, Effect, Error, Facts, Inputs, Node, Result, value::File};

use crate::{
    TextEncoders,
    chunks::Learnt,
    encoders::Word,
    source::{Source, glance},
};

/// Teach text encoders a word.
///
/// An embedding (textual inversion; Gal et al., 2022) is what a few pictures are called in the language of the text
/// encoders: a thing, a style, or what to keep away from. Where the word stands in a text of `EncodeText`, it is meant.
/// Several are taught one after the other.
#[derive(Inputs)]
pub struct LoadEmbedding {
    /// The text encoders, from `LoadCheckpoint`, `LoadLora` or another `LoadEmbedding`.
    pub encoders: TextEncoders,
    /// A safetensors file, of a web program or of diffusers.
    pub file: File,
    /// The word, such as `<cat-toy>`; left out, the name of the file. Capitals do not matter.
    pub word: Option<String>,
}

impl Node for LoadEmbedding {
    const ID: &'static str = "stable.LoadEmbedding";
    const EFFECT: Effect = Effect::Reads;
    type Output = TextEncoders;

    fn check(facts: &Facts<'_>) -> Result<()> {
        let file = facts.get::<File>("file");
        file.map_or(Ok(()), |file| glance("file", &file))
    }

    fn run(self, context: &mut Context) -> Result<TextEncoders> {
        let source = Source::open("file", &self.file)?;
        let text = self.word.unwrap_or_else(|| self.file.stem());
        let text = text.trim().to_owned();
        if text.is_empty() {
            return Err(Error::input(
                "word",
                "it is empty; write what shall stand in texts",
            ));
        }
        let mut encoders = self.encoders;
        let is_known = |word: &Word| word.text.eq_ignore_ascii_case(&text);
        if encoders.words.iter().any(is_known) {
            let why = format!("`{text}` is taught already; take another word");
            return Err(Error::input("word", why));
        }
        fits(&source, &embedding(&source, context.device())?, &encoders)?;
        encoders.words.push(Word { text, source });
        Ok(encoders)
    }
}

fn embedding(source: &Source, device: &Device) -> Result<Embedding> {
    let cure = "take the .safetensors file of an embedding (textual inversion)";
    source.read(device, cure, Embedding::read)
}

/// Refuses an embedding for text encoders of other widths.
fn fits(source: &Source, embedding: &Embedding, encoders: &TextEncoders) -> Result<()> {
    let found: Vec<_> = embedding.rows().iter().map(|rows| rows.dims()[1]).collect();
    let parts = encoders.parts.iter();
    let wanted: Vec<_> = parts.map(|part| part.config.width).collect();
    if found == wanted {
        return Ok(());
    }
    Err(source.refused(&format!(
        "its vectors have {found:?} numbers, and the text encoders take {wanted:?}; take one for this family"
    )))
}

/// Words that were learnt: which tokens they are in a text, and what these are for each text encoder.
pub(crate) struct Taught {
    pub(crate) words: Vec<Learnt>,
    /// `[tokens, width]`, from the first token behind the vocabulary on; none where no word was learnt.
    pub(crate) rows: Vec<Tensor<2>>,
}

impl TextEncoders {
    /// The words that they were taught.
    ///
    /// # Errors
    /// A file that cannot be read any more, or is another one.
    pub(crate) fn taught(&self, context: &Context) -> Result<Taught> {
        let mut words = Vec::new();
        let mut rows = vec![Vec::new(); self.parts.len()];
        let mut next = WORDS as u32;
        for word in &self.words {
            let found = embedding(&word.source, context.device())?;
            fits(&word.source, &found, self)?;
            let first = next;
            next += found.tokens() as u32;
            words.push(Learnt {
                word: word.text.clone(),
                ids: (first..next).collect(),
            });
            for (all, own) in rows.iter_mut().zip(found.rows()) {
                all.push(own.clone());
            }
        }
        let rows = rows.into_iter().filter(|all| !all.is_empty());
        Ok(Taught {
            words,
            rows: rows.map(|all| Tensor::cat(all, 0)).collect(),
        })
    }
}
