use burn::tensor::{Device, Tensor, TensorData};
use miette::Diagnostic;
use weft_node::{Context, Values};
use weft_testing::{for_each_device, numbers};
use weft_value::{AnyValue, Image, Mask};

use super::*;

const ADD: &str = "\
// test.shader.Add 0.2.0
//
// Adds a number.
//
// The how.
//
// image: Image                      Picture.
// by: Number = 0.25 in -1.0..=1.0   What to add.
// -> image: Image like image        The sum.

fn pixel(at: vec2<u32>) -> vec4<f32> {
    let here = image_at(i32(at.x), i32(at.y));
    return vec4<f32>(here.rgb + by, here.a);
}
";

fn read(text: &str) -> Result<ShaderPlugin, ShaderProblem> {
    ShaderPlugin::read(Path::new("add.wgsl"), text)
}

fn wrong(text: &str) -> Vec<String> {
    let problem = read(text).err().expect("it is wrong");
    let labels = problem.labels().into_iter().flatten();
    let mut said: Vec<_> = labels
        .filter_map(|label| label.label().map(str::to_owned))
        .collect();
    said.insert(0, problem.to_string());
    said
}

fn picture(shape: [usize; 4], device: &Device) -> Tensor<4> {
    let numbers: Vec<f32> = (0..shape.iter().product())
        .map(|n: usize| n as f32 / 100.0)
        .collect();
    Tensor::from_data(TensorData::new(numbers, shape), device)
}

/// What a shader gives, or nothing where no adapter is.
fn run(text: &str, values: Vec<(&str, AnyValue)>, device: &Device) -> Option<AnyValue> {
    let mut all = Values::default();
    values
        .into_iter()
        .for_each(|(name, value)| all.put(name, value));
    let kind = read(text)
        .unwrap_or_else(|problem| panic!("{problem:?}"))
        .kind();
    match kind.run(&mut all, &mut Context::detached(device.clone())) {
        Ok(mut given) => given.pop(),
        Err(error) if error.to_string().contains("this machine has none") => {
            eprintln!("skipped: {error}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_header_says_what_the_node_is() {
    let described = read(ADD).unwrap().described();
    assert_eq!(
        (described.id.as_str(), described.version.as_str()),
        ("test.shader", "0.2.0")
    );
    let node = &described.nodes[0];
    assert_eq!(
        (node.id.as_str(), node.summary()),
        ("test.shader.Add", "Adds a number.")
    );
    assert!(node.help.ends_with("The how."));
    let by = node.input("by").unwrap();
    assert_eq!(by.default.as_ref().unwrap().to_string(), "0.25");
    assert_eq!(by.range.unwrap().to_string(), "-1..=1");
    assert_eq!(by.help, "What to add.");
}

#[test]
fn pictures_of_every_form_are_read_as_colours() {
    for_each_device(|device| {
        for shape in [[1, 3, 1, 1], [2, 3, 5, 7], [1, 4, 3, 2]] {
            let pixels = picture(shape, device);
            let values = vec![
                ("image", AnyValue::new(Image::new(pixels.clone()))),
                ("by", AnyValue::new(0.25)),
            ];
            let Some(given) = run(ADD, values, device) else {
                return;
            };
            let made = given.get::<Image>().unwrap().pixels();
            assert_eq!(made.dims(), shape);
            let colours = |tensor: Tensor<4>| numbers(&tensor.narrow(1, 0, 3));
            assert_eq!(colours(made.clone()), colours(pixels.clone() + 0.25));
            if shape[1] == 4 {
                assert_eq!(
                    numbers(&made.narrow(1, 3, 1)),
                    numbers(&pixels.narrow(1, 3, 1))
                );
            }
        }
        let grey = AnyValue::new(Image::new(picture([1, 1, 2, 3], device)));
        if let Some(given) = run(
            ADD,
            vec![("image", grey), ("by", AnyValue::new(0.0))],
            device,
        ) {
            assert_eq!(given.get::<Image>().unwrap().dims(), [1, 3, 2, 3]);
        }
    });
}

#[test]
fn sizes_seeds_colours_and_masks_arrive() {
    let text = "\
// test.shader.All 0.1.0
//
// Takes one of everything.
//
// mask: Mask  A mask.
// width: Integer = 3  Columns.
// height: Integer = 2  Rows.
// seed: Seed = 1  A seed.
// tint: Color = \"#ff0000\"  A colour.
// flag: Bool = true  A flag.
// -> mask: Mask width x height  All of them.

fn coverage(at: vec2<u32>) -> f32 {
    let seen = mask_smooth(0.5, 0.5) + tint.r + f32(seed % 10u);
    return select(0.0, seen + f32(at.y * 10u + at.x), flag);
}
";
    let device = Device::flex();
    let values = vec![
        (
            "mask",
            AnyValue::new(Mask::new(picture([1, 1, 2, 2], &device) + 0.5)),
        ),
        ("width", AnyValue::new(3i64)),
        ("height", AnyValue::new(2i64)),
        ("seed", AnyValue::new(weft_value::Seed(4_000_000_007))),
        (
            "tint",
            AnyValue::new(weft_value::Color([1.0, 0.0, 0.0, 1.0])),
        ),
        ("flag", AnyValue::new(true)),
    ];
    let Some(given) = run(text, values, &device) else {
        return;
    };
    let made = given.get::<Mask>().unwrap().coverage();
    assert_eq!(numbers(&made), [8.5, 9.5, 10.5, 18.5, 19.5, 20.5]);
}

#[test]
fn every_mistake_of_a_header_is_told_at_once() {
    let said = wrong("fn pixel() {}");
    assert!(said[1].contains("begins with a comment"), "{said:?}");
    let text = ADD
        .replace("Number = 0.25", "Nunber = 0.25")
        .replace("like image ", "like imago ");
    let said = wrong(&text);
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[1].contains("`Nunber` is no type"), "{said:?}");
    assert!(said[2].contains("`imago` is no input"), "{said:?}");
    for (from, to, message) in [
        (" 0.2.0", "", "must name the node and its version"),
        ("0.25 in", "true in", "the default must be a number"),
        ("-1.0..=1.0", "few     ", "is no range"),
        (
            "-> image: Image",
            "-> image: Number",
            "is no type of output",
        ),
        ("-> image", "// image", "no line `-> image"),
    ] {
        let said = wrong(&ADD.replacen(from, to, 1)).join("\n");
        assert!(said.contains(message), "{to}: {said}");
    }
}

#[test]
fn a_mistake_in_the_code_is_underlined_where_the_author_wrote_it() {
    let text = ADD.replace("here.rgb + by", "here.rgb + bye");
    let problem = read(&text).err().unwrap();
    let label = problem.labels().unwrap().next().unwrap();
    assert_eq!(&text[label.offset()..label.offset() + label.len()], "bye");
    let lost = read(&ADD.replace("fn pixel", "fn pixels")).err().unwrap();
    let help = lost.help().map(|help| help.to_string()).unwrap_or_default();
    assert!(help.contains("fn pixel(at: vec2<u32>)"), "{lost:?}");
}
