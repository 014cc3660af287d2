//! Everything that is measured of one drawn picture.

use weft_models::judge::rank;
use weft_train::data::{Contours, DataSet, edges};
use weft_value::instruction::Task;

use crate::{
    EvalError, Judge, Raster, Sample, Verdict,
    contours::edge_f1,
    grade::{Condition, Grade, consistency},
    likeness::{psnr, ssim},
    raster::Part,
    shape::{iou, mask},
};

/// The measures of a picture; none where the task does not ask for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measures {
    /// The place of the style that was asked for.
    pub(crate) style: Option<usize>,
    /// The place of each concept that was asked for.
    pub(crate) concepts: Vec<usize>,
    /// The F-measure of its edges.
    pub(crate) edges: Option<f64>,
    /// Intersection over union of its mask.
    pub(crate) mask: Option<f64>,
    /// Decibels against the true picture.
    pub(crate) psnr: Option<f64>,
    /// Structural similarity to it.
    pub(crate) ssim: Option<f64>,
    /// What of [`looked_at`] its quality is judged by: the picture, or for two subjects the part of each.
    pub(crate) parts: Vec<usize>,
}

impl Measures {
    /// How well the instruction is followed.
    pub(crate) fn consistency(&self) -> Grade {
        let style = self.style.map(|it| Condition::Style.grade(it as f64));
        let concepts = self
            .concepts
            .iter()
            .map(|it| Condition::Concept.grade(*it as f64));
        let edges = self.edges.map(|it| Condition::Edges.grade(it));
        let mask = self.mask.map(|it| Condition::Mask.grade(it));
        consistency(concepts.chain(style).chain(edges).chain(mask))
    }
}

/// Where two subjects may stand: each in a part of its own, or both anywhere.
fn layouts(side: usize) -> [Part; 5] {
    let half = side / 2;
    [
        [0, 0, side, side],
        [0, 0, side, half],
        [0, half, side, side],
        [0, 0, half, side],
        [half, 0, side, side],
    ]
}

/// Which two of [`layouts`] hold the first and the second subject.
const PAIRS: [[usize; 2]; 5] = [[0, 0], [1, 2], [2, 1], [3, 4], [4, 3]];

/// The pictures that the judge looks at: the picture, and for two subjects its parts.
pub(crate) fn looked_at(sample: &Sample, picture: &Raster) -> Vec<Raster> {
    if sample.task != Task::TwoSubjects {
        return vec![picture.clone()];
    }
    let mask = mask(picture);
    let parts = layouts(picture.side()).into_iter().skip(1);
    let parts = parts.map(|part| picture.enlarged(part, &mask));
    [picture.clone()].into_iter().chain(parts).collect()
}

/// A real picture as it would be one of two subjects: half as large, found again and enlarged.
pub(crate) fn halved(picture: &Raster) -> Raster {
    let both = picture.beside(picture);
    both.enlarged(layouts(picture.side())[1], &mask(&both))
}

/// What all pictures are measured against.
pub(crate) struct Measure<'a> {
    pub(crate) data: &'a DataSet,
    pub(crate) judge: &'a dyn Judge,
    pub(crate) unknown: &'a Unknown,
}

/// Concepts that the judge never learnt, by how their real pictures look to it.
pub(crate) struct Unknown {
    /// Keys, and the mean of the features of their pictures, of length 1.
    pub(crate) looks: Vec<(String, Vec<f32>)>,
}

impl Measure<'_> {
    /// Measures a picture by the verdicts on what [`looked_at`] gives of it, and by the truth, if there is one.
    pub(crate) fn of(
        &self,
        sample: &Sample,
        (picture, truth): (&Raster, Option<&Raster>),
        verdicts: &[Verdict],
    ) -> Result<Measures, EvalError> {
        let mut measures = Measures {
            psnr: truth.map(|truth| psnr(picture, truth)),
            ssim: truth.map(|truth| ssim(picture, truth)),
            parts: vec![0],
            ..Measures::default()
        };
        if let Some(second) = sample.second {
            (measures.concepts, measures.parts) = self.two([sample.scene.target, second], verdicts);
            return Ok(measures);
        }
        measures.style = Some(self.style(sample.scene.target, &verdicts[0])?);
        measures.concepts = vec![self.concept(sample.scene.target, &verdicts[0])];
        let side = picture.side();
        for glimpse in &sample.scene.references {
            let given = || -> Result<Vec<f32>, EvalError> {
                let given = Raster::view(self.data, glimpse.picture, glimpse.view)?;
                Ok(given.values()[..side * side]
                    .iter()
                    .map(|value| value.max(0.0))
                    .collect())
            };
            match glimpse.view {
                weft_train::stages::View::Edges(_) => {
                    let drawn = edges(&picture.rgba(), side, Contours::default());
                    let drawn = drawn.map_err(|_| EvalError::Unread)?;
                    measures.edges = Some(edge_f1(&drawn, &given()?, side));
                }
                weft_train::stages::View::Mask => {
                    measures.mask = Some(iou(&mask(picture), &given()?));
                }
                _ => {}
            }
        }
        Ok(measures)
    }

    /// The place of the style of a picture of the data set.
    pub(crate) fn style(&self, wanted: usize, verdict: &Verdict) -> Result<usize, EvalError> {
        let style = &self.data.styles()[self.data.pictures()[wanted].style].id;
        let place = self.judge.styles().iter().position(|it| it == style);
        let place = place.ok_or_else(|| EvalError::Style {
            style: style.clone(),
        })?;
        Ok(rank(&verdict.styles, place))
    }

    /// The place of the concept of a picture of the data set, among those that the judge knows; for one that it does not
    /// know, among all of these, by how their real pictures look.
    pub(crate) fn concept(&self, wanted: usize, verdict: &Verdict) -> usize {
        let key = &self.data.concepts()[self.data.pictures()[wanted].concept].key;
        if let Some(place) = self.judge.concepts().iter().position(|it| it == key) {
            return rank(&verdict.concepts, place);
        }
        let features = unit(&verdict.features);
        let alike = |(_, look): &(String, Vec<f32>)| dot(look, &features);
        let scores: Vec<f32> = self.unknown.looks.iter().map(alike).collect();
        let place = self.unknown.looks.iter().position(|(it, _)| it == key);
        place.map_or(usize::MAX, |place| rank(&scores, place))
    }

    /// The places of two concepts in the layout in which the worse one is best, and the parts of that layout.
    fn two(&self, wanted: [usize; 2], verdicts: &[Verdict]) -> (Vec<usize>, Vec<usize>) {
        let layouts = PAIRS.iter().map(|parts| {
            let places = [0, 1].map(|it| self.concept(wanted[it], &verdicts[parts[it]]));
            (places, parts)
        });
        let best = layouts.min_by_key(|(places, _)| places[0].max(places[1]));
        best.map_or_else(Default::default, |(places, parts)| {
            (places.to_vec(), parts.to_vec())
        })
    }
}

/// Of length 1, if it has any.
pub(crate) fn unit(x: &[f32]) -> Vec<f32> {
    let length = dot(x, x).sqrt().max(1e-12);
    x.iter().map(|x| x / length).collect()
}

pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
