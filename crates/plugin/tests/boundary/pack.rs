//! A pack that does well, and everything that a plugin should not do.

use std::sync::Mutex;

use weft_node::{
    Choice, Color, Context, Error, Facts, File, Image, Inputs, List, Mask, Node, Outputs, Pack,
    Result, Seed, node,
};

pub(crate) const PACK: Pack = Pack::new(
    "test.all",
    &[
        node::<Echo>(),
        node::<Narrow>(),
        node::<Panic>(),
        node::<Walk>(),
        node::<Shade>(),
        node::<Make>(),
        node::<Smuggle>(),
    ],
)
.with_version("1.2.3");

weft_node::export!(PACK);

/// The place of each kind in the pack.
pub(crate) const ECHO: u32 = 0;
pub(crate) const NARROW: u32 = 1;
pub(crate) const PANIC: u32 = 2;
pub(crate) const WALK: u32 = 3;
pub(crate) const SHADE: u32 = 4;
pub(crate) const MAKE: u32 = 5;
pub(crate) const SMUGGLE: u32 = 6;

/// How to say it.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub(crate) enum Voice {
    /// Softly.
    Quiet,
    /// With all one's might.
    Loud,
}

/// Gives back what it takes.
///
/// Each input comes out again under its own name.
#[derive(Inputs)]
pub(crate) struct Echo {
    /// A truth value.
    flag: bool,
    /// A whole number.
    #[input(default = 7, range = -9..=9)]
    count: i64,
    /// A number.
    #[input(default = 0.5)]
    number: f64,
    /// A text.
    text: String,
    /// A seed.
    seed: Seed,
    /// A colour.
    #[input(default = "#ff8800")]
    color: Color,
    /// A word.
    #[input(default = Voice::Loud)]
    voice: Voice,
    /// A file.
    file: File,
    /// A picture.
    image: Image,
    /// A mask.
    mask: Mask,
    /// Numbers.
    numbers: List<f64>,
    /// A text, or none.
    end: Option<String>,
}

/// What came in.
#[derive(Outputs)]
pub(crate) struct Echoed {
    /// A truth value.
    flag: bool,
    /// A whole number.
    count: i64,
    /// A number.
    number: f64,
    /// The text, and the end after it.
    text: String,
    /// A seed.
    seed: Seed,
    /// A colour.
    color: Color,
    /// A word.
    voice: Voice,
    /// A path.
    path: String,
    /// A picture.
    image: Image,
    /// A mask.
    mask: Mask,
    /// Numbers.
    numbers: List<f64>,
}

impl Node for Echo {
    const ID: &'static str = "test.all.Echo";
    const VERSION: u32 = 3;
    type Output = Echoed;

    fn check(facts: &Facts<'_>) -> Result<()> {
        match facts.get::<String>("text") {
            Some(text) if text.is_empty() => Err(Error::input("text", "is empty")),
            _ => Ok(()),
        }
    }

    fn run(self, _: &mut Context) -> Result<Echoed> {
        Ok(Echoed {
            flag: self.flag,
            count: self.count,
            number: self.number,
            text: self.text + self.end.as_deref().unwrap_or_default(),
            seed: self.seed,
            color: self.color,
            voice: self.voice,
            path: self.file.path().to_string_lossy().into_owned(),
            image: self.image,
            mask: self.mask,
            numbers: self.numbers,
        })
    }
}

/// Takes numbers that are narrower than on a wire.
#[derive(Inputs)]
pub(crate) struct Narrow {
    /// At least 0.
    small: u32,
    /// Any that fits.
    signed: i32,
    /// A count.
    count: usize,
    /// With fewer digits.
    short: f32,
}

impl Node for Narrow {
    const ID: &'static str = "test.all.Narrow";
    type Output = f64;

    fn run(self, _: &mut Context) -> Result<f64> {
        let whole = f64::from(self.small) + f64::from(self.signed) + self.count as f64;
        Ok(whole + f64::from(self.short))
    }
}

/// Panics.
#[derive(Inputs)]
pub(crate) struct Panic {
    /// What to say; nothing, to panic with something that is no text and panics again as it is dropped.
    message: Option<String>,
}

/// Something that cannot be dropped in peace.
struct Grudge;

impl Drop for Grudge {
    fn drop(&mut self) {
        panic!("and another thing");
    }
}

impl Node for Panic {
    const ID: &'static str = "test.all.Panic";
    type Output = bool;

    fn check(facts: &Facts<'_>) -> Result<()> {
        match facts.get::<String>("message") {
            Some(message) => panic!("checked: {message}"),
            None => Ok(()),
        }
    }

    fn run(self, _: &mut Context) -> Result<bool> {
        match self.message {
            Some(message) => panic!("{message}"),
            None => std::panic::panic_any(Grudge),
        }
    }
}

/// Takes steps, says so, and shows what it has.
#[derive(Inputs)]
pub(crate) struct Walk {
    /// How many.
    steps: usize,
}

impl Node for Walk {
    const ID: &'static str = "test.all.Walk";
    type Output = i64;

    fn run(self, context: &mut Context) -> Result<i64> {
        context.info("off we go");
        for step in 0..self.steps {
            context.step(step, self.steps)?;
        }
        context.preview(&Image::new([1, 1, 1, 1], vec![0.5])?);
        context.warn("tired");
        Ok(self.steps as i64)
    }
}

/// Runs a program.
#[derive(Inputs)]
pub(crate) struct Shade {
    /// The program.
    source: String,
    /// A picture.
    image: Image,
}

/// What the program made.
#[derive(Outputs)]
pub(crate) struct Shaded {
    /// A picture.
    image: Image,
    /// A mask.
    mask: Mask,
}

impl Node for Shade {
    const ID: &'static str = "test.all.Shade";
    type Output = Shaded;

    fn run(self, context: &mut Context) -> Result<Shaded> {
        let inputs = [&self.image, &self.image];
        Ok(Shaded {
            image: context.wgsl(&self.source, &inputs, &[0.5, 2.0], &self.image)?,
            mask: context.wgsl_mask(&self.source, &inputs[..1], &[], &self.image)?,
        })
    }
}

/// Makes a picture of so many numbers, whatever its shape.
#[derive(Inputs)]
pub(crate) struct Make {
    /// Batch, channels, height, width.
    dims: List<i64>,
    /// How many numbers.
    numbers: usize,
}

impl Node for Make {
    const ID: &'static str = "test.all.Make";
    type Output = Image;

    fn run(self, _: &mut Context) -> Result<Image> {
        let mut dims = [0; 4];
        for (to, from) in dims.iter_mut().zip(&self.dims[..]) {
            *to = usize::try_from(*from).unwrap_or(usize::MAX);
        }
        Image::new(dims, vec![0.25; self.numbers])
    }
}

/// Gives a picture of an earlier call.
#[derive(Inputs)]
pub(crate) struct Smuggle {
    /// The picture for the next call.
    image: Image,
}

/// What the last call has left.
static LEFT: Mutex<Option<Image>> = Mutex::new(None);

impl Node for Smuggle {
    const ID: &'static str = "test.all.Smuggle";
    type Output = Image;

    fn run(self, _: &mut Context) -> Result<Image> {
        let mut left = LEFT.lock().map_err(|error| Error::Io(error.to_string()))?;
        let old = left.replace(self.image.clone()).unwrap_or(self.image);
        // Reading it is refused, and giving it too.
        let _ = old.pixels();
        Ok(old)
    }
}
