//! The nearest picture: what looking it up would give.

use burn::tensor::Device;
use weft_models::text::TextEncoder;
use weft_train::{
    data::{DataSet, Dice, Split, caption},
    stages::View,
};

use crate::{
    EvalError, Judge, Raster, Sample,
    judge::{rows, verdicts},
    measures::{dot, unit},
};

/// Pictures that were learnt from, by their captions and by how they look to the judge.
pub(crate) struct Nearest<'a> {
    data: &'a DataSet,
    judge: &'a dyn Judge,
    encoder: &'a TextEncoder,
    device: &'a Device,
    pictures: Vec<usize>,
    words: Vec<Vec<f32>>,
    looks: Vec<Vec<f32>>,
    /// The mean of the features, which is taken off before they are compared.
    mean: Vec<f32>,
    /// Edges and masks on a coarse grid.
    plans: [Vec<Vec<f32>>; 2],
}

/// Cells along a side of the grid on which edges and masks are compared.
const GRID: usize = 16;
/// Tokens of a caption.
const TOKENS: usize = 32;
/// Captions and pictures that are read in one go.
const TOGETHER: usize = 64;

impl<'a> Nearest<'a> {
    /// All pictures of `data` that are learnt from; `told` hears of pictures done and of all.
    pub(crate) fn new(
        data: &'a DataSet,
        (judge, encoder, device): (&'a dyn Judge, &'a TextEncoder, &'a Device),
        told: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, EvalError> {
        let pictures = data.for_split(Split::Train);
        let mut nearest = Self {
            data,
            judge,
            encoder,
            device,
            words: Vec::new(),
            looks: Vec::new(),
            mean: Vec::new(),
            plans: [Vec::new(), Vec::new()],
            pictures: Vec::new(),
        };
        for some in pictures.chunks(TOGETHER) {
            nearest.read(some)?;
            told(nearest.looks.len(), pictures.len());
        }
        nearest.mean = mean(&nearest.looks);
        for look in &mut nearest.looks {
            *look = centred(look, &nearest.mean);
        }
        nearest.pictures = pictures;
        Ok(nearest)
    }

    fn read(&mut self, pictures: &[usize]) -> Result<(), EvalError> {
        let captions: Vec<String> = pictures.iter().map(|&it| self.caption(it)).collect();
        let captions: Vec<&str> = captions.iter().map(String::as_str).collect();
        self.words
            .extend(rows(self.encoder.encode(&captions, TOKENS)?.sentences)?);
        let see = |view: View| -> Result<Vec<Raster>, EvalError> {
            let see = |&it: &usize| Ok(Raster::view(self.data, it, view)?);
            pictures.iter().map(see).collect()
        };
        let seen = verdicts(self.judge, &see(View::Picture)?, self.device, &mut |_| {})?;
        self.looks
            .extend(seen.into_iter().map(|verdict| verdict.features));
        let plans = [View::Edges(0), View::Mask].map(see);
        for (known, plans) in self.plans.iter_mut().zip(plans) {
            known.extend(plans?.iter().map(plan));
        }
        Ok(())
    }

    /// A caption of a picture with its style, always the same one.
    fn caption(&self, picture: usize) -> String {
        let it = &self.data.pictures()[picture];
        let style = &self.data.styles()[it.style];
        let mut dice = Dice::new(0, picture as u64);
        caption(&self.data.concepts()[it.concept], Some(style), &mut dice)
    }

    /// The picture that is most like what is asked for: by the caption, if there is one, and by every reference, with
    /// the same weight. The references themselves are among those that can be found.
    pub(crate) fn find(&self, sample: &Sample) -> Result<usize, EvalError> {
        let mut scores = vec![0.0; self.pictures.len()];
        let mut add = |known: &[Vec<f32>], wanted: &[f32]| {
            let alike = known.iter().map(|known| dot(known, wanted));
            scores
                .iter_mut()
                .zip(alike)
                .for_each(|(score, alike)| *score += alike);
        };
        if !sample.caption.is_empty() {
            let words = rows(self.encoder.encode(&[&sample.caption], TOKENS)?.sentences)?;
            add(&self.words, &words[0]);
        }
        for glimpse in &sample.scene.references {
            let shown = Raster::view(self.data, glimpse.picture, glimpse.view)?;
            match glimpse.view {
                View::Picture => {
                    let seen = verdicts(self.judge, &[shown], self.device, &mut |_| {})?;
                    add(&self.looks, &centred(&seen[0].features, &self.mean));
                }
                View::Mask => add(&self.plans[1], &plan(&shown)),
                _ => add(&self.plans[0], &plan(&shown)),
            }
        }
        // Of equals the first.
        let best = (0..scores.len())
            .rev()
            .max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
        best.map(|best| self.pictures[best])
            .ok_or(EvalError::Nothing)
    }
}

fn mean(rows: &[Vec<f32>]) -> Vec<f32> {
    let mut mean = vec![0.0; rows.first().map_or(0, Vec::len)];
    for row in rows {
        mean.iter_mut()
            .zip(row)
            .for_each(|(mean, x)| *mean += x / rows.len() as f32);
    }
    mean
}

fn centred(x: &[f32], mean: &[f32]) -> Vec<f32> {
    unit(
        &x.iter()
            .zip(mean)
            .map(|(x, mean)| x - mean)
            .collect::<Vec<_>>(),
    )
}

/// White on black on a coarse grid, of length 1.
fn plan(picture: &Raster) -> Vec<f32> {
    let side = picture.side();
    let mut cells = vec![0.0; GRID * GRID];
    for (place, value) in picture.values()[..side * side].iter().enumerate() {
        let [row, column] = [place / side, place % side].map(|at| at * GRID / side);
        cells[row * GRID + column] += (value + 1.0) / 2.0;
    }
    unit(&cells)
}
