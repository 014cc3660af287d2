//! Noise levels of a run, from the noisiest down to nothing: a function each in the folder, and a row each here.

mod beta;
mod bounds;
mod published;
mod trained;

use thiserror::Error;
use weft_value::{Choice, Worded};

pub use bounds::{karras, polyexponential};
pub use trained::Trained;

/// A function that spreads levels, and what it is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Spread {
    /// The greatest and the least level.
    Bounds(fn(usize, [f64; 2]) -> Vec<f64>),
    /// The levels of training.
    Trained(fn(usize, &Trained) -> Vec<f64>),
    /// Nothing: levels found once for a family of models.
    Published(fn(usize) -> Vec<f64>),
}

/// What is known of a schedule.
#[derive(Clone, Copy, Debug)]
pub struct ScheduleRow {
    /// The schedule.
    pub schedule: Schedule,
    /// What people call it, in `snake_case`; no two have the same.
    pub name: &'static str,
    /// How its levels are made: for `steps` in range, that many falling levels above 0.
    pub(crate) spread: Spread,
}

impl ScheduleRow {
    /// Whether bounds alone do not make it, so that [`sigmas`] refuses it and [`Trained::sigmas`] is to be called.
    pub fn needs_training(&self) -> bool {
        !matches!(self.spread, Spread::Bounds(_))
    }
}

/// Makes the choice of a graph and the table from one row for each schedule.
macro_rules! schedules {
    ($(
        $(#[$about:meta])*
        $schedule:ident $name:literal $spread:ident($function:path), $help:literal;
    )*) => {
        /// How the levels are spread.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum Schedule {
            $($(#[$about])* $schedule,)*
        }

        /// Every schedule.
        pub const SCHEDULES: &[ScheduleRow] = &[$(ScheduleRow {
            schedule: Schedule::$schedule,
            name: $name,
            spread: Spread::$spread($function),
        },)*];

        impl Choice for Schedule {
            const NAME: &'static str = "Schedule";
            const WORDS: &'static [(Self, &'static str, &'static str)] =
                &[$((Self::$schedule, stringify!($schedule), $help),)*];
        }

        impl Worded for Schedule {}
    };
}

schedules! {
    /// Even steps of cosine time (Nichol and Dhariwal 2021).
    #[default]
    Cosine "cosine" Bounds(bounds::cosine), "Evenly in cosine time.";
    /// Even steps of `σ^(1/7)` (Karras et al. 2022, equation 5).
    Karras "karras" Bounds(bounds::karras_7), "More steps at little noise.";
    /// Even steps of `log σ`.
    Exponential "exponential" Bounds(bounds::exponential), "Evenly in the logarithm.";
    /// Even steps of a power of the share of `log σ`; that power is 1 here, k-diffusion's default, which makes it
    /// exponential. [`polyexponential`] takes any.
    Polyexponential "polyexponential" Bounds(bounds::polyexponential_1), "The same.";
    /// Even steps of training time, both ends included (k-diffusion).
    Normal "normal" Trained(trained::normal), "Evenly in training time, both ends included.";
    /// Even steps of training time that leave out its end, as the last step to 0 is one of them (generative-models).
    SgmUniform "sgm_uniform" Trained(trained::sgm_uniform), "Evenly in training time, without its end.";
    /// Every so many training levels from the noisiest down (ComfyUI).
    Simple "simple" Trained(trained::simple), "Every so many training levels, from the noisiest down.";
    /// Every so many training levels from the second cleanest up (Song et al. 2021, DDIM): with few steps it begins
    /// well below the noisiest.
    DdimUniform "ddim_uniform" Trained(trained::ddim_uniform), "Every so many training levels, from the cleanest up.";
    /// Quantiles of a beta distribution over training time, with α = β = 0.6: more steps at both ends (Lee et al. 2024,
    /// "Beta sampling is all you need").
    Beta "beta" Trained(trained::beta), "More steps at both ends.";
    /// Levels tuned for Stable Diffusion 1.5 in ten steps (Sabour et al. 2024, "Align your steps"), straight in `log σ`
    /// between them for other counts.
    AlignYourSteps "ays_sd" Published(published::stable_diffusion), "Tuned for Stable Diffusion 1 and ten steps.";
    /// The same for Stable Diffusion XL.
    AlignYourStepsXl "ays_sdxl" Published(published::stable_diffusion_xl), "Tuned for SDXL and ten steps.";
    /// The same for Stable Video Diffusion.
    AlignYourStepsVideo "ays_svd" Published(published::stable_video_diffusion), "Tuned for Stable Video Diffusion.";
}

impl Schedule {
    /// What is known of it.
    pub fn row(self) -> &'static ScheduleRow {
        &SCHEDULES[self as usize]
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The schedule of that name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        let row = SCHEDULES.iter().find(|row| row.name == name)?;
        Some(row.schedule)
    }
}

/// Why there are no levels.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum SigmasError {
    /// No step, or too many.
    #[error("{0} steps cannot be taken; ask for 1 to 1000")]
    Steps(usize),
    /// The bounds are not in order.
    #[error(
        "noise levels must fall from a greater one to a lesser one above 0; these go from {0} to {1}"
    )]
    Bounds(f64, f64),
    /// Bounds alone do not say where the levels of that schedule are.
    #[error("the schedule {0} needs the noise levels of training, and this model has none listed")]
    Untrained(&'static str),
    /// More steps than levels to choose from.
    #[error("{steps} steps cannot be taken on {levels} training levels")]
    Crowded {
        /// Steps asked for.
        steps: usize,
        /// Levels of training.
        levels: usize,
    },
    /// Levels of training that are no levels.
    #[error(
        "training needs two noise levels or more, each finite and above the one before, the first above 0"
    )]
    Training,
}

/// `steps` levels from `most` down to `least`, then 0: `steps + 1` numbers, strictly falling.
///
/// # Errors
/// Steps outside 1..=1000, bounds that do not fall or are not above 0, a schedule that needs more than bounds
/// ([`Trained::sigmas`] makes every one).
pub fn sigmas(
    schedule: Schedule,
    steps: usize,
    [most, least]: [f64; 2],
) -> Result<Vec<f64>, SigmasError> {
    if !(1..=1000).contains(&steps) {
        return Err(SigmasError::Steps(steps));
    }
    if !(least > 0.0 && most > least && most.is_finite()) {
        return Err(SigmasError::Bounds(most, least));
    }
    let Spread::Bounds(spread) = schedule.row().spread else {
        return Err(SigmasError::Untrained(schedule.name()));
    };
    let mut levels = spread(steps, [most, least]);
    levels.push(0.0);
    Ok(levels)
}
