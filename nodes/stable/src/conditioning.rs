//! What a model is told in words.

use burn::tensor::{Device, Tensor};
use weft_node::value::Value;
use weft_tensor::{Trouble, computed};

/// A text as a model attends to it.
#[derive(Clone, Debug)]
pub struct Conditioning {
    /// `[1, tokens, context]`.
    pub(crate) tokens: Tensor<3>,
    /// `[1, width]`: the whole text, which SDXL adds to the time.
    pub(crate) whole: Tensor<2>,
    pub(crate) told: Told,
}

/// What SDXL is told of the picture's making.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Told {
    /// Height and width of the original, in pixels; if unsaid, those of what is drawn.
    pub(crate) original: [Option<usize>; 2],
    /// Top and left of the cut.
    pub(crate) corner: [usize; 2],
    /// How beautiful it is, which only the refiner is told.
    pub(crate) score: f32,
}

impl Told {
    /// The numbers, of which there are six, or five with the score in place of the last two.
    pub(crate) fn numbers(&self, count: usize, drawn: [usize; 2]) -> Vec<f32> {
        let [height, width] = [0, 1].map(|i| self.original[i].unwrap_or(drawn[i]));
        let [top, left] = self.corner;
        let mut numbers: Vec<f32> = [height, width, top, left].map(|n| n as f32).to_vec();
        if count == 5 {
            numbers.push(self.score);
        } else {
            numbers.extend(drawn.map(|n| n as f32));
        }
        numbers
    }
}

impl Value for Conditioning {
    const TYPE: &'static str = "Conditioning";

    fn bytes(&self) -> u64 {
        let [count, whole] = [
            self.tokens.dims().iter().product::<usize>(),
            self.whole.dims().iter().product(),
        ];
        4 * (count + whole) as u64
    }
    fn device(&self) -> Option<Device> {
        Some(self.tokens.device())
    }
    fn computed(&self) -> Result<(), Trouble> {
        computed(&self.tokens)?;
        computed(&self.whole)
    }
}
