//! The process of a plugin, from inside.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Read, Write},
    os::{fd::AsFd, unix::net::UnixStream},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, channel},
    },
    thread,
    time::{Duration, Instant},
};

use burn::tensor::Device;
use parking_lot::Mutex;
use weft_node::{Context, Error, Facts, Job, Kind, LogLevel, Provenance, Values};
use weft_value::{AnyValue, Image, Saved};

use super::{
    crossing::{Crossing, Writer},
    message::{Ask, Tell},
};
use crate::native::NativePlugin;

/// Time between two steps that are told.
const STEP_EVERY: Duration = Duration::from_millis(10);

/// Serves the host at the other end of standard input until it goes away.
pub fn serve() -> ExitCode {
    match served() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// The socket to the host, and whether the run has been cancelled.
struct Relay {
    socket: Mutex<UnixStream>,
    is_cancelled: Arc<AtomicBool>,
    /// When a step was told last.
    stepped: Mutex<Option<Instant>>,
}

impl Relay {
    fn tell(&self, tell: &Tell) {
        let Ok(mut line) = serde_json::to_vec(tell) else {
            return;
        };
        line.push(b'\n');
        // A host that has gone away ends this process with the next thing that is asked for.
        let _ = self.socket.lock().write_all(&line);
    }
}

impl Job for Relay {
    fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }
    fn step(&self, done: u64, total: u64) {
        let mut told = self.stepped.lock();
        if told.is_none_or(|at| at.elapsed() >= STEP_EVERY) || done == total {
            *told = Some(Instant::now());
            self.tell(&Tell::Step { done, total });
        }
    }
    fn preview(&self, _: &Image) {}
    fn log(&self, level: LogLevel, line: &str) {
        let (level, line) = (level as u8, line.to_owned());
        self.tell(&Tell::Log { level, line });
    }
    fn save(&self, _: &str, _: &str, _: &[u8]) -> weft_node::Result<Saved> {
        Err(Error::Io(
            "a plugin cannot write files through its host".to_owned(),
        ))
    }
    fn provenance(&self) -> Option<&Provenance> {
        None
    }
}

fn served() -> io::Result<()> {
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let is_cancelled = Arc::new(AtomicBool::new(false));
    let asked = listen(socket.try_clone()?, is_cancelled.clone())?;
    let relay = Arc::new(Relay {
        socket: Mutex::new(socket),
        is_cancelled: is_cancelled.clone(),
        stepped: Mutex::new(None),
    });
    let Ok(Ask::Load {
        name,
        pixels,
        memory,
    }) = asked.recv()
    else {
        return Ok(());
    };
    let mut pixels = OpenOptions::new().read(true).write(true).open(pixels)?;
    let mut library = Vec::new();
    pixels.read_to_end(&mut library)?;
    limit(memory);
    let plugin = match NativePlugin::of(&name, &library) {
        Ok(plugin) => plugin,
        Err(error) => {
            relay.tell(&Tell::Refused(error.to_string()));
            return Ok(());
        }
    };
    let kinds = plugin.kinds();
    relay.tell(&Tell::Loaded(plugin.described.clone()));
    while let Ok(ask) = asked.recv() {
        let Ask::Run {
            node,
            inputs,
            is_check,
        } = ask
        else {
            continue;
        };
        is_cancelled.store(false, Ordering::Relaxed);
        let context = Context::new(Device::flex(), relay.clone());
        let ended = match kinds.get(node as usize) {
            Some(kind) => run(&**kind, inputs, (context, is_check), &pixels),
            None => Err(Error::Missing(format!("there is no node {node}"))),
        };
        relay.tell(&match ended {
            Ok(given) => Tell::Done(given),
            Err(Error::Cancelled) => Tell::Cancelled,
            Err(error) => Tell::Failed(failures(error)),
        });
    }
    Ok(())
}

fn run(
    kind: &dyn Kind,
    inputs: Vec<(String, Crossing)>,
    (mut context, is_check): (Context, bool),
    pixels: &File,
) -> Result<Vec<Crossing>, Error> {
    let mut values = Values::default();
    for (input, value) in inputs {
        let value = value.arrive(pixels, context.device());
        values.put(input, value.map_err(Error::Io)?);
    }
    if is_check {
        kind.check(&Facts::new(&values))?;
        return Ok(Vec::new());
    }
    let given = kind.run(&mut values, &mut context)?;
    let mut writer = Writer::new(pixels);
    let cross = |value: &AnyValue| writer.cross(value);
    given
        .iter()
        .map(cross)
        .collect::<Result<_, _>>()
        .map_err(Error::Io)
}

fn failures(error: Error) -> Vec<(Option<String>, String)> {
    match error {
        Error::Several(errors) => errors.into_iter().flat_map(failures).collect(),
        Error::Input { input, message } => vec![(input.map(str::to_owned), message)],
        other => vec![(None, other.to_string())],
    }
}

/// Passes on what the host asks for; that a run is cancelled is known at once, whatever is going on.
fn listen(socket: UnixStream, is_cancelled: Arc<AtomicBool>) -> io::Result<Receiver<Ask>> {
    let (pass, asked) = channel();
    let listen = move || {
        for line in BufReader::new(socket).lines().map_while(Result::ok) {
            let Ok(ask) = serde_json::from_str(&line) else {
                break;
            };
            if matches!(ask, Ask::Cancel) {
                is_cancelled.store(true, Ordering::Relaxed);
            } else if pass.send(ask).is_err() {
                break;
            }
        }
        // The host has gone, and nobody waits for what a plugin may still do.
        std::process::exit(0);
    };
    thread::Builder::new().spawn(listen)?;
    Ok(asked)
}

/// Limits the memory of this process.
fn limit(bytes: u64) {
    let limit = libc::rlimit {
        rlim_cur: bytes,
        rlim_max: bytes,
    };
    // SAFETY: it reads one struct, which is there.
    let _ = unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) };
}
