//! What counts as genuine: a judge of real against generated.
//!
//! A picture is known by the features of the judge network, which say what it shows and how, and by shares of flat, shaded
//! and sharp pixels, which say how its surface is made; both count as much. It is asked two questions, and gets half of
//! its grade for each:
//!
//! - **Does it lie among real pictures?** Whether it is within the manifold of real pictures that were held out, as
//!   improved precision has it (Kynkäänniemi et al. 2019). This catches what shows nothing known.
//! - **Is it told from them?** A logistic classifier of real against generated is fitted by cross-validation, for each
//!   method by itself. A picture passes if it seems at least as real as the least real tenth of real pictures do. This
//!   catches blur and flaws that all pictures of a method have in common.
//!
//! Of two subjects each is judged by its own part of the picture, enlarged, beside real pictures that were halved and
//! enlarged in the same way: no real picture of the data set shows two things.
//!
//! The real pictures were never learnt from, neither by the judge nor by the model, and none of them is the picture
//! that was asked for. Pictures of one target stay in one fold, so that none is known from its other versions. By
//! construction pictures that cannot be told from real ones get about 0.9 for the second question; what real pictures
//! get in all stands in the column `real` of every table, and what the autoencoder costs beside it.

use crate::{grade::Grade, logistic::Logistic, manifold::Manifold};

const FOLDS: usize = 5;
/// The share of real pictures that may fail to look real.
const LEAST: f64 = 0.1;

/// What a picture is known by.
#[derive(Clone, Debug)]
pub struct Look {
    /// The judge's features.
    pub features: Vec<f32>,
    /// Shares of flat, shaded and sharp pixels.
    pub texture: Vec<f32>,
}

/// A drawn picture, and the number of the target that it was drawn for.
#[derive(Clone, Copy, Debug)]
pub struct Drawn<'a> {
    /// What it is known by.
    pub look: &'a Look,
    /// Pictures of one target are kept together.
    pub target: usize,
}

/// How genuine each picture of one method looks beside real ones.
pub fn grades(real: &[Look], drawn: &[Drawn<'_>]) -> Vec<Grade> {
    let scales = [
        Scale::of(real, |look| &look.features),
        Scale::of(real, |look| &look.texture),
    ];
    let joined = |look: &Look| {
        let [features, texture] = &scales;
        [
            features.scaled(&look.features),
            texture.scaled(&look.texture),
        ]
        .concat()
    };
    let real: Vec<Vec<f32>> = real.iter().map(joined).collect();
    let drawn = drawn.iter().map(|it| (joined(it.look), it.target));
    let drawn: Vec<(Vec<f32>, usize)> = drawn.collect();
    let manifold = Manifold::of(&real);
    let untold = untold(&real, &drawn);
    let each = drawn.iter().zip(untold);
    each.map(|((look, _), untold)| match (manifold.holds(look), untold) {
        (true, true) => Grade::Mostly,
        (false, false) => Grade::No,
        _ => Grade::Partly,
    })
    .collect()
}

/// What brings a part of looks to a mean of 0 and a mean square length of 1 over real pictures.
struct Scale {
    mean: Vec<f32>,
    factor: Vec<f32>,
}

impl Scale {
    fn of(real: &[Look], part: fn(&Look) -> &Vec<f32>) -> Self {
        let width = real.first().map_or(0, |look| part(look).len());
        let count = real.len().max(1) as f32;
        let each = |at: usize| real.iter().map(move |look| part(look)[at]);
        let mean: Vec<f32> = (0..width).map(|at| each(at).sum::<f32>() / count).collect();
        let factor = |at: usize| {
            let square = each(at).map(|x| (x - mean[at]).powi(2)).sum::<f32>() / count;
            // What is the same in all real pictures still tells others, yet not without bound.
            1.0 / (square.sqrt().max(1e-3) * (width as f32).sqrt())
        };
        let factor = (0..width).map(factor).collect();
        Self { mean, factor }
    }

    fn scaled(&self, x: &[f32]) -> Vec<f32> {
        let by = self.mean.iter().zip(&self.factor);
        x.iter()
            .zip(by)
            .map(|(x, (mean, factor))| (x - mean) * factor)
            .collect()
    }
}

/// Which of the drawn pictures are not told from real ones.
fn untold(real: &[Vec<f32>], drawn: &[(Vec<f32>, usize)]) -> Vec<bool> {
    let fold = |at: usize| at % FOLDS;
    // Where all are left out together nothing was learnt of them: then the manifold alone decides.
    if drawn
        .windows(2)
        .all(|pair| fold(pair[0].1) == fold(pair[1].1))
    {
        return vec![true; drawn.len()];
    }
    let mut real_logits = vec![0.0; real.len()];
    let mut drawn_logits = vec![0.0; drawn.len()];
    for left_out in 0..FOLDS {
        let known = real
            .iter()
            .enumerate()
            .filter(|(at, _)| fold(*at) != left_out);
        let known = known.map(|(_, features)| (features.as_slice(), true));
        let made = drawn.iter().filter(|it| fold(it.1) != left_out);
        let made = made.map(|it| (it.0.as_slice(), false));
        let rows: Vec<(&[f32], bool)> = known.chain(made).collect();
        let model = Logistic::fit(&rows);
        let unseen = (0..real.len()).filter(|at| fold(*at) == left_out);
        unseen.for_each(|at| real_logits[at] = model.logit(&real[at]));
        let unseen = (0..drawn.len()).filter(|at| fold(drawn[*at].1) == left_out);
        unseen.for_each(|at| drawn_logits[at] = model.logit(&drawn[at].0));
    }
    real_logits.sort_by(f64::total_cmp);
    let least = real_logits
        .get((LEAST * real.len() as f64) as usize)
        .copied();
    let least = least.unwrap_or(f64::NEG_INFINITY);
    drawn_logits
        .into_iter()
        .map(|logit| logit >= least)
        .collect()
}

#[cfg(test)]
mod tests {
    use weft_train::data::Dice;

    use super::{Drawn, Look, grades};
    use crate::grade::Grade;

    const WIDTH: usize = 12;

    /// Features around a point on the first axis.
    fn cloud(count: usize, centre: f32, stream: u64) -> Vec<Look> {
        let mut dice = Dice::new(3, stream);
        let mut point = || {
            let sum = |dice: &mut Dice| (0..6).map(|_| dice.unit() - 0.5).sum::<f32>();
            let mut point: Vec<f32> = (0..WIDTH).map(|_| sum(&mut dice)).collect();
            point[0] += centre;
            let texture = vec![0.2 * dice.unit(), 0.5];
            Look {
                features: point,
                texture,
            }
        };
        (0..count).map(|_| point()).collect()
    }

    fn mean(real: &[Look], drawn: &[Look]) -> f64 {
        let drawn = drawn.iter().enumerate();
        let drawn: Vec<Drawn<'_>> = drawn.map(|(target, look)| Drawn { look, target }).collect();
        let grades = grades(real, &drawn);
        grades.iter().map(|grade| grade.value()).sum::<f64>() / grades.len() as f64
    }

    #[test]
    fn more_real_pictures_look_genuine() {
        let score = mean(&cloud(200, 0.0, 1), &cloud(100, 0.0, 2));
        assert!(score > 0.8, "{score}");
    }

    #[test]
    fn a_flaw_that_all_share_is_told_though_each_lies_among_real_ones() {
        let real = cloud(200, 0.0, 1);
        let score = mean(&real, &cloud(100, 1.5, 2));
        assert!((0.2..0.75).contains(&score), "{score}");
    }

    #[test]
    fn what_lies_elsewhere_is_not_genuine() {
        assert_eq!(mean(&cloud(200, 0.0, 1), &cloud(100, 30.0, 2)), 0.0);
    }

    #[test]
    fn one_picture_is_graded_by_the_manifold() {
        let real = cloud(50, 0.0, 1);
        let grade = |look: &Look| grades(&real, &[Drawn { look, target: 0 }])[0];
        assert_eq!(grade(&real[3]), Grade::Mostly);
        let elsewhere = Look {
            features: vec![40.0; WIDTH],
            ..real[3].clone()
        };
        assert_eq!(grade(&elsewhere), Grade::Partly);
    }

    #[test]
    fn another_surface_is_told_though_the_judge_sees_no_difference() {
        let real = cloud(200, 0.0, 1);
        let mut smeared = cloud(100, 0.0, 2);
        smeared.iter_mut().for_each(|look| look.texture[0] += 0.3);
        assert!(mean(&real, &smeared) < 0.5);
    }
}
