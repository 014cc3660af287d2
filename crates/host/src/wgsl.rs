//! Programs that plugins run on pictures where they are.

use burn::tensor::{Device, Tensor};
use weft_tensor::Shader;

/// Runs the program `source`; see [`weft_abi::Program`].
///
/// # Errors
/// What is wrong with the program, and in which line; or why it could not run.
pub(crate) fn run(
    source: &str,
    (inputs, uniforms): (&[Tensor<4>], &[f32]),
    axes: [usize; 4],
    device: &Device,
) -> Result<Tensor<4>, String> {
    let shader = Shader::new(source).map_err(|error| {
        let place = error
            .places
            .first()
            .and_then(|(place, _)| source.get(..place.start));
        let line = place.map(|before| before.matches('\n').count() + 1);
        let line = line
            .map(|line| format!(" in line {line}"))
            .unwrap_or_default();
        format!("the WGSL program is wrong{line}: {error}")
    })?;
    let made = shader.run(inputs, uniforms, axes, device);
    made.map_err(|error| error.to_string())
}
