//! The U-Net.

use burn::{
    module::{Module, Param},
    tensor::Tensor,
};
use weft_tensor::silu;

use super::{
    Config, Context, MARKERS, References,
    block::{Block, KeyValue, tokens},
    context::Layout,
    level::{Down, Middle, Told, Up},
    spatial::Spatial,
    words::{Reader, Words},
};
use crate::{
    Maker, Network,
    layers::{Conv, GroupNorm, Time, scores, typed},
    text::Text,
};

/// A U-Net over latents (Ho et al., 2020; Rombach et al., 2022) that is told the time, a text and the
/// context of its references.
#[derive(Module, Debug)]
pub struct Instruct {
    time: Time,
    reader: Reader,
    first: Conv,
    down: Vec<Down>,
    middle: Middle,
    /// From the deepest level.
    up: Vec<Up>,
    norm: GroupNorm,
    last: Conv,
    /// Of each level that attends, a vector of each marker, added to the features of its references.
    index: Vec<Param<Tensor<2>>>,
    spatial: Option<Spatial>,
    #[module(skip)]
    config: Config,
}

impl Instruct {
    /// The same without what goes beyond the paper, to measure what that is worth: no index embedding, no spatial
    /// features. The context comes through cross-attention alone.
    #[must_use]
    pub fn as_in_the_paper(mut self) -> Self {
        self.index.clear();
        self.spatial = None;
        self.config.index_embedding = false;
        self.config.spatial_features = false;
        self
    }

    /// What the U-Net finds in the references of a batch of `batch` pictures; it is the same for every step,
    /// so do it once.
    ///
    /// # Panics
    /// The references' parts are not of one number, belong to no picture of the batch, bear a marker that
    /// there is not, or have another shape than latents have.
    pub fn encode_context(&self, references: &References, batch: usize) -> Context {
        let count = references.places.len();
        if count == 0 {
            return Context::default();
        }
        self.check(&references.latents, count, &references.text);
        let layout = Layout::of(&references.places, batch);
        let words = self.reader.read(&references.text);
        let clean = Tensor::zeros([count], &references.latents.device());
        let features = self.features(references.latents.clone(), clean, &words);
        let added = match &self.spatial {
            Some(spatial) => spatial.forward(&features, &words),
            None => Vec::new(),
        };
        Context {
            attended: self.keys(&features, &layout),
            added: added.into_iter().map(|x| layout.sums(x)).collect(),
        }
    }

    /// The velocity v = α·ε − σ·x (Salimans and Ho, 2022) of noisy latents.
    ///
    /// # Shapes
    /// - latents and result: `[batch, channels, height, width]`, both sides multiples of
    ///   [`Config::factor`]
    /// - time: `[batch]`, 0 clean to 1 noise
    /// - text and context: those of as many pictures, on the device of the latents
    ///
    /// # Panics
    /// Shapes that do not fit.
    pub fn forward(
        &self,
        latents: Tensor<4>,
        time: Tensor<1>,
        text: &Text,
        context: &Context,
    ) -> Tensor<4> {
        let batch = latents.dims()[0];
        self.check(&latents, batch, text);
        assert!(
            time.dims() == [batch] && context.batch().is_none_or(|pictures| pictures == batch),
            "instruct: latents {:?}, time {:?} and a context of {:?} pictures do not fit",
            latents.dims(),
            time.dims(),
            context.batch(),
        );
        let words = self.reader.read(text);
        let numbers = latents.dtype();
        let embedding = self.embedding(time, &words);
        let mut told = Told {
            words: &words,
            embedding: &embedding,
            context: context.attended.iter(),
        };
        let mut x = self.first.forward(latents);
        let mut kept = vec![x.clone()];
        for (level, down) in self.down.iter().enumerate() {
            x = down.forward(x, &mut told, context.added.get(level), &mut kept);
            if let Some(smaller) = down.shrink(x.clone()) {
                kept.push(smaller.clone());
                x = smaller;
            }
        }
        x = self.middle.forward(x, &mut told);
        for up in &self.up {
            x = up.forward(x, &mut told, &mut kept);
        }
        typed(self.last.forward(self.norm.silu(x)), numbers)
    }

    fn check(&self, latents: &Tensor<4>, rows: usize, text: &Text) {
        let (dims, factor) = (latents.dims(), self.config.factor());
        let whole = |side: usize| side > 0 && side.is_multiple_of(factor);
        assert!(
            dims[..2] == [rows, self.config.channels] && whole(dims[2]) && whole(dims[3]),
            "instruct: latents {dims:?} are not [{rows}, {}, height, width] with sides that are multiples of {factor}",
            self.config.channels,
        );
        let texts = text.features.dims()[0];
        assert!(texts == rows, "instruct: {texts} texts for {rows} latents");
    }

    fn embedding(&self, time: Tensor<1>, words: &Words) -> Tensor<2> {
        silu(self.time.forward(time) + self.reader.whole(words))
    }

    /// What the way down gives at each level, without a context.
    fn features(&self, latents: Tensor<4>, time: Tensor<1>, words: &Words) -> Vec<Tensor<4>> {
        let embedding = self.embedding(time, words);
        let mut told = Told {
            words,
            embedding: &embedding,
            context: [].iter(),
        };
        let mut x = self.first.forward(latents);
        let mut features = Vec::with_capacity(self.down.len());
        for down in &self.down {
            x = down.forward(x, &mut told, None, &mut Vec::new());
            features.push(x.clone());
            if let Some(smaller) = down.shrink(x.clone()) {
                x = smaller;
            }
        }
        features
    }

    /// Keys and values of every block that attends, in the order in which the U-Net meets them.
    fn keys(&self, features: &[Tensor<4>], layout: &Layout) -> Vec<KeyValue> {
        let mut indices = self.index.iter();
        let levels = features.iter().zip(&self.config.attends);
        let by_level: Vec<_> = levels
            .map(|(x, attends)| {
                let index = attends.then(|| indices.next()).flatten();
                attends.then(|| Found::of(x, index.map(Param::val), layout))
            })
            .collect();
        let deepest = by_level.len() - 1;
        let down = self.down.iter().enumerate();
        let down = down.flat_map(|(level, down)| down.attention.iter().map(move |b| (level, b)));
        let up = self.up.iter().enumerate();
        let up = up.flat_map(|(i, up)| up.attention.iter().map(move |b| (deepest - i, b)));
        let blocks = down.chain([(deepest, &self.middle.attention)]).chain(up);
        blocks
            .filter_map(|(level, block)| Some(by_level[level].as_ref()?.keys(block)))
            .collect()
    }
}

/// The references' features at one level, by picture of the batch.
struct Found {
    features: Tensor<3>,
    mask: Tensor<4>,
}

impl Found {
    fn of(x: &Tensor<4>, index: Option<Tensor<2>>, layout: &Layout) -> Self {
        let device = x.device();
        let mut x = tokens(x.clone());
        let count = x.dims()[1];
        if let Some(index) = index {
            let rows = index.select(0, layout.marker_rows(&device));
            x = x + rows.unsqueeze_dim::<3>(1);
        }
        Self {
            features: layout.rows(x),
            mask: scores(&layout.present(count, &device)),
        }
    }

    fn keys(&self, block: &Block) -> KeyValue {
        KeyValue {
            pair: block.pair(self.features.clone()),
            mask: self.mask.clone(),
        }
    }
}

impl Network for Instruct {
    type Config = Config;
    const NAME: &'static str = "the instruct model";
    const HALVES: bool = true;

    fn config(&self) -> &Config {
        &self.config
    }

    fn build(config: &Config, maker: &mut Maker<'_>) -> Result<Self, String> {
        config.check()?;
        let levels = 0..config.widths.len();
        let attending = levels.clone().filter(|&level| config.attends[level]);
        let widths = attending.map(|level| config.widths[level]);
        Ok(Self {
            time: Time::new(maker, config.widths[0], config.embedding()),
            reader: Reader::new(maker, config.text, config.embedding()),
            first: Conv::three(maker, [config.channels, config.widths[0]]),
            down: levels
                .clone()
                .map(|level| Down::new(maker, config, level))
                .collect(),
            middle: Middle::new(maker, config),
            up: levels
                .rev()
                .map(|level| Up::new(maker, config, level))
                .collect(),
            norm: GroupNorm::new(maker, config.widths[0], config.groups),
            last: Conv::silent_three(maker, [config.widths[0], config.channels]),
            index: match config.index_embedding {
                true => widths
                    .map(|width| maker.uniform([MARKERS, width], width))
                    .collect(),
                false => Vec::new(),
            },
            spatial: config.spatial_features.then(|| Spatial::new(maker, config)),
            config: config.clone(),
        })
    }
}
