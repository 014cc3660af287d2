//! The plugin as a host sees it: through its one exported symbol.

use std::{ffi::CStr, sync::LazyLock};

use weft_abi::{Call, Described, Status, Table, Text, plugin};

use crate::host::{self, Going, Held};

unsafe extern "C" {
    /// The entry, as the linker finds it.
    pub(crate) fn weft_plugin(host: *const Table) -> *const Table;
}

/// What a host calls of a plugin.
#[derive(Clone, Copy)]
pub(crate) struct Plugin {
    pub(crate) describe: plugin::Describe,
    pub(crate) run: plugin::Run,
    pub(crate) check: plugin::Check,
}

impl Plugin {
    /// Finds its functions.
    pub(crate) fn of(table: &Table) -> Self {
        let find = |id: &CStr| {
            // SAFETY: an id ends in NUL.
            unsafe { (table.find)(id.as_ptr()) }.expect("a plugin has it")
        };
        // SAFETY: the function of an id is of the type that belongs to it.
        unsafe {
            Self {
                describe: std::mem::transmute::<weft_abi::Function, plugin::Describe>(find(
                    plugin::DESCRIBE,
                )),
                run: std::mem::transmute::<weft_abi::Function, plugin::Run>(find(plugin::RUN)),
                check: std::mem::transmute::<weft_abi::Function, plugin::Check>(find(
                    plugin::CHECK,
                )),
            }
        }
    }

    pub(crate) fn described(self) -> Described {
        let mut text = Text::of("");
        // SAFETY: there is a place for the text, which lives as long as the process.
        let bytes = unsafe {
            assert_eq!((self.describe)(&raw mut text), Status::OK);
            std::slice::from_raw_parts(text.bytes, text.length)
        };
        Described::read(std::str::from_utf8(bytes).expect("UTF-8")).expect("a description")
    }

    pub(crate) fn run(self, call: Call, node: u32) -> Status {
        // SAFETY: it takes numbers alone.
        unsafe { (self.run)(call, node) }
    }

    pub(crate) fn check(self, call: Call, node: u32) -> Status {
        // SAFETY: it takes numbers alone.
        unsafe { (self.check)(call, node) }
    }
}

/// The plugin, met.
pub(crate) static PLUGIN: LazyLock<Plugin> = LazyLock::new(|| {
    // SAFETY: the host's table is a static.
    let table = unsafe { weft_plugin(&raw const host::TABLE).as_ref() };
    Plugin::of(table.expect("it works with this host"))
});

/// Runs the node of that place on these inputs.
pub(crate) fn run(node: u32, inputs: &[(&str, Held)]) -> (Status, Going) {
    let inputs = inputs
        .iter()
        .map(|(name, held)| ((*name).to_owned(), held.clone()));
    let going = Going {
        inputs: inputs.collect(),
        ..Going::default()
    };
    host::during(going, |call| PLUGIN.run(call, node))
}
