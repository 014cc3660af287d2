//! Where real pictures lie among all that can be drawn.

/// Neighbours that a real picture's surroundings reach to.
const NEIGHBOURS: usize = 3;

/// The surroundings of real pictures in the space of a judge's features (Kynkäänniemi et al. 2019, "Improved precision
/// and recall metric"): around each a ball as wide as the way to its third neighbour.
#[derive(Clone, Debug)]
pub(crate) struct Manifold<'a> {
    real: &'a [Vec<f32>],
    radii: Vec<f64>,
}

impl<'a> Manifold<'a> {
    /// That of those features, a picture each.
    pub(crate) fn of(real: &'a [Vec<f32>]) -> Self {
        let radius = |own: usize| {
            let others = real.iter().enumerate().filter(|(at, _)| *at != own);
            let mut squares: Vec<f64> = others.map(|(_, other)| apart(&real[own], other)).collect();
            squares.sort_by(f64::total_cmp);
            squares
                .get(NEIGHBOURS - 1)
                .or(squares.last())
                .copied()
                .unwrap_or(0.0)
        };
        let radii = (0..real.len()).map(radius).collect();
        Self { real, radii }
    }

    /// Whether a picture lies within the surroundings of one.
    pub(crate) fn holds(&self, features: &[f32]) -> bool {
        let mut balls = self.real.iter().zip(&self.radii);
        balls.any(|(centre, radius)| apart(centre, features) <= *radius)
    }
}

/// The square of a distance.
fn apart(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::Manifold;

    #[test]
    fn balls_reach_to_the_third_neighbour() {
        let points: Vec<Vec<f32>> = [0.0, 1.0, 2.0, 3.0, 10.0].map(|x| vec![x, 0.0]).into();
        let manifold = Manifold::of(&points);
        assert_eq!(manifold.radii, [9.0, 4.0, 4.0, 9.0, 81.0]);
        let holds = |x: f32, y: f32| manifold.holds(&[x, y]);
        assert!(holds(-3.0, 0.0) && holds(1.0, 2.0) && holds(19.0, 0.0));
        assert!(!holds(-3.1, 0.0) && !holds(19.1, 0.0));
    }

    #[test]
    fn real_pictures_lie_within_and_a_point_far_off_does_not() {
        let point = |at: usize| vec![(at as f32 * 0.7).sin(), (at as f32 * 1.3).cos()];
        let real: Vec<Vec<f32>> = (0..60).map(point).collect();
        let manifold = Manifold::of(&real);
        let held = (60..120).filter(|&at| manifold.holds(&point(at))).count();
        assert!(held >= 54, "{held} of 60 more of the same kind lie within");
        assert!(!manifold.holds(&[4.0, 4.0]));
    }
}
