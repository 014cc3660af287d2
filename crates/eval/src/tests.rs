//! The whole of it on a small part of the data set, with a judge that compares pixels.

mod pixels;
mod samples;
mod whole;
