//! Exchanging the rows and columns of a contiguous matrix.

use rayon::prelude::*;

use super::{Kernel, Strip};

/// Writes `[rows, columns]` as `[columns, rows]`, by the packers of a kernel of f32.
pub(crate) fn transpose(
    kernel: &Kernel,
    src: &[f32],
    [rows, columns]: [usize; 2],
    dst: &mut [f32],
) {
    assert_eq!(src.len(), rows * columns);
    assert_eq!(dst.len(), rows * columns);
    if src.is_empty() {
        return;
    }
    let dst: &mut [u32] = bytemuck::cast_slice_mut(dst);
    let blocks = dst.par_chunks_mut(16 * rows).enumerate();
    blocks.for_each(|(block, dst)| {
        let count = dst.len() / rows;
        let mut strip = Strip {
            src: &src[16 * block..],
            stride: columns,
            lines: rows,
            length: count,
            depth: rows,
            dst,
            pitch: rows,
        };
        strip.check(count, rows);
        // SAFETY: checked above; the kernel was chosen for this processor.
        unsafe { (kernel.packers.rows_across)(&mut strip) };
    });
}
