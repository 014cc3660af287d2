//! Transformers over feature maps: attention to the map itself, to the text, and to pictures if there are any.

use burn::{module::Module, tensor::Tensor};
use weft_tensor::{Precision, geglu};

use crate::{
    layers::{GroupNorm, LayerNorm, Linear, apart, attended},
    stable::{
        source::{Norms, Source},
        unet::{Pictures, trunk::Seen},
    },
};

/// A transformer over the pixels of a map, added to it.
#[derive(Module, Debug)]
pub(super) struct Transformer {
    norm: GroupNorm,
    first: Linear,
    pub(super) blocks: Vec<Block>,
    last: Linear,
}

/// The sizes of a transformer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub(super) width: usize,
    pub(super) depth: usize,
    pub(super) heads: usize,
    pub(super) context: usize,
    pub(super) groups: usize,
    pub(super) is_middle: bool,
}

/// Added to variances: of the map, and of tokens.
const OF_MAP: f64 = 1e-6;
const OF_TOKENS: f64 = 1e-5;

impl Transformer {
    pub(super) fn read(source: &mut Source<'_>, name: &str, sizes: Sizes) -> Self {
        let Sizes { width, groups, .. } = sizes;
        let norms = Norms {
            groups,
            epsilon: OF_MAP,
        };
        let block = |i| Block::read(source, &format!("{name}.transformer_blocks.{i}"), sizes);
        let blocks = (0..sizes.depth).map(block).collect();
        Self {
            norm: source.group_norm(&format!("{name}.norm"), width, norms),
            first: source.linear(&format!("{name}.proj_in"), [width, width]),
            blocks,
            last: source.linear(&format!("{name}.proj_out"), [width, width]),
        }
    }

    /// # Shapes
    /// - x and result: `[batch, width, height, width of the map]`
    pub(super) fn forward(&self, x: Tensor<4>, seen: &Seen<'_>) -> Tensor<4> {
        let [batch, width, rows, columns] = x.dims();
        let tokens = self
            .norm
            .forward(x.clone())
            .reshape([batch, width, rows * columns]);
        let tokens = self.first.forward(tokens.swap_dims(1, 2));
        let blocks = self.blocks.iter();
        let tokens = blocks.fold(tokens, |tokens, block| block.forward(tokens, seen));
        let tokens = self.last.forward(tokens).swap_dims(1, 2);
        x + tokens.reshape([batch, width, rows, columns])
    }
}

/// Attention to itself and to the text, and two dense layers, each added to what was normalised for it.
#[derive(Module, Debug)]
pub(super) struct Block {
    norm1: LayerNorm,
    own: Attention,
    norm2: LayerNorm,
    pub(super) cross: Attention,
    norm3: LayerNorm,
    wide: Linear,
    narrow: Linear,
    #[module(skip)]
    is_middle: bool,
}

impl Block {
    fn read(source: &mut Source<'_>, name: &str, sizes: Sizes) -> Self {
        let Sizes {
            width,
            heads,
            context,
            ..
        } = sizes;
        let mut norm = |i| source.layer_norm(&format!("{name}.norm{i}"), width, OF_TOKENS);
        let [norm1, norm2, norm3] = [1, 2, 3].map(&mut norm);
        let mut attention = |leaf: &str, context| {
            Attention::read(source, &format!("{name}.{leaf}"), [width, context], heads)
        };
        Self {
            norm1,
            own: attention("attn1", width),
            norm2,
            cross: attention("attn2", context),
            norm3,
            wide: source.linear(&format!("{name}.ff.net.0.proj"), [width, 8 * width]),
            narrow: source.linear(&format!("{name}.ff.net.2"), [4 * width, width]),
            is_middle: sizes.is_middle,
        }
    }

    fn forward(&self, x: Tensor<3>, seen: &Seen<'_>) -> Tensor<3> {
        let own = self.norm1.forward(x.clone());
        let own = match seen.perturbed && self.is_middle {
            true => self.own.alone(own),
            false => self.own.forward(own.clone(), &own, None),
        };
        let x = x + own;
        let cross = self.norm2.forward(x.clone());
        let x = x + self.cross.forward(cross, seen.text, seen.pictures);
        let dense = geglu(self.wide.forward(self.norm3.forward(x.clone())));
        x + self.narrow.forward(dense)
    }
}

/// Attention (Vaswani et al., 2017), and beside it that to pictures of an IP-Adapter (Ye et al., 2023).
#[derive(Module, Debug)]
pub(in crate::stable) struct Attention {
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    /// Keys and values of pictures.
    pub(in crate::stable) pictures: Option<[Linear; 2]>,
    heads: usize,
    #[module(skip)]
    precision: Precision,
}

impl Attention {
    fn read(
        source: &mut Source<'_>,
        name: &str,
        [width, context]: [usize; 2],
        heads: usize,
    ) -> Self {
        let inner = |leaf: &str| format!("{name}.{leaf}");
        Self {
            query: source.plain_linear(&inner("to_q"), [width, width]),
            key: source.plain_linear(&inner("to_k"), [context, width]),
            value: source.plain_linear(&inner("to_v"), [context, width]),
            out: source.linear(&inner("to_out.0"), [width, width]),
            pictures: None,
            heads,
            precision: source.precision(),
        }
    }

    /// Channels of a token of the context, and of the map.
    pub(in crate::stable) fn sizes(&self) -> [usize; 2] {
        self.key.weight.dims()
    }

    fn forward(
        &self,
        x: Tensor<3>,
        context: &Tensor<3>,
        pictures: Option<Pictures<'_>>,
    ) -> Tensor<3> {
        let queries = self.query.forward(x);
        let pair = |[key, value]: [&Linear; 2], of: &Tensor<3>| {
            [key, value].map(|layer| apart(layer.forward(of.clone()), self.heads))
        };
        let found = |pair| attended(queries.clone(), pair, None, self.precision);
        let mut out = found(pair([&self.key, &self.value], context));
        if let (Some([key, value]), Some(pictures)) = (&self.pictures, pictures) {
            out = out + found(pair([key, value], pictures.tokens)) * pictures.strength;
        }
        self.out.forward(out)
    }

    /// What each token finds that attends to itself alone.
    fn alone(&self, x: Tensor<3>) -> Tensor<3> {
        self.out.forward(self.value.forward(x))
    }
}
