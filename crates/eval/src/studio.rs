//! Where the pictures of each method are made.

use burn::tensor::Device;
use weft_diffusion::Guidance;
use weft_models::instruct::{Instruct, Pipeline, PipelineError, Request, Settings};
use weft_train::stages::View;

use crate::{
    EvalError, Raster, Sample, Setup,
    baselines::Nearest,
    evaluation::{Column, Drawn, Group, Told},
    samples::name,
};

/// Requests that are drawn in one go.
const TOGETHER: usize = 12;
/// Where the noise of the first target starts.
const SEED: u64 = 1_000;

/// What pictures are made of and on.
pub(crate) struct Studio<'a> {
    pub(crate) setup: &'a Setup<'a>,
    pub(crate) device: &'a Device,
}

impl Studio<'_> {
    /// The pictures that should be drawn; two subjects stand side by side.
    pub(crate) fn truths(&self, groups: &[Group]) -> Result<Vec<Vec<Raster>>, EvalError> {
        let see = |picture| Raster::view(self.setup.data, picture, View::Picture);
        let truth = |sample: &Sample| -> Result<Raster, EvalError> {
            let truth = see(sample.scene.target)?;
            Ok(match sample.second {
                Some(second) => truth.beside(&see(second)?),
                None => truth,
            })
        };
        let of = |group: &Group| group.samples.iter().map(truth).collect();
        groups.iter().map(of).collect()
    }

    /// The pictures of every method, in the order of a table.
    pub(crate) fn columns(
        &self,
        groups: &[Group],
        truths: &[Vec<Raster>],
        told: &mut Told<'_>,
    ) -> Result<Vec<Drawn>, EvalError> {
        let setup = self.setup;
        let mut columns = vec![
            (Column::Nearest, self.nearest(groups, told)?),
            (Column::NoInstruction, self.untold(groups, told)?),
            (Column::Autoencoder, self.round_trips(truths, told)?),
            (Column::Real, truths.to_vec()),
        ];
        if let Some(against) = setup.against {
            columns.push((Column::Against, self.drawn(against, groups, told)?));
        }
        columns.push((Column::Model, self.drawn(setup.net, groups, told)?));
        let drawn = |(column, groups)| Drawn { column, groups };
        Ok(columns.into_iter().map(drawn).collect())
    }

    fn nearest(
        &self,
        groups: &[Group],
        told: &mut Told<'_>,
    ) -> Result<Vec<Vec<Raster>>, EvalError> {
        let setup = self.setup;
        let by = (setup.judge, setup.encoder, self.device);
        let known = Nearest::new(setup.data, by, &mut |done, all| {
            told("reading pictures", done, all)
        })?;
        let find = |sample: &Sample| -> Result<Raster, EvalError> {
            Ok(Raster::view(
                setup.data,
                known.find(sample)?,
                View::Picture,
            )?)
        };
        let of = |group: &Group| group.samples.iter().map(find).collect();
        groups.iter().map(of).collect()
    }

    /// The same noise as with the instruction, guided by nothing: one picture a target, whatever the task.
    fn untold(&self, groups: &[Group], told: &mut Told<'_>) -> Result<Vec<Vec<Raster>>, EvalError> {
        let all = groups.iter().flat_map(|group| &group.samples);
        let count = all.map(|sample| sample.target + 1).max().unwrap_or(0);
        let request = |target: usize| Request {
            text: String::new(),
            negative: String::new(),
            references: Vec::new(),
            seed: SEED + target as u64,
        };
        let requests: Vec<Request> = (0..count).map(request).collect();
        let settings = Settings {
            guidance: Guidance {
                text: 0.0,
                context: 0.0,
                ..self.setup.settings.guidance
            },
            ..self.setup.settings
        };
        let drawn = self.draw(self.setup.net, &requests, &settings, &mut |done| {
            told("drawing without instructions", done, count);
        })?;
        let of = |group: &Group| {
            group
                .samples
                .iter()
                .map(|it| drawn[it.target].clone())
                .collect()
        };
        Ok(groups.iter().map(of).collect())
    }

    fn round_trips(
        &self,
        truths: &[Vec<Raster>],
        told: &mut Told<'_>,
    ) -> Result<Vec<Vec<Raster>>, EvalError> {
        let autoencoder = self.setup.autoencoder;
        let all = truths.iter().map(Vec::len).sum();
        let mut done = 0;
        let mut round_trip = |truths: &Vec<Raster>| -> Result<Vec<Raster>, EvalError> {
            let mut back = Vec::with_capacity(truths.len());
            for truths in truths.chunks(TOGETHER) {
                let latents = autoencoder.latents(Raster::batch(truths, self.device));
                back.extend(Raster::each(autoencoder.picture(latents))?);
                done += truths.len();
                told("through the autoencoder", done, all);
            }
            Ok(back)
        };
        truths.iter().map(&mut round_trip).collect()
    }

    fn drawn(
        &self,
        net: &Instruct,
        groups: &[Group],
        told: &mut Told<'_>,
    ) -> Result<Vec<Vec<Raster>>, EvalError> {
        let all = groups.iter().map(|group| group.samples.len()).sum();
        let (mut drawn, mut before) = (Vec::with_capacity(groups.len()), 0);
        for group in groups {
            let requests = group.samples.iter().map(|sample| self.request(sample));
            let requests = requests.collect::<Result<Vec<Request>, EvalError>>()?;
            let what = format!("drawing, {}", name(group.task));
            let settings = &self.setup.settings;
            drawn.push(self.draw(net, &requests, settings, &mut |done| {
                told(&what, before + done, all);
            })?);
            before += requests.len();
        }
        Ok(drawn)
    }

    fn request(&self, sample: &Sample) -> Result<Request, EvalError> {
        let seed = SEED + sample.target as u64;
        Ok(sample.scene.request(self.setup.data, seed, self.device)?)
    }

    fn draw(
        &self,
        net: &Instruct,
        requests: &[Request],
        settings: &Settings,
        told: &mut dyn FnMut(usize),
    ) -> Result<Vec<Raster>, EvalError> {
        let pipeline = Pipeline {
            encoder: self.setup.encoder,
            net,
            autoencoder: self.setup.autoencoder,
        };
        let mut drawn = Vec::with_capacity(requests.len());
        for requests in requests.chunks(TOGETHER) {
            let pictures = pipeline.draw::<PipelineError>(requests, settings, |_| Ok(()))?;
            drawn.extend(Raster::each(pictures)?);
            told(drawn.len());
        }
        Ok(drawn)
    }
}
