use std::sync::Arc;

use burn::tensor::{Device, Int, Tensor};
use weft_node::{Context, Kind, Values};
use weft_testing::{Troubled, numbers};
use weft_value::{AnyValue, Image};

use super::*;

/// The plugin, and its node of that kind.
fn node(built: &Troubled, kind: &str) -> Result<Arc<dyn Kind>, LibraryError> {
    let folder = tempfile::tempdir().unwrap();
    let plugin = NativePlugin::load(&built.build(folder.path()))?;
    let found = plugin
        .kinds()
        .into_iter()
        .find(|it| it.spec().kind() == kind);
    Ok(found.expect("the plugin has it"))
}

fn picture() -> AnyValue {
    let numbers = Tensor::<1, Int>::arange(0..60, &Device::flex()).float();
    let pixels = numbers.reshape([1, 3, 4, 5]);
    AnyValue::new(Image::new(pixels))
}

fn run(kind: &str) -> Result<Vec<AnyValue>, String> {
    let node = node(&Troubled::default(), kind).map_err(|error| error.to_string())?;
    let mut values = Values::default();
    values.put("image", picture());
    let mut context = Context::detached(Device::flex());
    node.run(&mut values, &mut context)
        .map_err(|error| error.to_string())
}

#[test]
fn a_picture_passes_through_as_it_is() {
    let given = run("Echo").unwrap();
    let image = given[0].get::<Image>().unwrap();
    assert_eq!(
        numbers(&image.pixels()),
        (0..60).map(|n| n as f32).collect::<Vec<_>>()
    );
}

#[test]
fn numbers_go_out_and_in_again() {
    let given = run("Copy").unwrap();
    let image = given[0].get::<Image>().unwrap();
    let wanted: Vec<_> = (0..60).map(|n| n as f32).collect();
    assert_eq!(numbers(&image.pixels()), wanted);
}

#[test]
fn a_program_runs_on_the_picture_where_it_is() {
    match run("Shade") {
        Ok(given) => {
            let image = given[0].get::<Image>().unwrap();
            let wanted: Vec<_> = (0..60).map(|n| 2.0 * n as f32).collect();
            assert_eq!(numbers(&image.pixels()), wanted);
        }
        Err(why) if why.contains("this machine has none") => eprintln!("skipped: {why}"),
        Err(why) => panic!("{why}"),
    }
    let wrong = run("Misshade").unwrap_err();
    assert!(
        wrong.contains("wrong in line 5") && wrong.contains("unfirms"),
        "{wrong}"
    );
}

#[test]
fn numbers_that_mean_nothing_are_refused() {
    assert!(run("Garbage").is_ok(), "{:?}", run("Garbage"));
    assert_eq!(run("Twice").unwrap_err(), "released twice, and said so");
}

#[test]
fn a_plugin_that_lies_about_sizes_is_refused() {
    let given = run("Liar").unwrap();
    assert_eq!(given[0].get::<Image>().unwrap().dims(), [1, 3, 4, 4]);
}

#[test]
fn outputs_that_are_missing_or_wrong_are_told_of() {
    assert_eq!(
        run("Nothing").unwrap_err(),
        "the plugin test.troubled gave no output `out`"
    );
    let wrong = run("Wrong").unwrap_err();
    assert_eq!(
        wrong,
        "the plugin test.troubled gave Number for the output `out`, which is Image"
    );
}

#[test]
fn calls_end_and_nothing_of_them_stays() {
    for _ in 0..10 {
        run("Echo").unwrap();
        run("Twice").unwrap_err();
    }
    // Other tests have calls of their own, which end as well.
    for _ in 0..100 {
        if calls::going() == 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{} calls never ended", calls::going());
}

#[test]
fn libraries_that_do_not_fit_say_why() {
    let built = |built: Troubled| node(&built, "Echo").err().map(|error| error.to_string());
    let other = built(Troubled {
        abi: 7,
        ..Troubled::default()
    })
    .unwrap();
    assert!(
        other.contains("version 7 of the plugin boundary"),
        "{other}"
    );
    let lost = built(Troubled {
        entry: "another",
        ..Troubled::default()
    })
    .unwrap();
    assert!(lost.contains("exports no `weft_plugin`"), "{lost}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.so");
    std::fs::write(&path, "not a library").unwrap();
    let text = NativePlugin::load(&path).err().unwrap().to_string();
    assert!(text.contains("not a shared library"), "{text}");
    // The machine that a library is for stands at byte 18 of an ELF file; 183 is AArch64.
    let mut bytes = std::fs::read(Troubled::default().build(folder.path())).unwrap();
    bytes[18] = 183;
    let foreign = NativePlugin::of(&path, &bytes).err().unwrap().to_string();
    assert!(
        foreign.contains("Aarch64") || cfg!(target_arch = "aarch64"),
        "{foreign}"
    );
    // Torn in the middle, as while it is copied.
    for length in [0, 1, 64, 1000, bytes.len() / 2] {
        bytes[18] = 62;
        assert!(NativePlugin::of(&path, &bytes[..length]).is_err());
    }
}

#[test]
fn the_same_build_is_loaded_once() {
    let folder = tempfile::tempdir().unwrap();
    let library = Troubled {
        build: 77.0,
        ..Troubled::default()
    }
    .build(folder.path());
    let (first, second) = (
        NativePlugin::load(&library).unwrap(),
        NativePlugin::load(&library).unwrap(),
    );
    assert!(Arc::ptr_eq(&first, &second));
}
