//! How long the common operations take on the CPU: `cargo bench -p weft-vision`.

use burn::tensor::{Device, Tensor};
use divan::{Bencher, black_box};
use weft_value::{ColorSpace, Image};
use weft_vision::{
    blend::{Mode, lay},
    color::in_space,
    filter::gaussian,
    noise::{normal, uniform},
    resample::{Filter, resize},
};

// As in the program: a fresh page costs more than the arithmetic on it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

fn picture(channels: usize, width: usize, height: usize) -> Tensor<4> {
    uniform([1, channels, height, width], 1, &Device::flex())
}

#[divan::bench(args = [1.0, 2.0, 8.0])]
fn gaussian_of_full_hd(bencher: Bencher<'_, '_>, sigma: f32) {
    let picture = picture(3, 1920, 1080);
    bencher.bench(|| black_box(gaussian(picture.clone(), sigma)));
}

#[divan::bench(args = [Filter::Nearest, Filter::Area, Filter::Bilinear, Filter::Bicubic, Filter::Lanczos])]
fn four_k_to_one_k(bencher: Bencher<'_, '_>, filter: Filter) {
    let picture = picture(3, 3840, 2160);
    bencher.bench(|| black_box(resize(picture.clone(), (540, 960), filter)));
}

#[divan::bench(args = [3, 4])]
fn one_k_to_four_k_lanczos(bencher: Bencher<'_, '_>, channels: usize) {
    let picture = picture(channels, 960, 540);
    bencher.bench(|| black_box(resize(picture.clone(), (2160, 3840), Filter::Lanczos)));
}

#[divan::bench(args = [Mode::Normal, Mode::Multiply, Mode::SoftLight])]
fn blend_of_full_hd(bencher: Bencher<'_, '_>, mode: Mode) {
    let (over, under) = (picture(4, 1920, 1080), picture(3, 1920, 1080));
    let coverage = Tensor::full([1, 1, 1080, 1920], 0.5, &Device::flex());
    bencher.bench(|| black_box(lay(over.clone(), under.clone(), coverage.clone(), mode)));
}

#[divan::bench]
fn full_hd_to_linear_light(bencher: Bencher<'_, '_>) {
    let image = Image::new(picture(3, 1920, 1080));
    bencher.bench(|| black_box(in_space(&image, ColorSpace::Linear)));
}

#[divan::bench]
fn uniform_noise_of_full_hd() -> Tensor<4> {
    uniform([1, 3, 1080, 1920], 1, &Device::flex())
}

#[divan::bench]
fn normal_noise_of_full_hd() -> Tensor<4> {
    normal([1, 3, 1080, 1920], 1, &Device::flex())
}
