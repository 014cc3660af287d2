//! Training: one loop for every network, which can be stopped at any moment and taken up again.

mod checkpoint;
mod curve;
mod optimizer;
mod pace;

#[cfg(test)]
mod tests;

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use burn::{module::Module, optim::GradientsParams, tensor::Tensor};
use image::RgbImage;
use thiserror::Error;

pub use checkpoint::Checkpoint;
pub use curve::{curve, write_png};
pub use optimizer::{Optimizer, Rule};
pub use pace::Pace;

/// What a network learns, and how it is shown.
pub trait Lesson {
    /// The network.
    type Net: Module;

    /// The loss of one step, and further numbers worth a column in the log.
    ///
    /// Everything random follows from `step`, so that a run taken up again goes on as if never stopped.
    fn loss(&mut self, net: &Self::Net, step: u64) -> Tensor<1>;

    /// A picture that shows what the network can do now.
    fn sample(&mut self, net: &Self::Net) -> RgbImage;

    /// The network as JSON: enough to build it again, kept in each checkpoint.
    fn config(&self) -> String;
}

/// Who hears of a training run, and may stop it.
pub trait Audience {
    /// Something is made ready before the first step: so many of so many are done.
    fn prepares(&mut self, _what: &str, _done: usize, _all: usize) {}

    /// A step is done.
    fn step(&mut self, _news: &News) {}

    /// A checkpoint, a curve or a sheet was written.
    fn wrote(&mut self, _path: &Path) {}

    /// Whether to stop after this step, with a checkpoint.
    fn stops(&self) -> bool {
        false
    }
}

/// Nobody.
impl Audience for () {}

/// How a run stands.
#[derive(Clone, Debug)]
pub struct News {
    /// Steps done.
    pub step: u64,
    /// Steps in all.
    pub steps: u64,
    /// Loss of this step, averaged over about the last hundred.
    pub loss: f64,
    /// Norm of the gradient before it was clipped.
    pub norm: f64,
    /// Learning rate of this step.
    pub rate: f64,
    /// Seconds a step takes.
    pub seconds: f64,
    /// Time until the last step.
    pub left: Duration,
}

/// Why training stopped.
#[derive(Debug, Error)]
pub enum TrainError {
    /// A file.
    #[error("{what}: {why}: {}", path.display())]
    File {
        /// What was done with it.
        what: &'static str,
        /// What the system said.
        why: String,
        /// Which.
        path: PathBuf,
    },
    /// A file that is written whole.
    #[error(transparent)]
    Write(#[from] weft_store::WriteError),
    /// The loss is no number any more.
    #[error(
        "the loss is {loss} at step {step}; lower the rate and take it up from the last checkpoint"
    )]
    Diverged {
        /// Where.
        step: u64,
        /// What it was.
        loss: f64,
    },
    /// The checkpoint is of another network or another recipe.
    #[error("the checkpoint does not fit: {why}; name another folder or remove this one: {}", path.display())]
    Foreign {
        /// How it differs.
        why: String,
        /// Which.
        path: PathBuf,
    },
}

impl TrainError {
    pub(crate) fn file(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |why| Self::File {
            what,
            why: why.to_string(),
            path: path.to_owned(),
        }
    }
}

/// Trains `net` until the last step of `pace`, or until the audience has had enough.
///
/// `folder` receives `checkpoint.safetensors` (every few minutes and at the end), `loss.csv`, `loss.png` and sheets
/// of samples. If it holds a checkpoint already, the run goes on from there.
///
/// # Errors
/// Files that cannot be read or written, a foreign checkpoint, a loss that is no number.
pub fn train<L: Lesson>(
    lesson: &mut L,
    net: L::Net,
    pace: &Pace,
    folder: &Path,
    audience: &mut dyn Audience,
) -> Result<L::Net, TrainError> {
    fs::create_dir_all(folder).map_err(TrainError::file("cannot make the folder", folder))?;
    let mut run = Run::open(lesson, net, pace, folder)?;
    while run.step < pace.steps && !audience.stops() {
        run.advance(lesson, audience)?;
    }
    run.keep(lesson, audience)?;
    Ok(run.optimizer.averaged(run.net))
}

/// A run in progress.
struct Run<'a, N> {
    net: N,
    optimizer: Optimizer,
    step: u64,
    pace: &'a Pace,
    folder: &'a Path,
    log: curve::Log,
    saved: Instant,
    smooth: Option<f64>,
    seconds: Option<f64>,
}

impl<'a, N: Module> Run<'a, N> {
    fn open<L: Lesson<Net = N>>(
        lesson: &L,
        net: N,
        pace: &'a Pace,
        folder: &'a Path,
    ) -> Result<Self, TrainError> {
        let path = folder.join("checkpoint.safetensors");
        let net = net.train();
        let mut optimizer = Optimizer::new(&net, pace.rule());
        let (net, step) = if path.exists() {
            let checkpoint = Checkpoint::read(&path)?;
            checkpoint.restore(net, &mut optimizer, &lesson.config())?
        } else {
            (net, 0)
        };
        Ok(Self {
            net,
            optimizer,
            step,
            pace,
            folder,
            log: curve::Log::open(&folder.join("loss.csv"), step)?,
            saved: Instant::now(),
            smooth: None,
            seconds: None,
        })
    }

    fn advance<L: Lesson<Net = N>>(
        &mut self,
        lesson: &mut L,
        audience: &mut dyn Audience,
    ) -> Result<(), TrainError> {
        let began = Instant::now();
        let loss = lesson.loss(&self.net, self.step);
        let gradients = GradientsParams::from_grads(loss.backward(), &self.net);
        let loss = f64::from(loss.into_scalar::<f32>());
        if !loss.is_finite() {
            return Err(TrainError::Diverged {
                step: self.step,
                loss,
            });
        }
        let rate = self.pace.rate_at(self.step);
        let norm = self.optimizer.step(&mut self.net, gradients, rate);
        self.step += 1;
        let news = self.news(loss, norm, rate, began.elapsed().as_secs_f64());
        self.log.push(&news, loss);
        audience.step(&news);
        if self.step.is_multiple_of(self.pace.sample_every) {
            self.show(lesson, audience)?;
        }
        if self.saved.elapsed() > self.pace.save_every() {
            self.keep(lesson, audience)?;
        }
        Ok(())
    }

    fn news(&mut self, loss: f64, norm: f64, rate: f64, took: f64) -> News {
        let follow = |before: Option<f64>, now: f64| before.map_or(now, |b| b + (now - b) * 0.02);
        self.smooth = Some(follow(self.smooth, loss));
        self.seconds = Some(follow(self.seconds, took));
        let seconds = self.seconds.unwrap_or(took);
        News {
            step: self.step,
            steps: self.pace.steps,
            loss: self.smooth.unwrap_or(loss),
            norm,
            rate,
            seconds,
            left: Duration::from_secs_f64(seconds * (self.pace.steps - self.step) as f64),
        }
    }

    /// Writes a sheet of samples of the averaged network, and the curve.
    fn show<L: Lesson<Net = N>>(
        &mut self,
        lesson: &mut L,
        audience: &mut dyn Audience,
    ) -> Result<(), TrainError> {
        let sheet = lesson.sample(&self.optimizer.averaged(self.net.clone()));
        let path = self.folder.join(format!("samples-{:06}.png", self.step));
        write_png(&sheet, &path)?;
        audience.wrote(&path);
        let path = self.folder.join("loss.png");
        write_png(&curve(&self.log.rows()?), &path)?;
        audience.wrote(&path);
        Ok(())
    }

    fn keep<L: Lesson<Net = N>>(
        &mut self,
        lesson: &L,
        audience: &mut dyn Audience,
    ) -> Result<(), TrainError> {
        self.log.flush()?;
        let path = self.folder.join("checkpoint.safetensors");
        Checkpoint::of(&self.net, &self.optimizer, self.step, lesson.config()).write(&path)?;
        self.saved = Instant::now();
        audience.wrote(&path);
        Ok(())
    }
}
