//! What is added to the code of a shader: its inputs under their names, and the entry that calls it.

use std::fmt::Write;

use super::header::{Header, Input, Type};

/// Numbers of the uniforms that come first: batch, channels, rows and columns of the result.
pub(super) const RESULT: usize = 4;

/// How many numbers of the uniforms an input takes: of a picture its batch, channels, rows and columns.
pub(super) fn numbers(ty: Type) -> usize {
    match ty {
        Type::Image | Type::Mask | Type::Color => 4,
        Type::Seed => 2,
        Type::Number | Type::Integer | Type::Bool => 1,
    }
}

/// The code that goes after the author's, so that lines and columns stay those of the file.
pub(super) fn of(header: &Header) -> String {
    let pictures = header.inputs.iter().filter(|input| input.ty.is_picture());
    let (mut code, mut set) = (String::new(), String::new());
    let (mut binding, mut at) = (0, RESULT);
    for input in &header.inputs {
        // Writing to a string does not fail.
        let _ = if input.ty.is_picture() {
            binding += 1;
            write!(code, "{}", picture(input, binding - 1, at))
        } else {
            let (name, (ty, value)) = (&input.name, value(input.ty, at));
            let _ = writeln!(set, "    {name} = {value};");
            writeln!(code, "var<private> {name}: {ty};")
        };
        at += numbers(input.ty);
    }
    let result = pictures.count();
    let made = match header.output.ty {
        Type::Mask => "    weft_made[weft_at(batch, 0u, at)] = coverage(at);\n".to_owned(),
        _ => "    let made = pixel(at);\n    for (var c = 0u; c < u32(weft_uniforms[1]); c++) {\n        \
              weft_made[weft_at(batch, c, at)] = made[c];\n    }\n"
            .to_owned(),
    };
    let uniforms = result + 1;
    let _ = write!(
        code,
        "@group(0) @binding({result}) var<storage, read_write> weft_made: array<f32>;
@group(0) @binding({uniforms}) var<storage, read> weft_uniforms: array<f32>;
var<private> weft_batch: u32;
fn weft_at(batch: u32, channel: u32, at: vec2<u32>) -> u32 {{
    let size = vec3<u32>(u32(weft_uniforms[1]), u32(weft_uniforms[2]), u32(weft_uniforms[3]));
    return ((batch * size.x + channel) * size.y + at.y) * size.z + at.x;
}}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {{
    let index = id.x + id.y * groups.x * 64u;
    let rows = u32(weft_uniforms[2]);
    let columns = u32(weft_uniforms[3]);
    let area = rows * columns;
    let batch = index / area;
    if (batch >= u32(weft_uniforms[0])) {{ return; }}
    weft_batch = batch;
    let at = vec2<u32>(index % area % columns, index % area / columns);
{set}{made}}}
"
    );
    code
}

/// The type of a number, and where it is read.
fn value(ty: Type, at: usize) -> (&'static str, String) {
    let number = |at: usize| format!("weft_uniforms[{at}]");
    match ty {
        Type::Integer => ("i32", format!("i32({})", number(at))),
        Type::Bool => ("bool", format!("{} != 0.0", number(at))),
        Type::Color => {
            let channels = [at, at + 1, at + 2, at + 3].map(number).join(", ");
            ("vec4<f32>", format!("vec4<f32>({channels})"))
        }
        Type::Seed => (
            "u32",
            format!("u32({}) * 65536u + u32({})", number(at), number(at + 1)),
        ),
        _ => ("f32", number(at)),
    }
}

/// How a picture is read.
fn picture(input: &Input, binding: usize, at: usize) -> String {
    let name = &input.name;
    let (ty, pixel) = match input.ty {
        Type::Mask => ("f32", "return one;".to_owned()),
        _ => (
            "vec4<f32>",
            format!(
                "if (channels == 1u) {{ return vec4<f32>(vec3<f32>(one), 1.0); }}
    let two = weft_{name}[first + area];
    let three = weft_{name}[first + 2u * area];
    if (channels == 3u) {{ return vec4<f32>(one, two, three, 1.0); }}
    return vec4<f32>(one, two, three, weft_{name}[first + 3u * area]);"
            ),
        ),
    };
    format!(
        "@group(0) @binding({binding}) var<storage, read_write> weft_{name}: array<f32>;
fn {name}_size() -> vec2<u32> {{
    return vec2<u32>(u32(weft_uniforms[{columns}]), u32(weft_uniforms[{rows}]));
}}
fn {name}_at(x: i32, y: i32) -> {ty} {{
    let size = {name}_size();
    let channels = u32(weft_uniforms[{channels}]);
    let area = size.x * size.y;
    let column = u32(clamp(x, 0, i32(size.x) - 1));
    let row = u32(clamp(y, 0, i32(size.y) - 1));
    let batch = min(weft_batch, u32(weft_uniforms[{at}]) - 1u);
    let first = batch * channels * area + row * size.x + column;
    let one = weft_{name}[first];
    {pixel}
}}
fn {name}_smooth(x: f32, y: f32) -> {ty} {{
    let corner = floor(vec2<f32>(x, y) - 0.5);
    let part = vec2<f32>(x, y) - 0.5 - corner;
    let c = vec2<i32>(corner);
    let upper = mix({name}_at(c.x, c.y), {name}_at(c.x + 1, c.y), part.x);
    let lower = mix({name}_at(c.x, c.y + 1), {name}_at(c.x + 1, c.y + 1), part.x);
    return mix(upper, lower, part.y);
}}
",
        channels = at + 1,
        rows = at + 2,
        columns = at + 3,
    )
}
