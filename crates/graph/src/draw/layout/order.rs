//! The order of the cells in each column, so that few wires cross.

use super::{Columns, Link};

/// Sweeps there and back; a few are enough, the rest gains nothing that is seen.
const SWEEPS: usize = 6;

/// Orders each column by the mean place of what its cells are linked to, to the left and to the right in turn.
pub(super) fn order(columns: &mut Columns) {
    let mut place = vec![0.0; columns.cells.len()];
    let count = columns.columns.len();
    for column in 0..count {
        number(&columns.columns[column], &mut place);
    }
    for _ in 0..SWEEPS {
        for column in 1..count {
            sort(columns, column, &mut place, |columns, cell| {
                &columns.cells[cell].before
            });
        }
        for column in (0..count.saturating_sub(1)).rev() {
            sort(columns, column, &mut place, |columns, cell| {
                &columns.cells[cell].after
            });
        }
    }
}

fn number(cells: &[usize], place: &mut [f64]) {
    for (at, cell) in cells.iter().enumerate() {
        place[*cell] = at as f64;
    }
}

fn sort(
    columns: &mut Columns,
    column: usize,
    place: &mut [f64],
    links: impl Fn(&Columns, usize) -> &[Link],
) {
    let mut keyed: Vec<(f64, usize)> = columns.columns[column]
        .iter()
        .map(|cell| {
            let links = links(columns, *cell);
            let sum: f64 = links
                .iter()
                .map(|link| position(columns, link, place))
                .sum();
            let key = if links.is_empty() {
                place[*cell]
            } else {
                sum / links.len() as f64
            };
            (key, *cell)
        })
        .collect();
    // A stable sort: what pulls nowhere stays.
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    columns.columns[column] = keyed.into_iter().map(|(_, cell)| cell).collect();
    number(&columns.columns[column], place);
}

/// The place of the other end, with the port within its box as a fraction.
fn position(columns: &Columns, link: &Link, place: &[f64]) -> f64 {
    let height = columns.cells[link.cell].height.max(1.0);
    place[link.cell] + link.other_y / (height + 1.0)
}
