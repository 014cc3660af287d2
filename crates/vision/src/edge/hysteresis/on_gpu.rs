//! Following edges on a graphics adapter: four passes, after which nothing is waited for.

use std::{slice, sync::LazyLock};

use burn::tensor::Tensor;
use weft_tensor::{Shader, ShaderError, ShaderFailure};

type Program = LazyLock<Result<Shader, ShaderError>>;

static FOUND: Program = LazyLock::new(|| Shader::new(include_str!("found.wgsl")));
static JOIN: Program = LazyLock::new(|| Shader::new(include_str!("join.wgsl")));
static MARK: Program = LazyLock::new(|| Shader::new(include_str!("mark.wgsl")));
static KEPT: Program = LazyLock::new(|| Shader::new(include_str!("kept.wgsl")));

/// As on the CPU, to the bit.
///
/// # Errors
/// The adapter refuses a program or its buffers.
pub(super) fn hysteresis(
    strength: Tensor<4>,
    low: f32,
    high: f32,
) -> Result<Tensor<4>, ShaderFailure> {
    let shape @ [batch, _, height, width] = strength.dims();
    let device = strength.device();
    let run = |program: &Program, inputs: &[Tensor<4>], uniforms: &[f32]| match &**program {
        Ok(shader) => shader.run(inputs, uniforms, shape, &device),
        Err(error) => Err(ShaderFailure::Refused(error.to_string())),
    };
    let size @ [height, width] = [height as f32, width as f32];
    let given = [low, batch as f32, height, width];
    let parents = run(&FOUND, slice::from_ref(&strength), &given)?;
    let marks = run(&JOIN, slice::from_ref(&parents), &size)?;
    let roots = run(&MARK, &[strength, parents, marks.clone()], &[high])?;
    run(&KEPT, &[roots, marks], &[])
}
