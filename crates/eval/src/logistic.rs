//! Telling two kinds of features apart.

/// A linear classifier: logistic regression with a squared penalty.
#[derive(Clone, Debug)]
pub(crate) struct Logistic {
    mean: Vec<f64>,
    scale: Vec<f64>,
    weights: Vec<f64>,
    bias: f64,
}

/// Half of this times the square of the weights is added to the mean loss: with as many features as pictures, less
/// would learn the pictures by heart.
const PENALTY: f64 = 0.1;
const STEPS: usize = 300;

impl Logistic {
    /// Fits `true` against `false` rows, both counting as much in all, by accelerated gradient descent (Nesterov 1983).
    pub(crate) fn fit(rows: &[(&[f32], bool)]) -> Self {
        let width = rows.first().map_or(0, |(row, _)| row.len());
        let (mean, scale) = spread(rows, width);
        let mut model = Self {
            mean,
            scale,
            weights: vec![0.0; width],
            bias: 0.0,
        };
        let sides = [true, false].map(|side| rows.iter().filter(|row| row.1 == side).count());
        let share = |side: bool| 0.5 / sides[usize::from(!side)] as f64;
        let scaled: Vec<(Vec<f64>, bool)> = rows
            .iter()
            .map(|(row, side)| (model.scaled(row), *side))
            .collect();
        // The steepest that the loss can bend: a quarter of the largest weighted second moment, bias included.
        let bend = 0.25 * (largest(&scaled, &share, width) + 1.0) + PENALTY;
        let (mut ahead, mut bias_ahead) = (model.weights.clone(), 0.0);
        for step in 0..STEPS {
            let mut slope: Vec<f64> = ahead.iter().map(|weight| PENALTY * weight).collect();
            let mut bias_slope = 0.0;
            for (row, side) in &scaled {
                let sum = bias_ahead + dot(row, &ahead);
                let error =
                    share(*side) * (1.0 / (1.0 + (-sum).exp()) - f64::from(u8::from(*side)));
                slope
                    .iter_mut()
                    .zip(row)
                    .for_each(|(slope, x)| *slope += error * x);
                bias_slope += error;
            }
            let on = step as f64 / (step as f64 + 3.0);
            let before = model.weights.clone();
            for (at, weight) in model.weights.iter_mut().enumerate() {
                *weight = ahead[at] - slope[at] / bend;
                ahead[at] = *weight + on * (*weight - before[at]);
            }
            let moved = bias_ahead - bias_slope / bend;
            bias_ahead = moved + on * (moved - model.bias);
            model.bias = moved;
        }
        model
    }

    /// Above 0 for what looks like the `true` rows.
    pub(crate) fn logit(&self, row: &[f32]) -> f64 {
        self.bias + dot(&self.scaled(row), &self.weights)
    }

    fn scaled(&self, row: &[f32]) -> Vec<f64> {
        let to = self.mean.iter().zip(&self.scale);
        row.iter()
            .zip(to)
            .map(|(x, (mean, scale))| (f64::from(*x) - mean) * scale)
            .collect()
    }
}

/// Mean of each feature, and what brings its deviation to 1.
fn spread(rows: &[(&[f32], bool)], width: usize) -> (Vec<f64>, Vec<f64>) {
    let count = rows.len().max(1) as f64;
    let each = |at: usize| rows.iter().map(move |(row, _)| f64::from(row[at]));
    let mean: Vec<f64> = (0..width).map(|at| each(at).sum::<f64>() / count).collect();
    let scale = |at: usize| {
        let variance = each(at).map(|x| (x - mean[at]).powi(2)).sum::<f64>() / count;
        if variance > 1e-12 {
            variance.sqrt().recip()
        } else {
            0.0
        }
    };
    let scale = (0..width).map(scale).collect();
    (mean, scale)
}

/// The largest eigenvalue of the weighted second moments, from above, by power iteration.
fn largest(rows: &[(Vec<f64>, bool)], share: &dyn Fn(bool) -> f64, width: usize) -> f64 {
    let mut direction = vec![1.0; width];
    let mut value = 0.0;
    for _ in 0..30 {
        let length = dot(&direction, &direction).sqrt().max(1e-300);
        direction.iter_mut().for_each(|x| *x /= length);
        let mut next = vec![0.0; width];
        for (row, side) in rows {
            let part = share(*side) * dot(row, &direction);
            next.iter_mut()
                .zip(row)
                .for_each(|(next, x)| *next += part * x);
        }
        value = dot(&next, &next).sqrt();
        direction = next;
    }
    1.2 * value
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use weft_train::data::Dice;

    use super::{Logistic, PENALTY, dot};

    /// Clouds around -1 and 1 along the first axis; the last one always has the same number.
    fn clouds(count: usize, stream: u64) -> Vec<(Vec<f32>, bool)> {
        let mut dice = Dice::new(7, stream);
        let cloud = |at: usize| {
            let side = at.is_multiple_of(3);
            let noise = [(); 3].map(|()| dice.unit() - 0.5);
            let centre = if side { 1.0 } else { -1.0 };
            (vec![centre + noise[0], 5.0 * noise[1], noise[2], 3.0], side)
        };
        (0..count).map(cloud).collect()
    }

    #[test]
    fn clouds_apart_are_told_apart() {
        let learnt = clouds(60, 1);
        let rows: Vec<(&[f32], bool)> = learnt
            .iter()
            .map(|(row, side)| (row.as_slice(), *side))
            .collect();
        let model = Logistic::fit(&rows);
        for (row, side) in clouds(60, 2) {
            assert_eq!(model.logit(&row) > 0.0, side);
        }
    }

    #[test]
    fn the_slope_of_the_loss_is_nothing_where_it_ends() {
        let learnt = clouds(31, 3);
        let rows: Vec<(&[f32], bool)> = learnt
            .iter()
            .map(|(row, side)| (row.as_slice(), *side))
            .collect();
        let model = Logistic::fit(&rows);
        let count = |side| rows.iter().filter(|row| row.1 == side).count() as f64;
        let mut slope: Vec<f64> = model
            .weights
            .iter()
            .map(|weight| PENALTY * weight)
            .collect();
        let mut bias = 0.0;
        for (row, side) in &rows {
            let error = 1.0 / (1.0 + (-model.logit(row)).exp()) - f64::from(u8::from(*side));
            let error = 0.5 / count(*side) * error;
            slope
                .iter_mut()
                .zip(model.scaled(row))
                .for_each(|(slope, x)| *slope += error * x);
            bias += error;
        }
        assert!(
            (dot(&slope, &slope) + bias * bias).sqrt() < 1e-4,
            "{slope:?}, {bias}"
        );
    }
}
