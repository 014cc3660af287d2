//! The few conversions a wire makes by itself; none of them loses anything.

use weft_spec::TypeName;

use crate::{AnyValue, Image, Mask, Seed};

/// Which type is taken where which other is wanted: (from, to).
pub const CONVERSIONS: &[(&str, &str)] = &[
    ("Integer", "Number"),
    ("Integer", "Seed"),
    ("Seed", "Integer"),
    ("Integer", "Text"),
    ("Number", "Text"),
    ("Seed", "Text"),
    ("Mask", "Image"),
];

/// The value as one of type `to`; `None` if no conversion leads there.
pub fn convert(value: &AnyValue, to: &TypeName) -> Option<AnyValue> {
    if value.type_name() == *to {
        return Some(value.clone());
    }
    let integer = value.get::<i64>().copied();
    let seed = value.get::<Seed>().copied();
    match to.as_str() {
        "Number" => integer.map(|n| AnyValue::new(n as f64)),
        "Seed" => integer.map(|n| AnyValue::new(Seed(n.cast_unsigned()))),
        "Integer" => seed.map(|seed| AnyValue::new(seed.0.cast_signed())),
        "Text" => {
            let number = value.get::<f64>().map(f64::to_string);
            let text = integer
                .map(|n| n.to_string())
                .or(seed.map(|seed| seed.0.to_string()))
                .or(number)?;
            Some(AnyValue::new(text))
        }
        // Full coverage is white.
        "Image" => value
            .get::<Mask>()
            .map(|mask| AnyValue::new(Image::new(mask.coverage()))),
        _ => None,
    }
}
