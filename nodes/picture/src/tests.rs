//! The nodes as a host sees them.

mod colors;
mod devices;
mod making;
mod shapes;
mod sheets;

use burn::tensor::{Device, Tensor, TensorData};
use weft_node::{
    Context, Error, Node, Result,
    value::{Color, ColorSpace, Image, Mask},
};
use weft_testing::numbers;
use weft_vision::color::in_space;

use crate::PACK;

/// A picture in which no two pixels are alike, alpha included.
fn picture(device: &Device, [batch, channels, height, width]: [usize; 4]) -> Image {
    let count = batch * channels * height * width;
    let pixels = (0..count).map(|i| (i * 37 % count) as f32 / count as f32);
    let pixels = TensorData::new(pixels.collect::<Vec<_>>(), [batch, channels, height, width]);
    Image::new(Tensor::from_data(pixels, device))
}

/// Pixels of one colour, a value for each channel.
fn plain(device: &Device, color: &[f32], (height, width): (usize, usize)) -> Image {
    Image::new(weft_vision::paint::solid(1, (height, width), color, device))
}

fn mask(device: &Device, coverage: f32, (height, width): (usize, usize)) -> Mask {
    Mask::new(Tensor::full([1, 1, height, width], coverage, device))
}

fn linear(image: &Image) -> Image {
    in_space(image, ColorSpace::Linear)
}

fn run<N: Node>(node: N, device: &Device) -> Result<N::Output> {
    node.run(&mut Context::detached(device.clone()))
}

fn values(image: &Image) -> Vec<f32> {
    numbers(&image.pixels())
}

fn color(red: f32, green: f32, blue: f32, alpha: f32) -> Color {
    Color([red, green, blue, alpha])
}

/// The input that an error names.
fn refused<T>(result: Result<T>) -> &'static str {
    match result.err() {
        Some(Error::Input {
            input: Some(input), ..
        }) => input,
        other => panic!("not an error of an input: {other:?}"),
    }
}

/// One picture of a batch.
fn one(image: &Image, place: usize) -> Image {
    Image::in_space(image.pixels().narrow(0, place, 1), image.space())
}

/// Asserts that a node does to a batch what it does to each of its pictures, whatever the channels.
#[track_caller]
fn assert_batches(node: impl Fn(Image) -> Image) {
    for channels in [1, 3, 4] {
        let batch = picture(&Device::flex(), [2, channels, 7, 9]);
        let whole = node(batch.clone());
        assert_eq!(whole.batch(), 2, "{channels} channels");
        for place in 0..2 {
            let alone = node(one(&batch, place));
            weft_testing::assert_close(&one(&whole, place).pixels(), &alone.pixels(), 1e-6);
        }
    }
}

#[test]
fn every_node_is_in_the_pack_under_its_name() {
    let spec = PACK.spec();
    for node in &spec.nodes {
        assert_eq!(node.id, format!("picture.{}", node.kind()));
        assert!(
            node.help.lines().next().unwrap().ends_with('.'),
            "{}",
            node.id
        );
    }
    assert_eq!(spec.nodes.len(), 16);
}
