//! A model as diffusers keeps it: a folder for each network, with its `config.json`.

use std::{path::Path, sync::Arc};

use serde_json::Value;
use weft_diffusion::{Prediction, Trained};
use weft_models::{
    WeightsError,
    stable::{
        FAMILIES,
        clip::{self, Take},
        kl, unet,
    },
};
use weft_node::{
    Error, Result,
    value::{File, WEIGHTS},
};

use crate::{
    Checkpoint, StableModel, TextEncoders, Vae,
    encoders::Part,
    guides::Guides,
    load_checkpoint::INPUT,
    source::{Source, text},
};

/// Opens the model that a `model_index.json` stands for.
///
/// # Errors
/// It is none of Stable Diffusion, a file beside it cannot be read or has settings of another kind of network.
pub(crate) fn open(file: &File, predicts: Option<Prediction>) -> Result<Checkpoint> {
    let root = file.path().parent().unwrap_or(Path::new(""));
    let index = json(file.path())?;
    let class = index["_class_name"].as_str().unwrap_or_default();
    if !class.starts_with("StableDiffusion") {
        let why =
            format!("`_class_name` is {class:?}; only pipelines of Stable Diffusion are read");
        return Err(refused(file.path(), &why));
    }
    let is_xl = class.contains("XL");
    let (source, config) = network(&root.join("unet"), unet::Config::from_json)?;
    let (vae_source, vae) = network(&root.join("vae"), kl::Config::from_json)?;
    let trained = training(&root.join("scheduler"))?;
    let family = FAMILIES.iter().find(|it| it.context == config.context);
    Ok(Checkpoint {
        encoders: TextEncoders {
            parts: texts(root, &index, is_xl)?,
            loras: Vec::new(),
            words: Vec::new(),
            half: false,
        },
        model: StableModel {
            prediction: predicts.unwrap_or(trained.1),
            trained: Arc::new(trained.0),
            family: family.map_or(class, |family| family.name).into(),
            scale: vae.scale,
            config: Arc::new(config),
            source,
            loras: Vec::new(),
            half: false,
            guides: Guides::default(),
        },
        vae: Vae {
            source: vae_source,
            config: vae,
            half: false,
        },
    })
}

/// The text encoders that the index names; the refiner of SDXL has the second alone.
fn texts(root: &Path, index: &Value, is_xl: bool) -> Result<Vec<Part>> {
    let names = ["text_encoder", "text_encoder_2"];
    let there = names.into_iter().filter(|name| {
        let class = index[name].get(1);
        class.is_some_and(|class| !class.is_null())
    });
    // diffusers' copies of Stable Diffusion 2 lack the layer that is left out.
    let take = if is_xl {
        Take::RAW_PENULTIMATE
    } else {
        Take::LAST
    };
    let part = |(nth, name): (usize, &str)| {
        let (source, config) = network(&root.join(name), clip::Config::from_json)?;
        Ok(Part {
            source,
            config,
            nth,
            take,
        })
    };
    there.enumerate().map(part).collect()
}

/// The weights in a folder, and the sizes that its `config.json` tells.
fn network<C>(
    folder: &Path,
    read: impl FnOnce(&str) -> Result<C, WeightsError>,
) -> Result<(Source, C)> {
    let paths = WEIGHTS.map(|name| folder.join(name));
    let Some(path) = paths.iter().find(|path| path.is_file()) else {
        let why = format!("there is none of {}", WEIGHTS.join(", "));
        return Err(refused(folder, &why));
    };
    let file = File::open(path).map_err(Error::Io)?;
    let source = Source::open(INPUT, &file)?;
    let config = folder.join("config.json");
    let json = source
        .config()
        .ok_or_else(|| refused(&config, "it is missing; download the whole folder"))?;
    let sizes = read(json).map_err(|why| refused(&config, &why.to_string()))?;
    Ok((source, sizes))
}

/// The noise levels of training, and what the model predicts.
fn training(folder: &Path) -> Result<(Trained, Prediction)> {
    let path = folder.join("scheduler_config.json");
    let config = json(&path)?;
    let number = |name: &str, usual: f64| config[name].as_f64().unwrap_or(usual);
    if config["rescale_betas_zero_snr"] == true {
        let why = "`rescale_betas_zero_snr` is true; only models that begin a little below pure noise are read";
        return Err(refused(&path, why));
    }
    let ends = [number("beta_start", 0.00085), number("beta_end", 0.012)];
    let steps = number("num_train_timesteps", 1000.0) as usize;
    let levels = match config["beta_schedule"].as_str() {
        Some("scaled_linear") | None => Trained::scaled_linear(ends, steps),
        Some("linear") => Trained::linear(ends, steps),
        Some(other) => {
            let why = format!("`beta_schedule` is {other}; only scaled_linear and linear are read");
            return Err(refused(&path, &why));
        }
    };
    let levels = levels.map_err(|why| refused(&path, &why.to_string()))?;
    let prediction = match config["prediction_type"].as_str() {
        Some("epsilon") | None => Prediction::Eps,
        Some("v_prediction") => Prediction::V,
        Some("sample") => Prediction::X0,
        Some(other) => {
            let why = format!(
                "`prediction_type` is {other}; only epsilon, v_prediction and sample are read"
            );
            return Err(refused(&path, &why));
        }
    };
    Ok((levels, prediction))
}

/// What a file of diffusers says; Python writes `-Infinity` and `NaN` there, which JSON proper has not.
fn json(path: &Path) -> Result<Value> {
    let json = text(INPUT, path)?;
    json5::from_str(&json).map_err(|why| refused(path, &why.to_string()))
}

fn refused(path: &Path, why: &str) -> Error {
    Error::input(INPUT, format!("{why}\nin {}", path.display()))
}
