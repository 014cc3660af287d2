//! Guidance without a classifier (Ho and Salimans 2022), with one weight for the text and one for the context; and the
//! formulas of guidance by themselves.

mod formulas;

pub use formulas::{
    classifier_free, perturbed_attention, plus_plus, rescaled, thresholded, within,
};

/// How strongly the instruction is followed, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guidance {
    /// Weight of the text: 0 ignores the instruction, 1 follows it plainly, more exaggerates it.
    pub text: f64,
    /// Weight of the context pictures, likewise.
    pub context: f64,
    /// Cosine times, 0 (clean) to 1 (noise), between which the weights hold (Kynkäänniemi et al. 2024); plain
    /// elsewhere.
    pub interval: [f64; 2],
    /// Guide on every second step only, the first one included, as Instruct-Imagen does (arXiv 2401.01952, A.2.2).
    pub oscillate: bool,
}

impl Default for Guidance {
    fn default() -> Self {
        Self {
            text: 3.0,
            context: 3.0,
            interval: [0.0, 1.0],
            oscillate: false,
        }
    }
}

/// How the outputs of a network are summed: they sum to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// Of the output without text and context.
    pub nothing: f64,
    /// Of the output with the text alone.
    pub text: f64,
    /// Of the output with text and context.
    pub full: f64,
}

impl Weights {
    const PLAIN: Self = Self {
        nothing: 0.0,
        text: 0.0,
        full: 1.0,
    };
}

impl Guidance {
    /// The sum at one step: `v = v∅ + text·(v(text) − v∅) + context·(v(text, context) − v(text))`.
    ///
    /// With no context in the instruction the last difference is nothing, and `full` means the text.
    pub fn at(&self, step: usize, time: f64, with_context: bool) -> Weights {
        let [from, to] = self.interval;
        let ignores = self.text == 0.0 && self.context == 0.0;
        let rests = self.oscillate && step % 2 == 1;
        if !ignores && (rests || !(from..=to).contains(&time)) {
            return Weights::PLAIN;
        }
        if !with_context {
            return Weights {
                nothing: 1.0 - self.text,
                text: 0.0,
                full: self.text,
            };
        }
        Weights {
            nothing: 1.0 - self.text,
            text: self.text - self.context,
            full: self.context,
        }
    }
}
