//! Whatever crosses, nothing breaks.

use proptest::{collection::vec, prelude::*};
use weft_abi::{Kind, Shape, Space, Status};

use crate::{
    calls::whole,
    host::Held,
    pack::{ECHO, MAKE},
    plugin::{PLUGIN, run},
};

fn shapes() -> impl Strategy<Value = Shape> {
    let kind = prop_oneof![Just(Kind::IMAGE), Just(Kind::MASK)];
    (kind, 0u32..3, [0u32..4, 0..5, 0..6, 0..6]).prop_map(
        |(kind, space, [batch, channels, height, width])| Shape {
            kind,
            space: Space(space),
            batch,
            channels,
            height,
            width,
        },
    )
}

/// Values of any kind, right or wrong: texts that are not UTF-8, pictures whose numbers are too few.
fn values() -> impl Strategy<Value = Held> {
    let one = prop_oneof![
        any::<bool>().prop_map(Held::Bool),
        any::<i64>().prop_map(Held::Integer),
        any::<f64>().prop_map(Held::Number),
        any::<u64>().prop_map(Held::Seed),
        any::<[f32; 4]>().prop_map(Held::Color),
        any::<Vec<u8>>().prop_map(Held::Text),
        any::<String>().prop_map(|text| Held::text(&text)),
        (shapes(), vec(any::<f32>(), 0..40))
            .prop_map(|(shape, numbers)| Held::Picture(shape, numbers)),
        Just(Held::Other),
    ];
    one.prop_recursive(3, 20, 6, |inner| vec(inner, 0..6).prop_map(Held::List))
}

proptest! {
    #[test]
    fn plain_values_come_out_as_they_went_in(
        (flag, count, number) in any::<(bool, i64, f64)>(),
        (seed, color) in any::<(u64, [f32; 4])>(),
        text in any::<String>(),
        numbers in vec(-1e9..1e9f64, 0..20),
    ) {
        let mut inputs = whole();
        let given = [
            ("flag", Held::Bool(flag)),
            ("count", Held::Integer(count)),
            ("number", Held::Number(number)),
            ("seed", Held::Seed(seed)),
            ("color", Held::Color(color)),
            ("text", Held::text(&text)),
            ("numbers", Held::List(numbers.into_iter().map(Held::Number).collect())),
            ("end", Held::text("")),
        ];
        for (name, held) in &mut inputs {
            if let Some((_, new)) = given.iter().find(|(it, _)| it == name) {
                *held = new.clone();
            }
        }
        let (status, going) = run(ECHO, &inputs);
        prop_assert_eq!(status, Status::OK, "{:?}", going.failures);
        for (place, (_, held)) in (0..).zip(&inputs[..11]) {
            prop_assert_eq!(&going.outputs[&place], held);
        }
    }

    #[test]
    fn a_value_of_any_kind_at_any_input_is_taken_or_refused(at in 0usize..12, held in values()) {
        let mut inputs = whole();
        inputs[at].1 = held;
        let (status, going) = run(ECHO, &inputs);
        prop_assert!(status == Status::OK || status == Status::FAILED, "{:?}", status);
        prop_assert_eq!(status == Status::FAILED, !going.failures.is_empty());
    }

    #[test]
    fn a_text_is_taken_if_it_is_utf8(bytes in any::<Vec<u8>>()) {
        let mut inputs = whole();
        inputs[3].1 = Held::Text(bytes.clone());
        let (status, _) = run(ECHO, &inputs);
        prop_assert_eq!(status == Status::OK, std::str::from_utf8(&bytes).is_ok());
    }

    #[test]
    fn a_picture_is_made_if_shape_and_numbers_agree(
        dims in [0i64..3, 0i64..6, 0i64..5, 0i64..5],
        exact in any::<bool>(),
        other in 0i64..60,
    ) {
        let product = dims.iter().product();
        let numbers = if exact { product } else { other };
        let inputs = [
            ("dims", Held::List(dims.map(Held::Integer).to_vec())),
            ("numbers", Held::Integer(numbers)),
        ];
        let (status, _) = run(MAKE, &inputs);
        let fits = matches!(dims[1], 1 | 3 | 4) && product > 0 && numbers == product;
        prop_assert_eq!(status == Status::OK, fits);
    }

    #[test]
    fn axes_of_any_length_are_refused_where_there_are_no_numbers(dims in any::<[i64; 4]>()) {
        let inputs = [
            ("dims", Held::List(dims.map(Held::Integer).to_vec())),
            ("numbers", Held::Integer(0)),
        ];
        prop_assert_eq!(run(MAKE, &inputs).0, Status::FAILED);
    }

    #[test]
    fn calls_and_nodes_by_any_number_end(call in any::<u64>(), node in any::<u32>()) {
        // Numbers of calls count from 1, so none this high is going.
        let call = weft_abi::Call(call | 1 << 63);
        prop_assert_eq!(PLUGIN.run(call, node), Status::FAILED);
        prop_assert_eq!(PLUGIN.check(call, node).is_ok(), false);
    }
}
