//! What a U-Net and its ControlNet have in common: the time, the way down and the middle.

use burn::{
    module::Module,
    tensor::{Float, Tensor, TensorData},
};
use weft_tensor::{ConvOptions, constant, silu};

use super::{
    Added, Config, Level,
    level::{Blocks, Down},
    transformer::Sizes,
};
use crate::{
    layers::{Conv, Linear},
    stable::source::Source,
};

/// What a U-Net is told besides the latents and the time.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// Features of the text's tokens, `[batch, tokens, context]`.
    pub text: &'a Tensor<3>,
    /// SDXL's sizes of pictures, `[batch, 6]`: height and width of the original, top and left of the cut, height
    /// and width of what is drawn, in pixels; and the whole text, `[batch, width]`.
    pub added: Option<[&'a Tensor<2>; 2]>,
    /// Pictures to attend to, for a network with an adapter.
    pub pictures: Option<Pictures<'a>>,
    /// Whether in the middle each place attends to itself alone, for perturbed-attention guidance (Ahn et al., 2024).
    pub perturbed: bool,
}

/// Pictures that an IP-Adapter has made tokens of.
#[derive(Clone, Copy, Debug)]
pub struct Pictures<'a> {
    /// `[batch, tokens, context]`.
    pub tokens: &'a Tensor<3>,
    /// How much they count; 1 is as the adapter was trained.
    pub strength: f32,
}

impl<'a> Given<'a> {
    /// A text alone.
    pub fn text(text: &'a Tensor<3>) -> Self {
        Self {
            text,
            added: None,
            pictures: None,
            perturbed: false,
        }
    }
}

/// What every room sees.
pub(in crate::stable) struct Seen<'a> {
    /// The time, activated.
    pub(super) time: Tensor<2>,
    pub(super) text: &'a Tensor<3>,
    pub(super) pictures: Option<Pictures<'a>>,
    pub(super) perturbed: bool,
}

/// Two dense layers with SiLU between them.
#[derive(Module, Debug)]
struct Dense {
    first: Linear,
    second: Linear,
}

impl Dense {
    fn read(source: &mut Source<'_>, name: &str, [inputs, outputs]: [usize; 2]) -> Self {
        Self {
            first: source.linear(&format!("{name}.linear_1"), [inputs, outputs]),
            second: source.linear(&format!("{name}.linear_2"), [outputs, outputs]),
        }
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        self.second.forward(silu(self.first.forward(x)))
    }
}

/// The way down and the middle.
#[derive(Module, Debug)]
pub(in crate::stable) struct Trunk {
    first: Conv,
    time: Dense,
    added: Option<Dense>,
    pub(super) levels: Vec<Down>,
    pub(super) middle: Blocks,
    pub(super) last: Blocks,
    #[module(skip)]
    config: Config,
}

/// The channels of every outcome on the way down.
pub(in crate::stable) fn outcomes(config: &Config) -> Vec<usize> {
    let mut outcomes = vec![config.levels[0].width];
    for (i, level) in config.levels.iter().enumerate() {
        let has_next = i + 1 < config.levels.len();
        outcomes.extend(vec![level.width; config.layers + usize::from(has_next)]);
    }
    outcomes
}

/// The sizes of a level's transformers.
pub(super) fn sizes(
    config: &Config,
    Level {
        width,
        depth,
        heads,
    }: Level,
) -> Sizes {
    Sizes {
        width,
        depth,
        heads,
        context: config.context,
        groups: config.groups,
        is_middle: false,
    }
}

impl Trunk {
    pub(in crate::stable) fn read(source: &mut Source<'_>, config: &Config) -> Self {
        let time = config.time();
        let waves = config.levels[0].width;
        let mut levels = Vec::with_capacity(config.levels.len());
        let mut inputs = waves;
        for (i, &level) in config.levels.iter().enumerate() {
            let name = format!("down_blocks.{i}");
            let mut channels = vec![[level.width; 2]; config.layers];
            channels[0][0] = inputs;
            inputs = level.width;
            let next = format!("{name}.downsamplers.0.conv");
            let halving = ConvOptions::padded(1).with_stride(2);
            let is_last = i + 1 == config.levels.len();
            levels.push(Down {
                blocks: Blocks::read(source, &name, &channels, (sizes(config, level), time)),
                next: (!is_last).then(|| source.conv(&next, [inputs; 2], 3, halving)),
            });
        }
        let [middle, last] = middle(source, config);
        let added = config.added.map(|Added { inputs, .. }| [inputs, time]);
        Self {
            first: source.three("conv_in", [config.inputs, waves]),
            time: Dense::read(source, "time_embedding", [waves, time]),
            added: added.map(|sizes| Dense::read(source, "add_embedding", sizes)),
            levels,
            middle,
            last,
            config: config.clone(),
        }
    }

    pub(in crate::stable) fn config(&self) -> &Config {
        &self.config
    }

    /// The latents as the first feature map.
    pub(in crate::stable) fn first(&self, latents: Tensor<4>) -> Tensor<4> {
        self.first.forward(latents)
    }

    /// What every room sees at that time.
    pub(in crate::stable) fn seen<'a>(&self, time: &Tensor<1>, given: &Given<'a>) -> Seen<'a> {
        let mut seen = self.time.forward(waves(time, self.config.levels[0].width));
        if let (Some(layer), Some(Added { waves: count, .. }), Some([sizes, whole])) =
            (&self.added, self.config.added, given.added)
        {
            let [batch, each] = sizes.dims();
            let sizes = waves(&sizes.clone().reshape([batch * each]), count);
            let sizes = sizes.reshape([batch, each * count]);
            seen = seen + layer.forward(Tensor::cat(vec![whole.clone(), sizes], 1));
        }
        Seen {
            time: silu(seen),
            text: given.text,
            pictures: given.pictures,
            perturbed: given.perturbed,
        }
    }

    /// Every outcome on the way down, from the first map on, and that of the middle.
    pub(in crate::stable) fn forward(
        &self,
        first: Tensor<4>,
        seen: &Seen<'_>,
    ) -> (Vec<Tensor<4>>, Tensor<4>) {
        let mut outcomes = vec![first.clone()];
        let levels = self.levels.iter();
        let x = levels.fold(first, |x, level| level.forward(&mut outcomes, x, seen));
        let x = self.middle.forward(0, x, seen);
        (outcomes, self.last.forward(0, x, seen))
    }
}

/// The residual block and transformer of the middle, and the residual block behind them.
fn middle(source: &mut Source<'_>, config: &Config) -> [Blocks; 2] {
    let deepest = config.levels[config.levels.len() - 1];
    let level = Level {
        depth: config.middle,
        ..deepest
    };
    let sizes = Sizes {
        is_middle: true,
        ..sizes(config, level)
    };
    let channels = [[deepest.width; 2]];
    let first = Blocks::read(source, "mid_block", &channels, (sizes, config.time()));
    let last = Blocks::read_last(source, channels[0], (sizes, config.time()));
    [first, last]
}

/// The longest wave.
const LONGEST: f32 = 10_000.0;

/// Cosines, then sines, of numbers `[count]`: `[count, waves]` (Vaswani et al., 2017).
fn waves(numbers: &Tensor<1>, waves: usize) -> Tensor<2> {
    let half = waves / 2;
    let rate = |i: usize| LONGEST.powf(-(i as f32) / half as f32);
    let rates = TensorData::new((0..half).map(rate).collect(), [1, half]);
    let rates = constant::<2, Float>(rates, &numbers.device());
    let angles = numbers.clone().unsqueeze_dim::<2>(1) * rates;
    Tensor::cat(vec![angles.clone().cos(), angles.sin()], 1)
}
