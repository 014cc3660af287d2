//! `stable.EncodeText`.

use burn::tensor::{Float, Tensor, TensorData};
use weft_models::stable::{
    clip::{Clip, Take},
    tokens::framed,
};
use weft_node::{Context, Error, Inputs, Node, Result};
use weft_tensor::constant;

use crate::{
    Conditioning, TextEncoders,
    chunks::{Chunk, chunks},
    conditioning::Told,
    encoders::{Part, tokens},
};

/// Encode a text for a model of Stable Diffusion.
///
/// `(word)` counts 1.1 times as much, `[word]` as much less, `(word:1.3)` 1.3 times; brackets may stand in brackets,
/// and `\(` is a plain bracket. Long texts are read in chunks of 75 tokens; `BREAK` begins a new one. A weight moves
/// a token's features along the line from those of the empty text.
#[derive(Inputs)]
pub struct EncodeText {
    /// The text encoders of the model, from `LoadCheckpoint`, `LoadLora` or `LoadEmbedding`.
    pub encoders: TextEncoders,
    /// What to draw, or, for the negative input, what to keep away from.
    #[input(default = "")]
    pub text: String,
    /// Layers left out at the end; left out, what the model was trained with. What is called a "clip skip" of 2
    /// elsewhere is 1 here.
    #[input(range = 0..=64)]
    pub skip: Option<usize>,
    /// For SDXL, the width of the picture that the drawing is to look like it came from; left out, its own.
    #[input(range = 1..=65535)]
    pub width: Option<usize>,
    /// For SDXL, the height of that picture; left out, that of the drawing.
    #[input(range = 1..=65535)]
    pub height: Option<usize>,
    /// For SDXL, the pixels cut away at the left of that picture.
    #[input(default = 0, range = 0..=65535)]
    pub left: usize,
    /// For SDXL, the pixels cut away at the top of that picture.
    #[input(default = 0, range = 0..=65535)]
    pub top: usize,
    /// For the refiner of SDXL, how beautiful the drawing is to be; 2.5 is usual for the negative text.
    #[input(default = 6.0, range = 0.0..=10.0)]
    pub score: f32,
}

impl EncodeText {
    /// The node as a graph has it that says nothing but the text.
    pub(crate) fn of(encoders: &TextEncoders, text: &str) -> Self {
        Self {
            encoders: encoders.clone(),
            text: text.to_owned(),
            skip: None,
            width: None,
            height: None,
            left: 0,
            top: 0,
            score: 6.0,
        }
    }
}

impl Node for EncodeText {
    const ID: &'static str = "stable.EncodeText";
    type Output = Conditioning;

    fn run(self, context: &mut Context) -> Result<Conditioning> {
        let tokens = tokens(context)?;
        let refused = |why: String| Error::input("text", why);
        let taught = self.encoders.taught(context)?;
        let chunks = chunks(&tokens, &self.text, &taught.words);
        let chunks = chunks.map_err(|why| refused(why.to_string()))?;
        let nets = self.encoders.nets(context)?;
        let mut features = Vec::with_capacity(nets.len());
        let mut whole = None;
        for (i, (part, net)) in self.encoders.parts.iter().zip(&nets).enumerate() {
            let take = Take {
                skip: self.skip.unwrap_or(part.take.skip),
                ..part.take
            };
            let learnt = taught.rows.get(i);
            let (tokens, of_all) = encoded(part, (net, learnt), take, &chunks)?;
            features.push(tokens);
            whole = Some(of_all);
        }
        let whole = whole.ok_or_else(|| {
            Error::input(
                "encoders",
                "the model has no text encoder; load another checkpoint",
            )
        })?;
        Ok(Conditioning {
            tokens: Tensor::cat(features, 2),
            whole,
            told: Told {
                original: [self.height, self.width],
                corner: [self.top, self.left],
                score: self.score,
            },
        })
    }
}

/// What one encoder, with what it was taught, says of the chunks: `[1, tokens, width]`, and of the whole first one
/// `[1, projection]`.
fn encoded(
    part: &Part,
    (net, learnt): (&Clip, Option<&Tensor<2>>),
    take: Take,
    chunks: &[Chunk],
) -> Result<(Tensor<3>, Tensor<2>)> {
    let fill = part.fill();
    let encode = |rows: &[Vec<u32>]| {
        net.encode_learnt(rows, take, learnt).map_err(|why| {
            let message = format!("{why}\nin {}", part.source.path().display());
            Error::input("encoders", message)
        })
    };
    let rows: Vec<_> = chunks
        .iter()
        .map(|chunk| framed(&chunk.ids, fill))
        .collect();
    let found = encode(&rows)?;
    let [count, length, width] = found.tokens.dims();
    let weights: Vec<f32> = chunks.iter().flat_map(Chunk::framed).collect();
    let mut tokens = found.tokens;
    if weights.iter().any(|weight| *weight != 1.0) {
        let nothing = encode(&[framed(&[], fill)])?.tokens;
        let weights = TensorData::new(weights, [count, length, 1]);
        let weights = constant::<3, Float>(weights, &tokens.device());
        tokens = nothing.clone() + (tokens - nothing) * weights;
    }
    let tokens = tokens.reshape([1, count * length, width]);
    Ok((tokens, found.whole.narrow(0, 0, 1)))
}
