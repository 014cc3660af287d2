//! A data set from a folder of sources that is made here: two styles, three concepts and what is left out.

mod build;
mod caption;
mod file;
mod shown;
pub(crate) mod sketched;
mod sources;
mod split;
mod subset;

use super::DataSet;
use sources::{Sources, options};

/// The data set of the little folder.
fn small() -> DataSet {
    super::build(Sources::new().path(), &options(2), &|_, _| {}).unwrap()
}
