//! The text encoders as a value.

use std::sync::Arc;

use weft_models::stable::{
    File,
    clip::{Activation, Clip, Config, Take},
    tokens::{END, OPEN_FILL, Tokens},
};
use weft_node::{
    Context, Error, Result,
    value::{Digest, Hasher, Value},
};

use crate::{
    model::{Strong, WHOLE, used, with_loras},
    source::{Source, held},
};

/// The text encoders of a model; a handle that is cheap to copy. Their weights are read when they are first used, and
/// the host holds them.
#[derive(Clone, Debug)]
pub struct TextEncoders {
    pub(crate) parts: Vec<Part>,
    pub(crate) loras: Vec<Strong>,
    pub(crate) words: Vec<Word>,
    pub(crate) half: bool,
}

/// A word that was learnt.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) source: Source,
}

/// One text encoder.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) source: Source,
    pub(crate) config: Config,
    /// Which of the model it is.
    pub(crate) nth: usize,
    pub(crate) take: Take,
}

impl Part {
    /// The token that fills the room behind a text.
    pub(crate) fn fill(&self) -> u32 {
        match self.config.activation {
            Activation::QuickGelu => END,
            Activation::Gelu => OPEN_FILL,
        }
    }
}

impl TextEncoders {
    /// The networks.
    ///
    /// # Errors
    /// A file that cannot be read or does not fit.
    pub(crate) fn nets(&self, context: &Context) -> Result<Vec<Arc<Clip>>> {
        self.parts
            .iter()
            .map(|part| self.net(part, context))
            .collect()
    }

    fn net(&self, part: &Part, context: &Context) -> Result<Arc<Clip>> {
        held(context, self.weights(part), || {
            with_loras(&self.loras, context, |loras| {
                part.source.network(context, (self.half, WHOLE), |file| {
                    let file = File { loras, ..file };
                    Clip::read(file, &part.config, part.nth)
                })
            })
        })
    }

    fn weights(&self, part: &Part) -> Digest {
        let mut hasher = Hasher::new("clip");
        hasher.digest(&part.source.digest());
        hasher.number(part.nth as u64).number(u64::from(self.half));
        hasher.field(format!("{:?}", part.config).as_bytes());
        for lora in used(&self.loras) {
            hasher.digest(&lora.digest());
        }
        hasher.finish()
    }
}

/// The tokeniser, which the host holds.
///
/// # Errors
/// The program's own copy is spoilt.
pub(crate) fn tokens(context: &Context) -> Result<Arc<Tokens>> {
    context.model(Digest::of(b"clip tokens"), context.device(), || {
        let tokens = Tokens::shipped().map_err(|why| Error::Missing(why.to_string()))?;
        // The vocabulary and its pairs, as they lie in memory.
        Ok((tokens, 8 << 20))
    })
}

impl Value for TextEncoders {
    const TYPE: &'static str = "TextEncoders";

    fn digest(&self) -> Option<Digest> {
        let mut hasher = Hasher::new(Self::TYPE);
        for part in &self.parts {
            hasher.digest(&self.weights(part));
            hasher.field(format!("{:?}", part.take).as_bytes());
        }
        for word in &self.words {
            hasher
                .field(word.text.as_bytes())
                .digest(&word.source.digest());
        }
        Some(hasher.finish())
    }
    fn is_current(&self) -> bool {
        let loras = self.loras.iter().map(|lora| &lora.source);
        let words = self.words.iter().map(|word| &word.source);
        let mut all = self
            .parts
            .iter()
            .map(|part| &part.source)
            .chain(loras)
            .chain(words);
        all.all(Source::is_current)
    }
}
