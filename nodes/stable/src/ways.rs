//! The samplers and schedules, as choices.

use weft_diffusion as diffusion;
use weft_node::Choice;

/// Makes a choice of those of `weft_diffusion`, of the same names.
macro_rules! choice {
    ($(#[$about:meta])* $name:ident of $theirs:path: $($(#[$help:meta])* $one:ident,)*) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Choice)]
        pub enum $name {
            $($(#[$help])* $one,)*
        }

        impl From<$name> for $theirs {
            fn from(choice: $name) -> Self {
                match choice {
                    $($name::$one => Self::$one,)*
                }
            }
        }
    };
}

choice! {
    /// A way down the noise levels.
    StableSampler of diffusion::Sampler:
    /// First order, the same as DDIM.
    Euler,
    /// First order with fresh noise at each step: livelier, and never settled.
    EulerAncestral,
    /// Second order, two calls of the network a step.
    Heun,
    /// Second order by the slope at the middle level, two calls a step.
    Dpm2,
    /// The same with fresh noise at each step.
    Dpm2Ancestral,
    /// Fourth order from the three steps before.
    Lms,
    /// Second order with fresh noise, two calls a step.
    Dpmpp2sAncestral,
    /// DPM-Solver++ 2M: second order from the step before; good from 15 steps.
    Dpmpp2m,
    /// The same along the reverse SDE, with fresh noise.
    Dpmpp2mSde,
    /// From the two steps before, along the reverse SDE, with fresh noise.
    Dpmpp3mSde,
    /// Along the reverse SDE with fresh noise, two calls a step.
    DpmppSde,
    /// First order: the noise found is kept.
    Ddim,
    /// The ancestral sampler of training; wants hundreds of steps.
    Ddpm,
    /// A predictor of second order with a corrector; good from 10 steps.
    UniPc,
    /// For consistency models and LoRAs of them only: 4 to 8 steps.
    Lcm,
    /// Third order from the two steps before.
    Deis,
}

choice! {
    /// How the noise levels are spread over the steps.
    StableSchedule of diffusion::Schedule:
    /// Evenly in cosine time.
    Cosine,
    /// More steps at little noise.
    Karras,
    /// Evenly in the logarithm.
    Exponential,
    /// The same.
    Polyexponential,
    /// Evenly in training time, both ends included.
    Normal,
    /// Evenly in training time, without its end.
    SgmUniform,
    /// Every so many training levels, from the noisiest down.
    Simple,
    /// Every so many training levels, from the cleanest up.
    DdimUniform,
    /// More steps at both ends.
    Beta,
    /// Tuned for Stable Diffusion 1 and ten steps.
    AlignYourSteps,
    /// Tuned for SDXL and ten steps.
    AlignYourStepsXl,
    /// Tuned for Stable Video Diffusion.
    AlignYourStepsVideo,
}
