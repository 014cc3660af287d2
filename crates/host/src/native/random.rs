//! Whatever a plugin asks for, in whatever order and with whatever numbers, is answered, and harms nothing.

use burn::tensor::{Device, Tensor};
use proptest::prelude::*;
use weft_abi::{Call, Kind, Shape, Space, Status, Text, Value, host::Functions};
use weft_node::{Context, Values};
use weft_value::{AnyValue, Image, List};

use super::{boundary, calls::Going};

/// One thing that a plugin asks for: which, of which value, and two numbers.
type Ask = (u8, usize, u64, i64);

fn inputs() -> Values {
    let mut values = Values::default();
    let image = Image::new(Tensor::ones([1, 3, 2, 2], &Device::flex()));
    values.put("image", AnyValue::new(image.clone()));
    values.put("text", AnyValue::new("words".to_owned()));
    values.put("number", AnyValue::new(0.5));
    let list = List(vec![image.clone(), image]);
    values.put("images", weft_value::Product::give(list));
    values
}

/// Asks for one thing; the number of a value, if one was made.
fn ask(
    host: &Functions,
    call: Call,
    values: &[u64],
    (what, which, odd, number): Ask,
) -> Option<u64> {
    let value = match values.get(which) {
        Some(value) => Value(*value),
        None => Value(odd),
    };
    let call = if what >= 200 { Call(odd) } else { call };
    let name = ["image", "text", "number", "images", "none", ""][which % 6];
    let shape = Shape {
        kind: Kind((number % 12) as u32),
        space: Space((odd % 3) as u32),
        batch: (odd % 3) as u32,
        channels: (number % 6) as u32,
        height: (odd % 5) as u32,
        width: (number % 5) as u32,
    };
    let numbers = [0.5f32; 400];
    let mut room = [0f32; 400];
    let (mut made, mut text) = (Value(0), Text::of(""));
    let (mut bool, mut integer, mut float, mut size) = (0u8, 0i64, 0f64, 0usize);
    let (mut kind, mut seen) = (Kind::OTHER, shape);
    let length = (odd % 401) as usize;
    // SAFETY: every pointer is to something that is there, and as large as is said.
    let status = unsafe {
        match what % 20 {
            0 => (host.input)(call, Text::of(name), &raw mut made),
            1 => (host.kind_of)(call, value, &raw mut kind),
            2 => (host.get_bool)(call, value, &raw mut bool),
            3 => (host.get_integer)(call, value, &raw mut integer),
            4 => (host.get_number)(call, value, &raw mut float),
            5 => (host.get_color)(call, value, room.as_mut_ptr()),
            6 => (host.get_text)(call, value, &raw mut text),
            7 => (host.length)(call, value, &raw mut size),
            8 => (host.item)(call, value, number as usize, &raw mut made),
            9 => (host.get_shape)(call, value, &raw mut seen),
            10 => (host.read)(call, value, room.as_mut_ptr(), length),
            11 => (host.make_number)(call, number as f64, &raw mut made),
            12 => (host.make_text)(call, Text::of(name), &raw mut made),
            13 => (host.make_list)(call, Text::of("Image"), &raw const value, 1, &raw mut made),
            14 => (host.make_picture)(
                call,
                &raw const shape,
                numbers.as_ptr(),
                length,
                &raw mut made,
            ),
            15 => (host.give)(call, odd as u32, value),
            16 => (host.step)(call, odd, number.unsigned_abs()),
            17 => (host.preview)(call, value),
            18 => (host.release)(call, value),
            _ => (host.make_color)(call, numbers.as_ptr(), &raw mut made),
        }
    };
    assert!((Status::PANICKED.0..=0).contains(&status.0), "{status:?}");
    (status.is_ok() && made.0 != 0).then_some(made.0)
}

proptest! {
    #[test]
    fn anything_that_is_asked_for_is_answered(asked in prop::collection::vec(any::<Ask>(), 1..60)) {
        // SAFETY: the table is the host's own.
        let host = unsafe { Functions::of(&boundary::TABLE) }.expect("the host has all");
        let going = Going::begin(Context::detached(Device::flex()), inputs(), 2);
        let mut values = Vec::new();
        for (what, which, odd, number) in asked {
            let made = ask(&host, going.call(), &values, (what, which % 8, odd, number));
            values.extend(made);
        }
        let call = going.call();
        drop(going);
        for value in values {
            let mut kind = Kind::OTHER;
            // SAFETY: there is a place to write to.
            let status = unsafe { (host.kind_of)(call, Value(value), &raw mut kind) };
            prop_assert_eq!(status, Status::NO_SUCH, "nothing outlives its call");
        }
    }
}
