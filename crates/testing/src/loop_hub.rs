//! A hub of models on this machine alone: it answers as much of HTTP as a client of one asks for.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    io::{BufRead, BufReader, Read, Result, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use sha2::{Digest, Sha256};

/// How a hub answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    Well,
    /// With this status.
    Refuses(u16),
    /// It closes the connection after so many bytes of a file.
    Cuts(usize),
    /// It listens, and never says a word.
    Mute,
    /// It says how long a file is and gives a longer one.
    Lies,
    /// It gives other bytes than those of the file.
    Garbles,
}

struct State {
    repo: String,
    /// The files of each revision, by path.
    revisions: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
    mood: Mood,
    asked: Vec<String>,
}

/// A hub with one repository. It is gone when it is dropped.
pub struct LoopHub {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    is_gone: Arc<AtomicBool>,
}

fn held(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LoopHub {
    /// A hub with an empty repository of that name.
    ///
    /// # Panics
    /// This machine gives it no port.
    pub fn new(repo: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        let state = Arc::new(Mutex::new(State {
            repo: repo.to_owned(),
            revisions: BTreeMap::new(),
            mood: Mood::Well,
            asked: Vec::new(),
        }));
        let is_gone = Arc::new(AtomicBool::new(false));
        let (shared, gone) = (state.clone(), is_gone.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                if gone.load(Ordering::Relaxed) {
                    return;
                }
                let shared = shared.clone();
                // Who hangs up early is a client that has what it wants.
                thread::spawn(move || stream.and_then(|stream| answer(stream, &shared)));
            }
        });
        Self {
            address,
            state,
            is_gone,
        }
    }

    /// Puts a file into the branch main.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        self.put_at("main", path, bytes);
    }

    /// Puts a file into that revision.
    pub fn put_at(&self, revision: &str, path: &str, bytes: &[u8]) {
        let mut state = held(&self.state);
        let files = state.revisions.entry(revision.to_owned()).or_default();
        files.insert(path.to_owned(), bytes.to_owned());
    }

    /// Puts every file below a folder into the branch main.
    ///
    /// # Panics
    /// It cannot be read.
    pub fn put_folder(&self, folder: &Path) {
        let mut open = vec![folder.to_owned()];
        while let Some(next) = open.pop() {
            for entry in std::fs::read_dir(next).expect("the folder can be listed") {
                let path = entry.expect("it can be listed on").path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let name = path.strip_prefix(folder).expect("it is below");
                    let name = name.to_str().expect("its name is text").replace('\\', "/");
                    self.put(&name, &std::fs::read(&path).expect("it can be read"));
                }
            }
        }
    }

    /// How it answers from now on.
    pub fn set_mood(&self, mood: Mood) {
        held(&self.state).mood = mood;
    }

    /// Its address.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The first line of every request so far, with the range and the token if there were any.
    pub fn asked(&self) -> Vec<String> {
        held(&self.state).asked.clone()
    }
}

impl Drop for LoopHub {
    fn drop(&mut self) {
        self.is_gone.store(true, Ordering::Relaxed);
        // Wakes the listener, so that it sees that.
        drop(TcpStream::connect(self.address));
    }
}

/// The commit that a revision stands for, as long as a real one.
pub fn commit(revision: &str) -> String {
    let mut hasher = DefaultHasher::new();
    revision.hash(&mut hasher);
    format!("{:040x}", hasher.finish())
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) -> Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let mut range = None;
    let mut asked = first.clone();
    for line in lines {
        let line = line?.to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(bytes) = line.strip_prefix("range: bytes=") {
            range = Some(bytes.to_owned());
        }
        if line.starts_with("range:") || line.starts_with("authorization:") {
            asked = format!("{asked} {line}");
        }
    }
    let mut state = held(state);
    state.asked.push(asked);
    let path = first.split(' ').nth(1).unwrap_or_default();
    let (head, body) = match state.mood {
        Mood::Mute => {
            drop(state);
            // The client gives up long before.
            thread::sleep(Duration::from_secs(60));
            return Ok(());
        }
        Mood::Refuses(status) => (format!("{status} Refused\r\n"), Vec::new()),
        _ => found(&state, path, range.as_deref())
            .unwrap_or_else(|| ("404 Not Found\r\n".to_owned(), Vec::new())),
    };
    let mood = state.mood;
    drop(state);
    write!(
        stream,
        "HTTP/1.1 {head}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )?;
    match mood {
        Mood::Cuts(most) => stream.write_all(&body[..body.len().min(most)])?,
        _ => stream.write_all(&body)?,
    }
    stream.shutdown(std::net::Shutdown::Write)?;
    stream.read_to_end(&mut Vec::new())?;
    Ok(())
}

/// The head and the body of what is asked for, if it is there.
fn found(state: &State, path: &str, range: Option<&str>) -> Option<(String, Vec<u8>)> {
    let about = format!("/api/models/{}/revision/", state.repo);
    if let Some(revision) = path.strip_prefix(&about) {
        let files = files(state, revision)?.1;
        let names = files
            .keys()
            .map(|path| format!("{{\"rfilename\":\"{path}\"}}"));
        let names: Vec<_> = names.collect();
        let body = format!(
            "{{\"sha\":\"{}\",\"siblings\":[{}]}}",
            commit(revision),
            names.join(",")
        );
        return Some(("200 OK\r\n".to_owned(), body.into_bytes()));
    }
    let rest = path.strip_prefix(&format!("/{}/resolve/", state.repo))?;
    let (revision, path) = rest.split_once('/')?;
    let (commit, files) = files(state, revision)?;
    let bytes = files.get(path)?;
    let (start, end) = range.and_then(|range| range.split_once('-'))?;
    let start: usize = start.parse().ok()?;
    let end = end
        .parse()
        .map_or(bytes.len(), |last: usize| bytes.len().min(last + 1));
    if start >= end {
        return Some(("416 Range Not Satisfiable\r\n".to_owned(), Vec::new()));
    }
    let head = format!(
        "206 Partial Content\r\ncontent-range: bytes {start}-{}/{}\r\n{}x-repo-commit: {commit}\r\n",
        end - 1,
        bytes.len(),
        tag(path, bytes),
    );
    let mut body = bytes[start..end].to_vec();
    if state.mood == Mood::Garbles {
        body.reverse();
    }
    if state.mood == Mood::Lies && end - start > 1 {
        body.extend(b"more");
    }
    Some((head, body))
}

/// The head that says what the hub calls these bytes: of weights their SHA-256, beside what their store calls them.
fn tag(path: &str, bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let etag = format!("etag: \"{:016x}\"\r\n", hasher.finish());
    if path.ends_with(".safetensors") {
        return format!("{etag}x-linked-etag: \"{:x}\"\r\n", Sha256::digest(bytes));
    }
    etag
}

/// The commit and the files of a revision, by its name or by its commit.
fn files<'a>(state: &'a State, revision: &str) -> Option<(String, &'a BTreeMap<String, Vec<u8>>)> {
    let revision = revision.replace("%2F", "/");
    let mut all = state.revisions.iter();
    let (name, files) = all.find(|(name, _)| **name == revision || commit(name) == revision)?;
    Some((commit(name), files))
}
