//! Rows of values in RON: what a batch sets, item by item.

use std::collections::BTreeMap;

use weft_spec::Literal;

/// A value for each of some inputs.
pub type InputRow = Vec<(String, Literal)>;

/// The rows of `[{"prompt": "a cat", "steps": 20}, …]`.
///
/// # Errors
/// The line, and what is wrong there.
pub fn read_rows(text: &str) -> Result<Vec<InputRow>, (usize, String)> {
    let rows: Vec<BTreeMap<String, ron::Value>> =
        ron::from_str(text).map_err(|why| (why.span.start.line, why.code.to_string()))?;
    let row = |(place, row): (usize, BTreeMap<String, ron::Value>)| {
        let cell = |(name, value): (String, ron::Value)| match literal(&value) {
            Some(literal) => Ok((name, literal)),
            None => Err((
                1,
                format!("row {}: `{name}` is no value of an input", place + 1),
            )),
        };
        row.into_iter().map(cell).collect()
    };
    rows.into_iter().enumerate().map(row).collect()
}

fn literal(value: &ron::Value) -> Option<Literal> {
    Some(match value {
        ron::Value::Bool(value) => Literal::Bool(*value),
        ron::Value::String(text) => Literal::Text(text.clone()),
        ron::Value::Number(number) => {
            let number = number.into_f64();
            // Whole numbers up to 2^53 are exact.
            match number.fract() == 0.0 && number.abs() < 9e15 {
                true => Literal::Integer(number as i64),
                false => Literal::Number(number),
            }
        }
        ron::Value::Seq(items) => Literal::List(items.iter().map(literal).collect::<Option<_>>()?),
        _ => return None,
    })
}
