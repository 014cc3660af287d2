//! The functions that the host has, by id. All may be called from the thread that runs the call, and from others that it
//! has started and waits for; a call and its values mean nothing after `weft.run` has returned.

use std::ffi::CStr;

use crate::{Call, Kind, Level, Program, Shape, Status, Text, Value};

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident, $constant:ident, $field:ident = $id:literal: fn($($argument:ident: $ty:ty),* $(,)?);)*) => {
        $(
            #[doc = concat!("The id of [`", stringify!($name), "`].")]
            pub const $constant: &CStr = $id;
            $(#[$doc])*
            pub type $name = unsafe extern "C" fn($($argument: $ty),*) -> Status;
        )*

        /// Every function of the host, found.
        #[derive(Clone, Copy)]
        pub struct Functions {
            $($(#[$doc])* pub $field: $name,)*
        }

        impl Functions {
            /// Finds every function.
            ///
            /// # Safety
            /// `table` is the host's: each function that it finds is of the type that belongs to its id.
            ///
            /// # Errors
            /// The id of the first that the host lacks.
            pub unsafe fn of(table: &crate::Table) -> Result<Self, &'static CStr> {
                Ok(Self {
                    $($field: {
                        // SAFETY: an id is a text that ends in NUL.
                        let found = unsafe { (table.find)($constant.as_ptr()) };
                        // SAFETY: the host's function of this id has this type, as the caller promises.
                        unsafe { std::mem::transmute::<crate::Function, $name>(found.ok_or($constant)?) }
                    },)*
                })
            }

            /// The function of an id, for a host that has all of these.
            #[must_use]
            pub fn find(&self, id: &CStr) -> Option<crate::Function> {
                $(if id == $constant {
                    // SAFETY: who calls it knows its type by the id.
                    return Some(unsafe { std::mem::transmute::<$name, crate::Function>(self.$field) });
                })*
                None
            }
        }
    };
}

functions! {
    /// Finds the value of an input; [`Status::ABSENT`] if it was left out.
    Input, INPUT, input = c"weft.input": fn(call: Call, name: Text, out: *mut Value);
    /// Tells what a value is.
    KindOf, KIND_OF, kind_of = c"weft.kind_of": fn(call: Call, value: Value, out: *mut Kind);
    /// Reads a truth value, as 0 or 1.
    GetBool, GET_BOOL, get_bool = c"weft.get_bool": fn(call: Call, value: Value, out: *mut u8);
    /// Reads a whole number or a seed.
    GetInteger, GET_INTEGER, get_integer = c"weft.get_integer": fn(call: Call, value: Value, out: *mut i64);
    /// Reads a number, whole or not.
    GetNumber, GET_NUMBER, get_number = c"weft.get_number": fn(call: Call, value: Value, out: *mut f64);
    /// Reads a colour into four numbers.
    GetColor, GET_COLOR, get_color = c"weft.get_color": fn(call: Call, value: Value, out: *mut f32);
    /// Reads a text; it is good until the value is released or the call ends.
    GetText, GET_TEXT, get_text = c"weft.get_text": fn(call: Call, value: Value, out: *mut Text);
    /// Tells how many values a list has.
    Length, LENGTH, length = c"weft.length": fn(call: Call, value: Value, out: *mut usize);
    /// Finds one value of a list, counted from 0.
    Item, ITEM, item = c"weft.item": fn(call: Call, value: Value, index: usize, out: *mut Value);
    /// Tells the shape of a picture or mask.
    GetShape, GET_SHAPE, get_shape = c"weft.get_shape": fn(call: Call, value: Value, out: *mut Shape);
    /// Copies the numbers of a picture or mask, all of them, to `out`, which has room for `length`; they are read back from
    /// the device if they are on one.
    Read, READ, read = c"weft.read": fn(call: Call, value: Value, out: *mut f32, length: usize);
    /// Makes a truth value of 0 or another number.
    MakeBool, MAKE_BOOL, make_bool = c"weft.make_bool": fn(call: Call, from: u8, out: *mut Value);
    /// Makes a whole number.
    MakeInteger, MAKE_INTEGER, make_integer = c"weft.make_integer": fn(call: Call, from: i64, out: *mut Value);
    /// Makes a number.
    MakeNumber, MAKE_NUMBER, make_number = c"weft.make_number": fn(call: Call, from: f64, out: *mut Value);
    /// Makes a seed of the bits of a whole number.
    MakeSeed, MAKE_SEED, make_seed = c"weft.make_seed": fn(call: Call, from: i64, out: *mut Value);
    /// Makes a colour of four numbers.
    MakeColor, MAKE_COLOR, make_color = c"weft.make_color": fn(call: Call, from: *const f32, out: *mut Value);
    /// Makes a text, which is copied.
    MakeText, MAKE_TEXT, make_text = c"weft.make_text": fn(call: Call, from: Text, out: *mut Value);
    /// Makes a list of values of one type, named by `element` as in a graph (`Image`); the values stay good.
    MakeList, MAKE_LIST, make_list = c"weft.make_list": fn(call: Call, element: Text, from: *const Value, length: usize, out: *mut Value);
    /// Makes a picture or mask of `length` numbers, which are copied to the device of the run.
    MakePicture, MAKE_PICTURE, make_picture = c"weft.make_picture": fn(call: Call, shape: *const Shape, from: *const f32, length: usize, out: *mut Value);
    /// Runs a program on pictures where they are and makes its result; what is wrong with the program is told as `weft.fail`
    /// would.
    RunWgsl, RUN_WGSL, run_wgsl = c"weft.run_wgsl": fn(call: Call, program: *const Program, out: *mut Value);
    /// Gives the output of that place in the description; the value stays good.
    Give, GIVE, give = c"weft.give": fn(call: Call, output: u32, value: Value);
    /// Says that `done` of `total` steps are done; [`Status::CANCELLED`] if the run has been cancelled. Call it at least ten
    /// times a second in anything that takes longer.
    Step, STEP, step = c"weft.step": fn(call: Call, done: u64, total: u64);
    /// Shows a picture of what there is so far.
    Preview, PREVIEW, preview = c"weft.preview": fn(call: Call, value: Value);
    /// Writes a line to the log.
    Log, LOG, log = c"weft.log": fn(call: Call, level: Level, message: Text);
    /// Says why the node fails: return [`Status::FAILED`] afterwards. `input` names the input at fault, or is empty.
    Fail, FAIL, fail = c"weft.fail": fn(call: Call, input: Text, message: Text);
    /// Lets go of a value before the call ends; all that are left go with the call.
    Release, RELEASE, release = c"weft.release": fn(call: Call, value: Value);
}
