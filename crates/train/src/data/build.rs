//! From packages to a data set.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use serde::Deserialize;

use super::{
    DataError, DataSet, Failure, Head, Package, STYLES, StyleSource,
    concepts::{self, Named},
    draw,
    error::LARGEST,
    icons,
    icons::Icons,
    join,
    styles::Kind,
};

/// What goes into a data set.
#[derive(Clone, Debug)]
pub struct Options {
    /// Pixels along a side, 1..=4096.
    pub side: usize,
    /// A concept with fewer styles is left out.
    pub fewest: usize,
    /// The styles.
    pub styles: Vec<StyleSource>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            side: 128,
            fewest: 4,
            styles: STYLES.to_vec(),
        }
    }
}

/// A drawing of a concept that is to be made pixels.
enum Drawing<'a> {
    Icon(&'a Icons, String),
    File(PathBuf),
}

impl Drawing<'_> {
    fn pixels(&self, side: usize) -> Result<Vec<u8>, String> {
        match self {
            Self::Icon(icons, name) => {
                draw::svg(&icons.svg(name).ok_or("its icon is missing")?, side)
            }
            Self::File(path) => draw::webp(&fs::read(path).map_err(|why| why.to_string())?, side),
        }
    }
}

/// Builds the data set of the packages that `fetch_emoji.sh` put into a folder. `progress` hears, from several
/// threads, how many pictures of how many are drawn. A picture that cannot be drawn is listed in
/// [`DataSet::failures`]. The same sources give the same bytes.
///
/// # Errors
/// A side out of range, a package that is missing or is not as expected, or no concept with enough styles.
pub fn build(
    sources: &Path,
    options: &Options,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<DataSet, DataError> {
    let side = options.side;
    if !(1..=LARGEST).contains(&side) {
        return Err(DataError::Side { side });
    }
    let named = concepts::concepts(&folder(sources, concepts::PACKAGE)?)?;
    let sets = read(sources, &options.styles)?;
    let drawings = drawings(sources, options, &named, &sets)?;
    let kept: Vec<usize> = (0..named.len())
        .filter(|i| number_with(&drawings, *i) >= options.fewest.max(1))
        .collect();
    if kept.is_empty() {
        return Err(DataError::Nothing {
            fewest: options.fewest,
            styles: options.styles.len(),
            path: sources.to_owned(),
        });
    }
    let cells = cells(&kept, &drawings);
    let pngs = draw_all(&cells, side, progress);
    let head = Head {
        side,
        packages: packages(sources, options)?,
        styles: options.styles.iter().map(StyleSource::style).collect(),
        concepts: kept.iter().map(|&i| named[i].concept.clone()).collect(),
        pictures: Vec::with_capacity(cells.len()),
        failures: Vec::new(),
    };
    Ok(together(head, &cells, pngs))
}

/// How many styles have a concept.
fn number_with(drawings: &[Drawings<'_>], concept: usize) -> usize {
    let has = drawings.iter().filter(|style| style.contains_key(&concept));
    has.count()
}

/// A picture to be.
struct Cell<'a> {
    concept: usize,
    style: usize,
    drawing: &'a Drawing<'a>,
}

/// The pictures of the concepts that are kept, concept by concept.
fn cells<'a>(kept: &[usize], drawings: &'a [Drawings<'a>]) -> Vec<Cell<'a>> {
    let mut cells = Vec::new();
    for (concept, i) in kept.iter().enumerate() {
        let drawn = drawings.iter().enumerate();
        cells.extend(drawn.filter_map(|(style, of)| {
            let drawing = of.get(i)?;
            Some(Cell {
                concept,
                style,
                drawing,
            })
        }));
    }
    cells
}

/// The pictures as PNGs, or why they are none.
fn draw_all(
    cells: &[Cell<'_>],
    side: usize,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Vec<Result<Vec<u8>, String>> {
    let done = AtomicUsize::new(0);
    let draw = |cell: &Cell<'_>| {
        let png = cell
            .drawing
            .pixels(side)
            .and_then(|pixels| draw::packed(&pixels, side));
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, cells.len());
        png
    };
    cells.par_iter().map(draw).collect()
}

/// The pictures behind their head; those that are none are listed.
fn together(mut head: Head, cells: &[Cell<'_>], pngs: Vec<Result<Vec<u8>, String>>) -> DataSet {
    let mut bytes = Vec::new();
    for (cell, png) in cells.iter().zip(pngs) {
        match png {
            Ok(png) => {
                head.pictures.push([cell.concept, cell.style, png.len()]);
                bytes.extend(png);
            }
            Err(why) => head.failures.push(Failure {
                concept: head.concepts[cell.concept].key.clone(),
                style: head.styles[cell.style].id.clone(),
                why,
            }),
        }
    }
    DataSet::packed(head, bytes)
}

/// The Iconify sets by the ids of their styles.
fn read(
    sources: &Path,
    styles: &[StyleSource],
) -> Result<BTreeMap<&'static str, Icons>, DataError> {
    let sets = styles
        .iter()
        .filter(|style| !matches!(style.kind, Kind::Files { .. }));
    sets.map(|style| Ok((style.id, Icons::read(&folder(sources, style.package)?)?)))
        .collect()
}

/// The drawings of a style by the places of their concepts.
type Drawings<'a> = BTreeMap<usize, Drawing<'a>>;

/// The drawings of each style.
fn drawings<'a>(
    sources: &Path,
    options: &Options,
    named: &[Named],
    sets: &'a BTreeMap<&'static str, Icons>,
) -> Result<Vec<Drawings<'a>>, DataError> {
    let keyed: Vec<&Icons> = ["noto", "twemoji"]
        .iter()
        .filter_map(|id| sets.get(id))
        .collect();
    let joined = |style: &StyleSource| {
        let icons = match style.kind {
            Kind::Files { within } => {
                let assets = folder(sources, style.package)?.join("assets");
                return files(&assets, named, sets.get(within));
            }
            Kind::Keyed | Kind::Named => &sets[style.id],
        };
        let names = match style.kind {
            Kind::Keyed => join::by_key(icons, named),
            _ => join::by_name((style.id, icons), named, &keyed),
        };
        let icon = |(i, name): (usize, Option<String>)| Some((i, Drawing::Icon(icons, name?)));
        Ok(names.into_iter().enumerate().filter_map(icon).collect())
    };
    options.styles.iter().map(joined).collect()
}

/// The files of a folder whose concepts are in another set too.
fn files(
    assets: &Path,
    named: &[Named],
    within: Option<&Icons>,
) -> Result<Drawings<'static>, DataError> {
    let files = icons::files(assets)?;
    let file = |(i, named): (usize, &Named)| {
        let key = &named.concept.key;
        let is_own = within.is_none_or(|icons| icons.by_key.contains_key(key));
        let path = files.get(key).filter(|_| is_own)?;
        Some((i, Drawing::File(path.clone())))
    };
    Ok(named.iter().enumerate().filter_map(file).collect())
}

/// The folder of a package.
fn folder(sources: &Path, package: &str) -> Result<PathBuf, DataError> {
    let folder = sources.join(package);
    if !folder.join("package.json").is_file() {
        return Err(DataError::NoPackage {
            package: package.to_owned(),
            path: sources.to_owned(),
        });
    }
    Ok(folder)
}

/// What the sources say of themselves.
fn packages(sources: &Path, options: &Options) -> Result<Vec<Package>, DataError> {
    #[derive(Deserialize)]
    struct About {
        version: String,
    }
    let names = [concepts::PACKAGE]
        .into_iter()
        .chain(options.styles.iter().map(|style| style.package));
    let about = |name: &str| {
        let About { version } = icons::json(&folder(sources, name)?.join("package.json"))?;
        Ok(Package {
            name: name.to_owned(),
            version,
        })
    };
    names.map(about).collect()
}
