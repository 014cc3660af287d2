//! How high each cell lies in its column, so that wires run straight where they can.

use super::{BOX_GAP, Columns, LINE_GAP, Link, MARGIN};

const SWEEPS: usize = 8;

/// The top of each cell. Each column in turn goes as near as its order allows to where its wires would be level.
pub(super) fn heights(columns: &Columns) -> Vec<f64> {
    let mut tops = vec![0.0; columns.cells.len()];
    for cells in &columns.columns {
        settle(columns, cells, &vec![0.0; cells.len()], &mut tops);
    }
    let count = columns.columns.len();
    for sweep in 0..SWEEPS {
        let is_forward = sweep % 2 == 0;
        for step in 0..count {
            let column = if is_forward { step } else { count - 1 - step };
            let cells = &columns.columns[column];
            let wanted: Vec<f64> = cells
                .iter()
                .map(|cell| level(columns, *cell, is_forward, &tops))
                .collect();
            settle(columns, cells, &wanted, &mut tops);
        }
    }
    let highest = tops.iter().copied().fold(f64::INFINITY, f64::min);
    for top in &mut tops {
        *top += MARGIN - highest;
    }
    tops
}

/// The top at which the wires of a cell are level on average.
fn level(columns: &Columns, cell: usize, is_forward: bool, tops: &[f64]) -> f64 {
    let found = &columns.cells[cell];
    let (first, second) = if is_forward {
        (&found.before, &found.after)
    } else {
        (&found.after, &found.before)
    };
    let links: &[Link] = if first.is_empty() { second } else { first };
    if links.is_empty() {
        return tops[cell];
    }
    let levels = links
        .iter()
        .map(|link| tops[link.cell] + link.other_y - link.own_y);
    levels.sum::<f64>() / links.len() as f64
}

/// Puts the cells of a column as near to `wanted` as they can be, by least squares, without touching each other:
/// cells that would overlap form a block, and blocks merge until none overlap.
fn settle(columns: &Columns, cells: &[usize], wanted: &[f64], tops: &mut [f64]) {
    // A block: the sum of what its cells want of its top, their number, and its first cell.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    let offsets = offsets(columns, cells);
    for (at, wanted) in wanted.iter().enumerate() {
        let mut block = (wanted - offsets[at], 1.0, at);
        while let Some(last) = blocks.last() {
            if last.0 / last.1 <= block.0 / block.1 {
                break;
            }
            block = (last.0 + block.0, last.1 + block.1, last.2);
            blocks.pop();
        }
        blocks.push(block);
    }
    let ends = blocks
        .iter()
        .skip(1)
        .map(|block| block.2)
        .chain([cells.len()]);
    for (block, end) in blocks.iter().zip(ends) {
        for at in block.2..end {
            tops[cells[at]] = block.0 / block.1 + offsets[at];
        }
    }
}

/// The top of each cell of a column that is packed from 0.
fn offsets(columns: &Columns, cells: &[usize]) -> Vec<f64> {
    let mut offset = 0.0;
    let mut offsets = Vec::with_capacity(cells.len());
    for (at, cell) in cells.iter().enumerate() {
        offsets.push(offset);
        let is_box = |cell: &usize| columns.cells[*cell].shape.is_some();
        let next_is_box = cells.get(at + 1).is_some_and(is_box);
        let gap = if is_box(cell) || next_is_box {
            BOX_GAP
        } else {
            LINE_GAP
        };
        offset += columns.cells[*cell].height + gap;
    }
    offsets
}
