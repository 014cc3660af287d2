//! Sweeps: `name=a,b,c`, `name=0..99`, `name=1..8:0.5`.

use crate::{
    Group, Wrong,
    group::{Cell, Row},
};

/// Values that a range may have; more is a slip.
const MOST: u64 = 1_000_000;

/// A group that sets one input to each of the values of `written`: a list with commas, in which `"…"` keeps a comma
/// in a value, or a range with both ends, and a step after a colon.
///
/// # Errors
/// It is neither, or a range without end.
pub fn sweep(written: &str) -> Result<Group, Wrong> {
    let place = format!("--sweep {written}");
    let Some((name, values)) = written.split_once('=') else {
        return Err(Wrong::at(place, "names no values")
            .help("write name=a,b,c or name=0..99 or name=1..8:0.5"));
    };
    let name = name.trim();
    let texts = match range(values) {
        Some(range) => range.map_err(|why| Wrong::at(&place, why))?,
        None => list(values),
    };
    let rows = texts
        .into_iter()
        .map(|text| Row::swept(Cell::new(name, text)));
    Group::new(format!("--sweep {name}"), rows.collect())
}

/// The values of a range, ends included; `None` for what is no range.
fn range(text: &str) -> Option<Result<Vec<String>, String>> {
    let (ends, step) = match text.split_once(':') {
        Some((ends, step)) => (ends, Some(step.trim())),
        None => (text, None),
    };
    let (from, to) = ends.split_once("..")?;
    let number = |text: &str| text.trim().trim_start_matches('=').parse::<f64>().ok();
    let (from_number, to_number) = (number(from)?, number(to)?);
    let step_number = match step {
        Some(step) => number(step)?,
        None => 1.0_f64.copysign(to_number - from_number),
    };
    let is_right = step_number != 0.0 && (to_number - from_number) * step_number >= 0.0;
    if !is_right || !step_number.is_finite() {
        return Some(Err(format!(
            "a step of {step_number} never leads from {from_number} to {to_number}"
        )));
    }
    let count = ((to_number - from_number) / step_number + 1e-9).floor() as u64 + 1;
    if count > MOST {
        return Some(Err(format!(
            "{count} values are too many; the most is {MOST}"
        )));
    }
    // As many digits as are written, so that 1..2:0.1 gives 1.3 and not 1.3000000000000003.
    let digits = [Some(from), Some(to), step];
    let digits = digits
        .iter()
        .flatten()
        .map(|text| decimals(text))
        .max()
        .unwrap_or(0);
    let value = |i: u64| format!("{:.digits$}", from_number + i as f64 * step_number);
    Some(Ok((0..count).map(value).collect()))
}

fn decimals(text: &str) -> usize {
    text.trim()
        .split_once('.')
        .map_or(0, |(_, after)| after.len())
}

/// The values of a list.
fn list(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut is_quoted = false;
    let mut depth = 0usize;
    for c in text.chars() {
        match c {
            '"' if depth == 0 => is_quoted = !is_quoted,
            '[' | '(' if !is_quoted => depth += 1,
            ']' | ')' if !is_quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        match (c, values.last_mut()) {
            (',', _) if !is_quoted && depth == 0 => values.push(String::new()),
            ('"', _) if depth == 0 => {}
            (c, Some(value)) => value.push(c),
            (_, None) => {}
        }
    }
    let trimmed = values.iter().map(|value| value.trim().to_owned());
    trimmed.filter(|value| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(written: &str) -> Vec<String> {
        let group = sweep(written).unwrap();
        let texts = group.rows.iter().map(|row| row.cells[0].text.clone());
        texts.collect()
    }

    #[test]
    fn lists_and_ranges_are_read() {
        assert_eq!(texts("steps=10, 20,30"), ["10", "20", "30"]);
        assert_eq!(
            texts("prompt=\"a cat, asleep\",a dog"),
            ["a cat, asleep", "a dog"]
        );
        assert_eq!(
            texts("color=(1, 0, 0),(0, 1, 0)"),
            ["(1, 0, 0)", "(0, 1, 0)"]
        );
        assert_eq!(texts("seed=0..3"), ["0", "1", "2", "3"]);
        assert_eq!(texts("guidance=1..2.5:0.5"), ["1.0", "1.5", "2.0", "2.5"]);
        assert_eq!(texts("x=3..1"), ["3", "2", "1"]);
        assert_eq!(texts("x=1..2:0.1").len(), 11);
        assert_eq!(texts("file=a..b"), ["a..b"]);
    }

    #[test]
    fn a_sweep_that_never_ends_is_refused() {
        assert!(
            sweep("x=1..8:-1")
                .unwrap_err()
                .message
                .contains("never leads")
        );
        assert!(
            sweep("x=1..8:0")
                .unwrap_err()
                .message
                .contains("never leads")
        );
        assert!(
            sweep("x=0..9999999")
                .unwrap_err()
                .message
                .contains("too many")
        );
        assert!(sweep("x").unwrap_err().message.contains("names no values"));
        assert!(sweep("x=").unwrap_err().message.contains("no item"));
    }

    #[test]
    fn a_row_of_a_sweep_is_called_by_name_and_value() {
        let group = sweep("steps=10,20").unwrap();
        assert_eq!(group.rows[1].label, "steps=20");
    }
}
