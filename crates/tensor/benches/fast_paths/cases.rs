//! The work that is timed, with the names that `pytorch.py` gives it.

use std::{env, sync::LazyLock};

use burn::{
    module::{Module, ModuleMapper, Param},
    tensor::{Device, Distribution, FloatDType, Tensor},
};
use weft_tensor::{ConvOptions, choose};

use crate::arithmetic::Arithmetic;
use crate::unet::{CONTEXT, UNet};

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) work: Box<dyn Fn(Arithmetic)>,
}

fn case(name: impl Into<String>, work: impl Fn(Arithmetic) + 'static) -> Case {
    Case {
        name: name.into(),
        work: Box::new(work),
    }
}

/// Of what type the numbers are, besides what the fast paths are asked for.
pub(crate) type Numbers = FloatDType;

/// What makes the cases of numbers of a type.
pub(crate) const MAKERS: [fn(Numbers) -> Vec<Case>; 4] = [products, convolutions, rows, unets];

/// The CPU, or what `WEFT_DEVICE` names, such as `gpu`.
pub(crate) fn device() -> &'static Device {
    static DEVICE: LazyLock<Device> = LazyLock::new(|| {
        let wanted = env::var("WEFT_DEVICE").unwrap_or_else(|_| "cpu".to_owned());
        choose(wanted.parse().unwrap()).unwrap().device
    });
    &DEVICE
}

fn normal<const D: usize>(shape: [usize; D], numbers: Numbers) -> Tensor<D> {
    let made: Tensor<D> = Tensor::random(shape, Distribution::Normal(0.0, 1.0), device());
    made.cast(numbers)
}

fn products(numbers: Numbers) -> Vec<Case> {
    let product = |[m, k, n]: [usize; 3]| {
        let (x, weight) = (normal([m, k], numbers), normal([k, n], numbers));
        case(format!("matmul {m}x{k}x{n}"), move |by| {
            by.linear(x.clone(), weight.clone(), None);
        })
    };
    vec![product([4096, 320, 1280]), product([2048, 2048, 2048])]
}

fn convolutions(numbers: Numbers) -> Vec<Case> {
    let convolution = |[batch, channels, size, kernel]: [usize; 4]| {
        let x = normal([batch, channels, size, size], numbers);
        let weight = normal([channels, channels, kernel, kernel], numbers);
        let bias = normal([channels], numbers);
        let options = ConvOptions::padded(kernel / 2);
        let name = format!("conv{kernel}x{kernel} {batch}x{channels}x{size}x{size}");
        case(name, move |by| {
            by.conv(x.clone(), weight.clone(), bias.clone(), options);
        })
    };
    let shapes = [
        [1, 320, 64, 3],
        [2, 128, 64, 3],
        [2, 256, 32, 3],
        [1, 320, 64, 1],
    ];
    shapes.into_iter().map(convolution).collect()
}

fn rows(numbers: Numbers) -> Vec<Case> {
    let [q, k, v] = [(); 3].map(|()| normal([1, 16, 4096, 40], numbers));
    let (map, rows, wide) = (
        normal([1, 320, 64, 64], numbers),
        normal([1, 4096, 320], numbers),
        normal([1, 4096, 2560], numbers),
    );
    let (gamma, beta) = (normal([320], numbers), normal([320], numbers));
    let scale = (gamma.clone(), beta.clone());
    vec![
        case("attention 16x4096x40", move |by| {
            by.attention(q.clone(), k.clone(), v.clone());
        }),
        case("group norm + silu 1x320x64x64", move |by| {
            by.group_norm(map.clone(), gamma.clone(), beta.clone(), (32, true));
        }),
        case("layer norm 4096x320", move |by| {
            by.layer_norm(rows.clone(), scale.0.clone(), scale.1.clone());
        }),
        case("geglu 4096x2560", move |by| {
            by.geglu(wide.clone());
        }),
    ]
}

fn unets(numbers: Numbers) -> Vec<Case> {
    let forward = |batch: usize| {
        let unet = UNet::new(device()).map(&mut As(numbers));
        let (x, time, context) = input(batch, device());
        let (x, time, context) = (x.cast(numbers), time.cast(numbers), context.cast(numbers));
        case(format!("unet forward B{batch}"), move |by| {
            unet.forward(x.clone(), time.clone(), &context, by);
        })
    };
    vec![forward(1), forward(2)]
}

/// Weights of numbers of that type.
struct As(Numbers);

impl ModuleMapper for As {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|weight| weight.cast(self.0))
    }
}

/// What a U-Net takes for so many pictures.
pub(crate) fn input(batch: usize, device: &Device) -> (Tensor<4>, Tensor<2>, Tensor<3>) {
    let spread = Distribution::Normal(0.0, 1.0);
    (
        Tensor::random([batch, 4, 64, 64], spread, device),
        Tensor::random([batch, 128], spread, device),
        Tensor::random([batch, 77, CONTEXT], spread, device),
    )
}
