//! How a plugin meets its host.

use std::ptr;

use weft_abi::{ABI, Call, Status, Table};
use weft_node::{Form, Literal};

use crate::{
    host,
    pack::ECHO,
    plugin::{PLUGIN, Plugin, weft_plugin},
};

fn meet(host: *const Table) -> Option<&'static Table> {
    // SAFETY: it is null or a table that is there.
    unsafe { weft_plugin(host).as_ref() }
}

#[test]
fn a_host_that_is_none_gets_nothing() {
    assert!(meet(ptr::null()).is_none());
}

#[test]
fn a_host_without_a_function_gets_nothing() {
    assert!(meet(&raw const host::LACKING).is_none());
}

#[test]
fn a_host_of_another_version_learns_which_one_the_plugin_has() {
    for (size, abi) in [(size_of::<Table>() as u32, ABI + 1), (8, ABI), (0, 0)] {
        let other = Table {
            size,
            abi,
            ..host::TABLE
        };
        let own = meet(&raw const other).expect("its table");
        assert_eq!((own.size as usize, own.abi), (size_of::<Table>(), ABI));
    }
}

#[test]
fn a_second_meeting_changes_nothing() {
    let first = meet(&raw const host::TABLE).expect("its table");
    let second = meet(&raw const host::TABLE).expect("its table");
    assert!(ptr::eq(first, second));
    assert_eq!(Plugin::of(second).run(Call(0), ECHO), Status::FAILED);
}

#[test]
fn an_id_that_nobody_knows_finds_nothing() {
    let table = meet(&raw const host::TABLE).expect("its table");
    // SAFETY: the ids end in NUL, or are null.
    unsafe {
        assert!((table.find)(c"weft.dance".as_ptr()).is_none());
        assert!((table.find)(c"".as_ptr()).is_none());
        assert!((table.find)(ptr::null()).is_none());
    }
}

#[test]
fn a_pack_describes_itself() {
    let described = PLUGIN.described();
    assert_eq!(
        (described.id.as_str(), described.version.as_str()),
        ("test.all", "1.2.3")
    );
    let echo = &described.nodes[ECHO as usize];
    assert_eq!((echo.id.as_str(), echo.version), ("test.all.Echo", 3));
    assert_eq!(echo.summary(), "Gives back what it takes.");
    let count = echo.input("count").unwrap();
    assert_eq!(count.default, Some(Literal::Integer(7)));
    assert_eq!(count.range.unwrap().to_string(), "-9..=9");
    let voice = echo.input("voice").unwrap();
    assert_eq!(voice.default, Some(Literal::Name("Loud".into())));
    assert!(matches!(&voice.form, Form::Choice(words) if words[0].help == "Softly."));
    assert!(echo.input("end").unwrap().optional);
    assert_eq!(echo.input("numbers").unwrap().ty.as_str(), "List<Number>");
    assert_eq!(echo.outputs[9].name, "mask");
}

#[test]
fn a_description_without_a_place_is_not_written() {
    // SAFETY: null is a place that the plugin refuses.
    let status = unsafe { (PLUGIN.describe)(ptr::null_mut()) };
    assert_eq!(status, Status::FAILED);
}
