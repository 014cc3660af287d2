//! A U-Net of 41.6 M parameters like Stable Diffusion's: 69.4 GFLOP for four channels of 64 by 64.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use weft_tensor::ConvOptions;

use crate::arithmetic::Arithmetic;
use crate::layers::{Conv, Dense, Scale};

const CHANNELS: usize = 128;
const FACTORS: [usize; 3] = [1, 2, 2];
const ATTENDS: [bool; 3] = [false, true, true];
const BLOCKS: usize = 2;
const HEADS: usize = 8;
const EMBEDDING: usize = 4 * CHANNELS;
pub(crate) const CONTEXT: usize = 512;

/// Two convolutions around the embedding of the time step.
#[derive(Module, Debug)]
struct Residual {
    n1: Scale,
    c1: Conv,
    t: Dense,
    n2: Scale,
    c2: Conv,
    sk: Option<Conv>,
}

impl Residual {
    fn new(inputs: usize, outputs: usize, device: &Device) -> Self {
        Self {
            n1: Scale::new(inputs, device),
            c1: Conv::new(inputs, outputs, 3, device),
            t: Dense::new(EMBEDDING, outputs, device),
            n2: Scale::new(outputs, device),
            c2: Conv::new(outputs, outputs, 3, device),
            sk: (inputs != outputs).then(|| Conv::new(inputs, outputs, 1, device)),
        }
    }

    fn forward(&self, x: Tensor<4>, embedding: &Tensor<2>, by: Arithmetic) -> Tensor<4> {
        let padded = ConvOptions::padded(1);
        let h = self
            .c1
            .forward(self.n1.groups_silu(x.clone(), by), by, padded);
        let shift = self.t.forward(by.silu(embedding.clone()), by);
        let h = h + shift.unsqueeze_dims(&[2, 3]);
        let h = self.c2.forward(self.n2.groups_silu(h, by), by, padded);
        h + match &self.sk {
            Some(skip) => skip.forward(x, by, ConvOptions::default()),
            None => x,
        }
    }
}

/// From the pixels to the context, which may be the pixels.
#[derive(Module, Debug)]
struct Attention {
    q: Dense,
    k: Dense,
    v: Dense,
    o: Dense,
}

impl Attention {
    fn new(channels: usize, context: usize, device: &Device) -> Self {
        Self {
            q: Dense::without_bias(channels, channels, device),
            k: Dense::without_bias(context, channels, device),
            v: Dense::without_bias(context, channels, device),
            o: Dense::new(channels, channels, device),
        }
    }

    fn forward(&self, x: Tensor<3>, context: Tensor<3>, by: Arithmetic) -> Tensor<3> {
        let shape = x.dims();
        let heads = |y: Tensor<3>| {
            let [batch, rows, channels] = y.dims();
            y.reshape([batch, rows, HEADS, channels / HEADS])
                .swap_dims(1, 2)
        };
        let q = heads(self.q.forward(x, by));
        let k = heads(self.k.forward(context.clone(), by));
        let v = heads(self.v.forward(context, by));
        let y = by.attention(q, k, v).swap_dims(1, 2).reshape(shape);
        self.o.forward(y, by)
    }
}

/// Self-attention, cross-attention and GEGLU between two 1x1 convolutions.
#[derive(Module, Debug)]
struct Transformer {
    n: Scale,
    pi: Conv,
    po: Conv,
    l1: Scale,
    l2: Scale,
    l3: Scale,
    a1: Attention,
    a2: Attention,
    f1: Dense,
    f2: Dense,
}

impl Transformer {
    fn new(channels: usize, device: &Device) -> Self {
        let scale = || Scale::new(channels, device);
        Self {
            n: scale(),
            pi: Conv::new(channels, channels, 1, device),
            po: Conv::new(channels, channels, 1, device),
            l1: scale(),
            l2: scale(),
            l3: scale(),
            a1: Attention::new(channels, channels, device),
            a2: Attention::new(channels, CONTEXT, device),
            f1: Dense::new(channels, 8 * channels, device),
            f2: Dense::new(4 * channels, channels, device),
        }
    }

    fn forward(&self, x: Tensor<4>, context: &Tensor<3>, by: Arithmetic) -> Tensor<4> {
        let shape @ [batch, channels, height, width] = x.dims();
        let pixels = self.n.groups(x.clone(), by);
        let pixels = pixels.reshape([batch, channels, height * width]);
        let h = self.pi.on_rows(pixels.swap_dims(1, 2), by);
        let y = self.l1.rows(h.clone(), by);
        let h = h + self.a1.forward(y.clone(), y, by);
        let y = self.l2.rows(h.clone(), by);
        let h = h + self.a2.forward(y, context.clone(), by);
        let wide = self.f1.forward(self.l3.rows(h.clone(), by), by);
        let h = h + self.f2.forward(by.geglu(wide), by);
        let h = h.swap_dims(1, 2).reshape(shape);
        x + self.po.forward(h, by, ConvOptions::default())
    }
}

#[derive(Module, Debug)]
pub(crate) struct UNet {
    te1: Dense,
    te2: Dense,
    cin: Conv,
    dr: Vec<Residual>,
    da: Vec<Transformer>,
    ds: Vec<Conv>,
    ur: Vec<Residual>,
    ua: Vec<Transformer>,
    us: Vec<Conv>,
    m1: Residual,
    ma: Transformer,
    m2: Residual,
    no: Scale,
    co: Conv,
}

impl UNet {
    pub(crate) fn new(device: &Device) -> Self {
        let (mut dr, mut da, mut ds) = (vec![], vec![], vec![]);
        let (mut now, mut skips) = (CHANNELS, vec![CHANNELS]);
        for (level, factor) in FACTORS.into_iter().enumerate() {
            for _ in 0..BLOCKS {
                dr.push(Residual::new(now, CHANNELS * factor, device));
                now = CHANNELS * factor;
                skips.push(now);
                if ATTENDS[level] {
                    da.push(Transformer::new(now, device));
                }
            }
            if level + 1 < FACTORS.len() {
                ds.push(Conv::new(now, now, 3, device));
                skips.push(now);
            }
        }
        let m1 = Residual::new(now, now, device);
        let ma = Transformer::new(now, device);
        let m2 = Residual::new(now, now, device);
        let (mut ur, mut ua, mut us) = (vec![], vec![], vec![]);
        for (level, factor) in FACTORS.into_iter().enumerate().rev() {
            for _ in 0..=BLOCKS {
                let skip = skips.pop().unwrap_or_default();
                ur.push(Residual::new(now + skip, CHANNELS * factor, device));
                now = CHANNELS * factor;
                if ATTENDS[level] {
                    ua.push(Transformer::new(now, device));
                }
            }
            if level > 0 {
                us.push(Conv::new(now, now, 3, device));
            }
        }
        Self {
            te1: Dense::new(CHANNELS, EMBEDDING, device),
            te2: Dense::new(EMBEDDING, EMBEDDING, device),
            cin: Conv::new(4, CHANNELS, 3, device),
            dr,
            da,
            ds,
            ur,
            ua,
            us,
            m1,
            ma,
            m2,
            no: Scale::new(now, device),
            co: Conv::new(now, 4, 3, device),
        }
    }

    /// `x` `[batch, 4, height, width]`, `time` `[batch, 128]`, `context` `[batch, words, 512]`: as `x`.
    pub(crate) fn forward(
        &self,
        x: Tensor<4>,
        time: Tensor<2>,
        context: &Tensor<3>,
        by: Arithmetic,
    ) -> Tensor<4> {
        let padded = ConvOptions::padded(1);
        let embedding = self.te2.forward(by.silu(self.te1.forward(time, by)), by);
        let (mut blocks, mut attentions) = (self.dr.iter(), self.da.iter());
        let mut halvings = self.ds.iter();
        let mut h = self.cin.forward(x, by, padded);
        let mut skips = vec![h.clone()];
        for attends in ATTENDS {
            for block in blocks.by_ref().take(BLOCKS) {
                h = block.forward(h, &embedding, by);
                if let Some(attention) = attends.then(|| attentions.next()).flatten() {
                    h = attention.forward(h, context, by);
                }
                skips.push(h.clone());
            }
            if let Some(halving) = halvings.next() {
                h = halving.forward(h, by, padded.with_stride(2));
                skips.push(h.clone());
            }
        }
        h = self.m1.forward(h, &embedding, by);
        h = self.ma.forward(h, context, by);
        h = self.m2.forward(h, &embedding, by);
        let (mut blocks, mut attentions) = (self.ur.iter(), self.ua.iter());
        let mut doublings = self.us.iter();
        for attends in ATTENDS.into_iter().rev() {
            for (skip, block) in last(&mut skips).zip(blocks.by_ref()) {
                h = block.forward(Tensor::cat(vec![h, skip], 1), &embedding, by);
                if let Some(attention) = attends.then(|| attentions.next()).flatten() {
                    h = attention.forward(h, context, by);
                }
            }
            if let Some(doubling) = doublings.next() {
                h = doubling.forward(h, by, padded.upsampled());
            }
        }
        self.co.forward(self.no.groups_silu(h, by), by, padded)
    }
}

/// What a level of the way up takes from the way down, the latest first.
fn last(skips: &mut Vec<Tensor<4>>) -> impl Iterator<Item = Tensor<4>> {
    skips
        .split_off(skips.len() - (BLOCKS + 1))
        .into_iter()
        .rev()
}
