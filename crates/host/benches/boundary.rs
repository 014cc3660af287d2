//! What crossing the boundary costs: a node of a plugin beside one of Weft's own that does the same.

use std::sync::{Arc, LazyLock};

use burn::tensor::{Device, Tensor};
use divan::{Bencher, black_box};
use weft_host::native::NativePlugin;
use weft_node::{Context, Inputs, Kind, Node, Result, Values, node};
use weft_testing::Troubled;
use weft_value::{AnyValue, Image};

fn main() {
    divan::main();
}

/// Gives what it takes.
#[derive(Inputs)]
struct Own {
    /// Any picture.
    image: Image,
}

impl Node for Own {
    const ID: &str = "bench.Own";
    type Output = Image;

    fn run(self, _: &mut Context) -> Result<Image> {
        Ok(self.image)
    }
}

static PLUGIN: LazyLock<Arc<NativePlugin>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("there is room for a library");
    let library = Troubled::default().build(folder.path());
    NativePlugin::load(&library).expect("the plugin loads")
});

fn plugin(kind: &str) -> Arc<dyn Kind> {
    let found = PLUGIN
        .kinds()
        .into_iter()
        .find(|it| it.spec().kind() == kind);
    found.expect("the plugin has it")
}

fn picture() -> AnyValue {
    AnyValue::new(Image::new(Tensor::ones([1, 3, 512, 512], &Device::flex())))
}

fn calls(bencher: Bencher<'_, '_>, kind: &dyn Kind) {
    let (image, mut context) = (picture(), Context::detached(Device::flex()));
    bencher.bench_local(|| {
        let mut values = Values::default();
        values.put("image", image.clone());
        black_box(kind.run(&mut values, &mut context))
    });
}

/// A node of Weft's own that gives what it takes.
#[divan::bench]
fn own(bencher: Bencher<'_, '_>) {
    calls(bencher, &node::<Own>());
}

/// The same in a plugin: a picture of 512 × 512 in and out, by handle.
#[divan::bench]
fn by_handle(bencher: Bencher<'_, '_>) {
    calls(bencher, &*plugin("Echo"));
}

/// A picture of 512 × 512 read and made again: two copies of 3 MB, one each way.
#[divan::bench]
fn by_pixels(bencher: Bencher<'_, '_>) {
    calls(bencher, &*plugin("Copy"));
}

/// Two copies of 3 MB and nothing else.
#[divan::bench]
fn two_copies(bencher: Bencher<'_, '_>) {
    let numbers = vec![1.0f32; 3 * 512 * 512];
    bencher.bench_local(|| black_box(black_box(numbers.clone()).clone()));
}
