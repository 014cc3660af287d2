//! Whether the sizes of a network go together.

/// There is one of something for each level; else why not.
pub(crate) fn one_each(what: &str, given: usize, levels: usize) -> Result<(), String> {
    if given == levels {
        return Ok(());
    }
    Err(format!(
        "{what} given for {given} levels, widths for {levels}"
    ))
}

/// Groups of normalisation divide every width; else which not.
pub(crate) fn grouped(groups: usize, widths: &[usize]) -> Result<(), String> {
    let whole = |width: &usize| groups > 0 && *width > 0 && width.is_multiple_of(groups);
    match widths.iter().find(|width| !whole(width)) {
        Some(width) => Err(format!("{groups} groups do not divide {width} channels")),
        None => Ok(()),
    }
}
