//! A host of plain values: every function of the boundary, over maps.

use std::{
    collections::HashMap,
    ffi::{CStr, c_char},
    slice,
    sync::{
        Arc, LazyLock, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use weft_abi::{
    Call, Function, Kind, Level, Program, Shape, Status, Table, Text, Value, host::Functions,
};

/// What a value is here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Held {
    Bool(bool),
    Integer(i64),
    Number(f64),
    Seed(u64),
    Color([f32; 4]),
    /// Bytes, since a host may be wrong about UTF-8 too.
    Text(Vec<u8>),
    List(Vec<Held>),
    Picture(Shape, Vec<f32>),
    Other,
}

impl Held {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Bool(_) => Kind::BOOL,
            Self::Integer(_) => Kind::INTEGER,
            Self::Number(_) => Kind::NUMBER,
            Self::Seed(_) => Kind::SEED,
            Self::Color(_) => Kind::COLOR,
            Self::Text(_) => Kind::TEXT,
            Self::List(_) => Kind::LIST,
            Self::Picture(shape, _) => shape.kind,
            Self::Other => Kind::OTHER,
        }
    }
}

/// One call, as the host keeps it.
#[derive(Default)]
pub(crate) struct Going {
    pub(crate) inputs: HashMap<String, Held>,
    /// By number, less one; a text is boxed apart, so that it stays where it is.
    pub(crate) values: Vec<Arc<Held>>,
    pub(crate) outputs: HashMap<u32, Held>,
    pub(crate) failures: Vec<(String, String)>,
    pub(crate) log: Vec<(u32, String)>,
    pub(crate) steps: Vec<(u64, u64)>,
    pub(crate) previews: usize,
    pub(crate) programs: Vec<(String, usize, Vec<f32>)>,
    /// How many numbers were copied from the host.
    pub(crate) read: usize,
    /// After so many steps the run is cancelled.
    pub(crate) patience: Option<usize>,
}

static CALLS: LazyLock<Mutex<HashMap<u64, Going>>> = LazyLock::new(Mutex::default);
static NEXT: AtomicU64 = AtomicU64::new(1);

fn calls() -> MutexGuard<'static, HashMap<u64, Going>> {
    CALLS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins a call, has `body` do it, and ends it.
pub(crate) fn during(going: Going, body: impl FnOnce(Call) -> Status) -> (Status, Going) {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    calls().insert(number, going);
    let status = body(Call(number));
    (status, calls().remove(&number).unwrap_or_default())
}

type Told<T> = Result<T, Status>;

fn with<T>(call: Call, body: impl FnOnce(&mut Going) -> Told<T>) -> Told<T> {
    body(calls().get_mut(&call.0).ok_or(Status::NO_SUCH)?)
}

impl Going {
    fn held(&self, value: Value) -> Told<Arc<Held>> {
        let place = usize::try_from(value.0)
            .ok()
            .and_then(|it| it.checked_sub(1));
        place
            .and_then(|it| self.values.get(it))
            .cloned()
            .ok_or(Status::NO_SUCH)
    }
    fn hold(&mut self, held: Held) -> Value {
        self.values.push(Arc::new(held));
        Value(self.values.len() as u64)
    }
}

/// Writes what `told` is to `out`.
fn write<T>(out: *mut T, told: Told<T>) -> Status {
    match told {
        Ok(_) if out.is_null() => Status::WRONG_SIZE,
        Ok(it) => {
            // SAFETY: the plugin points to a place for it.
            unsafe { out.write(it) };
            Status::OK
        }
        Err(status) => status,
    }
}

fn done(told: Told<()>) -> Status {
    told.err().unwrap_or(Status::OK)
}

/// `length` of what the plugin points to.
fn taken<T: Clone>(from: *const T, length: usize) -> Told<Vec<T>> {
    match (length, from.is_null()) {
        (0, _) => Ok(Vec::new()),
        (_, true) => Err(Status::WRONG_SIZE),
        // SAFETY: the plugin points to as many.
        _ => Ok(unsafe { slice::from_raw_parts(from, length) }.to_vec()),
    }
}

fn words(text: Text) -> Told<String> {
    String::from_utf8(taken(text.bytes, text.length)?).map_err(|_| Status::NOT_UTF8)
}

macro_rules! get {
    ($($name:ident($ty:ty): $pattern:pat => $it:expr;)*) => {$(
        extern "C" fn $name(call: Call, value: Value, out: *mut $ty) -> Status {
            write(out, with(call, |going| match &*going.held(value)? {
                $pattern => Ok($it),
                _ => Err(Status::WRONG_KIND),
            }))
        }
    )*};
}

get! {
    get_bool(u8): Held::Bool(it) => u8::from(*it);
    get_number(f64): Held::Number(it) => *it;
    get_text(Text): Held::Text(it) => Text { bytes: it.as_ptr(), length: it.len() };
    get_shape(Shape): Held::Picture(shape, _) => *shape;
    length(usize): Held::List(items) => items.len();
}

extern "C" fn get_integer(call: Call, value: Value, out: *mut i64) -> Status {
    write(
        out,
        with(call, |going| match &*going.held(value)? {
            Held::Integer(it) => Ok(*it),
            Held::Seed(it) => Ok(it.cast_signed()),
            _ => Err(Status::WRONG_KIND),
        }),
    )
}

extern "C" fn get_color(call: Call, value: Value, out: *mut f32) -> Status {
    write(
        out.cast(),
        with(call, |going| match &*going.held(value)? {
            Held::Color(it) => Ok(*it),
            _ => Err(Status::WRONG_KIND),
        }),
    )
}

extern "C" fn input(call: Call, name: Text, out: *mut Value) -> Status {
    write(
        out,
        with(call, |going| {
            let held = going
                .inputs
                .get(&words(name)?)
                .cloned()
                .ok_or(Status::ABSENT)?;
            Ok(going.hold(held))
        }),
    )
}

extern "C" fn kind_of(call: Call, value: Value, out: *mut Kind) -> Status {
    write(out, with(call, |going| Ok(going.held(value)?.kind())))
}

extern "C" fn item(call: Call, value: Value, index: usize, out: *mut Value) -> Status {
    write(
        out,
        with(call, |going| match &*going.held(value)? {
            Held::List(items) => {
                Ok(going.hold(items.get(index).ok_or(Status::WRONG_SIZE)?.clone()))
            }
            _ => Err(Status::WRONG_KIND),
        }),
    )
}

extern "C" fn read(call: Call, value: Value, out: *mut f32, length: usize) -> Status {
    done(with(call, |going| match &*going.held(value)? {
        Held::Picture(_, numbers) if numbers.len() == length => {
            // SAFETY: the plugin has room for as many.
            unsafe { out.copy_from_nonoverlapping(numbers.as_ptr(), length) };
            going.read += length;
            Ok(())
        }
        Held::Picture(..) => Err(Status::WRONG_SIZE),
        _ => Err(Status::WRONG_KIND),
    }))
}

fn make(call: Call, held: Told<Held>, out: *mut Value) -> Status {
    write(
        out,
        held.and_then(|held| with(call, |going| Ok(going.hold(held)))),
    )
}

extern "C" fn make_bool(call: Call, from: u8, out: *mut Value) -> Status {
    make(call, Ok(Held::Bool(from != 0)), out)
}
extern "C" fn make_integer(call: Call, from: i64, out: *mut Value) -> Status {
    make(call, Ok(Held::Integer(from)), out)
}
extern "C" fn make_number(call: Call, from: f64, out: *mut Value) -> Status {
    make(call, Ok(Held::Number(from)), out)
}
extern "C" fn make_seed(call: Call, from: i64, out: *mut Value) -> Status {
    make(call, Ok(Held::Seed(from.cast_unsigned())), out)
}
extern "C" fn make_color(call: Call, from: *const f32, out: *mut Value) -> Status {
    let rgba = taken(from, 4).and_then(|it| it.try_into().map_err(|_| Status::WRONG_SIZE));
    make(call, rgba.map(Held::Color), out)
}
extern "C" fn make_text(call: Call, from: Text, out: *mut Value) -> Status {
    make(call, words(from).map(|it| Held::Text(it.into())), out)
}

extern "C" fn make_list(
    call: Call,
    element: Text,
    from: *const Value,
    length: usize,
    out: *mut Value,
) -> Status {
    write(
        out,
        with(call, |going| {
            if words(element)?.is_empty() {
                return Err(Status::WRONG_KIND);
            }
            let items = taken(from, length)?
                .into_iter()
                .map(|it| Ok((*going.held(it)?).clone()));
            let items = items.collect::<Told<_>>()?;
            Ok(going.hold(Held::List(items)))
        }),
    )
}

extern "C" fn make_picture(
    call: Call,
    shape: *const Shape,
    from: *const f32,
    length: usize,
    out: *mut Value,
) -> Status {
    let held = taken(shape, 1).and_then(|shape| {
        let is_whole = shape[0].numbers() == Some(length) && length > 0;
        let is_known = matches!(
            (shape[0].kind, shape[0].channels),
            (Kind::IMAGE, 1 | 3 | 4) | (Kind::MASK, 1)
        );
        if !(is_whole && is_known) {
            return Err(Status::WRONG_SIZE);
        }
        Ok(Held::Picture(shape[0], taken(from, length)?))
    });
    make(call, held, out)
}

/// Runs nothing: whatever the program, each number of the result is 0.75, unless the program is empty.
extern "C" fn run_wgsl(call: Call, program: *const Program, out: *mut Value) -> Status {
    write(
        out,
        with(call, |going| {
            let program = taken(program, 1)?[0];
            let source = words(program.source)?;
            let inputs = taken(program.inputs, program.inputs_length as usize)?;
            for input in &inputs {
                going.held(*input)?;
            }
            if source.is_empty() {
                going
                    .failures
                    .push((String::new(), "the program is empty".to_owned()));
                return Err(Status::FAILED);
            }
            let uniforms = taken(program.uniforms, program.uniforms_length)?;
            going.programs.push((source, inputs.len(), uniforms));
            let numbers = vec![0.75; program.shape.numbers().ok_or(Status::WRONG_SIZE)?];
            Ok(going.hold(Held::Picture(program.shape, numbers)))
        }),
    )
}

extern "C" fn give(call: Call, output: u32, value: Value) -> Status {
    done(with(call, |going| {
        let held = going.held(value)?;
        going.outputs.insert(output, (*held).clone());
        Ok(())
    }))
}

extern "C" fn step(call: Call, of: u64, total: u64) -> Status {
    done(with(call, |going| {
        if going
            .patience
            .is_some_and(|patience| going.steps.len() >= patience)
        {
            return Err(Status::CANCELLED);
        }
        going.steps.push((of, total));
        Ok(())
    }))
}

extern "C" fn preview(call: Call, value: Value) -> Status {
    done(with(call, |going| {
        going.held(value)?;
        going.previews += 1;
        Ok(())
    }))
}

extern "C" fn log(call: Call, level: Level, message: Text) -> Status {
    done(with(call, |going| {
        going.log.push((level.0, words(message)?));
        Ok(())
    }))
}

extern "C" fn fail(call: Call, input: Text, message: Text) -> Status {
    done(with(call, |going| {
        going.failures.push((words(input)?, words(message)?));
        Ok(())
    }))
}

extern "C" fn release(call: Call, value: Value) -> Status {
    done(with(call, |going| going.held(value).map(|_| ())))
}

const FUNCTIONS: Functions = Functions {
    input,
    kind_of,
    get_bool,
    get_integer,
    get_number,
    get_color,
    get_text,
    length,
    item,
    get_shape,
    read,
    make_bool,
    make_integer,
    make_number,
    make_seed,
    make_color,
    make_text,
    make_list,
    make_picture,
    run_wgsl,
    give,
    step,
    preview,
    log,
    fail,
    release,
};

unsafe extern "C" fn find(id: *const c_char) -> Option<Function> {
    // SAFETY: an id ends in NUL.
    FUNCTIONS.find(unsafe { CStr::from_ptr(id) })
}

unsafe extern "C" fn find_all_but_one(id: *const c_char) -> Option<Function> {
    // SAFETY: an id ends in NUL.
    let id = unsafe { CStr::from_ptr(id) };
    (id != weft_abi::host::GIVE)
        .then(|| FUNCTIONS.find(id))
        .flatten()
}

/// This host.
pub(crate) static TABLE: Table = Table::new(find);

/// A host that lacks a function.
pub(crate) static LACKING: Table = Table::new(find_all_but_one);
