//! Pictures to learn from: a concept drawn in several styles, with words for both, in one file.

mod build;
mod caption;
mod concepts;
mod dice;
mod draw;
mod error;
mod file;
mod icons;
mod join;
mod kin;
mod shown;
mod split;
mod styles;
mod subset;

#[cfg(test)]
pub(crate) mod tests;

use std::ops::Range;

use rayon::prelude::{IndexedParallelIterator, ParallelIterator, ParallelSliceMut};
use serde::{Deserialize, Serialize};

pub use build::{Options, build};
pub use caption::{caption, thing};
pub use dice::Dice;
pub use error::DataError;
pub use kin::Kin;
pub use shown::{Contours, edges, filled, outline, picture, silhouette, spread, thickened};
pub use split::Split;
pub use styles::{Kind, STYLES, StyleSource};

/// Something that can be drawn: an emoji without its skin tones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concept {
    /// Its code points in hexadecimal, joined by `-`, without `fe0f`: its name in every list of emoji.
    pub key: String,
    /// What it is called, such as `red apple`.
    pub label: String,
    /// Words that go with it, sorted.
    pub tags: Vec<String>,
    /// What it belongs to, such as `food-drink`.
    pub group: String,
    /// The part of the group, such as `food-fruit`.
    pub subgroup: String,
}

/// A way of drawing: one foundry's set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Style {
    /// Short name, such as `fluent-3d`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The licence of its pictures, by SPDX.
    pub licence: String,
    /// Whose work it is, as the licence asks.
    pub credit: String,
    /// Words for how it looks, each with its article if it takes one.
    pub phrases: Vec<String>,
    /// Whether it is drawn in black alone: parts inside its lines are clear, so its silhouette has holes.
    pub ink: bool,
}

/// A package that pictures or words came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Its name in the npm registry.
    pub name: String,
    /// Which version.
    pub version: String,
}

/// A picture that could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The key of its concept.
    pub concept: String,
    /// The id of its style.
    pub style: String,
    /// What went wrong.
    pub why: String,
}

/// One concept in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its place in [`DataSet::concepts`].
    pub concept: usize,
    /// Its place in [`DataSet::styles`].
    pub style: usize,
    /// Where its PNG is among those of all.
    place: Range<usize>,
}

/// Pictures of concepts in styles. In memory they stay as small as in the file; each is unpacked when asked for.
#[derive(Clone, Debug)]
pub struct DataSet {
    head: Head,
    pictures: Vec<Picture>,
    pngs: Vec<u8>,
    hash: blake3::Hash,
}

/// What a file says of its pictures.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Head {
    side: usize,
    packages: Vec<Package>,
    styles: Vec<Style>,
    concepts: Vec<Concept>,
    /// Concept, style and length in bytes of each picture, in the order of the file.
    pictures: Vec<[usize; 3]>,
    failures: Vec<Failure>,
}

impl DataSet {
    /// Pixels along a side of every picture.
    pub fn side(&self) -> usize {
        self.head.side
    }

    /// What can be drawn.
    pub fn concepts(&self) -> &[Concept] {
        &self.head.concepts
    }

    /// Ways of drawing.
    pub fn styles(&self) -> &[Style] {
        &self.head.styles
    }

    /// Everything that is drawn, concept by concept, in the order of styles.
    pub fn pictures(&self) -> &[Picture] {
        &self.pictures
    }

    /// What it was built from.
    pub fn packages(&self) -> &[Package] {
        &self.head.packages
    }

    /// What could not be drawn when it was built.
    pub fn failures(&self) -> &[Failure] {
        &self.head.failures
    }

    /// The BLAKE3 hash of the file, which ends with it.
    pub fn hash(&self) -> blake3::Hash {
        self.hash
    }

    /// The place in [`DataSet::pictures`] of a concept in a style.
    pub fn find(&self, concept: usize, style: usize) -> Option<usize> {
        self.pictures
            .binary_search_by_key(&(concept, style), |picture| {
                (picture.concept, picture.style)
            })
            .ok()
    }

    /// The places of all pictures of a concept.
    pub fn of_concept(&self, concept: usize) -> Range<usize> {
        let before = |concept| {
            self.pictures
                .partition_point(|picture| picture.concept < concept)
        };
        before(concept)..before(concept + 1)
    }

    /// What a picture is for.
    pub fn split(&self, picture: usize) -> Split {
        let picture = &self.pictures[picture];
        Split::of(
            &self.head.concepts[picture.concept].key,
            &self.head.styles[picture.style].id,
        )
    }

    /// The places of all pictures that are for something.
    pub fn for_split(&self, split: Split) -> Vec<usize> {
        (0..self.pictures.len())
            .filter(|&picture| self.split(picture) == split)
            .collect()
    }

    /// The pixels of a picture.
    ///
    /// # Shapes
    /// `[side, side, 4]`: red, green, blue, sRGB-encoded and not multiplied by the alpha that follows; 0 where clear
    ///
    /// # Errors
    /// A picture that is no PNG of this size; none in a file that this crate wrote.
    pub fn rgba(&self, picture: usize) -> Result<Vec<u8>, DataError> {
        let png = &self.pngs[self.pictures[picture].place.clone()];
        draw::unpacked(png, self.head.side).map_err(|why| DataError::Picture { picture, why })
    }

    /// The pixels of many pictures, one after the other, unpacked on all cores: 64 KiB for each of 128 pixels a side.
    ///
    /// # Errors
    /// As [`DataSet::rgba`].
    pub fn rgba_of(&self, pictures: &[usize]) -> Result<Vec<u8>, DataError> {
        let length = 4 * self.head.side * self.head.side;
        let mut pixels = vec![0; pictures.len() * length];
        pixels
            .par_chunks_exact_mut(length)
            .enumerate()
            .try_for_each(|(at, pixels)| {
                pixels.copy_from_slice(&self.rgba(pictures[at])?);
                Ok(())
            })?;
        Ok(pixels)
    }
}
