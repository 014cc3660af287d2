//! The ledger: one line of JSON for each item that has ended. It is the manifest of a batch and what it resumes from.
//!
//! `README.md` of this crate describes the lines. A line is forced to the disk before its item counts as done; a last
//! line that was torn by a crash is cut off by the next who writes, and passed over by who reads.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use thiserror::Error;
use weft_value::Digest;

mod past;
mod table;
#[cfg(test)]
mod tests;

pub use past::Past;
pub use table::to_csv;

/// The form of the lines. Readers refuse a greater one.
pub const VERSION: u32 = 1;

/// How a ledger is called in the folder of its batch.
pub const NAME: &str = "ledger.jsonl";

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Line {
    /// A program begins to write; what follows is its work.
    Session(Box<Session>),
    /// An item has ended.
    Entry(Box<Entry>),
}

/// What a program works with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// [`VERSION`].
    pub weft_ledger: u32,
    /// The version of the program.
    pub weft: String,
    /// When it began, in milliseconds since 1970.
    pub at: u64,
    /// Where it computes.
    pub device: String,
    /// The name of the graph's file.
    pub graph: String,
    /// The text of the graph.
    pub text: String,
    /// The hash of the graph and its subgraphs.
    pub graph_hash: String,
    /// The folder that relative paths in the graph start from.
    pub folder: String,
    /// The inputs that tell the items apart.
    pub varied: Vec<String>,
    /// The values that all items have in common, as on a command line.
    pub set: BTreeMap<String, String>,
    /// The folder that relative paths in values start from.
    pub values_folder: String,
    /// Whether each item has seeds of its own.
    pub derived_seeds: bool,
    /// Items in the whole batch.
    pub items: u64,
    /// The part of it that is done here, `PART/PARTS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<String>,
    /// The plugins, with versions and the hashes of their builds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plugins: Vec<PluginUsed>,
}

/// A plugin as it was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginUsed {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The hash of its build.
    pub build: String,
}

/// How an item ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ended {
    /// All its files are written.
    Done,
    /// All its files were there with the right content.
    Skipped,
    /// Some are missing.
    Failed,
}

impl Ended {
    /// It in a word, the one of the ledger.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

/// An item that has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The key of the item, in hex.
    pub item: String,
    /// What it is called.
    pub label: String,
    /// How it ended.
    pub ended: Ended,
    /// What it sets, as on a command line.
    pub inputs: BTreeMap<String, String>,
    /// The seeds that were derived for it, by node.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seeds: BTreeMap<String, u64>,
    /// The files it wrote.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Output>,
    /// The files it was made of, weights among them, with the hashes of their contents.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// What stands for everything it was made of.
    #[serde(default)]
    pub made_of: String,
    /// When it ended, in milliseconds since 1970.
    pub at: u64,
    /// How long it took, in milliseconds, from its start beside others to its end.
    pub ms: f64,
    /// How long each node ran, in milliseconds; nodes whose result was there are left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub nodes: BTreeMap<String, f64>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A file that an item wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// The node that wrote it.
    pub node: String,
    /// Where, from the folder of the ledger; `/` between folders.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// The BLAKE3 hash of its content, in hex.
    pub blake3: String,
}

/// Why there is no ledger.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// It cannot be read or written.
    #[error("cannot {verb} the ledger: {source}: {}", path.display())]
    Io {
        /// What was tried.
        verb: &'static str,
        /// Where it is.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another program writes it.
    #[error("another batch writes here; wait for it, or name another folder with --out: {}", path.display())]
    Locked {
        /// Where it is.
        path: PathBuf,
    },
    /// A line is none of ours.
    #[error(
        "line {line} is none of a ledger: {message}; if it is one, take the line out, and `--resume` does its item again: {}",
        path.display()
    )]
    Line {
        /// Where it is.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// It was written by a newer program.
    #[error("the ledger has form {found}, and this program reads up to {VERSION}; use a newer Weft: {}", path.display())]
    Newer {
        /// Where it is.
        path: PathBuf,
        /// Its form.
        found: u32,
    },
}

/// A ledger that this program, and no other, writes.
#[derive(Debug)]
pub struct Ledger {
    file: File,
    path: PathBuf,
}

impl Ledger {
    /// Opens the ledger at `path`, or begins one, and locks it; what it holds so far is given too.
    ///
    /// # Errors
    /// It cannot be read or written, another program writes it, or it is no ledger.
    pub fn open(path: &Path) -> Result<(Self, Past), LedgerError> {
        let io = |verb, source| LedgerError::Io {
            verb,
            path: path.to_owned(),
            source,
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|why| io("make the folder of", why))?;
        }
        let mut options = OpenOptions::new();
        let options = options.read(true).append(true).create(true);
        let file = options.open(path).map_err(|why| io("open", why))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LedgerError::Locked {
                    path: path.to_owned(),
                });
            }
            Err(TryLockError::Error(why)) => return Err(io("lock", why)),
        }
        // An open file of its own: the place of a clone would move with every line that is added.
        let (past, whole) = Past::of(path)?;
        let length = file.metadata().map_err(|why| io("read", why))?.len();
        if whole < length {
            file.set_len(whole).map_err(|why| io("mend", why))?;
        }
        let path = path.to_owned();
        Ok((Self { file, path }, past))
    }

    /// Adds lines, and returns when they are on the disk.
    ///
    /// # Errors
    /// The disk does not take them; what was written of them is taken back.
    pub fn add(&mut self, lines: &[Line]) -> Result<(), LedgerError> {
        let io = |verb, source| LedgerError::Io {
            verb,
            path: self.path.clone(),
            source,
        };
        let mut text = Vec::new();
        for line in lines {
            let written = serde_json::to_writer(&mut text, line);
            written.map_err(|why| io("write", why.into()))?;
            text.push(b'\n');
        }
        let before = self.file.metadata().map_err(|why| io("read", why))?.len();
        let written = self
            .file
            .write_all(&text)
            .and_then(|()| self.file.sync_data());
        written.map_err(|why| {
            // A torn line does no harm; without it the next who writes has nothing to mend.
            let _ = self.file.set_len(before);
            io("write", why)
        })
    }
}

/// The lines of the ledger at `path`.
///
/// # Errors
/// It cannot be read, or is no ledger.
pub fn read(path: &Path) -> Result<Vec<Line>, LedgerError> {
    let mut lines = Vec::new();
    let mut file = BufReader::new(open(path)?);
    each_line(&mut file, path, &mut |_, line| lines.push(line))?;
    Ok(lines)
}

fn open(path: &Path) -> Result<File, LedgerError> {
    File::open(path).map_err(|source| LedgerError::Io {
        verb: "read",
        path: path.to_owned(),
        source,
    })
}

/// The ledgers of a batch: the file itself, or all in a folder, those of shards too.
///
/// # Errors
/// The folder cannot be read, or has none.
pub fn find(path: &Path) -> Result<Vec<PathBuf>, LedgerError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let io = |source| LedgerError::Io {
        verb: "find",
        path: path.to_owned(),
        source,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(io)? {
        let entry = entry.map_err(io)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("ledger") && name.ends_with(".jsonl") {
            found.push(entry.path());
        }
    }
    found.sort();
    match found.is_empty() {
        true => Err(io(io::ErrorKind::NotFound.into())),
        false => Ok(found),
    }
}

/// Gives each line to `seen`, with where it begins; how many bytes they are. A last line without its end is left out.
fn each_line(
    file: &mut impl BufRead,
    path: &Path,
    seen: &mut dyn FnMut(u64, Line),
) -> Result<u64, LedgerError> {
    let (mut whole, mut text) = (0, Vec::new());
    for line in 1.. {
        text.clear();
        let read = file.read_until(b'\n', &mut text);
        read.map_err(|source| LedgerError::Io {
            verb: "read",
            path: path.to_owned(),
            source,
        })?;
        if text.pop() != Some(b'\n') {
            break;
        }
        if !text.is_empty() {
            seen(whole, parse(&text, (path, line))?);
        }
        whole += text.len() as u64 + 1;
    }
    Ok(whole)
}

fn parse(text: &[u8], (path, line): (&Path, usize)) -> Result<Line, LedgerError> {
    let parsed: Line = serde_json::from_slice(text).map_err(|why| LedgerError::Line {
        path: path.to_owned(),
        line,
        message: match why.classify() {
            Category::Data => "it tells of no session and of no item".to_owned(),
            _ => format!("it is no whole JSON from column {} on", why.column()),
        },
    })?;
    match &parsed {
        Line::Session(session) if session.weft_ledger > VERSION => Err(LedgerError::Newer {
            path: path.to_owned(),
            found: session.weft_ledger,
        }),
        _ => Ok(parsed),
    }
}

/// The last entry of each item, with the session it belongs to, in the order in which items first ended.
pub fn latest(lines: &[Line]) -> Vec<(&Session, &Entry)> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut found: Vec<(&Session, &Entry)> = Vec::new();
    let mut session = None;
    for line in lines {
        match line {
            Line::Session(begun) => session = Some(&**begun),
            Line::Entry(entry) => {
                let Some(session) = session else { continue };
                match places.get(entry.item.as_str()) {
                    Some(place) => found[*place] = (session, entry),
                    None => {
                        places.insert(&entry.item, found.len());
                        found.push((session, entry));
                    }
                }
            }
        }
    }
    found
}

/// Whether a file is as it was written.
///
/// # Errors
/// What is the matter with it.
pub fn check(folder: &Path, output: &Output) -> Result<(), String> {
    let bytes = fs::read(folder.join(&output.path)).map_err(|why| match why.kind() {
        io::ErrorKind::NotFound => "is missing".to_owned(),
        _ => why.to_string(),
    })?;
    match Digest::of(&bytes).to_string() == output.blake3 {
        true => Ok(()),
        false => Err("has other content".to_owned()),
    }
}

/// Milliseconds since 1970. Nothing is decided by it: a clock that jumps makes a wrong note, and no harm.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}
