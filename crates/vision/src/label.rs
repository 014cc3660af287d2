//! Lines of text as coverage, for the labels of contact sheets.

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};
use burn::tensor::{Device, Tensor, TensorData};
use weft_tensor::constant;

/// DejaVu Sans, cut down to Latin, Greek, Cyrillic and common punctuation.
const FONT: &[u8] = include_bytes!("../assets/DejaVuSans-subset.ttf");

/// What stands for the letters that a label had no room for.
const ELLIPSIS: char = '…';

/// One line of `text` in the middle of a strip, cut short with an ellipsis where it is too wide. Letters
/// that the font lacks are boxes.
///
/// # Shapes
/// returns `[1, 1, height, width]`, 0..=1
pub fn label(text: &str, (height, width): (usize, usize), device: &Device) -> Tensor<4> {
    let mut coverage = vec![0.0f32; height * width];
    // The font is part of the program and known to be one.
    if let Ok(font) = FontRef::try_from_slice(FONT) {
        let glyphs = line(text, &font, (height as f32, width as f32));
        for outlined in glyphs
            .into_iter()
            .filter_map(|glyph| font.outline_glyph(glyph))
        {
            let bounds = outlined.px_bounds();
            outlined.draw(|x, y, amount| {
                let (x, y) = (
                    bounds.min.x as i64 + i64::from(x),
                    bounds.min.y as i64 + i64::from(y),
                );
                if (0..width as i64).contains(&x) && (0..height as i64).contains(&y) {
                    let pixel = &mut coverage[y as usize * width + x as usize];
                    *pixel = (*pixel + amount).min(1.0);
                }
            });
        }
    }
    constant(TensorData::new(coverage, [1, 1, height, width]), device)
}

/// The letters in their places: in the middle of the strip, with a margin to each side.
fn line(text: &str, font: &FontRef<'_>, (height, width): (f32, f32)) -> Vec<Glyph> {
    let scale = PxScale::from(height * 0.78);
    let scaled = font.as_scaled(scale);
    let advance = |c: char| scaled.h_advance(font.glyph_id(c));
    let room = (width - height * 0.4).max(0.0);
    let mut letters: Vec<char> = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut length: f32 = letters.iter().map(|c| advance(*c)).sum();
    if length > room {
        length += advance(ELLIPSIS);
        while length > room
            && let Some(letter) = letters.pop()
        {
            length -= advance(letter);
        }
        letters.push(ELLIPSIS);
    }
    let mut x = (width - length) / 2.0;
    let baseline = (height + scaled.ascent() + scaled.descent()) / 2.0;
    let place = |c: char| {
        let glyph = font
            .glyph_id(c)
            .with_scale_and_position(scale, point(x, baseline));
        x += advance(c);
        glyph
    };
    letters.into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ink(text: &str, size: (usize, usize)) -> Vec<f32> {
        label(text, size, &Device::flex())
            .into_data()
            .try_to_vec::<f32>()
            .expect("f32")
    }

    #[test]
    fn a_line_has_ink_inside_its_strip_and_in_the_middle() {
        let (height, width) = (20, 100);
        let ink = ink("Weft", (height, width));
        let columns: Vec<f32> = (0..width)
            .map(|x| (0..height).map(|y| ink[y * width + x]).sum())
            .collect();
        let first = columns.iter().position(|c| *c > 0.1).expect("there is ink");
        let last = columns
            .iter()
            .rposition(|c| *c > 0.1)
            .expect("there is ink");
        assert!(
            first > 10 && last < 90 && (first as i64 - (width as i64 - 1 - last as i64)).abs() <= 3
        );
        assert!(ink.iter().all(|value| (0.0..=1.0).contains(value)));
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_short() {
        let narrow = ink("a very long name of a picture", (16, 60));
        let column = |x: usize| (0..16).map(|y| narrow[y * 60 + x]).sum::<f32>();
        assert_eq!(column(0) + column(59), 0.0);
        assert!(narrow.iter().sum::<f32>() > 5.0);
    }

    #[test]
    fn no_text_and_no_room_are_no_ink() {
        assert_eq!(ink("", (16, 60)).iter().sum::<f32>(), 0.0);
        assert_eq!(ink("x", (1, 1)).len(), 1);
    }
}
