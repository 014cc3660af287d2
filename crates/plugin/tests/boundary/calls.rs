//! What a call does.

use weft_abi::{Call, Kind, Shape, Space, Status};

use crate::{
    host::{Going, Held, during},
    pack::{ECHO, MAKE, NARROW, PANIC, SHADE, SMUGGLE, WALK},
    plugin::{PLUGIN, run},
};

pub(crate) fn picture(kind: Kind, channels: u32) -> Held {
    let shape = Shape {
        kind,
        space: Space::LINEAR,
        batch: 2,
        channels,
        height: 3,
        width: 4,
    };
    let numbers = (0..24 * channels).map(|n| n as f32).collect();
    Held::Picture(shape, numbers)
}

/// One value for each input of `Echo`.
pub(crate) fn whole() -> Vec<(&'static str, Held)> {
    vec![
        ("flag", Held::Bool(true)),
        ("count", Held::Integer(-3)),
        ("number", Held::Number(0.25)),
        ("text", Held::text("grüß ")),
        ("seed", Held::Seed(u64::MAX)),
        ("color", Held::Color([0.1, 0.2, 0.3, 0.4])),
        ("voice", Held::text("Quiet")),
        ("file", Held::text("/a/b.png")),
        ("image", picture(Kind::IMAGE, 3)),
        ("mask", picture(Kind::MASK, 1)),
        (
            "numbers",
            Held::List(vec![Held::Number(1.0), Held::Number(2.0)]),
        ),
        ("end", Held::text("Gott")),
    ]
}

#[test]
fn everything_passes_through() {
    let inputs = whole();
    let (status, going) = run(ECHO, &inputs);
    assert_eq!(status, Status::OK, "{:?}", going.failures);
    for (place, (name, held)) in (0..).zip(&inputs[..11]) {
        let expected = if *name == "text" {
            Held::text("grüß Gott")
        } else {
            held.clone()
        };
        assert_eq!(going.outputs[&place], expected, "{name}");
    }
}

#[test]
fn a_picture_that_passes_through_is_not_read() {
    let (_, going) = run(ECHO, &whole());
    assert_eq!(going.read, 0);
}

#[test]
fn what_may_be_left_out_may_be_left_out() {
    let mut inputs = whole();
    inputs.retain(|(name, _)| *name != "end");
    let (status, going) = run(ECHO, &inputs);
    assert_eq!(
        (status, &going.outputs[&3]),
        (Status::OK, &Held::text("grüß "))
    );
}

#[test]
fn what_is_missing_is_named() {
    let mut inputs = whole();
    inputs.retain(|(name, _)| *name != "seed");
    let (status, going) = run(ECHO, &inputs);
    assert_eq!(status, Status::FAILED);
    assert_eq!(
        going.failures,
        [("seed".to_owned(), "has no value".to_owned())]
    );
}

#[test]
fn a_number_that_does_not_fit_is_refused() {
    let inputs = |small, signed, count, short| {
        [
            ("small", Held::Integer(small)),
            ("signed", Held::Integer(signed)),
            ("count", Held::Integer(count)),
            ("short", Held::Number(short)),
        ]
    };
    let (status, going) = run(NARROW, &inputs(1, -2, 4, 0.5));
    assert_eq!(
        (status, &going.outputs[&0]),
        (Status::OK, &Held::Number(3.5))
    );
    for wrong in [
        inputs(-1, 0, 0, 0.0),
        inputs(0, 1 << 31, 0, 0.0),
        inputs(0, 0, -1, 0.0),
        inputs(0, 0, 0, 1e300),
    ] {
        let (status, going) = run(NARROW, &wrong);
        assert_eq!(status, Status::FAILED);
        assert!(
            going.failures[0].1.ends_with("is out of range"),
            "{:?}",
            going.failures
        );
    }
}

#[test]
fn a_panic_is_told_with_its_place() {
    let (status, going) = run(PANIC, &[("message", Held::text("no way"))]);
    assert_eq!(status, Status::PANICKED);
    let said = &going.failures[0].1;
    assert!(
        said.starts_with("no way, at ") && said.contains("pack.rs:"),
        "{said}"
    );
}

#[test]
fn a_panic_that_panics_as_it_is_dropped_is_told() {
    let (status, going) = run(PANIC, &[]);
    assert_eq!(status, Status::PANICKED);
    assert!(
        going.failures[0].1.starts_with("without a word"),
        "{:?}",
        going.failures
    );
}

#[test]
fn a_check_refuses_by_name_or_panics_alone() {
    let check = |node, text: &str, input: &str| {
        let inputs = [(input.to_owned(), Held::text(text))].into();
        during(
            Going {
                inputs,
                ..Going::default()
            },
            |call| PLUGIN.check(call, node),
        )
    };
    assert_eq!(check(ECHO, "x", "text").0, Status::OK);
    let (status, going) = check(ECHO, "", "text");
    assert_eq!(status, Status::FAILED);
    assert_eq!(going.failures, [("text".to_owned(), "is empty".to_owned())]);
    assert_eq!(check(PANIC, "x", "message").0, Status::PANICKED);
}

#[test]
fn steps_previews_and_lines_arrive() {
    let (status, going) = run(WALK, &[("steps", Held::Integer(3))]);
    assert_eq!((status, going.previews), (Status::OK, 1));
    assert_eq!(going.steps, [(0, 3), (1, 3), (2, 3)]);
    assert_eq!(
        going.log,
        [(1, "off we go".to_owned()), (2, "tired".to_owned())]
    );
}

#[test]
fn a_cancelled_run_ends_at_the_next_step() {
    let inputs = [("steps".to_owned(), Held::Integer(1_000_000))].into();
    let going = Going {
        inputs,
        patience: Some(2),
        ..Going::default()
    };
    let (status, going) = during(going, |call| PLUGIN.run(call, WALK));
    assert_eq!((status, going.steps.len()), (Status::CANCELLED, 2));
    assert!(going.failures.is_empty());
}

#[test]
fn a_program_runs_where_the_picture_is() {
    let inputs = [
        ("source", Held::text("fn main() {}")),
        ("image", picture(Kind::IMAGE, 3)),
    ];
    let (status, going) = run(SHADE, &inputs);
    assert_eq!(
        (status, going.read),
        (Status::OK, 0),
        "{:?}",
        going.failures
    );
    let source = "fn main() {}".to_owned();
    assert_eq!(
        going.programs,
        [(source.clone(), 2, vec![0.5, 2.0]), (source, 1, vec![])]
    );
    let Held::Picture(shape, _) = &going.outputs[&1] else {
        panic!("a mask")
    };
    assert_eq!(
        (shape.kind, shape.channels, shape.width),
        (Kind::MASK, 1, 4)
    );
}

#[test]
fn a_wrong_program_fails_the_node() {
    let inputs = [
        ("source", Held::text("")),
        ("image", picture(Kind::IMAGE, 3)),
    ];
    let (status, going) = run(SHADE, &inputs);
    assert_eq!(status, Status::FAILED);
    assert_eq!(going.failures[0].1, "the program is empty");
}

#[test]
fn a_picture_of_an_earlier_call_is_refused() {
    // The numbers of values begin anew with each call, so that of the earlier one is a value of the later one too.
    assert_eq!(
        run(SMUGGLE, &[("image", picture(Kind::IMAGE, 3))]).0,
        Status::OK
    );
    let (status, going) = run(SMUGGLE, &[("image", picture(Kind::IMAGE, 1))]);
    assert_eq!(status, Status::FAILED, "{:?}", going.outputs);
}

#[test]
fn a_picture_of_the_wrong_size_is_refused_before_the_host_hears_of_it() {
    let dims = |dims: [i64; 4]| Held::List(dims.map(Held::Integer).to_vec());
    let (status, going) = run(
        MAKE,
        &[("dims", dims([1, 3, 2, 2])), ("numbers", Held::Integer(11))],
    );
    assert_eq!(status, Status::FAILED);
    assert!(
        going.failures[0].1.contains("11 numbers"),
        "{:?}",
        going.failures
    );
}

#[test]
fn calls_and_nodes_that_are_none_fail() {
    assert_eq!(PLUGIN.run(Call(0), ECHO), Status::FAILED);
    assert_eq!(PLUGIN.run(Call(u64::MAX), ECHO), Status::FAILED);
    let (status, going) = run(u32::MAX, &[]);
    assert_eq!(status, Status::FAILED);
    assert!(
        going.failures[0].1.contains("no node"),
        "{:?}",
        going.failures
    );
}

#[test]
fn many_calls_at_once_do_not_meet() {
    std::thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || {
                for n in 0..50 {
                    let inputs = [("small", n), ("signed", -n), ("count", thread)];
                    let mut inputs: Vec<_> =
                        inputs.map(|(name, n)| (name, Held::Integer(n))).into();
                    inputs.push(("short", Held::Number(0.0)));
                    let (status, going) = run(NARROW, &inputs);
                    assert_eq!(
                        (status, &going.outputs[&0]),
                        (Status::OK, &Held::Number(thread as f64))
                    );
                }
            });
        }
    });
}
