//! Brings a document of an older format up to date, one format at a time.

use weft_spec::Span;

use super::{Document, FORMAT};
use crate::problem::{
    Mistake,
    form::{NewerFormat, OlderFormat},
};

/// How to go from one format to the next.
pub(super) struct Migration {
    /// The format it starts from; it leads to the one after.
    pub(super) from: u32,
    /// Renames and moves what has changed. Spans stay those of the old text.
    pub(super) rewrite: fn(&mut Document),
}

/// All migrations, in order, the last one leading to [`FORMAT`].
pub(super) const MIGRATIONS: &[Migration] = &[];

/// The format, if there is a way from it to the current one.
pub(super) fn readable(found: i64, at: &Span, table: &[Migration]) -> Result<u32, Mistake> {
    let current = FORMAT;
    let oldest = table.first().map_or(current, |first| first.from);
    match u32::try_from(found) {
        Ok(format) if (oldest..=current).contains(&format) => Ok(format),
        _ if found > i64::from(current) => Err(Box::new(NewerFormat {
            found,
            current,
            at: at.clone(),
        })),
        _ => Err(Box::new(OlderFormat {
            found,
            oldest,
            current,
            at: at.clone(),
        })),
    }
}

/// Applies every migration from `format` on.
pub(super) fn bring_up(document: &mut Document, format: u32, table: &[Migration]) {
    for migration in table.iter().filter(|migration| migration.from >= format) {
        (migration.rewrite)(document);
    }
}
