//! Which hub, which cache, and how long it may keep one waiting: by the variables that all its programs heed.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Duration,
};

use hf_hub::{
    Cache,
    api::sync::{Api, ApiBuilder},
};

use crate::HubError;

/// A hub and the cache of its files.
#[derive(Clone, Debug)]
pub struct Hub {
    /// Its address.
    pub endpoint: String,
    /// The folder of the cache, in which each repository has a folder.
    pub cache: PathBuf,
    /// What says who the user is.
    pub token: Option<String>,
    /// Whether nothing may be fetched.
    pub is_offline: bool,
    /// How long nothing may come before a transfer is given up.
    pub patience: Duration,
}

/// Where the hub is unless HF_ENDPOINT says otherwise.
const ENDPOINT: &str = "https://huggingface.co";

/// How long nothing may come unless HF_HUB_DOWNLOAD_TIMEOUT says otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

impl Hub {
    /// The hub that the environment names: HF_ENDPOINT, HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_TOKEN_PATH,
    /// HF_HUB_OFFLINE and HF_HUB_DOWNLOAD_TIMEOUT.
    pub fn from_env() -> Self {
        let home = path("HF_HOME").unwrap_or_else(|| {
            let user = || env::home_dir().unwrap_or_default().join(".cache");
            path("XDG_CACHE_HOME")
                .unwrap_or_else(user)
                .join("huggingface")
        });
        let cache = path("HF_HUB_CACHE").or_else(|| path("HUGGINGFACE_HUB_CACHE"));
        let token_file = path("HF_TOKEN_PATH").unwrap_or_else(|| home.join("token"));
        let said = set("HF_TOKEN").or_else(|| set("HUGGING_FACE_HUB_TOKEN"));
        let seconds = set("HF_HUB_DOWNLOAD_TIMEOUT").and_then(|text| text.parse().ok());
        let patience = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let endpoint = set("HF_ENDPOINT").unwrap_or_else(|| ENDPOINT.to_owned());
        Self {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            cache: cache.unwrap_or_else(|| home.join("hub")),
            token: said.or_else(|| token(&token_file)),
            is_offline: set("HF_HUB_OFFLINE").is_some_and(|text| is_yes(&text)),
            patience: patience.filter(|it| !it.is_zero()).unwrap_or(PATIENCE),
        }
    }

    pub(crate) fn store(&self) -> Cache {
        Cache::new(self.cache.clone())
    }

    /// The client of the hub.
    pub(crate) fn api(&self) -> Result<Api, HubError> {
        let builder = ApiBuilder::from_cache(self.store())
            .with_endpoint(self.endpoint.clone())
            .with_token(self.token.clone())
            .with_progress(false);
        builder
            .build()
            .map_err(|why| HubError::Unreachable(why.to_string()))
    }
}

fn set(name: &str) -> Option<String> {
    let text = env::var(name).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn path(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env::var_os(name).filter(|text| !text.is_empty())?);
    // The cache links its files by relative paths, for which it must know where it is.
    Some(std::path::absolute(&path).unwrap_or(path))
}

fn token(file: &Path) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn is_yes(text: &str) -> bool {
    ["1", "on", "yes", "true"].contains(&text.to_ascii_lowercase().as_str())
}
