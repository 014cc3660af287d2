//! `picture.Resize`.

use weft_node::{
    Choice, Context, Error, Inputs, Node, Result,
    value::{ColorSpace, Image},
};
use weft_vision::{color::in_space, geometry, resample};

use crate::size::allowed_each;

/// How new pixels are made from old ones.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum ResizeFilter {
    /// The nearest old pixel.
    Nearest,
    /// The mean of the area that a new pixel covers.
    Area,
    /// A tent over one pixel to each side.
    Bilinear,
    /// A cubic over two pixels to each side.
    Bicubic,
    /// A windowed sinc over three pixels to each side: the sharpest.
    Lanczos,
}

/// What happens where the shape of the picture and of the wanted size differ.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum ResizeFit {
    /// It is stretched.
    Stretch,
    /// All of it is kept, and the result is smaller than wanted along one side.
    Contain,
    /// The wanted size is filled, and what hangs over is cut off evenly.
    Cover,
}

/// Change the size of a picture.
///
/// The filters are those of Pillow: they widen when the picture shrinks, so nothing is skipped. Of width
/// and height one may be left out; then the shape stays.
#[derive(Inputs)]
pub struct Resize {
    /// Picture to resize.
    pub image: Image,
    /// Wanted width, in pixels.
    #[input(range = 1..=65535)]
    pub width: Option<i64>,
    /// Wanted height, in pixels.
    #[input(range = 1..=65535)]
    pub height: Option<i64>,
    /// Factor for both sides, where neither width nor height is given.
    #[input(default = 1.0, range = 0.001..=64.0)]
    pub scale: f64,
    /// What happens where the shapes differ.
    #[input(default = ResizeFit::Stretch)]
    pub fit: ResizeFit,
    /// How new pixels are made.
    #[input(default = ResizeFilter::Lanczos)]
    pub filter: ResizeFilter,
    /// Whether light is averaged and not its encoding; finer for small bright things, and slower.
    #[input(default = false)]
    pub linear: bool,
}

impl Node for Resize {
    const ID: &'static str = "picture.Resize";
    type Output = Image;

    fn run(self, _: &mut Context) -> Result<Image> {
        let old = (self.image.height(), self.image.width());
        let batch = self.image.batch();
        let wanted = allowed_each(batch, self.wanted(old)?)?;
        let whole = allowed_each(batch, fitted(old, wanted, self.fit))?;
        let space = self.image.space();
        let work = if self.linear {
            ColorSpace::Linear
        } else {
            ColorSpace::Srgb
        };
        let pixels = resample::resize(
            in_space(&self.image, work).into_pixels(),
            whole,
            filter(self.filter),
        );
        let pixels = if self.fit == ResizeFit::Cover {
            let hanging = |whole: usize, wanted: usize| (whole - wanted) / 2;
            geometry::crop(
                pixels,
                (hanging(whole.0, wanted.0), hanging(whole.1, wanted.1)),
                wanted,
            )
        } else {
            pixels
        };
        Ok(in_space(&Image::in_space(pixels, work), space))
    }
}

impl Resize {
    fn wanted(&self, (height, width): (usize, usize)) -> Result<(usize, usize)> {
        let given = |side: Option<i64>| side.map(|side| side.max(1) as f64);
        let (high, wide) = (height as f64, width as f64);
        let (new_height, new_width) = match (given(self.height), given(self.width)) {
            (Some(new_height), Some(new_width)) => (new_height, new_width),
            (Some(new_height), None) => (new_height, wide * new_height / high),
            (None, Some(new_width)) => (high * new_width / wide, new_width),
            (None, None) => (high * self.scale, wide * self.scale),
        };
        let rounded = |side: f64| (side.round() as usize).max(1);
        if height == 0 || width == 0 {
            return Err(Error::input("image", "has no pixels"));
        }
        Ok((rounded(new_height), rounded(new_width)))
    }
}

/// The size of the whole picture before anything is cut off.
fn fitted(old: (usize, usize), wanted: (usize, usize), fit: ResizeFit) -> (usize, usize) {
    let down = wanted.0 as f64 / old.0 as f64;
    let across = wanted.1 as f64 / old.1 as f64;
    let scale = match fit {
        ResizeFit::Stretch => return wanted,
        ResizeFit::Contain => down.min(across),
        ResizeFit::Cover => down.max(across),
    };
    let side = |old: usize| ((old as f64 * scale).round() as usize).max(1);
    match fit {
        ResizeFit::Cover => (side(old.0).max(wanted.0), side(old.1).max(wanted.1)),
        _ => (side(old.0).min(wanted.0), side(old.1).min(wanted.1)),
    }
}

fn filter(filter: ResizeFilter) -> resample::Filter {
    match filter {
        ResizeFilter::Nearest => resample::Filter::Nearest,
        ResizeFilter::Area => resample::Filter::Area,
        ResizeFilter::Bilinear => resample::Filter::Bilinear,
        ResizeFilter::Bicubic => resample::Filter::Bicubic,
        ResizeFilter::Lanczos => resample::Filter::Lanczos,
    }
}
