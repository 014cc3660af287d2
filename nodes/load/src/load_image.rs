//! `load.LoadImage`.

use burn::tensor::{Device, Tensor};
use weft_node::{
    Context, Effect, Error, Inputs, Node, Outputs, Result,
    value::{File, Image, Mask},
};
use weft_vision::codec;

use crate::read::read;

/// Read a picture.
///
/// PNG, JPEG, WebP, TIFF, BMP, GIF and PNM are told apart by their content, not by their name. The picture is
/// turned upright as its metadata says; grey stays grey, and alpha stays in the picture as its fourth
/// channel. Of an animation the first frame is read. Embedded colour profiles are not applied.
#[derive(Inputs)]
pub struct LoadImage {
    /// File to read.
    pub path: File,
}

/// A picture and its mask.
#[derive(Outputs)]
pub struct LoadedImage {
    /// The picture.
    pub image: Image,
    /// The alpha of the picture; all ones if it has none.
    pub mask: Mask,
}

impl Node for LoadImage {
    const ID: &str = "load.LoadImage";
    const EFFECT: Effect = Effect::Reads;
    type Output = LoadedImage;

    fn run(self, context: &mut Context) -> Result<LoadedImage> {
        let image = picture("path", &self.path, context.device())?;
        let mask = alpha(&image);
        Ok(LoadedImage { image, mask })
    }
}

/// The picture in `file`, which came in at `input`.
pub(crate) fn picture(input: &'static str, file: &File, device: &Device) -> Result<Image> {
    let decoded = codec::decode(&read(file)?, device);
    let named = |error| Error::input(input, format!("{error}: {}", file.path().display()));
    Ok(decoded.map_err(named)?.image)
}

fn alpha(image: &Image) -> Mask {
    let [batch, channels, height, width] = image.dims();
    Mask::new(match channels {
        4 => image.pixels().narrow(1, 3, 1),
        _ => Tensor::ones([batch, 1, height, width], &image.device()),
    })
}
