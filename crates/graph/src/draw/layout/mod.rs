//! Layered layout: columns by longest path, order within a column by barycentre, heights by least squares
//! (after Sugiyama, Tagawa and Toda 1981).

mod columns;
mod heights;
mod order;

/// A box to be placed.
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A wire to be routed: boxes, and the heights of its ends below the tops of those.
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) from_y: f64,
    pub(super) to: usize,
    pub(super) to_y: f64,
}

/// Where everything is.
pub(super) struct Layout {
    /// The top left corner of each box.
    pub(super) corners: Vec<(f64, f64)>,
    /// The right edge of the column of each box, from which its wires set out.
    pub(super) rights: Vec<f64>,
    /// For each wire, the straight stretches by which it crosses the columns between its ends: left, right, height.
    pub(super) stretches: Vec<Vec<(f64, f64, f64)>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Between columns.
const COLUMN_GAP: f64 = 70.0;
/// Between boxes of a column.
const BOX_GAP: f64 = 26.0;
/// Between wires that cross a column.
const LINE_GAP: f64 = 12.0;
/// Around everything.
const MARGIN: f64 = 20.0;
/// Wires that would cross more columns than this together are drawn straight.
const MOST_CROSSINGS: usize = 50_000;

/// One thing in a column: a box, or the place where a wire crosses the column.
struct Cell {
    /// The box; `None` for a crossing.
    shape: Option<usize>,
    height: f64,
    /// Links to cells of the column before.
    before: Vec<Link>,
    /// Links to cells of the column after.
    after: Vec<Link>,
}

/// A link to a cell, with the heights of both ends below the tops of their cells.
#[derive(Clone, Copy)]
struct Link {
    cell: usize,
    own_y: f64,
    other_y: f64,
}

/// Cells in their columns, top to bottom.
struct Columns {
    cells: Vec<Cell>,
    columns: Vec<Vec<usize>>,
    /// The column of each box.
    column_of: Vec<usize>,
    /// The crossings of each wire.
    crossings: Vec<Vec<usize>>,
}

/// Places all boxes and wires.
pub(super) fn layout(sizes: &[Size], lines: &[Line]) -> Layout {
    let mut columns = columns::columns(sizes, lines);
    order::order(&mut columns);
    let tops = heights::heights(&columns);
    let (lefts, widths) = lefts(&columns, sizes);
    let mut corners = vec![(0.0, 0.0); sizes.len()];
    let mut rights = vec![0.0; sizes.len()];
    for (column, cells) in columns.columns.iter().enumerate() {
        for cell in cells {
            if let Some(shape) = columns.cells[*cell].shape {
                corners[shape] = (lefts[column], tops[*cell]);
                rights[shape] = lefts[column] + widths[column];
            }
        }
    }
    let bottoms = columns.cells.iter().zip(&tops);
    let bottoms = bottoms.map(|(cell, top)| top + cell.height);
    let end = lefts.last().zip(widths.last());
    Layout {
        corners,
        rights,
        stretches: stretches(&columns, lines, &tops, (&lefts, &widths)),
        width: end.map_or(0.0, |(left, width)| left + width) + MARGIN,
        height: bottoms.fold(0.0, f64::max) + MARGIN,
    }
}

/// Where each wire crosses the columns between its ends.
fn stretches(
    columns: &Columns,
    lines: &[Line],
    tops: &[f64],
    (lefts, widths): (&[f64], &[f64]),
) -> Vec<Vec<(f64, f64, f64)>> {
    let wires = lines.iter().zip(&columns.crossings);
    let stretches = wires.map(|(line, crossings)| {
        let first = columns.column_of[line.from] + 1;
        let stretch = |(column, cell): (usize, &usize)| {
            let left = lefts[column];
            (left, left + widths[column], tops[*cell])
        };
        (first..).zip(crossings).map(stretch).collect()
    });
    stretches.collect()
}

/// The left edge and the width of each column.
fn lefts(columns: &Columns, sizes: &[Size]) -> (Vec<f64>, Vec<f64>) {
    let mut left = MARGIN;
    let mut lefts = Vec::new();
    let mut widths = Vec::new();
    for cells in &columns.columns {
        let shapes = cells.iter().filter_map(|cell| columns.cells[*cell].shape);
        let width = shapes.map(|shape| sizes[shape].width).fold(0.0, f64::max);
        lefts.push(left);
        widths.push(width);
        left += width + COLUMN_GAP;
    }
    (lefts, widths)
}
