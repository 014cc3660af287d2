//! Follows weak edges from strong ones.

mod on_gpu;

use burn::tensor::{Tensor, TensorData};
use thiserror::Error;
use weft_tensor::{ShaderFailure, constant, floats, is_gpu};

/// Edges could not be followed.
#[derive(Debug, Error)]
pub enum Unfollowed {
    /// The device did not give its pixels back.
    #[error("the device did not give its pixels back: {0}")]
    Unread(String),
    /// A pass did not run.
    #[error(transparent)]
    Pass(#[from] ShaderFailure),
}

/// 1 where a pixel is at least `high`, or at least `low` and connected to such a one through pixels of at
/// least `low`, by sides or corners; else 0. A pixel of 0 is no edge whatever the thresholds.
///
/// What is connected to what may hang on the farthest pixel. The CPU visits every pixel once, from strong ones on; a
/// graphics adapter joins touching pixels to trees, in a fixed number of passes and without an answer to wait for.
///
/// # Shapes
/// thinned and result: `[batch, 1, height, width]`
///
/// # Errors
/// The device did not give its pixels back, or refuses a pass.
pub fn hysteresis(thinned: Tensor<4>, low: f32, high: f32) -> Result<Tensor<4>, Unfollowed> {
    let (low, high) = (low.max(f32::MIN_POSITIVE), high.max(f32::MIN_POSITIVE));
    let shape @ [_, _, height, width] = thinned.dims();
    let device = thinned.device();
    if is_gpu(&device) && shape.iter().all(|axis| *axis > 0) {
        return Ok(on_gpu::hysteresis(thinned, low, high)?);
    }
    let strength = floats(thinned).map_err(Unfollowed::Unread)?;
    let mut edges = vec![0.0; strength.len()];
    let plane = (height * width).max(1);
    for (strength, edges) in strength.chunks(plane).zip(edges.chunks_mut(plane)) {
        let followed = Follow {
            strength,
            edges,
            width,
            low,
        };
        followed.spread_from_all(high);
    }
    Ok(constant(TensorData::new(edges, shape), &device))
}

/// The edges of one picture, while they are being followed.
struct Follow<'a> {
    strength: &'a [f32],
    edges: &'a mut [f32],
    width: usize,
    low: f32,
}

impl Follow<'_> {
    fn spread_from_all(mut self, high: f32) {
        let mut ahead = Vec::new();
        for start in 0..self.strength.len() {
            if self.strength[start] >= high && self.edges[start] == 0.0 {
                self.edges[start] = 1.0;
                ahead.push(start);
                while let Some(place) = ahead.pop() {
                    self.spread(place, &mut ahead);
                }
            }
        }
    }

    /// Marks the neighbours of `place` that continue the edge.
    fn spread(&mut self, place: usize, ahead: &mut Vec<usize>) {
        let (y, x) = (place / self.width, place % self.width);
        let rows = y.saturating_sub(1)..(y + 2).min(self.strength.len() / self.width);
        let columns = x.saturating_sub(1)..(x + 2).min(self.width);
        for y in rows {
            for x in columns.clone() {
                let next = y * self.width + x;
                if self.edges[next] == 0.0 && self.strength[next] >= self.low {
                    self.edges[next] = 1.0;
                    ahead.push(next);
                }
            }
        }
    }
}
