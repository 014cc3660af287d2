//! The process of a plugin, as the host sees it.

use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    os::{
        fd::OwnedFd,
        unix::{net::UnixStream, process::ExitStatusExt},
    },
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use weft_abi::Described;

use crate::Limits;

use super::message::{Ask, Tell};

/// How often a waiting host looks whether the run has been cancelled.
const LOOK: Duration = Duration::from_millis(20);

/// How long a process may take to start and load its library.
const START: Duration = Duration::from_secs(30);

/// The process of a plugin; it ends with this.
pub(super) struct Process {
    child: Child,
    socket: UnixStream,
    told: Receiver<Tell>,
    /// Where pixels lie.
    pub(super) pixels: File,
    limits: Limits,
}

/// Why nothing was told.
pub(super) enum Silence {
    /// The process has ended; a sentence on how.
    Ended(String),
    /// It took too long.
    TimeOut,
    /// The run has been cancelled.
    Cancelled,
}

impl Process {
    /// Starts a process that loads the library of this name and these bytes.
    ///
    /// # Errors
    /// A sentence on why there is none, or why the library is no plugin.
    pub(super) fn start(
        (name, bytes): (&Path, &[u8]),
        limits: &Limits,
    ) -> Result<(Self, Described), String> {
        let cannot = |error: std::io::Error| format!("cannot start a process for it: {error}");
        let (socket, theirs) = UnixStream::pair().map_err(cannot)?;
        let mut command = Command::new(&limits.program);
        command
            .args(&limits.arguments)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            // What a plugin prints must not end up among what the host prints for programs.
            .stdout(Stdio::from(std::io::stderr()));
        let shared = tempfile::Builder::new()
            .prefix("weft-pixels-")
            .tempfile_in(shared_folder());
        let (mut pixels, path) = shared.map_err(cannot)?.into_parts();
        pixels.write_all(bytes).map_err(cannot)?;
        let told = listen(socket.try_clone().map_err(cannot)?);
        let child = command.spawn().map_err(cannot)?;
        // With it goes this side's end of theirs.
        drop(command);
        let mut process = Self {
            child,
            socket,
            told,
            pixels,
            limits: limits.clone(),
        };
        process.ask(&Ask::Load {
            name: name.to_owned(),
            pixels: path.to_path_buf(),
            memory: limits.memory,
        })?;
        match process.hear(START, &|| false) {
            Ok(Tell::Loaded(described)) => Ok((process, described)),
            Ok(Tell::Refused(why)) => Err(why),
            Ok(_) => Err("its process does not answer as it should".to_owned()),
            Err(Silence::Ended(how)) => Err(format!("its process {how} while it was loaded")),
            Err(_) => Err("its process did not load it in 30 s".to_owned()),
        }
    }

    /// Its number.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks for something.
    ///
    /// # Errors
    /// A sentence on how the process has ended.
    pub(super) fn ask(&mut self, ask: &Ask) -> Result<(), String> {
        let mut line = serde_json::to_vec(ask).map_err(|error| error.to_string())?;
        line.push(b'\n');
        let sent = self.socket.write_all(&line);
        sent.map_err(|_| format!("its process {}", self.how_it_ended()))
    }

    /// Waits for what is told next, at most for the time that the limits give.
    pub(super) fn next(&mut self, is_cancelled: &dyn Fn() -> bool) -> Result<Tell, Silence> {
        self.hear(self.limits.time, is_cancelled)
    }

    /// Waits for what is told next, at most for `time`.
    pub(super) fn hear(
        &mut self,
        time: Duration,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Tell, Silence> {
        let start = Instant::now();
        loop {
            match self.told.recv_timeout(LOOK.min(time)) {
                Ok(told) => return Ok(told),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Silence::Ended(self.how_it_ended()));
                }
                Err(RecvTimeoutError::Timeout) if is_cancelled() => return Err(Silence::Cancelled),
                Err(RecvTimeoutError::Timeout) if start.elapsed() >= time => {
                    return Err(Silence::TimeOut);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// How the process has ended; one that has only fallen silent is ended now.
    fn how_it_ended(&mut self) -> String {
        for _ in 0..50 {
            if let Ok(Some(status)) = self.child.try_wait() {
                return match (status.signal(), status.code()) {
                    (Some(signal), _) => format!("crashed: {}", named(signal, self.limits.memory)),
                    (_, code) => format!("ended with code {}", code.unwrap_or(-1)),
                };
            }
            thread::sleep(LOOK);
        }
        "fell silent".to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a signal means to a person.
fn named(signal: i32, memory: u64) -> String {
    let mib = memory >> 20;
    match signal {
        4 => "an instruction that this processor does not know (SIGILL)".to_owned(),
        6 => format!(
            "it aborted (SIGABRT), perhaps for want of memory, of which it may have {mib} MiB"
        ),
        7 => "it touched memory that is not there (SIGBUS)".to_owned(),
        8 => "it divided by zero (SIGFPE)".to_owned(),
        9 => "it was killed (SIGKILL)".to_owned(),
        11 => "it touched memory that is not its own (SIGSEGV)".to_owned(),
        other => format!("signal {other}"),
    }
}

/// A folder in memory, where there is one.
fn shared_folder() -> std::path::PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    }
}

/// Passes on what the process tells, until it ends or says what cannot be read.
fn listen(socket: UnixStream) -> Receiver<Tell> {
    let (tell, told) = channel();
    let listen = move || {
        for line in BufReader::new(socket).lines().map_while(Result::ok) {
            let sent = serde_json::from_str(&line).map(|message| tell.send(message));
            if !matches!(sent, Ok(Ok(()))) {
                return;
            }
        }
    };
    // Without a thread nothing is told, which the one who waits reports.
    let _ = thread::Builder::new()
        .name("weft-plugin".to_owned())
        .spawn(listen);
    told
}
