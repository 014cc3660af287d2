//! The autoencoder and the scale of its latents.

use burn::{
    module::Module,
    tensor::{Tensor, TensorData},
};
use weft_tensor::constant;

use super::{
    Config,
    halves::{Decoder, Encoder},
};
use crate::{Maker, Network, Weights, parameters::Parameter};

/// A variational autoencoder (Kingma and Welling, 2013) of small pictures, fully convolutional.
///
/// Training goes through [`Autoencoder::encode`] and [`Autoencoder::decode`]; who draws uses
/// [`Autoencoder::latents`] and [`Autoencoder::picture`], whose latents are about 0 with a deviation of 1.
#[derive(Module, Debug)]
pub struct Autoencoder {
    encoder: Encoder,
    decoder: Decoder,
    #[module(skip)]
    config: Config,
    /// Of each channel over the training pictures, to bring latents to a common scale.
    #[module(skip)]
    mean: Vec<f32>,
    #[module(skip)]
    deviation: Vec<f32>,
}

/// A normal distribution of latents, each independent.
#[derive(Clone, Debug)]
pub struct Moments {
    /// `[batch, channels, height, width]`.
    pub mean: Tensor<4>,
    /// Of the same shape, natural logarithm, within -30..=20.
    pub log_variance: Tensor<4>,
}

impl Moments {
    /// Latents of the distribution, for `noise` of mean 0 and deviation 1 and the shape of the mean.
    pub fn sample(&self, noise: Tensor<4>) -> Tensor<4> {
        self.mean.clone() + (self.log_variance.clone() * 0.5).exp() * noise
    }

    /// The Kullback-Leibler divergence from the unit normal distribution, per number, in nats: `[1]`.
    pub fn divergence(&self) -> Tensor<1> {
        let square = self.mean.clone().powi_scalar(2);
        let variance = self.log_variance.clone().exp();
        (square + variance - self.log_variance.clone() - 1.0).mean() * 0.5
    }
}

impl Autoencoder {
    /// The distribution of the latents of a picture, on their own scale.
    ///
    /// # Shapes
    /// - rgb: `[batch, 3, height, width]`, sRGB-encoded, -1..=1; both sides multiples of
    ///   [`Config::factor`]
    /// - result: `[batch, channels, height / factor, width / factor]`
    ///
    /// # Panics
    /// The picture has another shape.
    pub fn encode(&self, rgb: Tensor<4>) -> Moments {
        let (dims, factor) = (rgb.dims(), self.config.factor());
        let fits = |side: usize| side > 0 && side.is_multiple_of(factor);
        assert!(
            dims[1] == 3 && fits(dims[2]) && fits(dims[3]),
            "autoencoder: a picture of {dims:?} is not [batch, 3, height, width] with sides that are multiples of {factor}",
        );
        let moments = self.encoder.forward(rgb);
        let [mean, log_variance] = halves(moments);
        Moments {
            mean,
            log_variance: log_variance.clamp(-30.0, 20.0),
        }
    }

    /// The picture of latents on their own scale: `[batch, 3, height, width]`, about -1..=1.
    ///
    /// # Panics
    /// The latents have another number of channels.
    pub fn decode(&self, latents: Tensor<4>) -> Tensor<4> {
        self.decoder.forward(latents)
    }

    /// The likeliest latents of a picture, brought to mean 0 and deviation 1 by channel. Shapes and panics
    /// are those of [`Autoencoder::encode`].
    pub fn latents(&self, rgb: Tensor<4>) -> Tensor<4> {
        let mean = self.encode(rgb).mean;
        let (centre, scale) = self.scale(&mean);
        (mean - centre) / scale
    }

    /// The picture of latents of mean 0 and deviation 1, within -1..=1.
    pub fn picture(&self, latents: Tensor<4>) -> Tensor<4> {
        let (centre, scale) = self.scale(&latents);
        self.decode(latents * scale + centre).clamp(-1.0, 1.0)
    }

    /// The same autoencoder with the mean and deviation that each channel has over the training pictures,
    /// measured on [`Moments::mean`]. They do not learn and no average of weights holds them: set them on
    /// the weights that will be written.
    ///
    /// # Panics
    /// There is not one finite number per channel, or a deviation is not above 0.
    #[must_use]
    pub fn with_scale(self, mean: Vec<f32>, deviation: Vec<f32>) -> Self {
        let channels = self.config.channels;
        let whole = mean.len() == channels && deviation.len() == channels;
        let fit = mean.iter().all(|x| x.is_finite())
            && deviation.iter().all(|&x| x > 0.0 && x.is_finite());
        assert!(
            whole && fit,
            "autoencoder: the scale of {channels} channels is not {mean:?} and {deviation:?}"
        );
        Self {
            mean,
            deviation,
            ..self
        }
    }

    fn scale(&self, like: &Tensor<4>) -> (Tensor<4>, Tensor<4>) {
        let row = |numbers: &[f32]| {
            let data = TensorData::new(numbers.to_vec(), [1, numbers.len(), 1, 1]);
            constant(data, &like.device())
        };
        (row(&self.mean), row(&self.deviation))
    }
}

fn halves(x: Tensor<4>) -> [Tensor<4>; 2] {
    let channels = x.dims()[1] / 2;
    [
        x.clone().narrow(1, 0, channels),
        x.narrow(1, channels, channels),
    ]
}

impl Network for Autoencoder {
    type Config = Config;
    const NAME: &'static str = "the autoencoder";

    fn config(&self) -> &Config {
        &self.config
    }

    fn build(config: &Config, maker: &mut Maker<'_>) -> Result<Self, String> {
        config.check()?;
        Ok(Self {
            encoder: Encoder::new(maker, config),
            decoder: Decoder::new(maker, config),
            config: config.clone(),
            mean: vec![0.0; config.channels],
            deviation: vec![1.0; config.channels],
        })
    }

    fn constants(&self) -> Vec<Parameter> {
        let constant = |name: &str, values: &[f32]| Parameter {
            name: name.to_owned(),
            shape: vec![values.len()],
            values: values.to_vec(),
        };
        vec![
            constant("latents.mean", &self.mean),
            constant("latents.deviation", &self.deviation),
        ]
    }

    fn read_constants(&mut self, weights: &mut Weights<'_>) {
        let shape = [self.config.channels];
        self.mean = weights.numbers("latents.mean", &shape);
        self.deviation = weights.numbers("latents.deviation", &shape);
    }
}
