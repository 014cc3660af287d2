//! Nearest vectors without looking at all of them.

use instant_distance::{Builder, Hnsw, Search};
use rayon::ThreadPoolBuilder;

use crate::rows::{Rows, dot};

/// A graph of near neighbours over the rows (HNSW, Malkov and Yashunin 2016).
pub(crate) struct Approximate {
    graph: Hnsw<Row>,
    /// The place of each point of the graph among the rows.
    places: Vec<usize>,
}

/// One row of many.
#[derive(Clone)]
struct Row {
    rows: Rows,
    place: usize,
}

impl instant_distance::Point for Row {
    /// Rows have length 1 or 0, so this orders as distances do.
    fn distance(&self, other: &Self) -> f32 {
        1.0 - dot(self.rows.row(self.place), other.rows.row(other.place))
    }
}

/// Candidates that are kept open while searching: more is slower and misses less.
const OPEN: usize = 200;

/// The same while building.
const OPEN_IN_BUILDING: usize = 40;

impl Approximate {
    /// The graph of these rows; the same rows give the same graph.
    pub(crate) fn new(rows: &Rows) -> Self {
        let points = (0..rows.count()).map(|place| Row {
            rows: rows.clone(),
            place,
        });
        let points: Vec<_> = points.collect();
        let builder = || {
            // Without the heuristic, which compares neighbours with each other, building is many times
            // faster; what it would gain, the open candidates make up for.
            let builder = Builder::default().seed(0).select_heuristic(None);
            builder
                .ef_construction(OPEN_IN_BUILDING)
                .ef_search(OPEN)
                .build_hnsw(points)
        };
        // Threads would insert in an order of chance, and the graph would differ from run to run.
        let (graph, ids) = match ThreadPoolBuilder::new().num_threads(1).build() {
            Ok(single) => single.install(builder),
            Err(_) => builder(),
        };
        let mut places = vec![0; ids.len()];
        for (place, id) in ids.iter().enumerate() {
            places[id.into_inner() as usize] = place;
        }
        Self { graph, places }
    }

    /// Places of rows near `query`; about as many as are kept open.
    pub(crate) fn near(&self, query: &[f32]) -> Vec<usize> {
        let Some(rows) = Rows::new(query.len(), query.to_vec()) else {
            return Vec::new();
        };
        let mut search = Search::default();
        let found = self.graph.search(&Row { rows, place: 0 }, &mut search);
        found
            .map(|item| self.places[item.pid.into_inner() as usize])
            .collect()
    }
}

impl std::fmt::Debug for Approximate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Approximate({} rows)", self.places.len())
    }
}
