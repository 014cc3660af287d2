//! What all stages draw from, and scenes: examples as places in the data set, before they are numbers.

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use image::RgbImage;
use weft_models::{
    autoencoder::Autoencoder,
    instruct::{self, Instruct, Pipeline, PipelineError, Request, Settings},
    text::TextEncoder,
};

use super::{Latents, View};
use crate::{
    data::{DataError, DataSet, Dice, Kin, Split},
    lessons::{Example, Examples, Shown, sheet},
};

/// Pictures, their latents, and which of them are learnt from.
pub struct Library<'a> {
    /// Pictures and words.
    pub data: &'a DataSet,
    /// The pictures as latents.
    pub latents: &'a Latents<'a>,
    /// What made the latents.
    pub autoencoder: &'a Autoencoder,
    kin: Kin<'a>,
    held: Vec<usize>,
}

impl<'a> Library<'a> {
    /// All of `data`.
    pub fn new(data: &'a DataSet, latents: &'a Latents<'a>, autoencoder: &'a Autoencoder) -> Self {
        let mut held = data.for_split(Split::HeldCell);
        Dice::new(0, 1).shuffle(&mut held);
        Self {
            data,
            latents,
            autoencoder,
            kin: Kin::new(data),
            held,
        }
    }

    /// Pictures that are learnt from.
    pub fn learnt(&self) -> &[usize] {
        self.kin.learnt()
    }

    /// Pictures of known concepts and known styles that are not learnt from, in an order of chance.
    pub fn held(&self) -> &[usize] {
        &self.held
    }

    /// Learnt pictures of other concepts in the style of a picture.
    pub fn alike(&self, picture: usize, dice: &mut Dice) -> Option<usize> {
        let of_style = self.kin.of_style(picture);
        // Of many hundred pictures few are of the same concept: a second look is enough.
        (0..8)
            .filter_map(|_| dice.choice(of_style).copied())
            .find(|&found| self.kin.differ(found, picture))
    }

    /// Learnt pictures of the concept of a picture in other styles, in an order of chance.
    pub fn elsewhere(&self, picture: usize, dice: &mut Dice) -> Vec<usize> {
        let mut others = self.kin.elsewhere(picture, Split::Train);
        dice.shuffle(&mut others);
        others
    }
}

/// What to draw and what is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// The picture that it should become.
    pub target: usize,
    /// The instruction.
    pub text: String,
    /// The pictures that its markers name.
    pub references: Vec<Glimpse>,
}

impl Scene {
    /// What to ask a pipeline for.
    ///
    /// # Errors
    /// A picture that cannot be read.
    pub fn request(
        &self,
        data: &DataSet,
        seed: u64,
        device: &Device,
    ) -> Result<Request, DataError> {
        let shown = |glimpse: &Glimpse| {
            Ok(instruct::Shown {
                marker: glimpse.marker,
                text: glimpse.text.clone(),
                picture: glimpse.view.tensor(data, glimpse.picture, device)?,
            })
        };
        let references = self.references.iter().map(shown);
        Ok(Request {
            text: self.text.clone(),
            negative: String::new(),
            references: references.collect::<Result<_, DataError>>()?,
            seed,
        })
    }
}

/// One reference of a scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glimpse {
    /// The number of its marker.
    pub marker: u8,
    /// Its short text, marker included if the stage has markers.
    pub text: String,
    /// Which picture.
    pub picture: usize,
    /// What is seen of it.
    pub view: View,
}

/// What a stage asks for.
pub trait Scenes {
    /// A scene whose target is that picture, or another that suits what is asked for.
    fn scene(&self, library: &Library<'_>, target: usize, dice: &mut Dice) -> Scene;
}

/// A stage's scenes as examples to learn from.
pub struct Stage<'a, S> {
    /// Where pictures come from.
    pub library: &'a Library<'a>,
    /// What is asked for.
    pub scenes: S,
    /// Where randomness starts.
    pub seed: u64,
    /// Scenes on a sheet.
    pub shown: usize,
}

/// Scenes that are drawn in one go, beside each other on the sheet.
const TOGETHER: usize = 12;

impl<S: Scenes> Stage<'_, S> {
    /// The scene of a step and a place in its batch.
    pub fn scene(&self, step: u64, place: usize) -> Scene {
        // No batch is larger than the room that each step has for places.
        let mut dice = Dice::new(self.seed, step << 16 | place as u64);
        let learnt = self.library.learnt();
        let target = learnt[dice.below(learnt.len())];
        self.scenes.scene(self.library, target, &mut dice)
    }

    fn grey(&self) -> Vec<f32> {
        vec![0.0; self.shape().into_iter().product()]
    }

    /// Columns of references, what is drawn, and the truth; none if one of them cannot be drawn.
    fn rows(&self, scenes: &[Scene], pipeline: Pipeline<'_>) -> Option<Vec<Tensor<4>>> {
        let device = pipeline.net.devices()[0].clone();
        let data = self.library.data;
        let requests = scenes
            .iter()
            .map(|scene| scene.request(data, scene.target as u64, &device));
        let requests: Vec<Request> = requests.collect::<Result<_, _>>().ok()?;
        let settings = Settings {
            steps: 20,
            side: data.side(),
            ..Settings::default()
        };
        let drawn = pipeline.draw::<PipelineError>(&requests, &settings, |_| Ok(()));
        let most = requests.iter().map(|it| it.references.len()).max();
        let blank = Tensor::ones([1, 3, settings.side, settings.side], &device);
        let mut rows: Vec<Tensor<4>> = (0..most.unwrap_or(0))
            .map(|place| {
                let shown = requests.iter().map(|it| it.references.get(place));
                let shown = shown.map(|it| it.map_or(blank.clone(), |it| it.picture.clone()));
                Tensor::cat(shown.collect(), 0)
            })
            .collect();
        rows.push(drawn.ok()?);
        let truth = |scene: &Scene| View::Picture.tensor(data, scene.target, &device);
        let truths = scenes.iter().map(truth).collect::<Result<_, _>>();
        rows.push(Tensor::cat(truths.ok()?, 0));
        Some(rows)
    }
}

impl<S: Scenes> Examples for Stage<'_, S> {
    fn shape(&self) -> [usize; 3] {
        self.library.latents.shape()
    }

    fn example(&self, step: u64, place: usize) -> Example {
        let scene = self.scene(step, place);
        let latents = |picture, view| self.library.latents.of(picture, view);
        let shown = |glimpse: Glimpse| Shown {
            marker: glimpse.marker,
            text: glimpse.text,
            // A picture of a data set that was read whole can be unpacked; else it is one of mean values.
            latents: latents(glimpse.picture, glimpse.view).unwrap_or_else(|_| self.grey()),
        };
        Example {
            latents: latents(scene.target, View::Picture).unwrap_or_else(|_| self.grey()),
            text: scene.text,
            references: scene.references.into_iter().map(shown).collect(),
        }
    }

    /// Scenes of held pictures: from above the references, what is drawn, and the truth; then the next ones.
    fn sheet(&self, net: &Instruct, encoder: &TextEncoder) -> RgbImage {
        let pipeline = Pipeline {
            encoder,
            net,
            autoencoder: self.library.autoencoder,
        };
        let held = self.library.held().iter().take(self.shown);
        let scenes: Vec<Scene> = held
            .enumerate()
            .map(|(place, &target)| {
                let mut dice = Dice::new(u64::MAX, place as u64);
                self.scenes.scene(self.library, target, &mut dice)
            })
            .collect();
        let rows = scenes.chunks(TOGETHER).flat_map(|scenes| {
            // What cannot be drawn is left out of the sheet; it costs no training run.
            self.rows(scenes, pipeline).unwrap_or_default()
        });
        sheet(&rows.collect::<Vec<_>>(), TOGETHER.min(scenes.len()))
    }
}
