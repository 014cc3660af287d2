//! The pixels under a kernel at each of its places, side by side (Chellapilla et al., 2006), so that a convolution is a
//! product.

use std::{ops::Range, sync::Arc};

use burn::tensor::{DType, Shape};
use burn_cubecl::{
    kernel::into_contiguous, ops::numeric::empty_device_contiguous_dtype, tensor::CubeTensor,
};
use weft_kernels::ConvShape;

use crate::{
    adapter::Opened,
    shader::{GROUP, buffers, pass},
};

/// Most bytes of the patches that are there at once.
const MOST: usize = 256 << 20;

/// Bytes of a number.
const NUMBER: usize = 2;

/// The patches of a map of `f16`.
pub(super) struct Patches<'a> {
    opened: &'a Opened,
    map: CubeTensor,
    shape: ConvShape,
    /// Height and width of the result.
    size: [usize; 2],
    most: usize,
}

impl<'a> Patches<'a> {
    /// Nothing where the adapter cannot hold those of one row, or counts of them do not fit its numbers.
    pub(super) fn of(opened: &'a Opened, x: &CubeTensor, shape: ConvShape) -> Option<Self> {
        let limits = opened.device.limits();
        let bound = usize::try_from(limits.max_storage_buffer_binding_size).unwrap_or(usize::MAX);
        Self::within(opened, x, shape, bound.min(MOST))
    }

    /// As [`Self::of`], with so many bytes of patches at once if that is room for one row of the result.
    fn within(opened: &'a Opened, x: &CubeTensor, shape: ConvShape, most: usize) -> Option<Self> {
        let size = shape.output().ok()?;
        let patches = Self {
            opened,
            map: into_contiguous(x.clone()),
            shape,
            size,
            most,
        };
        let map = NUMBER * x.meta.shape().num_elements();
        let bound = opened.device.limits().max_storage_buffer_binding_size;
        let of_row = NUMBER * patches.planes() * patches.places() * size[1];
        let fits = |bytes: usize| u32::try_from(bytes).is_ok() && bytes as u64 <= bound;
        (map > 0 && fits(map) && fits(of_row)).then_some(patches)
    }

    /// Channels of all pictures.
    fn planes(&self) -> usize {
        self.shape.batch * self.shape.inputs
    }

    /// Places of the kernel.
    fn places(&self) -> usize {
        self.shape.kernel[0] * self.shape.kernel[1]
    }

    /// The rows of the result whose patches are there at once.
    pub(super) fn parts(&self) -> Vec<Range<usize>> {
        let [height, width] = self.size;
        let of_row = NUMBER * self.planes() * self.places() * width;
        let some = (self.most / of_row.max(1)).max(1);
        let starts = (0..height).step_by(some);
        starts.map(|from| from..height.min(from + some)).collect()
    }

    /// The patches of these rows, `[batch, inputs · places, pixels]`; nothing where the adapter refuses them.
    pub(super) fn laid_out(&self, rows: Range<usize>) -> Option<CubeTensor> {
        let (map, shape) = (&self.map, &self.shape);
        let [_, across] = self.size;
        let (first, count) = (rows.start * across, rows.len() * across);
        let depth = shape.inputs * self.places();
        let made = Shape::new([shape.batch, depth, count]);
        let (client, device) = (map.client.clone(), map.device.clone());
        let made = empty_device_contiguous_dtype(client, device, made, DType::F16);
        let ([height, width], [top, _, left, _]) = (shape.size, shape.padding);
        let words = [self.planes(), height, width, shape.upsample, shape.stride];
        let words = words.into_iter().chain([top, left, first, count, across]);
        let words: Vec<u32> = words.map(u32::try_from).collect::<Result<_, _>>().ok()?;
        let [map, bound] = [buffers::resource(map).ok()?, buffers::resource(&made).ok()?];
        let groups = (self.planes() * count).div_ceil(GROUP);
        let text = Arc::from(program(shape.kernel));
        pass::over(self.opened, &text, (&[&map, &bound], &words), groups).ok()?;
        Some(made)
    }
}

/// The program for a kernel of so many rows and columns.
fn program([rows, columns]: [usize; 2]) -> String {
    let text = include_str!("patches.wgsl");
    format!("enable f16;\nconst ROWS = {rows}u;\nconst COLUMNS = {columns}u;\n{text}")
}
