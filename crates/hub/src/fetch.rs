//! From the name of a file of a hub to its place in the cache, with all that belongs to it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use hf_hub::{
    Repo,
    api::{
        Progress,
        sync::{Api, ApiError, Metadata},
    },
};

use crate::{
    Hub, HubError, HubName, Transfer, belonging, is_index,
    patience::{Pulse, wait},
    places::{Incoming, Places},
};

/// Why a file, or one that belongs to it, is not here.
type Failure = (HubName, HubError);

impl Hub {
    /// Where the file of that name lies, fetched with all that belongs to it if it is not in the cache.
    ///
    /// # Errors
    /// Why it is not here, with the cure and the name.
    pub fn fetch(&self, name: &HubName) -> Result<PathBuf, String> {
        let told = |(at, why): Failure| format!("{why}\nin {at}");
        let path = self.with_config(name).map_err(told)?;
        if is_index(&name.path) {
            self.rest(name, &path).map_err(told)?;
        }
        Ok(path)
    }

    /// The file, and before it the `config.json` that libraries write beside it: whoever finds the file in the cache
    /// need not ask for that again.
    fn with_config(&self, name: &HubName) -> Result<PathBuf, Failure> {
        if let Some(path) = self.cached(name) {
            return Ok(path);
        }
        let (folder, file) = name.path.rsplit_once('/').unwrap_or(("", &name.path));
        let names = ["diffusion_pytorch_model", "model.", "pytorch_model"];
        if file.contains(".safetensors") && names.iter().any(|start| file.starts_with(start)) {
            let path = [folder, "config.json"].join("/");
            let path = path.trim_start_matches('/').to_owned();
            let config = HubName {
                path,
                ..name.clone()
            };
            match self.one(&config) {
                Ok(_) | Err(HubError::NoFile(_)) => {}
                // The file itself tells better what is wrong with the whole place.
                Err(HubError::NoRepository | HubError::NoRevision(_) | HubError::Refused(_)) => {}
                Err(why) => return Err((name.clone(), why)),
            }
        }
        self.one(name).map_err(|why| (name.clone(), why))
    }

    /// All that an index at `path` names, from the same commit.
    fn rest(&self, name: &HubName, path: &Path) -> Result<(), Failure> {
        let odd = |why: &str| (name.clone(), HubError::Odd(why.to_owned()));
        let snapshots = self.store().repo(name.repo()).pointer_path("");
        let within = path.strip_prefix(&snapshots).ok();
        let commit = within.and_then(|path| path.iter().next()?.to_str());
        let commit = commit.ok_or_else(|| odd("it lies outside the cache"))?;
        let is_here = |path: &str| snapshots.join(commit).join(path).is_file();
        let mut listing = None;
        let mut open = vec![name.path.clone()];
        while let Some(path) = open.pop() {
            let at = name.beside(commit, &path);
            if !is_index(&path) {
                self.with_config(&at)?;
                continue;
            }
            let index = self.with_config(&at)?;
            let text =
                fs::read_to_string(index).map_err(|why| (at.clone(), HubError::Cache(why)))?;
            let mut files = belonging(&path, &text, &is_here);
            if !self.is_offline && !files.iter().all(|path| is_here(path)) {
                if listing.is_none() {
                    listing = Some(self.listing(at.repo()).map_err(|why| (at, why))?);
                }
                let is_theirs = |path: &str| listing.iter().flatten().any(|file| file == path);
                files = belonging(&path, &text, &is_theirs);
            }
            open.extend(files);
        }
        Ok(())
    }

    /// Where the file lies in the cache, if it does.
    fn cached(&self, name: &HubName) -> Option<PathBuf> {
        let repo = self.store().repo(name.repo());
        let by_commit = || repo.pointer_path(name.revision()).join(&name.path);
        let found = repo.get(&name.path);
        found.or_else(|| Some(by_commit()).filter(|path| name.is_commit() && path.is_file()))
    }

    /// The file alone, from the cache or from the hub.
    fn one(&self, name: &HubName) -> Result<PathBuf, HubError> {
        if let Some(path) = self.cached(name) {
            return Ok(path);
        }
        if self.is_offline {
            return Err(HubError::Offline);
        }
        let (hub, own) = (self.clone(), name.clone());
        match wait(self.patience, move |pulse| hub.download(&own, pulse)) {
            Err(HubError::Status(404)) => Err(self.absent(name)),
            done => done,
        }
    }

    fn download(&self, name: &HubName, pulse: &Pulse) -> Result<PathBuf, HubError> {
        let api = self.api()?;
        let found = api
            .metadata(&api.repo(name.repo()).url(&name.path))
            .map_err(refused)?;
        pulse.beat();
        let places = self.places(name, &found)?;
        let incoming = Incoming::of(&places)?;
        if !places.is_here(pulse)? {
            let came = self.bring((name, found.commit_hash()), &places, &incoming, pulse)?;
            places.take(&came).map_err(HubError::Cache)?;
        }
        let repo = self.store().repo(name.repo());
        let linked = places.link(&name.path);
        let linked = linked.and_then(|()| repo.create_ref(found.commit_hash()));
        linked.map_err(HubError::Cache)?;
        incoming.clear();
        Ok(places.pointer)
    }

    /// Fetches the file as it is in that commit to where it is no part of the cache yet, and checks it there.
    fn bring(
        &self,
        (name, commit): (&HubName, &str),
        places: &Places,
        incoming: &Incoming,
        pulse: &Pulse,
    ) -> Result<PathBuf, HubError> {
        let aside = Self {
            cache: incoming.folder.clone(),
            ..self.clone()
        };
        // A branch may move on meanwhile.
        let repo = name.beside(commit, &name.path).repo();
        let staged = aside.store().repo(repo.clone()).blob_path(&places.tag);
        if places.check(&staged, pulse).is_ok() {
            return Ok(staged);
        }
        incoming.prepare(&staged, places.wanted)?;
        let repo = aside.api()?.repo(repo);
        let moving = Moving::new(name, pulse);
        let pointer = repo.download_with_progress(&name.path, moving);
        let pointer = pointer.map_err(broken)?;
        // Where there are no links the client moves it.
        let came = if staged.is_file() { staged } else { pointer };
        match places.check(&came, pulse) {
            Ok(()) => Ok(came),
            Err(why) => {
                incoming.clear();
                Err(why)
            }
        }
    }

    fn places(&self, name: &HubName, found: &Metadata) -> Result<Places, HubError> {
        let is_plain = |text: &str| {
            let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            !text.is_empty() && text.bytes().all(is_sign)
        };
        // They become names of files here, and may not lead out of the cache.
        let (tag, commit) = (found.etag(), found.commit_hash());
        if !is_plain(tag.trim_start_matches("W/")) || !is_plain(commit) {
            return Err(HubError::Odd(format!(
                "it calls the file {tag:?} of commit {commit:?}"
            )));
        }
        let repo = self.store().repo(name.repo());
        Ok(Places {
            blob: repo.blob_path(tag),
            pointer: repo.pointer_path(commit).join(&name.path),
            repository: self.cache.join(name.repo().folder_name()),
            tag: tag.to_owned(),
            wanted: found.size() as u64,
        })
    }

    /// The files of a repository.
    fn listing(&self, repo: Repo) -> Result<Vec<String>, HubError> {
        let ask = move |api: &Api| api.repo(repo.clone()).info().map_err(refused);
        let hub = self.clone();
        let info = wait(self.patience, move |_| ask(&hub.api()?))?;
        Ok(info
            .siblings
            .into_iter()
            .map(|file| file.rfilename)
            .collect())
    }

    /// What it is that the hub does not have.
    fn absent(&self, name: &HubName) -> HubError {
        match self.listing(name.repo()) {
            Ok(files) => HubError::NoFile(others(&files)),
            Err(HubError::Status(404)) if name.revision.is_some() => {
                let main = HubName {
                    revision: None,
                    ..name.clone()
                };
                match self.listing(main.repo()) {
                    Ok(_) => HubError::NoRevision(name.revision().to_owned()),
                    Err(HubError::Status(404)) => HubError::NoRepository,
                    Err(why) => why,
                }
            }
            Err(HubError::Status(404)) => HubError::NoRepository,
            Err(why) => why,
        }
    }
}

/// The files of weights that a repository has instead, in words.
fn others(files: &[String]) -> String {
    let weights = files
        .iter()
        .filter(|file| file.ends_with(".safetensors") || is_index(file));
    let named: Vec<&str> = weights.take(8).map(String::as_str).collect();
    if named.is_empty() {
        "; it has no safetensors file at all".to_owned()
    } else {
        format!("; it has {}", named.join(", "))
    }
}

/// A transfer that goes on.
struct Moving {
    transfer: Transfer,
    pulse: Pulse,
    told: Instant,
}

/// Time between two tellings of one transfer.
const TELL_EVERY: Duration = Duration::from_millis(100);

impl Moving {
    fn new(name: &HubName, pulse: &Pulse) -> Self {
        Self {
            transfer: Transfer {
                doing: "fetching",
                name: name.to_string(),
                done: 0,
                total: 0,
            },
            pulse: pulse.clone(),
            told: Instant::now(),
        }
    }
}

impl Progress for Moving {
    fn init(&mut self, size: usize, _: &str) {
        self.pulse.beat();
        // The client says it once for the file and once for the request.
        if self.transfer.total == 0 {
            self.transfer.total = size as u64;
            self.transfer.tell();
        }
    }

    fn update(&mut self, size: usize) {
        self.pulse.beat();
        self.transfer.done += size as u64;
        if self.told.elapsed() >= TELL_EVERY && self.transfer.done < self.transfer.total {
            self.told = Instant::now();
            self.transfer.tell();
        }
    }

    fn finish(&mut self) {
        self.transfer.done = self.transfer.total;
        self.transfer.tell();
    }
}

/// What a request came to that the hub did not answer with what was asked for.
fn refused(error: ApiError) -> HubError {
    match error {
        ApiError::RequestError(error) => match *error {
            ureq::Error::StatusCode(status @ (401 | 403)) => HubError::Refused(status),
            ureq::Error::StatusCode(status) => HubError::Status(status),
            ureq::Error::Json(why) => HubError::Odd(why.to_string()),
            why => HubError::Unreachable(why.to_string()),
        },
        other => HubError::Odd(other.to_string()),
    }
}

/// What a transfer came to that did not come to its end.
fn broken(error: ApiError) -> HubError {
    use io::ErrorKind::{
        NotFound, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull,
    };
    match error {
        ApiError::IoError(why) => match why.kind() {
            NotFound | PermissionDenied | QuotaExceeded | ReadOnlyFilesystem | StorageFull => {
                HubError::Cache(why)
            }
            _ => HubError::BrokenOff(why.to_string()),
        },
        ApiError::LockAcquisition(path) => HubError::Locked(path),
        other => refused(other),
    }
}
