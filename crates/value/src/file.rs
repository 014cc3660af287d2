//! Files and folders that a graph reads; they enter a key by their content, not by their name.

use std::{
    collections::HashMap,
    ffi::OsStr,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use weft_hub::{Hub, Transfer, belonging, is_index};
use weft_spec::{Form, HUB, Literal};
use weft_tensor::Mapped;

use crate::{Digest, Hasher, Value};

/// A file that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    path: PathBuf,
    content: Digest,
    /// The contents of the files that it is an index of.
    kin: Vec<Digest>,
}

impl File {
    /// Opens and hashes the file at `path`, and those that it is an index of.
    ///
    /// # Errors
    /// A sentence on why it cannot be read.
    pub fn open(path: &Path) -> Result<Self, String> {
        let content = content_digest(path).map_err(|error| cannot_read("file", path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            content,
            kin: kin(path),
        })
    }

    /// Opens the file of that name: its path, or `hf:owner/repo/file` of a hub, which is fetched if it is not in the
    /// cache.
    ///
    /// # Errors
    /// A sentence on why it cannot be read or fetched.
    pub fn named(name: &str) -> Result<Self, String> {
        if !name.starts_with(HUB) {
            return Self::open(Path::new(name));
        }
        let name = name
            .parse()
            .map_err(|why: weft_hub::MalformedName| why.to_string())?;
        Self::open(&Hub::from_env().fetch(&name)?)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The hash of its content when it was opened.
    pub fn content(&self) -> Digest {
        self.content
    }

    /// The name without folder and extension.
    pub fn stem(&self) -> String {
        self.path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    /// Whether it is the index of weights that lie in several files, by its name.
    pub fn is_sharded(&self) -> bool {
        let path = self.path.to_string_lossy();
        path.ends_with(".safetensors.index.json")
    }

    /// The files of weights that it is the index of; none, if it is not sharded.
    ///
    /// # Errors
    /// A sentence on why it is no index, or on which file is missing.
    pub fn shards(&self) -> Result<Vec<Self>, String> {
        if !self.is_sharded() {
            return Ok(Vec::new());
        }
        let name = self.path.file_name().unwrap_or_default();
        let text = fs::read_to_string(&self.path);
        let text = text.map_err(|error| cannot_read("file", &self.path, &error))?;
        let names = belonging(&name.to_string_lossy(), &text, &|_| true);
        if names.is_empty() {
            let why =
                "it should be an index of shards, and its `weight_map` names no .safetensors file";
            return Err(why.to_owned());
        }
        let open = |name: String| {
            Self::open(&self.path.with_file_name(name))
                .map_err(|why| format!("{why}\na shard is missing: download it, too"))
        };
        names.into_iter().map(open).collect()
    }

    /// Reads the whole file.
    ///
    /// # Errors
    /// A sentence on why it cannot be read.
    pub fn read(&self) -> Result<Vec<u8>, String> {
        fs::read(&self.path).map_err(|error| cannot_read("file", &self.path, &error))
    }

    /// The whole file, of which only what is looked at comes into memory; for large ones that are looked at soon.
    ///
    /// # Errors
    /// A sentence on why it cannot be read.
    pub fn map(&self) -> Result<Mapped, String> {
        Mapped::open(&self.path).map_err(|error| cannot_read("file", &self.path, &error))
    }
}

impl Value for File {
    const TYPE: &'static str = "File";

    fn form() -> Form {
        Form::File
    }
    fn from_literal(literal: &Literal) -> Result<Self, String> {
        match literal {
            Literal::Text(name) => Self::named(name),
            other => Err(format!("{} is not the path of a file", other.noun())),
        }
    }
    fn bytes(&self) -> u64 {
        self.path.as_os_str().len() as u64
    }
    fn digest(&self) -> Option<Digest> {
        let mut hasher = Hasher::new(Self::TYPE);
        hasher.digest(&self.content);
        self.kin.iter().for_each(|content| {
            hasher.digest(content);
        });
        Some(hasher.finish())
    }
}

/// The contents of the files that the one at `path` is an index of, one after the other; of those that are missing,
/// whoever reads them tells.
fn kin(path: &Path) -> Vec<Digest> {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    if !is_index(name) {
        return Vec::new();
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let is_there = |name: &str| folder.join(name).is_file();
    let mut contents = Vec::new();
    let mut open = vec![name.to_owned()];
    while let Some(name) = open.pop() {
        let path = folder.join(&name);
        contents.extend(content_digest(&path).ok());
        if is_index(&name)
            && let Ok(text) = fs::read_to_string(&path)
        {
            open.extend(belonging(&name, &text, &is_there));
        }
    }
    contents
}

/// A folder whose files are read; its sub-folders are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
    files: Vec<File>,
}

impl Folder {
    /// Lists and hashes the files in the folder at `path`, leaving out hidden ones.
    ///
    /// # Errors
    /// A sentence on why it, or a file in it, cannot be read.
    pub fn open(path: &Path) -> Result<Self, String> {
        let listing = fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = listing.map_err(|error| cannot_read("folder", path, &error))?;
        let mut paths: Vec<_> = entries
            .into_iter()
            .map(|entry| entry.path())
            .filter(|path| is_listed(path))
            .collect();
        paths.sort_by_cached_key(|path| natural_key(&path.to_string_lossy()));
        let files = paths
            .iter()
            .map(|path| File::open(path))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            path: path.to_owned(),
            files,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its files, sorted as people count: `2.png` before `10.png`.
    pub fn files(&self) -> &[File] {
        &self.files
    }
}

impl Value for Folder {
    const TYPE: &'static str = "Folder";

    fn form() -> Form {
        Form::Folder
    }
    fn from_literal(literal: &Literal) -> Result<Self, String> {
        match literal {
            Literal::Text(path) => Self::open(Path::new(path)),
            other => Err(format!("{} is not the path of a folder", other.noun())),
        }
    }
    fn digest(&self) -> Option<Digest> {
        let mut hasher = Hasher::new(Self::TYPE);
        for file in &self.files {
            let name = file.path.file_name().unwrap_or_default();
            hasher.field(name.as_encoded_bytes()).digest(&file.content);
        }
        Some(hasher.finish())
    }
}

fn is_listed(path: &Path) -> bool {
    let is_hidden = path
        .file_name()
        .is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    !is_hidden && path.is_file()
}

fn cannot_read(what: &str, path: &Path, error: &io::Error) -> String {
    let why = match error.kind() {
        io::ErrorKind::NotFound => format!("there is no such {what}"),
        io::ErrorKind::PermissionDenied => format!("this user may not read that {what}"),
        io::ErrorKind::NotADirectory => "it is a file, not a folder".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder, not a file".to_owned(),
        _ => error.to_string(),
    };
    format!("cannot read {what}: {why}: {}", shown(path).display())
}

/// The path as a person at the shell would name it: from the working folder, if it lies below that.
fn shown(path: &Path) -> &Path {
    let working = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(working).unwrap_or(path)
}

/// How people order names: runs of digits by their number, everything else by its letters without case.
pub fn natural_order(a: &str, b: &str) -> std::cmp::Ordering {
    natural_key(a).cmp(&natural_key(b))
}

/// Orders runs of digits by their number, everything else by its letters without case.
fn natural_key(name: &str) -> (Vec<(String, u128)>, String) {
    let mut parts = vec![(String::new(), 0u128)];
    let mut in_digits = false;
    for c in name.chars() {
        let Some(last) = parts.last_mut() else { break };
        match c.to_digit(10) {
            Some(digit) => {
                last.1 = last.1.saturating_mul(10).saturating_add(u128::from(digit));
                in_digits = true;
            }
            None if in_digits => {
                parts.push((c.to_lowercase().collect(), 0));
                in_digits = false;
            }
            None => last.0.extend(c.to_lowercase()),
        }
    }
    (parts, name.to_owned())
}

/// A file that is read through, which is told of if it is a big one.
struct Told {
    file: fs::File,
    transfer: Transfer,
}

/// Reading less is over before one would wonder.
const BIG: u64 = 200 << 20;

/// Between two tellings of one file.
const TELL_EVERY: u64 = 16 << 20;

impl Told {
    fn new(file: fs::File, path: &Path, total: u64) -> Self {
        let transfer = Transfer {
            doing: "hashing",
            name: shown(path).display().to_string(),
            done: 0,
            total,
        };
        Self { file, transfer }
    }
}

impl Read for Told {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let before = self.transfer.done;
        let count = self.file.read(into)?;
        self.transfer.done += count as u64;
        let is_over = count == 0;
        let is_due = before / TELL_EVERY != self.transfer.done / TELL_EVERY;
        if self.transfer.total > BIG && (before == 0 || is_due || is_over) {
            self.transfer.tell();
        }
        Ok(count)
    }
}

/// What a file looked like when it was hashed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    bytes: u64,
}

/// Hashes by path and stamp. It saves reading, and never changes an answer: a file that was modified
/// so lately that a second change could share its time stamp is not remembered.
static HASHED: LazyLock<Mutex<HashMap<PathBuf, (Stamp, Digest)>>> = LazyLock::new(Mutex::default);

const SETTLED: Duration = Duration::from_secs(2);

fn content_digest(path: &Path) -> io::Result<Digest> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let stamp = Stamp {
        modified: metadata.modified()?,
        bytes: metadata.len(),
    };
    let is_settled = stamp.modified.elapsed().is_ok_and(|age| age > SETTLED);
    let remembered = HASHED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(path)
        .copied();
    if let Some((known, digest)) = remembered
        && known == stamp
        && is_settled
    {
        return Ok(digest);
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(Told::new(fs::File::open(path)?, path, stamp.bytes))?;
    let digest = Digest::from_bytes(*hasher.finalize().as_bytes());
    HASHED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(path.to_owned(), (stamp, digest));
    Ok(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_people_count() {
        let mut names = ["b10.png", "b2.png", "B1.png", "a.png", "b2a.png"];
        names.sort_by_key(|name| natural_key(name));
        assert_eq!(names, ["a.png", "B1.png", "b2.png", "b2a.png", "b10.png"]);
    }

    #[test]
    fn an_index_enters_a_key_with_the_files_that_it_names() {
        let folder = std::env::temp_dir().join(format!("weft-kin-{}", std::process::id()));
        fs::create_dir_all(folder.join("unet")).unwrap();
        let index = folder.join("model_index.json");
        fs::write(&index, r#"{"unet": ["diffusers", "UNet2DConditionModel"]}"#).unwrap();
        let of = || File::open(&index).unwrap();
        let alone = of();
        let shards = r#"{"weight_map": {"a": "one.safetensors"}}"#;
        let of_shards = "unet/diffusion_pytorch_model.safetensors.index.json";
        fs::write(folder.join(of_shards), shards).unwrap();
        fs::write(folder.join("unet/one.safetensors"), "1").unwrap();
        let one = of();
        fs::write(folder.join("unet/one.safetensors"), "2").unwrap();
        let two = of();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(alone.content(), two.content());
        assert!(alone.digest() != one.digest() && one.digest() != two.digest());
    }

    #[test]
    fn a_malformed_name_of_a_hub_says_how_one_is_written() {
        let error = File::named("hf:owner/model.safetensors").unwrap_err();
        assert!(error.contains("write hf:owner/repo/file"), "{error}");
    }

    #[test]
    fn a_missing_file_is_named_with_its_reason() {
        let error = File::open(Path::new("no/such.png")).unwrap_err();
        assert_eq!(
            error,
            "cannot read file: there is no such file: no/such.png"
        );
    }
}
