//! Thins a gradient to its ridges.

use burn::tensor::{Bool, Tensor, ops::PadMode};

use super::Gradient;
use crate::pass::Pass;

static THIN: Pass = Pass::new(2, &[include_str!("thin.wgsl")]);

/// The magnitude of the gradient where neither neighbour along the gradient is greater, else 0
/// (non-maximum suppression, Canny 1986).
///
/// The neighbours lie between pixels, so their magnitudes are interpolated from the two nearest ones, as
/// scikit-image does it; equal neighbours do not suppress each other. The outermost pixels lack neighbours
/// and are 0.
///
/// # Shapes
/// result: `[batch, 1, height, width]`
pub fn thin(gradient: &Gradient) -> Tensor<4> {
    let (across, down) = (&gradient.across, &gradient.down);
    if let Some(made) = THIN.run([across, down], &[], across.dims()) {
        return made;
    }
    let magnitude = gradient.magnitude();
    let shape @ [_, _, height, width] = magnitude.dims();
    if height < 3 || width < 3 {
        return magnitude.zeros_like();
    }
    let pixels = Run::new(&magnitude);
    let across = pixels.here(&gradient.across);
    let down = pixels.here(&gradient.down);
    // The gradient points to the right and down (or left and up), else to the right and up; it is nearer to
    // the vertical, else to the horizontal.
    let falls = down
        .clone()
        .greater_scalar(0.0)
        .equal(across.clone().greater_scalar(0.0));
    let (across, down) = (across.abs(), down.abs());
    let is_steep = down.clone().greater(across.clone());
    // Without a gradient this is no number; but then the magnitude is 0 with either answer.
    let slant = down.clone().min_pair(across.clone()) / down.max_pair(across);

    let [above, below] = [[0, 1], [2, 1]].map(|[y, x]| pixels.beside(y, x));
    let ahead = Toward {
        vertical: pick(&falls, below.clone(), above.clone()),
        horizontal: pixels.beside(1, 2),
        diagonal: pick(&falls, pixels.beside(2, 2), pixels.beside(0, 2)),
    };
    let behind = Toward {
        vertical: pick(&falls, above, below),
        horizontal: pixels.beside(1, 0),
        diagonal: pick(&falls, pixels.beside(0, 0), pixels.beside(2, 0)),
    };
    let ahead = ahead.between(&is_steep, &slant);
    let greatest = behind.between(&is_steep, &slant).max_pair(ahead);
    let here = pixels.beside(1, 1);
    let is_less = here.clone().lower(greatest);
    pixels.bordered(here.mask_fill(is_less, 0.0), shape)
}

/// All pixels in one row, so that a neighbour is one shift away and every operation runs over one stretch
/// of memory. Where the shift passes a border it finds a pixel of the opposite one; the outermost pixels
/// are dropped in the end.
struct Run {
    magnitude: Tensor<1>,
    width: usize,
}

impl Run {
    fn new(magnitude: &Tensor<4>) -> Self {
        let [.., width] = magnitude.dims();
        let magnitude = magnitude.clone().flatten(0, 3);
        Self { magnitude, width }
    }

    /// For each pixel its neighbour in row `y` and column `x` of the 3×3 pixels around it.
    fn beside(&self, y: usize, x: usize) -> Tensor<1> {
        self.shifted(self.magnitude.clone(), y * self.width + x)
    }

    fn here(&self, map: &Tensor<4>) -> Tensor<1> {
        self.shifted(map.clone().flatten(0, 3), self.width + 1)
    }

    /// The pixels that have a whole row and a pixel before and after them, shifted to `start`.
    fn shifted(&self, run: Tensor<1>, start: usize) -> Tensor<1> {
        let [pixels] = run.dims();
        run.narrow(0, start, pixels - 2 * (self.width + 1))
    }

    /// A run of pixels as pictures again, with a border of 0.
    fn bordered(&self, run: Tensor<1>, shape: [usize; 4]) -> Tensor<4> {
        let [_, _, height, width] = shape;
        let ends = (self.width + 1, self.width + 1);
        let pictures = run.pad([ends], PadMode::Constant(0.0)).reshape(shape);
        let inner = pictures.narrow(2, 1, height - 2).narrow(3, 1, width - 2);
        inner.pad([(1, 1), (1, 1)], PadMode::Constant(0.0))
    }
}

/// The neighbours of each pixel on one side of it.
struct Toward {
    vertical: Tensor<1>,
    horizontal: Tensor<1>,
    diagonal: Tensor<1>,
}

impl Toward {
    /// The magnitude where the gradient leaves the 3×3 pixels.
    fn between(self, is_steep: &Tensor<1, Bool>, slant: &Tensor<1>) -> Tensor<1> {
        let straight = pick(is_steep, self.vertical, self.horizontal);
        (self.diagonal - straight.clone()) * slant.clone() + straight
    }
}

fn pick(which: &Tensor<1, Bool>, yes: Tensor<1>, no: Tensor<1>) -> Tensor<1> {
    no.mask_where(which.clone(), yes)
}
