//! WGSL programs on tensors where they are.
//!
//! A program sees, in group 0: each input as `var<storage, read_write> …: array<f32>` at bindings 0, 1, …, of which it only
//! reads (several tensors lie in one buffer, which cannot be bound in two ways); then the result, alike; then, if there are
//! any, the uniforms as `var<storage, read> …: array<f32>`. Its entry is `main`, of
//! `@workgroup_size(64)`, called at least once for each number of the result (or as often as [`Extent`] says), which is the
//! one at `id.x + id.y * groups.x * 64`, of `@builtin(global_invocation_id) id` and `@builtin(num_workgroups) groups`.

pub(crate) mod buffers;
pub(crate) mod pass;

use std::{ops::Range, sync::Arc};

use burn::tensor::{Device, Tensor};
use naga::{
    ShaderStage,
    valid::{Capabilities, ValidationFlags, Validator},
};
use thiserror::Error;

use crate::{adapter, copies::moved, device::is_gpu};

#[cfg(test)]
mod tests;

/// Invocations of one group, which programs state as their `@workgroup_size`.
pub(crate) const GROUP: usize = 64;

/// A program that has been read and found right.
#[derive(Clone, Debug)]
pub struct Shader {
    text: Arc<str>,
}

/// What a program makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Axes of the result.
    pub shape: [usize; 4],
    /// How often `main` is called at least: once for a pixel where it makes all channels of it.
    pub calls: usize,
}

impl From<[usize; 4]> for Extent {
    /// One call for each number.
    fn from(shape: [usize; 4]) -> Self {
        Self {
            shape,
            calls: shape.iter().fold(1, |all, axis| all.saturating_mul(*axis)),
        }
    }
}

/// What is wrong with a program.
#[derive(Clone, Debug, Error)]
#[error("{message}")]
pub struct ShaderError {
    /// In a sentence.
    pub message: String,
    /// Where, in bytes of the text, with what is said of each place; the first matters most.
    pub places: Vec<(Range<usize>, String)>,
}

/// Why a program did not run.
#[derive(Clone, Debug, Error)]
pub enum ShaderFailure {
    /// There is no adapter that could run it.
    #[error(
        "a WGSL program runs on a graphics adapter, and this machine has none ({0}); on Debian and Ubuntu `apt-get install \
         mesa-vulkan-drivers` brings one in software"
    )]
    NoAdapter(String),
    /// The adapter refused it.
    #[error("the adapter refuses the program: {0}")]
    Refused(String),
    /// It has more inputs or numbers than the adapter can hold.
    #[error("{0}")]
    TooLarge(String),
}

impl Shader {
    /// Reads and checks a program.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn new(text: &str) -> Result<Self, ShaderError> {
        let module = naga::front::wgsl::parse_str(text).map_err(|error| ShaderError {
            message: error.message().to_owned(),
            places: placed(error.labels()),
        })?;
        let mut validator = Validator::new(ValidationFlags::all(), Capabilities::default());
        validator.validate(&module).map_err(|error| ShaderError {
            message: reasons(error.as_inner()),
            places: placed(error.spans().map(|(span, said)| (*span, said.as_str()))),
        })?;
        let entry = module
            .entry_points
            .iter()
            .find(|entry| entry.name == "main");
        let fault = match entry {
            None => Some("it has no entry `main`"),
            Some(entry) if entry.stage != ShaderStage::Compute => {
                Some("its `main` is not `@compute`")
            }
            Some(entry) if entry.workgroup_size != [GROUP as u32, 1, 1] => {
                Some("its `main` is not of `@workgroup_size(64)`")
            }
            Some(_) => None,
        };
        match fault {
            Some(fault) => Err(ShaderError {
                message: fault.to_owned(),
                places: Vec::new(),
            }),
            None => Ok(Self { text: text.into() }),
        }
    }

    /// Runs the program; the result is of the shape of `made` and on the device of the inputs, or on `device` if there are none.
    ///
    /// On a graphics adapter it reads and writes burn's own buffers. On the CPU it runs on an adapter of the machine, a
    /// software one too, to which the numbers are copied and back.
    ///
    /// # Errors
    /// There is no adapter, or it refuses the program.
    pub fn run(
        &self,
        inputs: &[Tensor<4>],
        uniforms: &[f32],
        made: impl Into<Extent>,
        device: &Device,
    ) -> Result<Tensor<4>, ShaderFailure> {
        let extent = made.into();
        if is_gpu(device) {
            return pass::run(&self.text, (inputs, uniforms), extent, device);
        }
        let gpu = adapter::any().map_err(ShaderFailure::NoAdapter)?;
        let there: Vec<_> = inputs
            .iter()
            .map(|input| moved(input.clone(), &gpu))
            .collect();
        let made = pass::run(&self.text, (&there, uniforms), extent, &gpu)?;
        Ok(moved(made, device))
    }
}

/// The places that naga names, as bytes of the text.
fn placed<'a>(labels: impl Iterator<Item = (naga::Span, &'a str)>) -> Vec<(Range<usize>, String)> {
    let place = |(span, said): (naga::Span, &str)| Some((span.to_range()?, said.to_owned()));
    labels.filter_map(place).collect()
}

/// An error with what lies behind it, in one line.
fn reasons(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut behind = error.source();
    while let Some(error) = behind {
        said = format!("{said}: {error}");
        behind = error.source();
    }
    said
}
