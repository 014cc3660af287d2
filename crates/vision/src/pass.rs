//! Passes over pixels on a graphics adapter: what burn would do in ten kernels, in one.
//!
//! A pass is WGSL that says what one pixel becomes:
//!
//! ```wgsl
//! fn pixel(picture: u32, y: u32, x: u32) -> vec4<f32> {
//!     let color = input_0(picture, y, x);
//!     return vec4(number(0u) - color.rgb, color.a);
//! }
//! ```
//!
//! Around it `pass/pixels.wgsl` runs it for each pixel and writes as many channels as the result has; for each input
//! `pass/input.wgsl` gives the pixel at a place (a lone channel three times, alpha 1 where there is none), its sizes, and
//! its buffer. `number` gives the numbers that the caller passes. The same formula in burn's operations is what the CPU
//! does, what autodiff needs, and what a pass must equal.

#[cfg(test)]
mod tests;

use std::{cell::Cell, sync::OnceLock};

use burn::tensor::{DType, Device, Tensor};
use weft_tensor::{Extent, Shader, is_gpu};

/// Colour spaces and luma, for passes that need them.
pub(crate) const COLOR: &str = include_str!("color/color.wgsl");

/// Places beyond the border, for passes that need them.
pub(crate) const BORDER: &str = include_str!("pass/border.wgsl");

/// Numbers that come before those of the caller: the result's sizes, then each input's.
const SIZES: usize = 4;

thread_local! {
    static ARE_OFF: Cell<bool> = const { Cell::new(false) };
}

/// What `work` gives when no pass runs on this thread, but burn's own operations: to compare them.
pub fn without_passes<T>(work: impl FnOnce() -> T) -> T {
    let before = ARE_OFF.replace(true);
    let done = work();
    ARE_OFF.set(before);
    done
}

/// Whether passes run on the device: on a graphics adapter, but not under autodiff, and not [`without_passes`].
pub(crate) fn run_on(device: &Device) -> bool {
    !ARE_OFF.get() && !device.is_autodiff() && is_gpu(device)
}

/// What one pixel becomes, in WGSL.
pub(crate) struct Pass {
    inputs: usize,
    parts: &'static [&'static str],
    shader: OnceLock<Option<Shader>>,
}

impl Pass {
    /// A pass of so many inputs.
    pub(crate) const fn new(inputs: usize, parts: &'static [&'static str]) -> Self {
        Self {
            inputs,
            parts,
            shader: OnceLock::new(),
        }
    }

    /// Pixels made from others, with these numbers; `None` where burn's operations are to do it: on the CPU, under
    /// autodiff, and where the adapter has no room for it.
    ///
    /// # Shapes
    /// inputs: `[any batch, 1, 3 or 4, any height, any width]`; result: `shape`, of 1, 3 or 4 channels
    pub(crate) fn run<const N: usize>(
        &self,
        inputs: [&Tensor<4>; N],
        numbers: &[f32],
        shape: [usize; 4],
    ) -> Option<Tensor<4>> {
        let device = inputs.first()?.device();
        let fits = |input: &&Tensor<4>| {
            input.dtype() == DType::F32 && !input.is_autodiff() && input.device() == device
        };
        if !inputs.iter().all(fits) {
            return None;
        }
        self.drawn(&inputs.map(Tensor::clone), numbers, shape, &device)
    }

    /// Pixels made from nothing but these numbers.
    pub(crate) fn make(
        &self,
        numbers: &[f32],
        shape: [usize; 4],
        device: &Device,
    ) -> Option<Tensor<4>> {
        self.drawn(&[], numbers, shape, device)
    }

    fn drawn(
        &self,
        inputs: &[Tensor<4>],
        numbers: &[f32],
        shape: [usize; 4],
        device: &Device,
    ) -> Option<Tensor<4>> {
        let shapes: Vec<_> = inputs.iter().map(Tensor::dims).chain([shape]).collect();
        let is_picture = |dims: &[usize; 4]| !dims.contains(&0) && matches!(dims[1], 1 | 3 | 4);
        if !run_on(device) || !shapes.iter().all(is_picture) {
            return None;
        }
        let [batch, _, height, width] = shape;
        let calls = batch.checked_mul(height)?.checked_mul(width)?;
        let sizes = shapes[inputs.len()..].iter().chain(&shapes[..inputs.len()]);
        let mut given: Vec<f32> = sizes.flatten().map(|size| *size as f32).collect();
        given.extend(numbers);
        let shader = self.shader.get_or_init(|| Shader::new(&self.text()).ok());
        let extent = Extent { shape, calls };
        shader.as_ref()?.run(inputs, &given, extent, device).ok()
    }

    /// The whole program.
    fn text(&self) -> String {
        let input = |number: usize| {
            include_str!("pass/input.wgsl")
                .replace("NUMBER", &number.to_string())
                .replace("SIZES", &((number + 1) * SIZES).to_string())
        };
        let pixels = include_str!("pass/pixels.wgsl")
            .replace("GIVEN", &(self.inputs + 1).to_string())
            .replace("MADE", &self.inputs.to_string())
            .replace("NUMBERS", &((self.inputs + 1) * SIZES).to_string());
        let inputs = (0..self.inputs).map(input);
        let parts = self.parts.iter().map(|part| (*part).to_owned());
        inputs.chain([pixels]).chain(parts).collect()
    }
}
