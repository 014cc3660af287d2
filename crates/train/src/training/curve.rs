//! The loss of every step as a table, and as a picture.

use std::{
    fmt::Write as _,
    fs,
    io::{Cursor, Write as _},
    path::{Path, PathBuf},
};

use burn::tensor::Device;
use image::{ImageFormat, Rgb, RgbImage};
use weft_store::{Existing, write_atomically};
use weft_vision::label::label;

use super::{News, TrainError};

/// `loss.csv`: one line a step, appended; what follows the step that a run is taken up at is cut off.
pub(super) struct Log {
    path: PathBuf,
    waiting: String,
}

const HEAD: &str = "step,loss,norm,rate,seconds\n";

impl Log {
    pub(super) fn open(path: &Path, step: u64) -> Result<Self, TrainError> {
        let old = fs::read_to_string(path).unwrap_or_default();
        let kept = old.lines().skip(1).filter(|line| {
            let at = line.split(',').next().and_then(|at| at.parse::<u64>().ok());
            at.is_some_and(|at| at <= step)
        });
        let text = kept.fold(HEAD.to_owned(), |text, line| text + line + "\n");
        write_atomically(path, text.as_bytes(), Existing::Replace)?;
        Ok(Self {
            path: path.to_owned(),
            waiting: String::new(),
        })
    }

    pub(super) fn push(&mut self, news: &News, loss: f64) {
        let News {
            step,
            norm,
            rate,
            seconds,
            ..
        } = news;
        // Writing to a string cannot fail.
        let _ = writeln!(
            self.waiting,
            "{step},{loss:.6},{norm:.4},{rate:.3e},{seconds:.3}"
        );
    }

    pub(super) fn flush(&mut self) -> Result<(), TrainError> {
        let append = || -> std::io::Result<()> {
            let mut file = fs::OpenOptions::new().append(true).open(&self.path)?;
            file.write_all(self.waiting.as_bytes())
        };
        append().map_err(TrainError::file("cannot write the log", &self.path))?;
        self.waiting.clear();
        Ok(())
    }

    /// Steps and their losses.
    pub(super) fn rows(&mut self) -> Result<Vec<(u64, f64)>, TrainError> {
        self.flush()?;
        let text = fs::read_to_string(&self.path)
            .map_err(TrainError::file("cannot read the log", &self.path))?;
        let row = |line: &str| {
            let mut cells = line.split(',');
            Some((cells.next()?.parse().ok()?, cells.next()?.parse().ok()?))
        };
        Ok(text.lines().skip(1).filter_map(row).collect())
    }
}

const SIZE: [u32; 2] = [960, 480];
const MARGIN: [u32; 2] = [72, 28];

/// The losses over the steps, on a logarithmic scale: every step in grey, their running mean in blue.
pub fn curve(rows: &[(u64, f64)]) -> RgbImage {
    let [width, height] = SIZE;
    let mut picture = RgbImage::from_pixel(width, height, Rgb([255; 3]));
    let last = rows.last().map_or(1, |row| row.0).max(1) as f64;
    let logs: Vec<f64> = rows.iter().map(|row| row.1.max(1e-9).log10()).collect();
    let (low, high) = bounds(&logs);
    let [left, bottom] = MARGIN;
    let x = |step: f64| left + (step / last * f64::from(width - left - 8)) as u32;
    let y = |log: f64| {
        let share = ((high - log) / (high - low)).clamp(0.0, 1.0);
        8 + (share * f64::from(height - bottom - 16)) as u32
    };
    for tenth in 0..=8 {
        let log = low + (high - low) * f64::from(tenth) / 8.0;
        (left..width - 8).for_each(|x| picture.put_pixel(x, y(log), Rgb([225; 3])));
        write(
            &mut picture,
            &format!("{:.4}", 10f64.powf(log)),
            [2, y(log).saturating_sub(8)],
            66,
        );
        let step = last * f64::from(tenth) / 8.0;
        write(
            &mut picture,
            &format!("{step:.0}"),
            [x(step).saturating_sub(33).min(width - 67), height - 20],
            66,
        );
    }
    let mut mean = logs.first().copied().unwrap_or(0.0);
    for (i, ((step, _), log)) in rows.iter().zip(&logs).enumerate() {
        picture.put_pixel(x(*step as f64), y(*log), Rgb([190, 195, 205]));
        mean += (log - mean) * (1.0 / (i as f64 + 1.0)).max(0.01);
        let at = [x(*step as f64), y(mean)];
        (0..2).for_each(|dy| {
            picture.put_pixel(at[0], (at[1] + dy).min(height - 1), Rgb([30, 80, 200]))
        });
    }
    picture
}

/// What the vertical axis shows: all but the highest hundredth, so that a first loss does not flatten the rest.
fn bounds(logs: &[f64]) -> (f64, f64) {
    let mut sorted = logs.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| {
        sorted
            .get(((sorted.len().max(1) - 1) as f64 * share) as usize)
            .copied()
    };
    let (low, high) = (at(0.0).unwrap_or(-1.0), at(0.99).unwrap_or(0.0));
    if high - low < 0.05 {
        (low - 0.05, low + 0.05)
    } else {
        (low, high)
    }
}

/// Dark letters 16 pixels high.
fn write(picture: &mut RgbImage, text: &str, [left, top]: [u32; 2], width: u32) {
    let ink = label(text, (16, width as usize), &Device::flex());
    let ink = ink.into_data().try_into_vec::<f32>().unwrap_or_default();
    for (i, ink) in ink.into_iter().enumerate() {
        let at = [left + i as u32 % width, top + i as u32 / width];
        if ink > 0.0 && at[0] < picture.width() && at[1] < picture.height() {
            let shade = (255.0 - 200.0 * ink) as u8;
            picture.put_pixel(at[0], at[1], Rgb([shade; 3]));
        }
    }
}

/// Writes a picture as PNG; a file that was there stays whole until this one is.
///
/// # Errors
/// The folder cannot be made, is full or read-only.
pub fn write_png(picture: &RgbImage, path: &Path) -> Result<(), TrainError> {
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, ImageFormat::Png)
        .map_err(|why| TrainError::File {
            what: "cannot encode the picture",
            why: why.to_string(),
            path: path.to_owned(),
        })?;
    Ok(write_atomically(path, bytes.get_ref(), Existing::Replace)?)
}
