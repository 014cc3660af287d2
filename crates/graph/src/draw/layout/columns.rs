//! Which column each box is in, and where wires cross the columns between.

use petgraph::{
    graph::{DiGraph, NodeIndex},
    visit::DfsPostOrder,
};

use super::{Cell, Columns, Line, Link, MOST_CROSSINGS, Size};

/// Boxes in columns, each right of all that it takes from. Wires that close a circle are not counted.
pub(super) fn columns(sizes: &[Size], lines: &[Line]) -> Columns {
    let column_of = ranks(sizes.len(), lines);
    let count = column_of.iter().max().map_or(0, |last| last + 1);
    let mut columns = Columns {
        cells: Vec::new(),
        columns: vec![Vec::new(); count],
        crossings: vec![Vec::new(); lines.len()],
        column_of,
    };
    for (shape, size) in sizes.iter().enumerate() {
        let column = columns.column_of[shape];
        columns.cell(column, Some(shape), size.height);
    }
    let spans = lines
        .iter()
        .map(|line| columns.span(line).saturating_sub(1));
    let is_crossing_shown = spans.sum::<usize>() <= MOST_CROSSINGS;
    for (place, line) in lines.iter().enumerate() {
        columns.connect(place, line, is_crossing_shown);
    }
    columns
}

impl Columns {
    fn cell(&mut self, column: usize, shape: Option<usize>, height: f64) -> usize {
        let cell = self.cells.len();
        self.cells.push(Cell {
            shape,
            height,
            before: Vec::new(),
            after: Vec::new(),
        });
        self.columns[column].push(cell);
        cell
    }

    /// How many columns a wire goes to the right.
    fn span(&self, line: &Line) -> usize {
        self.column_of[line.to].saturating_sub(self.column_of[line.from])
    }

    fn connect(&mut self, place: usize, line: &Line, is_crossing_shown: bool) {
        let span = self.span(line);
        if span == 0 || (span > 1 && !is_crossing_shown) {
            return;
        }
        let first = self.column_of[line.from];
        let (mut at, mut y) = (line.from, line.from_y);
        for column in first + 1..first + span {
            let crossing = self.cell(column, None, 0.0);
            self.crossings[place].push(crossing);
            self.link(at, y, crossing, 0.0);
            (at, y) = (crossing, 0.0);
        }
        self.link(at, y, line.to, line.to_y);
    }

    fn link(&mut self, from: usize, from_y: f64, to: usize, to_y: f64) {
        self.cells[from].after.push(Link {
            cell: to,
            own_y: from_y,
            other_y: to_y,
        });
        self.cells[to].before.push(Link {
            cell: from,
            own_y: to_y,
            other_y: from_y,
        });
    }
}

/// The length of the longest path to each box; a box that takes from none is moved next to the first that takes from it.
fn ranks(count: usize, lines: &[Line]) -> Vec<usize> {
    let mut shape: DiGraph<(), ()> = DiGraph::with_capacity(count, lines.len());
    for _ in 0..count {
        shape.add_node(());
    }
    for line in lines {
        shape.add_edge(NodeIndex::new(line.to), NodeIndex::new(line.from), ());
    }
    let mut ranks = vec![0; count];
    let mut is_ranked = vec![false; count];
    let mut has_giver = vec![false; count];
    let mut nearest = vec![usize::MAX; count];
    let mut search = DfsPostOrder::empty(&shape);
    for start in shape.node_indices() {
        search.move_to(start);
        while let Some(taker) = search.next(&shape) {
            for giver in shape
                .neighbors(taker)
                .filter(|giver| is_ranked[giver.index()])
            {
                let (taker, giver) = (taker.index(), giver.index());
                ranks[taker] = ranks[taker].max(ranks[giver] + 1);
                has_giver[taker] = true;
            }
            is_ranked[taker.index()] = true;
        }
    }
    for line in lines
        .iter()
        .filter(|line| ranks[line.from] < ranks[line.to])
    {
        nearest[line.from] = nearest[line.from].min(ranks[line.to]);
    }
    for place in 0..count {
        if !has_giver[place] && nearest[place] != usize::MAX {
            ranks[place] = nearest[place] - 1;
        }
    }
    ranks
}
