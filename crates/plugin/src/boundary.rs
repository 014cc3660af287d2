//! This side of the boundary: everything that is unsafe about being a plugin is here.

use std::{
    ffi::{CStr, c_char},
    ptr,
    sync::OnceLock,
};

use weft_abi::{
    ABI, Call, Described, Function, Kind, Level, Program, Shape, Status, Table, Text, Value,
    host::Functions, plugin,
};

use crate::{
    Context, Error, Facts, Pack, Result, Values,
    guard::{guarded, listen},
};

static HOST: OnceLock<Functions> = OnceLock::new();

/// The host, as seen from one call.
#[derive(Clone, Copy)]
pub(crate) struct Host {
    functions: &'static Functions,
    call: Call,
}

/// What a function of the host wrote.
type Wrote<T> = Result<T, Status>;

/// Calls `function` with a place to write to.
fn written<T>(empty: T, function: impl FnOnce(*mut T) -> Status) -> Wrote<T> {
    let mut out = empty;
    match function(&raw mut out) {
        Status::OK => Ok(out),
        status => Err(status),
    }
}

/// Asks the host's function of that name for one thing, with this call first.
macro_rules! ask {
    ($host:expr, $function:ident, $empty:expr $(, $argument:expr)*) => {
        // SAFETY: the host's function takes these, and writes one thing to where it is told.
        written($empty, |out| unsafe { ($host.functions.$function)($host.call $(, $argument)*, out) })
    };
}

/// Tells the host something, with this call first.
macro_rules! tell {
    ($host:expr, $function:ident $(, $argument:expr)*) => {
        // SAFETY: the host's function takes these, and what they point to lives until it returns.
        match unsafe { ($host.functions.$function)($host.call $(, $argument)*) } {
            Status::OK => Ok(()),
            status => Err(status),
        }
    };
}

const NONE: Value = Value(0);

impl Host {
    /// Whether both are of one call.
    pub(crate) fn is(self, other: Self) -> bool {
        self.call == other.call
    }
    pub(crate) fn input(self, name: &str) -> Wrote<Option<Value>> {
        match ask!(self, input, NONE, Text::of(name)) {
            Err(Status::ABSENT) => Ok(None),
            other => other.map(Some),
        }
    }
    pub(crate) fn kind_of(self, value: Value) -> Wrote<Kind> {
        ask!(self, kind_of, Kind::OTHER, value)
    }
    pub(crate) fn bool(self, value: Value) -> Wrote<bool> {
        ask!(self, get_bool, 0, value).map(|it| it != 0)
    }
    pub(crate) fn integer(self, value: Value) -> Wrote<i64> {
        ask!(self, get_integer, 0, value)
    }
    pub(crate) fn number(self, value: Value) -> Wrote<f64> {
        ask!(self, get_number, 0.0, value)
    }
    pub(crate) fn color(self, value: Value) -> Wrote<[f32; 4]> {
        written([0.0; 4], |out| {
            // SAFETY: the host writes four numbers, for which there is room.
            unsafe { (self.functions.get_color)(self.call, value, out.cast()) }
        })
    }
    pub(crate) fn text(self, value: Value) -> Wrote<String> {
        let text = ask!(self, get_text, Text::of(""), value)?;
        let bytes = match text.length {
            0 => &[],
            _ if text.bytes.is_null() => return Err(Status::WRONG_SIZE),
            // SAFETY: the host's text is good until the value is released, which nobody does here.
            length => unsafe { std::slice::from_raw_parts(text.bytes, length) },
        };
        String::from_utf8(bytes.to_vec()).map_err(|_| Status::NOT_UTF8)
    }
    pub(crate) fn items(self, list: Value) -> Wrote<Vec<Value>> {
        let length = ask!(self, length, 0, list)?;
        (0..length)
            .map(|index| ask!(self, item, NONE, list, index))
            .collect()
    }
    pub(crate) fn shape(self, value: Value) -> Wrote<Shape> {
        let empty = Shape {
            kind: Kind::OTHER,
            space: weft_abi::Space::SRGB,
            batch: 0,
            channels: 0,
            height: 0,
            width: 0,
        };
        ask!(self, get_shape, empty, value)
    }
    pub(crate) fn read(self, value: Value, length: usize) -> Wrote<Vec<f32>> {
        let mut numbers = Vec::with_capacity(length);
        tell!(self, read, value, numbers.as_mut_ptr(), length)?;
        // SAFETY: the host has written all of them.
        unsafe { numbers.set_len(length) };
        Ok(numbers)
    }
    pub(crate) fn make_bool(self, from: bool) -> Wrote<Value> {
        ask!(self, make_bool, NONE, u8::from(from))
    }
    pub(crate) fn make_integer(self, from: i64) -> Wrote<Value> {
        ask!(self, make_integer, NONE, from)
    }
    pub(crate) fn make_number(self, from: f64) -> Wrote<Value> {
        ask!(self, make_number, NONE, from)
    }
    pub(crate) fn make_seed(self, from: u64) -> Wrote<Value> {
        ask!(self, make_seed, NONE, from.cast_signed())
    }
    pub(crate) fn make_color(self, from: &[f32; 4]) -> Wrote<Value> {
        ask!(self, make_color, NONE, from.as_ptr())
    }
    pub(crate) fn make_text(self, from: &str) -> Wrote<Value> {
        ask!(self, make_text, NONE, Text::of(from))
    }
    pub(crate) fn make_list(self, element: &str, from: &[Value]) -> Wrote<Value> {
        ask!(
            self,
            make_list,
            NONE,
            Text::of(element),
            from.as_ptr(),
            from.len()
        )
    }
    pub(crate) fn make_picture(self, shape: &Shape, from: &[f32]) -> Wrote<Value> {
        ask!(
            self,
            make_picture,
            NONE,
            &raw const *shape,
            from.as_ptr(),
            from.len()
        )
    }
    pub(crate) fn wgsl(
        self,
        source: &str,
        inputs: &[Value],
        (uniforms, shape): (&[f32], Shape),
    ) -> Wrote<Value> {
        let program = Program {
            size: size_of::<Program>() as u32,
            inputs_length: inputs.len() as u32,
            source: Text::of(source),
            inputs: inputs.as_ptr(),
            uniforms: uniforms.as_ptr(),
            uniforms_length: uniforms.len(),
            shape,
        };
        ask!(self, run_wgsl, NONE, &raw const program)
    }
    pub(crate) fn give(self, output: u32, value: Value) -> Wrote<()> {
        tell!(self, give, output, value)
    }
    pub(crate) fn step(self, done: u64, total: u64) -> Wrote<()> {
        tell!(self, step, done, total)
    }
    pub(crate) fn preview(self, value: Value) -> Wrote<()> {
        tell!(self, preview, value)
    }
    pub(crate) fn log(self, level: Level, line: &str) {
        // A line that the host does not take is lost, which harms nothing.
        let _ = tell!(self, log, level, Text::of(line));
    }
    pub(crate) fn fail(self, input: &str, message: &str) {
        // The status that follows says that it failed, whether or not the reason was heard.
        let _ = tell!(self, fail, Text::of(input), Text::of(message));
    }

    fn failed(self, error: &Error) -> Status {
        match error {
            Error::Cancelled => return Status::CANCELLED,
            Error::Several(errors) => errors.iter().for_each(|error| {
                self.failed(error);
            }),
            Error::Input { input, message } => self.fail(input.unwrap_or_default(), message),
            other => self.fail("", &other.to_string()),
        }
        Status::FAILED
    }
}

fn host(call: Call) -> Option<Host> {
    let functions = HOST.get()?;
    Some(Host { functions, call })
}

/// Runs `body` for a call; neither an error nor a panic leaves it.
fn ended(call: Call, body: impl FnOnce(Host) -> Result<()>) -> Status {
    let Some(host) = host(call) else {
        return Status::FAILED;
    };
    match guarded(|| body(host)) {
        Ok(Ok(())) => Status::OK,
        Ok(Err(error)) => host.failed(&error),
        Err(said) => {
            host.fail("", &said);
            Status::PANICKED
        }
    }
}

/// Writes what the pack brings.
///
/// # Safety
/// `out` may be written.
pub unsafe fn describe(pack: &'static Pack, out: *mut Text) -> Status {
    static TEXT: OnceLock<Option<String>> = OnceLock::new();
    let made = guarded(|| {
        let text = || {
            let described = Described {
                id: pack.id().to_owned(),
                version: pack.version().to_owned(),
                nodes: pack.nodes().iter().map(|node| (node.spec)()).collect(),
            };
            described.write().ok()
        };
        TEXT.get_or_init(text)
    });
    match made {
        Ok(Some(text)) if !out.is_null() => {
            // SAFETY: it is not null, and the caller promises the rest.
            unsafe { out.write(Text::of(text)) };
            Status::OK
        }
        _ => Status::FAILED,
    }
}

/// Runs the node of that place.
pub fn run(pack: &'static Pack, call: Call, node: u32) -> Status {
    ended(call, |host| {
        let entry = entry_of(pack, node)?;
        let mut context = Context::of(host);
        let given = (entry.run)(&mut Values::of(host), &mut context)?;
        for (output, value) in (0..).zip(given) {
            let made = value.make(host);
            let done = made.and_then(|value| host.give(output, value));
            done.map_err(|status| Error::host("take an output", status))?;
        }
        Ok(())
    })
}

/// Has the node of that place look at what is known of its inputs.
pub fn check(pack: &'static Pack, call: Call, node: u32) -> Status {
    ended(call, |host| {
        let values = Values::of(host);
        (entry_of(pack, node)?.check)(&Facts::new(&values))
    })
}

fn entry_of(pack: &'static Pack, node: u32) -> Result<&'static crate::Entry> {
    let entry = pack.nodes().get(node as usize);
    entry.ok_or_else(|| Error::Missing(format!("the pack has no node {node}")))
}

/// The functions of a plugin.
type Own = (plugin::Describe, plugin::Run, plugin::Check);

/// The function of an id.
///
/// # Safety
/// `id` is null or ends in NUL.
pub unsafe fn find(id: *const c_char, (describe, run, check): Own) -> Option<Function> {
    if id.is_null() {
        return None;
    }
    // SAFETY: it is not null, and the caller promises the rest.
    let id = unsafe { CStr::from_ptr(id) };
    // SAFETY: who asks by an id knows the type that belongs to it.
    unsafe {
        if id == plugin::DESCRIBE {
            Some(std::mem::transmute::<plugin::Describe, Function>(describe))
        } else if id == plugin::RUN {
            Some(std::mem::transmute::<plugin::Run, Function>(run))
        } else if id == plugin::CHECK {
            Some(std::mem::transmute::<plugin::Check, Function>(check))
        } else {
            None
        }
    }
}

/// Meets the host; null if it is none that this plugin can work with.
///
/// # Safety
/// `host` is null, or a table that lives as long as the process.
pub unsafe fn entry(host: *const Table, own: &'static Table) -> *const Table {
    if host.is_null() {
        return ptr::null();
    }
    // SAFETY: it is not null; a table begins with its size and version, whatever follows.
    let (size, abi) = unsafe { ((*host).size, (*host).abi) };
    if abi == ABI && size as usize >= size_of::<Table>() {
        // SAFETY: it is a table of this version and at least of this size.
        let found = unsafe { Functions::of(&*host) };
        match found {
            Ok(functions) => {
                HOST.get_or_init(|| functions);
                listen();
            }
            Err(_) => return ptr::null(),
        }
    }
    // A host of another version reads that of this table, and says which it wants.
    own
}
