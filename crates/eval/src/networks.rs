//! The networks of an evaluation, from files or as they are shipped.

use std::{
    fs,
    path::{Path, PathBuf},
};

use burn::tensor::Device;
use weft_diffusion::Guidance;
use weft_models::{
    Network, WeightsError,
    autoencoder::Autoencoder,
    instruct::{Instruct, Settings},
    judge,
    text::TextEncoder,
};
use weft_tensor::Precision;
use weft_train::data::DataSet;
use weft_value::instruction::Task;

use crate::{EvalError, Setup};

/// Files of weights; what is shipped where there is none.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// The U-Net.
    pub model: Option<PathBuf>,
    /// Another U-Net to compare it with.
    pub against: Option<PathBuf>,
    /// The autoencoder of both.
    pub autoencoder: Option<PathBuf>,
    /// The judge.
    pub judge: Option<PathBuf>,
}

/// All networks that an evaluation takes.
#[derive(Debug)]
pub struct Networks {
    encoder: TextEncoder,
    net: Instruct,
    against: Option<Instruct>,
    autoencoder: Autoencoder,
    judge: judge::Judge,
}

/// What is asked of them.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The tasks.
    pub tasks: Vec<Task>,
    /// Pictures a task, and a quarter as many of concepts that nothing was learnt of.
    pub samples: usize,
    /// Steps of the sampler, 1..=1000.
    pub steps: usize,
    /// Guidance by text and by context.
    pub guidance: [f64; 2],
}

impl Default for Ask {
    /// Every task, eight pictures a style, which is all that the shipped part can ask for, drawn as a graph draws by default.
    fn default() -> Self {
        let settings = Settings::default();
        Self {
            tasks: Task::ALL.to_vec(),
            samples: 72,
            steps: settings.steps,
            guidance: [settings.guidance.text, settings.guidance.context],
        }
    }
}

impl Networks {
    /// Reads them onto a device.
    ///
    /// # Errors
    /// A file that cannot be read, or is that of another network.
    pub fn read(files: &Files, device: &Device) -> Result<Self, EvalError> {
        let against = files.against.as_deref();
        Ok(Self {
            encoder: TextEncoder::shipped(device)?,
            net: read(files.model.as_deref(), weft_shipped::INSTRUCT, device)?,
            against: against.map(|path| of_file(path, device)).transpose()?,
            autoencoder: read(
                files.autoencoder.as_deref(),
                weft_shipped::AUTOENCODER,
                device,
            )?,
            judge: read(files.judge.as_deref(), weft_shipped::JUDGE, device)?,
        })
    }

    /// An evaluation by them on a data set.
    pub fn setup<'a>(&'a self, data: &'a DataSet, ask: &Ask) -> Setup<'a> {
        let [text, context] = ask.guidance;
        Setup {
            data,
            encoder: &self.encoder,
            autoencoder: &self.autoencoder,
            net: &self.net,
            against: self.against.as_ref(),
            judge: &self.judge,
            tasks: ask.tasks.clone(),
            samples: ask.samples,
            settings: Settings {
                steps: ask.steps,
                guidance: Guidance {
                    text,
                    context,
                    ..Guidance::default()
                },
                side: data.side(),
                ..Settings::default()
            },
        }
    }
}

/// The network of a file, or the one that is shipped.
fn read<N: Network>(path: Option<&Path>, shipped: &[u8], device: &Device) -> Result<N, EvalError> {
    let Some(path) = path else {
        return parsed(shipped, Path::new("the shipped weights"), device);
    };
    of_file(path, device)
}

fn of_file<N: Network>(path: &Path, device: &Device) -> Result<N, EvalError> {
    let bytes = fs::read(path).map_err(|why| EvalError::File {
        why,
        path: path.to_owned(),
    })?;
    parsed(&bytes, path, device)
}

fn parsed<N: Network>(bytes: &[u8], path: &Path, device: &Device) -> Result<N, EvalError> {
    N::read(bytes, device, Precision::Bf16).map_err(|why: WeightsError| EvalError::Weights {
        network: N::NAME,
        why,
        path: path.to_owned(),
    })
}
