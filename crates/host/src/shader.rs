//! A lone `.wgsl` file as a plugin.
//!
//! It begins with a comment that says what the node is:
//!
//! ```wgsl
//! // acme.dots.Dots 0.1.0
//! //
//! // Prints a picture as dots of ink.
//! //
//! // image: Image                        Picture to print.
//! // size: Number = 8.0 in 2.0..=64.0    Distance of the dots, in pixels.
//! // -> image: Image like image          The printed picture.
//!
//! fn pixel(at: vec2<u32>) -> vec4<f32> { return image_at(i32(at.x), i32(at.y)); }
//! ```
//!
//! Help is set off by two spaces or more. Inputs are of type `Image`, `Mask`, `Number`, `Integer`, `Bool`, `Color` or `Seed`;
//! the output is an `Image`, made by `pixel` (red, green, blue, alpha), or a `Mask`, made by `coverage` (one number). It is as
//! large as a picture (`like image`, `like image * 2`), or as two whole numbers say (`width x height`).
//!
//! The code sees every number under its own name (`Color` as `vec4<f32>`, `Seed` as `u32`), and of a picture `image`:
//! `image_at(x: i32, y: i32)`, the nearest pixel there is; `image_smooth(x: f32, y: f32)`, between the middles of pixels, which
//! lie at 0.5; `image_size() -> vec2<u32>`. Pictures give `vec4<f32>`, masks `f32`.

mod header;
mod kind;
mod prelude;
mod problem;

use std::{path::Path, sync::Arc};

use weft_abi::Described;
use weft_node::Kind;
use weft_tensor::Shader;

pub use problem::ShaderProblem;

use header::{Header, Type};
use kind::ShaderKind;

#[cfg(test)]
mod tests;

/// A shader file that has been read and found right.
pub struct ShaderPlugin {
    header: Header,
    kind: Arc<ShaderKind>,
}

impl ShaderPlugin {
    /// Reads the shader whose text this is; `path` names it in messages.
    ///
    /// # Errors
    /// All that is wrong with its header, or else what is wrong with its code.
    pub fn read(path: &Path, text: &str) -> Result<Self, ShaderProblem> {
        let header =
            Header::read(text).map_err(|faults| ShaderProblem::header(path, text, faults))?;
        let whole = format!("{text}\n{}", prelude::of(&header));
        let shader = Shader::new(&whole).map_err(|error| {
            let entry = match header.output.ty {
                Type::Mask => "fn coverage(at: vec2<u32>) -> f32",
                _ => "fn pixel(at: vec2<u32>) -> vec4<f32>",
            };
            ShaderProblem::code(path, text, (error, entry))
        })?;
        let kind = Arc::new(ShaderKind::new(&header, shader));
        Ok(Self { header, kind })
    }

    /// What it says of itself.
    pub fn described(&self) -> Described {
        let spec = self.kind.spec();
        Described {
            id: spec.pack().to_owned(),
            version: self.header.version.clone(),
            nodes: vec![spec],
        }
    }

    /// Its node.
    pub fn kind(&self) -> Arc<dyn Kind> {
        self.kind.clone()
    }
}
