//! Stage 1: a picture from its caption and three of its neighbours, with theirs.

use burn::tensor::{Device, Tensor, TensorData};
use weft_models::text::{LENGTH, TextEncoder, TextError};
use weft_tensor::{Precision, linear};

use super::{Library, Scene, Scenes, View, captioned::words, library::Glimpse};
use crate::data::{DataSet, Dice};

/// Pictures with their nearest neighbours (arXiv 2401.01952, section 3.2).
#[derive(Clone, Debug)]
pub struct Clusters {
    /// Of each picture of the data set, up to four others.
    neighbours: Vec<Vec<usize>>,
}

/// Pictures of a cluster beside its first.
const OTHERS: usize = 4;
/// Those that are shown as context.
const SHOWN: usize = 3;
/// Two pictures more alike than this are one picture twice.
const TWICE: f32 = 0.97;
/// Nearest pictures among which a cluster is looked for.
const CANDIDATES: usize = 24;
/// Sides of the grid on which latents are compared.
const GRID: usize = 4;

impl Clusters {
    /// Finds the neighbours of every picture among those that are learnt from.
    ///
    /// # Errors
    /// The encoder refuses a text.
    pub fn of(library: &Library<'_>, encoder: &TextEncoder) -> Result<Self, TextError> {
        let [looks, names] = descriptors(library, encoder)?;
        let learnt = library.learnt();
        Ok(Self {
            neighbours: neighbours(&looks, &names, learnt, |a, b| {
                same_source(library.data, a, b)
            }),
        })
    }

    /// The others of the cluster of a picture.
    pub fn others(&self, picture: usize) -> &[usize] {
        &self.neighbours[picture]
    }
}

impl Scenes for Clusters {
    fn scene(&self, library: &Library<'_>, target: usize, dice: &mut Dice) -> Scene {
        let mut others = self.neighbours[target].clone();
        dice.shuffle(&mut others);
        others.truncate(SHOWN);
        let mut references = Vec::with_capacity(SHOWN);
        for (place, picture) in others.into_iter().enumerate() {
            // One caption for each picture, so that it needs to be read but once.
            let text = words(library, picture, 0.0, &mut Dice::new(0, picture as u64));
            references.push(Glimpse {
                marker: place as u8 + 1,
                text,
                picture,
                view: View::Picture,
            });
        }
        Scene {
            target,
            text: words(library, target, 0.12, dice),
            references,
        }
    }
}

/// Unit vectors of each picture: how it looks, and what it is called.
fn descriptors(library: &Library<'_>, encoder: &TextEncoder) -> Result<[Tensor<2>; 2], TextError> {
    let device = Device::flex();
    let pictures = library.data.pictures();
    let [channels, height, width] = library.latents.shape();
    let mut looks = Vec::with_capacity(pictures.len() * channels * GRID * GRID);
    for picture in 0..pictures.len() {
        let latents = library.latents.of(picture, View::Picture);
        let latents = latents.unwrap_or_else(|_| vec![0.0; channels * height * width]);
        looks.extend(pooled(&latents, [channels, height, width]));
    }
    let looks = TensorData::new(looks, [pictures.len(), channels * GRID * GRID]);
    let concepts = library.data.concepts().iter();
    let labels: Vec<String> = concepts
        .map(|concept| format!("{}, {}", concept.label, concept.tags.join(", ")))
        .collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let of_concepts = encoder.encode(&labels, LENGTH)?.sentences;
    let rows: Vec<i32> = pictures.iter().map(|it| it.concept as i32).collect();
    let rows = Tensor::from_data(rows.as_slice(), &device);
    Ok([
        unit(Tensor::from_data(looks, &device)),
        unit(of_concepts.select(0, rows)),
    ])
}

/// Means of latents over the cells of a grid.
fn pooled(latents: &[f32], [channels, height, width]: [usize; 3]) -> Vec<f32> {
    let mut cells = vec![0.0; channels * GRID * GRID];
    for (place, value) in latents.iter().enumerate() {
        let (channel, y, x) = (
            place / (height * width),
            place / width % height,
            place % width,
        );
        cells[(channel * GRID + y * GRID / height) * GRID + x * GRID / width] += value;
    }
    cells
}

fn unit(x: Tensor<2>) -> Tensor<2> {
    let length = x.clone().powi_scalar(2).sum_dim(1).sqrt();
    x / length.clamp_min(1e-12)
}

/// The same concept by the same hand: in the paper, pictures of one address.
fn same_source(data: &DataSet, a: usize, b: usize) -> bool {
    let [a, b] = [a, b].map(|picture| &data.pictures()[picture]);
    let [own, other] = [a, b].map(|picture| &data.styles()[picture.style].credit);
    a.concept == b.concept && own == other
}

/// Up to four nearest of `among` for each row, by the mean of both likenesses, leaving out itself, those that look
/// the same, and those of which `same` is true. Equally near ones come in their order.
///
/// # Shapes
/// looks: `[pictures, a]` and names: `[pictures, b]`, rows of length 1; result: one list a picture
pub fn neighbours(
    looks: &Tensor<2>,
    names: &Tensor<2>,
    among: &[usize],
    same: impl Fn(usize, usize) -> bool,
) -> Vec<Vec<usize>> {
    let device = looks.device();
    let rows: Vec<i32> = among.iter().map(|&row| row as i32).collect();
    let rows = Tensor::<1, burn::tensor::Int>::from_data(rows.as_slice(), &device);
    let candidates = [looks, names].map(|x| x.clone().select(0, rows.clone()).transpose());
    let mut found = Vec::with_capacity(looks.dims()[0]);
    for start in (0..looks.dims()[0]).step_by(256) {
        let count = 256.min(looks.dims()[0] - start);
        let likeness = [looks, names]
            .into_iter()
            .zip(&candidates)
            .map(|(x, other)| {
                let some = x.clone().narrow(0, start, count);
                let product = linear(some, other.clone(), None, Precision::F32);
                product
                    .into_data()
                    .try_into_vec::<f32>()
                    .unwrap_or_default()
            });
        let likeness: Vec<Vec<f32>> = likeness.collect();
        for row in 0..count {
            let part = row * among.len()..(row + 1) * among.len();
            let [look, name] = [0, 1].map(|which: usize| &likeness[which][part.clone()]);
            found.push(nearest([look, name], among, start + row, &same));
        }
    }
    found
}

fn nearest(
    [look, name]: [&[f32]; 2],
    among: &[usize],
    own: usize,
    same: impl Fn(usize, usize) -> bool,
) -> Vec<usize> {
    let mut order: Vec<usize> = (0..among.len()).collect();
    let near = |&place: &usize| look[place] + name[place];
    let by_nearness = |a: &usize, b: &usize| near(b).total_cmp(&near(a)).then(a.cmp(b));
    let most = CANDIDATES.min(order.len());
    if most < order.len() {
        order.select_nth_unstable_by(most, by_nearness);
        order.truncate(most);
    }
    order.sort_unstable_by(by_nearness);
    let kept = order
        .into_iter()
        .filter(|&place| among[place] != own && look[place] < TWICE && !same(own, among[place]));
    kept.map(|place| among[place]).take(OTHERS).collect()
}
