//! What may be seen of a picture: itself, its edges, its mask.

use burn::tensor::{Device, Tensor, TensorData};

use crate::data::{
    Contours, DataError, DataSet, Dice, edges, filled, outline, picture, silhouette, spread,
    thickened,
};

/// A way to look at a picture of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum View {
    /// The drawing on white.
    Picture,
    /// White lines on black where an edge detector finds edges: the plain ones for 0, else of a chance detail and
    /// width that the number stands for.
    Edges(u8),
    /// The outermost line of the mask, of a chance width.
    Outline,
    /// White on black where the thing is, without holes.
    Mask,
}

impl View {
    /// The view of a picture.
    ///
    /// # Shapes
    /// out: `[3, side, side]`, sRGB-encoded, -1..=1
    ///
    /// # Errors
    /// The picture cannot be read.
    pub fn show(self, data: &DataSet, which: usize, out: &mut [f32]) -> Result<(), DataError> {
        let rgba = data.rgba(which)?;
        let side = data.side();
        let mut dice = Dice::new(self.seed(), which as u64);
        match self {
            Self::Picture => picture(&rgba, [1.0; 3], out),
            Self::Edges(0) => spread(&found(&rgba, side, Contours::default()), out),
            Self::Edges(_) => {
                let lines = found(&rgba, side, Contours::any(&mut dice));
                spread(&thickened(&lines, side, 1 + dice.below(3)), out);
            }
            Self::Outline => {
                let line = outline(&filled(&silhouette(&rgba), side), side);
                spread(&thickened(&line, side, 1 + dice.below(3)), out);
            }
            Self::Mask => spread(&filled(&silhouette(&rgba), side), out),
        }
        Ok(())
    }

    /// The same as a batch of one, `[1, 3, side, side]`.
    ///
    /// # Errors
    /// The picture cannot be read.
    pub fn tensor(
        self,
        data: &DataSet,
        which: usize,
        device: &Device,
    ) -> Result<Tensor<4>, DataError> {
        let side = data.side();
        let mut pixels = vec![0.0; 3 * side * side];
        self.show(data, which, &mut pixels)?;
        let pixels = TensorData::new(pixels, [1, 3, side, side]);
        Ok(Tensor::from_data(pixels, device))
    }

    fn seed(self) -> u64 {
        match self {
            Self::Edges(which) => 10 + u64::from(which),
            _ => 1,
        }
    }
}

/// Edges of a picture; none where they cannot be found.
fn found(rgba: &[u8], side: usize, contours: Contours) -> Vec<f32> {
    edges(rgba, side, contours).unwrap_or_else(|_| vec![0.0; side * side])
}
