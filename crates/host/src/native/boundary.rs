//! The host's side of the boundary: every function that a plugin may call. All that crosses is checked here, and no panic
//! leaves.

use std::{
    ffi::{CStr, c_char},
    panic::{AssertUnwindSafe, catch_unwind},
    slice,
};

use burn::tensor::{Tensor, TensorData};
use weft_abi::{
    Call, Function, Kind, Level, Program, Shape, Space, Status, Table, Text, Value, host::Functions,
};
use weft_node::LogLevel;
use weft_spec::TypeName;
use weft_tensor::{Numbers, uploaded};
use weft_value::{AnyValue, Color, ColorSpace, File, Folder, Image, Mask, Seed};

use super::calls::{Live, live};

/// What every plugin is handed.
pub(super) static TABLE: Table = Table::new(find);

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

type Done<T = ()> = Result<T, Status>;

/// Runs the body of a function of the boundary: neither an error nor a panic leaves it.
fn guarded(body: impl FnOnce() -> Done) -> Status {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => Status::OK,
        Ok(Err(status)) => status,
        Err(_) => Status::FAILED,
    }
}

/// # Safety
/// `id` is null or a text that ends in NUL.
unsafe extern "C" fn find(id: *const c_char) -> Option<Function> {
    if id.is_null() {
        return None;
    }
    // SAFETY: the caller promises a text that ends in NUL.
    FUNCTIONS.find(unsafe { CStr::from_ptr(id) })
}

/// Writes to where the plugin wants it.
///
/// # Safety
/// `out` is null or may be written.
unsafe fn write<T>(out: *mut T, value: T) -> Done {
    if out.is_null() {
        return Err(Status::WRONG_SIZE);
    }
    // SAFETY: it is not null, and the caller promises the rest; a plugin may hold it unaligned.
    unsafe { out.write_unaligned(value) };
    Ok(())
}

/// The `length` things at `from`.
///
/// # Safety
/// `from` is null or may be read for `length` things, all through `'a`.
unsafe fn many<'a, T>(from: *const T, length: usize) -> Done<&'a [T]> {
    if length == 0 {
        return Ok(&[]);
    }
    let is_sound = !from.is_null() && from.is_aligned();
    let bytes = length.checked_mul(size_of::<T>());
    if !is_sound || bytes.is_none_or(|bytes| bytes > isize::MAX as usize) {
        return Err(Status::WRONG_SIZE);
    }
    // SAFETY: it is neither null nor unaligned nor too long, and the caller promises the rest.
    Ok(unsafe { slice::from_raw_parts(from, length) })
}

/// # Safety
/// The bytes of `text` may be read all through `'a`.
unsafe fn utf8<'a>(text: Text) -> Done<&'a str> {
    // SAFETY: as the caller promises.
    let bytes = unsafe { many(text.bytes, text.length) }?;
    str::from_utf8(bytes).map_err(|_| Status::NOT_UTF8)
}

unsafe extern "C" fn input(call: Call, name: Text, out: *mut Value) -> Status {
    guarded(|| {
        let live = live(call)?;
        // SAFETY: the plugin promises a text and a place to write to.
        let value = live.inputs.get(unsafe { utf8(name) }?);
        let value = value.cloned().ok_or(Status::ABSENT)?;
        // SAFETY: as above.
        unsafe { write(out, live.hand_out(value)) }
    })
}

fn kind(value: &AnyValue) -> Kind {
    match value.type_name().as_str() {
        "Bool" => Kind::BOOL,
        "Integer" => Kind::INTEGER,
        "Number" => Kind::NUMBER,
        "Text" | "File" | "Folder" => Kind::TEXT,
        "Seed" => Kind::SEED,
        "Color" => Kind::COLOR,
        "Image" => Kind::IMAGE,
        "Mask" => Kind::MASK,
        _ if value.items().is_some() => Kind::LIST,
        _ => Kind::OTHER,
    }
}

/// Reads a value by `get` and writes what it gives.
///
/// # Safety
/// `out` is null or may be written.
unsafe fn read_as<T>(
    call: Call,
    value: Value,
    out: *mut T,
    get: impl FnOnce(&AnyValue) -> Option<T>,
) -> Status {
    guarded(|| {
        let value = live(call)?.value(value)?;
        let got = get(&value).ok_or(Status::WRONG_KIND)?;
        // SAFETY: as the caller promises.
        unsafe { write(out, got) }
    })
}

unsafe extern "C" fn kind_of(call: Call, value: Value, out: *mut Kind) -> Status {
    // SAFETY: the plugin promises a place to write to.
    unsafe { read_as(call, value, out, |value| Some(kind(value))) }
}

unsafe extern "C" fn get_bool(call: Call, value: Value, out: *mut u8) -> Status {
    // SAFETY: the plugin promises a place to write to.
    unsafe {
        read_as(call, value, out, |value| {
            value.get::<bool>().copied().map(u8::from)
        })
    }
}

unsafe extern "C" fn get_integer(call: Call, value: Value, out: *mut i64) -> Status {
    let get = |value: &AnyValue| {
        let seed = value.get::<Seed>().map(|seed| seed.0.cast_signed());
        value.get::<i64>().copied().or(seed)
    };
    // SAFETY: the plugin promises a place to write to.
    unsafe { read_as(call, value, out, get) }
}

unsafe extern "C" fn get_number(call: Call, value: Value, out: *mut f64) -> Status {
    let get = |value: &AnyValue| {
        let whole = value.get::<i64>().map(|whole| *whole as f64);
        value.get::<f64>().copied().or(whole)
    };
    // SAFETY: the plugin promises a place to write to.
    unsafe { read_as(call, value, out, get) }
}

unsafe extern "C" fn get_color(call: Call, value: Value, out: *mut f32) -> Status {
    let get = |value: &AnyValue| value.get::<Color>().map(|color| color.0);
    // SAFETY: the plugin promises room for four numbers.
    unsafe { read_as(call, value, out.cast::<[f32; 4]>(), get) }
}

unsafe extern "C" fn get_text(call: Call, value: Value, out: *mut Text) -> Status {
    guarded(|| {
        let of = |value: &AnyValue| {
            let file = value.get::<File>().map(File::path);
            let folder = value.get::<Folder>().map(Folder::path);
            let path = file.or(folder);
            let path = path.map(|path| path.to_string_lossy().into_owned());
            value.get::<String>().cloned().or(path)
        };
        let (bytes, length) = live(call)?.text(value, of)?;
        // SAFETY: the plugin promises a place to write to.
        unsafe { write(out, Text { bytes, length }) }
    })
}

unsafe extern "C" fn length(call: Call, value: Value, out: *mut usize) -> Status {
    let get = |value: &AnyValue| value.items().map(<[AnyValue]>::len);
    // SAFETY: the plugin promises a place to write to.
    unsafe { read_as(call, value, out, get) }
}

unsafe extern "C" fn item(call: Call, value: Value, index: usize, out: *mut Value) -> Status {
    guarded(|| {
        let live = live(call)?;
        let list = live.value(value)?;
        let items = list.items().ok_or(Status::WRONG_KIND)?;
        let item = items.get(index).cloned().ok_or(Status::NO_SUCH)?;
        // SAFETY: the plugin promises a place to write to.
        unsafe { write(out, live.hand_out(item)) }
    })
}

/// The numbers of a picture or mask, and their shape.
fn picture(value: &AnyValue) -> Option<(Tensor<4>, Shape)> {
    let (tensor, kind, space) = match (value.get::<Image>(), value.get::<Mask>()) {
        (Some(image), _) => (image.pixels(), Kind::IMAGE, image.space()),
        (_, Some(mask)) => (mask.coverage(), Kind::MASK, ColorSpace::Srgb),
        _ => return None,
    };
    let [batch, channels, height, width] = tensor.dims().map(|axis| axis as u32);
    let space = match space {
        ColorSpace::Srgb => Space::SRGB,
        ColorSpace::Linear => Space::LINEAR,
    };
    let shape = Shape {
        kind,
        space,
        batch,
        channels,
        height,
        width,
    };
    Some((tensor, shape))
}

unsafe extern "C" fn get_shape(call: Call, value: Value, out: *mut Shape) -> Status {
    let get = |value: &AnyValue| picture(value).map(|(_, shape)| shape);
    // SAFETY: the plugin promises a place to write to.
    unsafe { read_as(call, value, out, get) }
}

unsafe extern "C" fn read(call: Call, value: Value, out: *mut f32, length: usize) -> Status {
    guarded(|| {
        let value = live(call)?.value(value)?;
        let (tensor, shape) = picture(&value).ok_or(Status::WRONG_KIND)?;
        if out.is_null() || shape.numbers() != Some(length) {
            return Err(Status::WRONG_SIZE);
        }
        let numbers = Numbers::of(&tensor).map_err(|_| Status::FAILED)?;
        let numbers = numbers.slice();
        // SAFETY: the plugin promises room for `length` numbers, and that many there are.
        unsafe { out.copy_from(numbers.as_ptr(), numbers.len()) };
        Ok(())
    })
}

/// Makes a value and hands it out.
///
/// # Safety
/// `out` is null or may be written.
unsafe fn make(call: Call, out: *mut Value, value: impl FnOnce(&Live) -> Done<AnyValue>) -> Status {
    guarded(|| {
        let live = live(call)?;
        let value = value(&live)?;
        // SAFETY: as the caller promises.
        unsafe { write(out, live.hand_out(value)) }
    })
}

unsafe extern "C" fn make_bool(call: Call, from: u8, out: *mut Value) -> Status {
    // SAFETY: the plugin promises a place to write to.
    unsafe { make(call, out, |_| Ok(AnyValue::new(from != 0))) }
}

unsafe extern "C" fn make_integer(call: Call, from: i64, out: *mut Value) -> Status {
    // SAFETY: the plugin promises a place to write to.
    unsafe { make(call, out, |_| Ok(AnyValue::new(from))) }
}

unsafe extern "C" fn make_number(call: Call, from: f64, out: *mut Value) -> Status {
    // SAFETY: the plugin promises a place to write to.
    unsafe { make(call, out, |_| Ok(AnyValue::new(from))) }
}

unsafe extern "C" fn make_seed(call: Call, from: i64, out: *mut Value) -> Status {
    // SAFETY: the plugin promises a place to write to.
    unsafe { make(call, out, |_| Ok(AnyValue::new(Seed(from.cast_unsigned())))) }
}

unsafe extern "C" fn make_color(call: Call, from: *const f32, out: *mut Value) -> Status {
    let color = |_: &Live| {
        // SAFETY: the plugin promises four numbers.
        let rgba = unsafe { many(from, 4) }?;
        let rgba = rgba.try_into().map_err(|_| Status::WRONG_SIZE)?;
        Ok(AnyValue::new(Color(rgba)))
    };
    // SAFETY: the plugin promises a place to write to.
    unsafe { make(call, out, color) }
}

unsafe extern "C" fn make_text(call: Call, from: Text, out: *mut Value) -> Status {
    // SAFETY: the plugin promises a text.
    let text = |_: &Live| Ok(AnyValue::new(unsafe { utf8(from) }?.to_owned()));
    // SAFETY: the plugin promises a place to write to.
    unsafe { make(call, out, text) }
}

unsafe extern "C" fn make_list(
    call: Call,
    element: Text,
    from: *const Value,
    length: usize,
    out: *mut Value,
) -> Status {
    let list = |live: &Live| {
        // SAFETY: the plugin promises a text, and so many values.
        let (element, values) = unsafe { (utf8(element)?, many(from, length)?) };
        let element = TypeName::from(element.to_owned());
        let items = values.iter().map(|value| live.value(*value));
        let items: Vec<_> = items.collect::<Result<_, _>>()?;
        if items.iter().any(|item| item.type_name() != element) {
            return Err(Status::WRONG_KIND);
        }
        Ok(AnyValue::list(element, items))
    };
    // SAFETY: the plugin promises a place to write to.
    unsafe { make(call, out, list) }
}

/// The axes of a shape that a plugin wants, checked.
fn axes(shape: &Shape) -> Done<[usize; 4]> {
    let is_mask = shape.kind == Kind::MASK;
    let is_known = is_mask || shape.kind == Kind::IMAGE;
    let channels: &[u32] = if is_mask { &[1] } else { &[1, 3, 4] };
    let is_empty = [shape.batch, shape.height, shape.width].contains(&0);
    let is_space = [Space::SRGB, Space::LINEAR].contains(&shape.space);
    if !is_known || is_empty || !is_space || !channels.contains(&shape.channels) {
        return Err(Status::WRONG_SIZE);
    }
    Ok([shape.batch, shape.channels, shape.height, shape.width].map(|axis| axis as usize))
}

/// The value of these numbers.
fn pictured(tensor: Tensor<4>, shape: &Shape) -> AnyValue {
    if shape.kind == Kind::MASK {
        return AnyValue::new(Mask::new(tensor));
    }
    let space = match shape.space {
        Space::LINEAR => ColorSpace::Linear,
        _ => ColorSpace::Srgb,
    };
    AnyValue::new(Image::in_space(tensor, space))
}

unsafe extern "C" fn make_picture(
    call: Call,
    shape: *const Shape,
    from: *const f32,
    length: usize,
    out: *mut Value,
) -> Status {
    let picture = |live: &Live| {
        // SAFETY: the plugin promises a shape, and so many numbers.
        let (shape, numbers) = unsafe { (many(shape, 1)?[0], many(from, length)?) };
        let axes = axes(&shape)?;
        if shape.numbers() != Some(length) {
            return Err(Status::WRONG_SIZE);
        }
        let data = TensorData::new(numbers.to_vec(), axes);
        let tensor = uploaded(data, live.context.device());
        Ok(pictured(tensor, &shape))
    };
    // SAFETY: the plugin promises a place to write to.
    unsafe { make(call, out, picture) }
}

unsafe extern "C" fn run_wgsl(call: Call, program: *const Program, out: *mut Value) -> Status {
    let run = |live: &Live| {
        // SAFETY: the plugin promises a program, whose parts it has.
        let (source, inputs, uniforms, shape) = unsafe {
            let program = &many(program, 1)?[0];
            if (program.size as usize) < size_of::<Program>() {
                return Err(Status::WRONG_SIZE);
            }
            let inputs = many(program.inputs, program.inputs_length as usize)?;
            let uniforms = many(program.uniforms, program.uniforms_length)?;
            (utf8(program.source)?, inputs, uniforms, program.shape)
        };
        let axes = axes(&shape)?;
        let tensors = inputs.iter().map(|value| {
            let value = live.value(*value)?;
            picture(&value)
                .map(|(tensor, _)| tensor)
                .ok_or(Status::WRONG_KIND)
        });
        let tensors: Vec<_> = tensors.collect::<Result<_, _>>()?;
        let ran = crate::wgsl::run(source, (&tensors, uniforms), axes, live.context.device());
        let tensor = ran.map_err(|message| {
            live.fail("", &message);
            Status::FAILED
        })?;
        Ok(pictured(tensor, &shape))
    };
    // SAFETY: the plugin promises a place to write to.
    unsafe { make(call, out, run) }
}

unsafe extern "C" fn give(call: Call, output: u32, value: Value) -> Status {
    guarded(|| {
        let live = live(call)?;
        live.give(output, live.value(value)?)
    })
}

unsafe extern "C" fn step(call: Call, done: u64, total: u64) -> Status {
    guarded(|| {
        let stepped = live(call)?.context.step(done as usize, total as usize);
        stepped.map_err(|_| Status::CANCELLED)
    })
}

unsafe extern "C" fn preview(call: Call, value: Value) -> Status {
    guarded(|| {
        let live = live(call)?;
        let value = live.value(value)?;
        let image = value.get::<Image>().ok_or(Status::WRONG_KIND)?;
        live.context.preview(image);
        Ok(())
    })
}

unsafe extern "C" fn log(call: Call, level: Level, message: Text) -> Status {
    guarded(|| {
        let level = match level {
            Level::DEBUG => LogLevel::Debug,
            Level::INFO => LogLevel::Info,
            _ => LogLevel::Warning,
        };
        // SAFETY: the plugin promises a text.
        let message = unsafe { utf8(message) }?;
        live(call)?.context.log(level, message);
        Ok(())
    })
}

unsafe extern "C" fn fail(call: Call, input: Text, message: Text) -> Status {
    guarded(|| {
        // SAFETY: the plugin promises two texts.
        let (input, message) = unsafe { (utf8(input)?, utf8(message)?) };
        live(call)?.fail(input, message);
        Ok(())
    })
}

unsafe extern "C" fn release(call: Call, value: Value) -> Status {
    guarded(|| live(call)?.release(value))
}
