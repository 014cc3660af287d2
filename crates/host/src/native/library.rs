//! Loads a shared library: looks at the file before any of its code runs, then copies it to a name of its own, so that
//! the author may build again while it is in use, and never lets it go.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    sync::{Arc, LazyLock},
};

use object::{Architecture, BinaryFormat, Object, read::NameOrOrdinal};
use parking_lot::Mutex;
use thiserror::Error;
use weft_abi::{
    ABI, Call, DescribeError, Described, ENTRY, Entry, Function, Status, Table, Text, plugin,
};
use weft_node::Kind;
use weft_value::Digest;

use super::{boundary, kind::NativeKind};

/// Why a shared library is no plugin that can be used here.
#[derive(Debug, Error)]
pub enum LibraryError {
    /// It cannot be read.
    #[error("cannot read it: {0}")]
    Read(std::io::Error),
    /// It is no shared library.
    #[error("it is not a shared library: {0}")]
    NotALibrary(String),
    /// It was built for another machine.
    #[error("it is built for {found}, and this is {wanted}; build it again on this machine")]
    WrongMachine {
        /// What it was built for.
        found: String,
        /// What it should be built for.
        wanted: String,
    },
    /// It does not export the entry.
    #[error(
        "it exports no `{}`; in Rust write `weft_node::export!(PACK);` and `crate-type = [\"cdylib\"]`",
        ENTRY.to_string_lossy()
    )]
    NoEntry,
    /// The system does not load it.
    #[error("the system cannot load it: {0}")]
    Load(String),
    /// Its entry gave nothing.
    #[error("it does not work with this host: its entry returned null")]
    Declined,
    /// It was built for another boundary.
    #[error(
        "it is built for version {found} of the plugin boundary, and this Weft has version {ABI}; build it again with the \
         SDK of this Weft"
    )]
    WrongAbi {
        /// The version it was built for.
        found: u32,
    },
    /// Its table says that it is smaller than any can be.
    #[error("its table is of {found} bytes, and the smallest has {}", size_of::<Table>())]
    WrongSize {
        /// The size that it says.
        found: u32,
    },
    /// It lacks a function that every plugin has.
    #[error("it has no function `{0}`")]
    NoFunction(String),
    /// It does not describe itself.
    #[error("it does not describe itself: `weft.describe` returned status {0}")]
    NoDescription(i32),
    /// Its description is no text.
    #[error("its description is not UTF-8")]
    NotUtf8,
    /// Its description cannot be read.
    #[error(transparent)]
    Description(#[from] DescribeError),
}

/// A shared library that has been loaded; it stays until the process ends.
pub struct NativePlugin {
    /// What it says of itself.
    pub described: Described,
    /// The hash of the file.
    pub build: Digest,
    code: Arc<Code>,
}

/// What a host calls of a library.
pub(super) struct Code {
    run: plugin::Run,
    check: Option<plugin::Check>,
}

/// What has been loaded, by the hash of the file: the same build is not loaded twice.
static LOADED: LazyLock<Mutex<HashMap<Digest, Arc<NativePlugin>>>> = LazyLock::new(Mutex::default);

impl Code {
    /// Runs the node of that place.
    pub(super) fn run(&self, call: Call, node: u32) -> Status {
        // SAFETY: the plugin's function of this id has this type; it takes numbers alone.
        unsafe { (self.run)(call, node) }
    }

    pub(super) fn has_check(&self) -> bool {
        self.check.is_some()
    }

    /// Has the node of that place look at its inputs.
    pub(super) fn check(&self, call: Call, node: u32) -> Status {
        // SAFETY: as in `run`.
        self.check
            .map_or(Status::OK, |check| unsafe { check(call, node) })
    }
}

impl NativePlugin {
    /// Loads the library at `path`, of which nothing runs before it has been looked at.
    ///
    /// # Errors
    /// It is no plugin, or none for this machine and host.
    pub fn load(path: &Path) -> Result<Arc<Self>, LibraryError> {
        let bytes = fs::read(path).map_err(LibraryError::Read)?;
        Self::of(path, &bytes)
    }

    /// Loads the library whose bytes these are; `path` only gives the copy its name.
    ///
    /// # Errors
    /// It is no plugin, or none for this machine and host.
    pub fn of(path: &Path, bytes: &[u8]) -> Result<Arc<Self>, LibraryError> {
        let build = Digest::of(bytes);
        let mut loaded = LOADED.lock();
        if let Some(known) = loaded.get(&build) {
            return Ok(known.clone());
        }
        examine(bytes)?;
        let library = open(path, bytes)?;
        // SAFETY: the library has been looked at; a plugin is code that the user trusts, and its entry has this type.
        let entry = unsafe { library.get::<Entry>(ENTRY.to_bytes_with_nul()) };
        let entry = *entry.map_err(|_| LibraryError::NoEntry)?;
        // Threads of the plugin, or values that it made, may live on: it is never unloaded.
        std::mem::forget(library);
        let plugin = Arc::new(Self::entered(entry, build)?);
        loaded.insert(build, plugin.clone());
        Ok(plugin)
    }

    fn entered(entry: Entry, build: Digest) -> Result<Self, LibraryError> {
        // SAFETY: the entry takes the host's table, which lives as long as the process.
        let table = unsafe { entry(&raw const boundary::TABLE) };
        if table.is_null() {
            return Err(LibraryError::Declined);
        }
        // SAFETY: a table begins with its size and version, whatever follows.
        let (size, abi) = unsafe { ((*table).size, (*table).abi) };
        if abi != ABI {
            return Err(LibraryError::WrongAbi { found: abi });
        }
        if (size as usize) < size_of::<Table>() {
            return Err(LibraryError::WrongSize { found: size });
        }
        // SAFETY: it is a table of this version and at least of this size.
        let table = unsafe { *table };
        let need = |id: &std::ffi::CStr| {
            find(&table, id).ok_or_else(|| LibraryError::NoFunction(id.to_string_lossy().into()))
        };
        // SAFETY: the functions of a plugin are of the types that belong to their ids.
        let (describe, run, check) = unsafe {
            (
                std::mem::transmute::<Function, plugin::Describe>(need(plugin::DESCRIBE)?),
                std::mem::transmute::<Function, plugin::Run>(need(plugin::RUN)?),
                find(&table, plugin::CHECK)
                    .map(|check| std::mem::transmute::<Function, plugin::Check>(check)),
            )
        };
        let code = Arc::new(Code { run, check });
        Ok(Self {
            described: described(describe)?,
            build,
            code,
        })
    }

    /// The nodes, in the order of the description.
    pub fn kinds(&self) -> Vec<Arc<dyn Kind>> {
        let kind = |(place, spec): (u32, &weft_spec::NodeSpec)| {
            Arc::new(NativeKind {
                code: self.code.clone(),
                place,
                spec: spec.clone(),
            }) as Arc<dyn Kind>
        };
        (0..).zip(&self.described.nodes).map(kind).collect()
    }
}

fn find(table: &Table, id: &std::ffi::CStr) -> Option<Function> {
    // SAFETY: the plugin's own function takes a text that ends in NUL.
    unsafe { (table.find)(id.as_ptr()) }
}

fn described(describe: plugin::Describe) -> Result<Described, LibraryError> {
    let mut text = Text::of("");
    // SAFETY: the plugin writes one text.
    let status = unsafe { describe(&raw mut text) };
    if !status.is_ok() || (text.bytes.is_null() && text.length > 0) {
        return Err(LibraryError::NoDescription(status.0));
    }
    let bytes = match text.length {
        0 => &[],
        // SAFETY: the plugin promises a text that lives as long as the process.
        length => unsafe { std::slice::from_raw_parts(text.bytes, length) },
    };
    let text = str::from_utf8(bytes).map_err(|_| LibraryError::NotUtf8)?;
    Ok(Described::read(text)?)
}

/// Looks at the file without running anything of it: is it a library, for this machine, with the entry?
fn examine(bytes: &[u8]) -> Result<(), LibraryError> {
    let file = object::File::parse(bytes);
    let file = file.map_err(|error| LibraryError::NotALibrary(error.to_string()))?;
    let (format, machine) = (file.format(), file.architecture());
    if (format, machine) != (HERE.0, HERE.1) {
        return Err(LibraryError::WrongMachine {
            found: format!("{format:?} on {machine:?}"),
            wanted: format!("{:?} on {:?}", HERE.0, HERE.1),
        });
    }
    let exports = file.exports();
    let exports = exports.map_err(|error| LibraryError::NotALibrary(error.to_string()))?;
    let entry = ENTRY.to_bytes();
    // On macOS every name begins with an underscore.
    let is_entry = |name: &[u8]| name == entry || name.strip_prefix(b"_") == Some(entry);
    let is_export =
        |name: NameOrOrdinal<&[u8]>| matches!(name, NameOrOrdinal::Name(name) if is_entry(name));
    let mut exports = exports.map_while(Result::ok);
    if exports.any(|export| is_export(export.name())) {
        Ok(())
    } else {
        Err(LibraryError::NoEntry)
    }
}

/// What libraries of this machine are.
const HERE: (BinaryFormat, Architecture) = (
    if cfg!(windows) {
        BinaryFormat::Pe
    } else if cfg!(target_vendor = "apple") {
        BinaryFormat::MachO
    } else {
        BinaryFormat::Elf
    },
    if cfg!(target_arch = "aarch64") {
        Architecture::Aarch64
    } else {
        Architecture::X86_64
    },
);

/// Opens a copy of the library, under a name that no other has; the system knows a library by its file.
fn open(path: &Path, bytes: &[u8]) -> Result<libloading::Library, LibraryError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let copy = tempfile::Builder::new()
        .prefix("weft-")
        .suffix(&format!("-{name}"))
        .tempfile();
    let copy = copy.map_err(LibraryError::Read)?.into_temp_path();
    fs::write(&copy, bytes).map_err(LibraryError::Read)?;
    // SAFETY: it runs the constructors of the library, which is code that the user trusts.
    let library = unsafe { opened(&copy) };
    let library = library.map_err(|error| LibraryError::Load(error.to_string()))?;
    // A file that is in use cannot be removed on Windows, where the temporary folder keeps it.
    let _ = copy.close();
    Ok(library)
}

#[cfg(unix)]
unsafe fn opened(path: &Path) -> Result<libloading::Library, libloading::Error> {
    use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
    // SAFETY: as the caller promises; all symbols are bound now, so that a missing one is an error here.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map(Into::into)
}

#[cfg(not(unix))]
unsafe fn opened(path: &Path) -> Result<libloading::Library, libloading::Error> {
    // SAFETY: as the caller promises.
    unsafe { libloading::Library::new(path) }
}
