//! Where everything goes on a contact sheet.

/// Where everything goes on a contact sheet; sizes are height and width, in pixels.
pub(crate) struct Layout {
    /// Cells in a row.
    pub(crate) columns: usize,
    /// Room for one picture.
    pub(crate) cell: (usize, usize),
    /// Space between and around the cells.
    pub(crate) gap: usize,
    /// Height of the label below each cell.
    pub(crate) label: usize,
}

impl Layout {
    /// The corner of the cell at that place: top, left.
    pub(crate) fn corner(&self, place: usize) -> (usize, usize) {
        let (row, column) = (place / self.columns, place % self.columns);
        (
            self.gap + row * (self.cell.0 + self.label + self.gap),
            self.gap + column * (self.cell.1 + self.gap),
        )
    }

    /// The size of a sheet of so many cells; as large as numbers go if it is larger.
    pub(crate) fn size(&self, count: usize) -> (usize, usize) {
        let side = |cells: usize, cell: usize| {
            let pitch = cell.saturating_add(self.gap);
            cells.saturating_mul(pitch).saturating_add(self.gap)
        };
        (
            side(
                count.div_ceil(self.columns),
                self.cell.0.saturating_add(self.label),
            ),
            side(self.columns.min(count), self.cell.1),
        )
    }

    /// The size of a picture in its cell: its own, or smaller if it does not fit.
    pub(crate) fn shrunk(&self, (height, width): (usize, usize)) -> (usize, usize) {
        let scale = (self.cell.0 as f64 / height as f64).min(self.cell.1 as f64 / width as f64);
        if scale >= 1.0 {
            return (height, width);
        }
        let side = |old: usize, most: usize| ((old as f64 * scale).round() as usize).clamp(1, most);
        (side(height, self.cell.0), side(width, self.cell.1))
    }
}
