//! The pictures that are part of the program, so that it can be measured from any folder and offline.

use std::path::Path;

use weft_train::data::{DataError, DataSet};

/// Made by `weft data part`; what is in it and whose it is stands in `models/judge/NOTICE.md`.
const FILE: &[u8] = include_bytes!("../../../models/judge/held_out.weftdata");

/// A part of the data set: targets, references, and real pictures to compare with, of every style.
///
/// # Errors
/// The file that was built in is not whole.
pub fn held_out() -> Result<DataSet, DataError> {
    DataSet::of_bytes(FILE.to_vec(), Path::new("models/judge/held_out.weftdata"))
}
