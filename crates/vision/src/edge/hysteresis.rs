//! Follows weak edges from strong ones.

use burn::tensor::{Tensor, TensorData};
use thiserror::Error;

/// The device did not give its pixels back.
#[derive(Debug, Error)]
#[error("the device did not give its pixels back: {0}")]
pub struct Unread(String);

/// 1 where a pixel is at least `high`, or at least `low` and connected to such a one through pixels of at
/// least `low`, by sides or corners; else 0. A pixel of 0 is no edge whatever the thresholds.
///
/// The pixels come back from the device once, and edges are followed on the CPU. What is connected to what
/// may hang on the farthest pixel: on a GPU it takes as many dilations as the longest edge has pixels, each
/// with an answer to wait for, while here every pixel is visited once.
///
/// # Shapes
/// thinned and result: `[batch, 1, height, width]`
///
/// # Errors
/// The device did not give its pixels back.
pub fn hysteresis(thinned: Tensor<4>, low: f32, high: f32) -> Result<Tensor<4>, Unread> {
    let shape @ [_, _, height, width] = thinned.dims();
    let device = thinned.device();
    let strength = thinned
        .try_into_vec_as::<f32>()
        .map_err(|error| Unread(error.to_string()))?;
    let mut edges = vec![0.0; strength.len()];
    let plane = (height * width).max(1);
    for (strength, edges) in strength.chunks(plane).zip(edges.chunks_mut(plane)) {
        let followed = Follow {
            strength,
            edges,
            width,
            low: low.max(f32::MIN_POSITIVE),
        };
        followed.spread_from_all(high.max(f32::MIN_POSITIVE));
    }
    Ok(Tensor::from_data(TensorData::new(edges, shape), &device))
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
