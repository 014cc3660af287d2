//! Files of weights: what they are told by at a glance, and errors that name the file, the key and the cure.

use std::{cell::Cell, fs, io::Read, path::Path, sync::Arc};

use burn::{module::Module, tensor::Device};
use serde_json::{Map, Value};
use weft_models::{WeightsError, is_pickle, stable};
use weft_node::{
    Context, Error, Result,
    value::{Digest, File, Hasher},
};
use weft_tensor::Precision;

/// A file of weights, and what a `config.json` beside it says of the sizes.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    file: File,
    /// The files that hold the weights, if that one is an index of them.
    shards: Vec<File>,
    config: Option<Arc<str>>,
    /// The input that names it.
    input: &'static str,
}

/// Reading fewer megabytes is over before one would wonder.
const BIG: usize = 200;

/// Megabytes between two tellings.
const STEP: usize = 32;

/// So many numbers take so many megabytes as they are in memory, in `f32`.
fn megabytes(numbers: usize) -> usize {
    numbers >> 18
}

/// A file's index is smaller, or it is none.
const MOST_INDEX: u64 = 100 << 20;

impl Source {
    /// The file at an input of a node; `config.json` counts if the file has a name that diffusers or transformers
    /// give, since only these write one.
    ///
    /// # Errors
    /// At a glance it is no whole safetensors file, or the `config.json` cannot be read.
    pub(crate) fn open(input: &'static str, file: &File) -> Result<Self> {
        let shards = file.shards().map_err(|why| at_file(input, file, &why))?;
        for file in held_in(file, &shards) {
            index(file).map_err(|why| at_file(input, file, &why))?;
        }
        let is_theirs = |name: &&str| file.stem().starts_with(*name);
        let names = ["diffusion_pytorch_model", "model", "pytorch_model"];
        let beside = file.path().with_file_name("config.json");
        let config = if names.iter().any(is_theirs) && beside.is_file() {
            Some(text(input, &beside)?.into())
        } else {
            None
        };
        let file = file.clone();
        Ok(Self {
            file,
            shards,
            config,
            input,
        })
    }

    /// The `config.json` beside it.
    pub(crate) fn config(&self) -> Option<&str> {
        self.config.as_deref()
    }

    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    pub(crate) fn digest(&self) -> Digest {
        let config = self.config.as_deref().unwrap_or_default();
        let mut hasher = Hasher::new("weights");
        hasher.digest(&self.file.content()).field(config.as_bytes());
        for shard in &self.shards {
            hasher.digest(&shard.content());
        }
        hasher.finish()
    }

    /// Whether the file and the `config.json` beside it are those that were opened.
    pub(crate) fn is_current(&self) -> bool {
        let is_same = |known: &File| File::open(known.path()).is_ok_and(|file| file == *known);
        let same = is_same(&self.file) && self.shards.iter().all(is_same);
        let config = || fs::read_to_string(self.path().with_file_name("config.json")).ok();
        same && self
            .config()
            .is_none_or(|known| config().as_deref() == Some(known))
    }

    /// Whether the weights have that key.
    ///
    /// # Errors
    /// It cannot be read any more.
    pub(crate) fn has(&self, key: &str) -> Result<bool> {
        for file in held_in(&self.file, &self.shards) {
            let index = index(file).map_err(|why| at_file(self.input, file, &why))?;
            if index.contains_key(key) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads the file, and what `read` finds in it; `cure` ends the message of what does not fit.
    ///
    /// # Errors
    /// It cannot be read, or those of `read`.
    pub(crate) fn read<T>(
        &self,
        device: &Device,
        cure: &str,
        read: impl FnOnce(stable::File<'_>) -> Result<T, WeightsError>,
    ) -> Result<T> {
        self.read_telling(device, cure, &|_, _| {}, read)
    }

    /// The same; `tell` hears how many numbers of how many a network has read.
    fn read_telling<T>(
        &self,
        device: &Device,
        cure: &str,
        tell: &dyn Fn(usize, usize),
        read: impl FnOnce(stable::File<'_>) -> Result<T, WeightsError>,
    ) -> Result<T> {
        let files = held_in(&self.file, &self.shards).iter().map(File::map);
        let mapped: Vec<_> = files.collect::<Result<_, _>>().map_err(Error::Io)?;
        let since = Cell::new(0);
        let progress = |done: usize, total: usize| {
            // What has become tensors would otherwise be in memory twice.
            if megabytes(done) >= since.get() + STEP {
                since.set(megabytes(done));
                mapped.iter().for_each(|file| file.let_go());
            }
            tell(done, total);
        };
        let bytes: Vec<&[u8]> = mapped.iter().map(|file| &**file).collect();
        let [first, others @ ..] = bytes.as_slice() else {
            return Err(self.refused("it names no file of weights"));
        };
        let file = stable::File {
            others,
            progress: &progress,
            ..stable::File::new(first, device)
        };
        read(file).map_err(|why| self.refused(&format!("{why}\n{cure}")))
    }

    /// The same for a network, which is computed in bf16 if it is to be `half` as precise (a U-Net on an adapter in f16);
    /// of a big one, the node tells how many megabytes are read, and may be stopped.
    ///
    /// # Errors
    /// Those of [`Source::read`], and that the run has been cancelled.
    pub(crate) fn network<N>(
        &self,
        context: &Context,
        (half, cure): (bool, &str),
        read: impl FnOnce(stable::File<'_>) -> Result<N, WeightsError>,
    ) -> Result<N> {
        let precision = if half {
            Precision::Bf16
        } else {
            Precision::F32
        };
        let told = Cell::new(0);
        let tell = |done: usize, total: usize| {
            let is_over = done == total;
            let [done, total] = [done, total].map(megabytes);
            if total >= BIG && (is_over || done >= told.get() + STEP) {
                told.set(done);
                // A run that is cancelled ends when the network is read, a second later.
                let _ = context.step(done, total);
            }
        };
        let net = self.read_telling(context.device(), cure, &tell, |file| {
            read(stable::File { precision, ..file })
        })?;
        if context.is_cancelled() {
            return Err(Error::Cancelled);
        }
        Ok(net)
    }

    /// An error about this file.
    pub(crate) fn refused(&self, why: &str) -> Error {
        at_file(self.input, &self.file, why)
    }
}

/// The network that the host holds for `digest`, or that `read` makes.
///
/// # Errors
/// Those of `read`.
pub(crate) fn held<N: Module + Send + Sync + 'static>(
    context: &Context,
    digest: Digest,
    read: impl FnOnce() -> Result<N>,
) -> Result<Arc<N>> {
    context.network(digest, context.device(), read)
}

/// The text of a file beside one that a graph names.
pub(crate) fn text(input: &'static str, path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| {
        Error::input(
            input,
            format!(
                "cannot read what belongs to it: {error}\nin {}",
                path.display()
            ),
        )
    })
}

/// The files that hold the weights.
fn held_in<'a>(file: &'a File, shards: &'a [File]) -> &'a [File] {
    if shards.is_empty() {
        std::slice::from_ref(file)
    } else {
        shards
    }
}

fn at_file(input: &'static str, file: &File, why: &str) -> Error {
    Error::input(input, format!("{why}\nin {}", file.path().display()))
}

/// Refuses a file that is, at a glance, no whole safetensors file; nothing but its index is read.
///
/// # Errors
/// What it is instead, and the cure.
pub(crate) fn glance(input: &'static str, file: &File) -> Result<()> {
    Source::open(input, file).map(|_| ())
}

/// What is said of a file that is none.
const ODD: &str = "it is not a safetensors file; take the .safetensors file of the model";

/// What is said of a file of torch.
const PICKLE: &str = "it is a pickle (.ckpt, .pt, .bin), which can run code as it is read, so it is not read; take the \
                      .safetensors file of the same model, or convert it on a machine that may run it";

/// The index of a safetensors file.
fn index(file: &File) -> Result<Map<String, Value>, String> {
    let failed = |error: std::io::Error| format!("cannot read it: {error}");
    let opened = fs::File::open(file.path()).map_err(failed)?;
    let total = opened.metadata().map_err(failed)?.len();
    let read = |length: u64| {
        let mut bytes = Vec::new();
        let part = (&opened).take(length).read_to_end(&mut bytes);
        part.map(|_| bytes).map_err(failed)
    };
    let first = read(8)?;
    if is_pickle(&first) {
        return Err(PICKLE.to_owned());
    }
    let length = <[u8; 8]>::try_from(first.as_slice()).map_err(|_| ODD.to_owned())?;
    let length = u64::from_le_bytes(length);
    if length > MOST_INDEX {
        return Err(ODD.to_owned());
    }
    let bytes = read(length)?;
    let whole = |wanted: u64| {
        if wanted <= total {
            return Ok(());
        }
        Err(format!(
            "the weights are cut off: {total} bytes of {wanted} are there; download the file again"
        ))
    };
    whole(8 + length)?;
    let index: Map<String, Value> = serde_json::from_slice(&bytes).map_err(|_| ODD.to_owned())?;
    let ends = index
        .values()
        .filter_map(|tensor| tensor.get("data_offsets")?.get(1)?.as_u64());
    whole(8 + length + ends.max().unwrap_or(0))?;
    Ok(index)
}
