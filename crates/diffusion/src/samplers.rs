//! The samplers: a function each in the folder, and a row each here.

mod adams;
mod dpm;
mod euler;
mod multistep;
mod process;
mod sde;
mod step;

use burn::tensor::Tensor;
use weft_value::{Choice, Worded};

use crate::sampler::Denoise;

/// What is known of a sampler without running it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SamplerRow {
    /// The sampler.
    pub sampler: Sampler,
    /// What people call it, in `snake_case`; no two have the same.
    pub name: &'static str,
    /// Calls of the network in a step; the last step, down to 0, takes one.
    pub calls: usize,
    /// Whether it adds fresh noise, so that more steps end elsewhere.
    pub noise: bool,
}

/// Makes the choice of a graph, the table and the call from one row for each sampler.
macro_rules! samplers {
    ($(
        $(#[$about:meta])*
        $sampler:ident $name:literal $function:path, calls $calls:literal, noise $noise:literal,
            $help:literal;
    )*) => {
        /// A way down the noise levels.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum Sampler {
            $($(#[$about])* $sampler,)*
        }

        /// Every sampler.
        pub const SAMPLERS: &[SamplerRow] = &[$(SamplerRow {
            sampler: Sampler::$sampler,
            name: $name,
            calls: $calls,
            noise: $noise,
        },)*];

        impl Choice for Sampler {
            const NAME: &'static str = "Sampler";
            const WORDS: &'static [(Self, &'static str, &'static str)] =
                &[$((Self::$sampler, stringify!($sampler), $help),)*];
        }

        impl Worded for Sampler {}

        /// Runs from `x`, noise of deviation `sigmas[0]`, down to the last of `sigmas`, which fall, and of which only
        /// the last may be 0.
        ///
        /// # Shapes
        /// `x` and the result `[batch, channels, height, width]`
        ///
        /// # Errors
        /// Those of the denoiser.
        pub fn sample<D: Denoise>(
            sampler: Sampler,
            denoiser: &mut D,
            x: Tensor<4>,
            sigmas: &[f64],
        ) -> Result<Tensor<4>, D::Error> {
            match sampler {
                $(Sampler::$sampler => $function(denoiser, x, sigmas),)*
            }
        }
    };
}

samplers! {
    /// First order (Karras et al. 2022, algorithm 1 without the correction); the same as DDIM (Song et al. 2021).
    Euler "euler" euler::euler, calls 1, noise false,
        "First order, the same as DDIM.";
    /// First order with fresh noise at each step.
    EulerAncestral "euler_ancestral" euler::euler_ancestral, calls 1, noise true,
        "First order with fresh noise at each step: livelier, and never settled.";
    /// Second order, two calls of the network a step (Karras et al. 2022, algorithm 1).
    Heun "heun" euler::heun, calls 2, noise false,
        "Second order, two calls of the network a step.";
    /// Second order, by the slope at the middle level (Lu et al. 2022, DPM-Solver-2).
    Dpm2 "dpm2" dpm::dpm2, calls 2, noise false,
        "Second order by the slope at the middle level, two calls a step.";
    /// The same with fresh noise at each step.
    Dpm2Ancestral "dpm2_ancestral" dpm::dpm2_ancestral, calls 2, noise true,
        "The same with fresh noise at each step.";
    /// Fourth order in σ from the three steps before (Adams and Bashforth).
    Lms "lms" multistep::lms, calls 1, noise false,
        "Fourth order from the three steps before.";
    /// Second order, by the clean latent at the middle level, with fresh noise (Lu et al. 2022, DPM-Solver++ 2S).
    Dpmpp2sAncestral "dpmpp_2s_ancestral" dpm::dpmpp_2s_ancestral, calls 2, noise true,
        "Second order with fresh noise, two calls a step.";
    /// Second order from the step before (Lu et al. 2022, DPM-Solver++ 2M).
    #[default]
    Dpmpp2m "dpmpp_2m" multistep::dpmpp_2m, calls 1, noise false,
        "DPM-Solver++ 2M: second order from the step before; good from 10 to 15 steps.";
    /// The reverse SDE, from the step before (Lu et al. 2022, SDE-DPM-Solver++ 2M).
    Dpmpp2mSde "dpmpp_2m_sde" sde::dpmpp_2m_sde, calls 1, noise true,
        "The same along the reverse SDE, with fresh noise.";
    /// The reverse SDE, from the two steps before (Crowson's 3M of the same); of second order too.
    Dpmpp3mSde "dpmpp_3m_sde" sde::dpmpp_3m_sde, calls 1, noise true,
        "From the two steps before, along the reverse SDE, with fresh noise.";
    /// The reverse SDE, by the clean latent at the middle level; two draws of noise a step.
    DpmppSde "dpmpp_sde" sde::dpmpp_sde, calls 2, noise true,
        "Along the reverse SDE with fresh noise, two calls a step.";
    /// First order: the noise found is kept (Song et al. 2021, with η = 0).
    Ddim "ddim" process::ddim, calls 1, noise false,
        "First order: the noise found is kept.";
    /// The ancestral sampler of the training process (Ho et al. 2020).
    Ddpm "ddpm" process::ddpm, calls 1, noise true,
        "The ancestral sampler of training; wants hundreds of steps.";
    /// Predictor of second order, corrector of third, one call a step (Zhao et al. 2023).
    UniPc "uni_pc" multistep::uni_pc, calls 1, noise false,
        "A predictor of second order with a corrector; good from 10 steps.";
    /// For consistency models only: to the clean latent and back up with fresh noise (Luo et al. 2023).
    Lcm "lcm" process::lcm, calls 1, noise true,
        "For consistency models and LoRAs of them only: 4 to 8 steps.";
    /// Third order from the two steps before, in `log σ` (Zhang and Chen 2023).
    Deis "deis" multistep::deis, calls 1, noise false,
        "Third order from the two steps before.";
}

impl Sampler {
    /// What people call it.
    pub fn name(self) -> &'static str {
        SAMPLERS[self as usize].name
    }

    /// The sampler of that name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        let row = SAMPLERS.iter().find(|row| row.name == name)?;
        Some(row.sampler)
    }
}
