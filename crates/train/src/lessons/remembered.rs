//! Texts that come again and again, read once.

use std::{cell::RefCell, collections::HashMap};

use burn::tensor::{Device, Tensor, TensorData};
use half::f16;
use weft_models::text::{LENGTH, Text, TextEncoder, TextError, WIDTH};

/// A text encoder that remembers what it has read.
pub struct Remembered<'a> {
    encoder: &'a TextEncoder,
    known: RefCell<HashMap<String, Row>>,
}

/// The tokens of one text.
struct Row {
    features: Vec<f16>,
    markers: Vec<i32>,
}

/// Texts that are remembered at most: some 15 KB each.
const MOST: usize = 20_000;

impl<'a> Remembered<'a> {
    /// Remembers nothing yet.
    pub fn new(encoder: &'a TextEncoder) -> Self {
        Self {
            encoder,
            known: RefCell::default(),
        }
    }

    /// The encoder.
    pub fn encoder(&self) -> &'a TextEncoder {
        self.encoder
    }

    /// As [`TextEncoder::encode`] gives them, rounded to f16, with room for the longest of them.
    ///
    /// # Errors
    /// The encoder refuses a text.
    pub fn read(&self, texts: &[&str], device: &Device) -> Result<Text, TextError> {
        let mut known = self.known.borrow_mut();
        let mut unknown: Vec<&str> = texts.to_vec();
        unknown.retain(|text| !known.contains_key(*text));
        unknown.sort_unstable();
        unknown.dedup();
        if !unknown.is_empty() {
            if known.len() + unknown.len() > MOST {
                known.retain(|text, _| texts.contains(&text.as_str()));
            }
            let rows = self.rows(&unknown)?;
            known.extend(unknown.iter().map(|text| (*text).to_owned()).zip(rows));
        }
        let rows: Vec<&Row> = texts.iter().filter_map(|text| known.get(*text)).collect();
        Ok(together(&rows, device))
    }

    fn rows(&self, texts: &[&str]) -> Result<Vec<Row>, TextError> {
        // Always the same room, so that a text has the same numbers whatever is read beside it.
        let text = self.encoder.encode(texts, LENGTH)?.text;
        let markers = text.markers.try_into_vec_as::<i32>().unwrap_or_default();
        let [features, mask] = [
            text.features.flatten::<1>(0, 2),
            text.mask.flatten::<1>(0, 1),
        ]
        .map(|x| x.into_data().try_into_vec::<f32>().unwrap_or_default());
        let row = |i: usize| {
            let places = i * LENGTH..(i + 1) * LENGTH;
            let tokens = mask[places.clone()].iter().filter(|x| **x > 0.0).count();
            let features = &features[places.start * WIDTH..(places.start + tokens) * WIDTH];
            Row {
                features: features.iter().map(|x| f16::from_f32(*x)).collect(),
                markers: markers[places.start..places.start + tokens].to_vec(),
            }
        };
        Ok((0..texts.len()).map(row).collect())
    }
}

fn together(rows: &[&Row], device: &Device) -> Text {
    let length = rows.iter().map(|row| row.markers.len()).max();
    let length = length.unwrap_or(1).max(1);
    let shape = [rows.len(), length];
    let mut features = vec![0.0_f32; rows.len() * length * WIDTH];
    let mut mask = vec![0.0_f32; rows.len() * length];
    let mut markers = vec![0_i32; rows.len() * length];
    for (i, row) in rows.iter().enumerate() {
        let tokens = row.markers.len();
        let (at, start) = (i * length, i * length * WIDTH);
        mask[at..at + tokens].fill(1.0);
        markers[at..at + tokens].copy_from_slice(&row.markers);
        for (to, from) in features[start..].iter_mut().zip(&row.features) {
            *to = from.to_f32();
        }
    }
    let wide = [rows.len(), length, WIDTH];
    Text {
        features: Tensor::from_data(TensorData::new(features, wide), device),
        mask: Tensor::from_data(TensorData::new(mask, shape), device),
        markers: Tensor::from_data(TensorData::new(markers, shape), device),
    }
}
