//! How far a long job is.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error, laid out as `template` says.
pub(crate) fn bar(template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template);
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
