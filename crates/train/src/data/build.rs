//! From packages to a data set.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use serde::Deserialize;

use super::{
    DataError, DataSet, Failure, Head, Package, STYLES, StyleSource,
    concepts::{self, Named},
    draw, icons,
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
        Self { side: 128, fewest: 4, styles: STYLES.to_vec() }
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
            Self::Icon(icons, name) => draw::svg(&icons.svg(name).ok_or("its icon is missing")?, side),
            Self::File(path) => draw::webp(&fs::read(path).map_err(|why| why.to_string())?, side),
        }
    }
}

/// Builds the data set of the packages that `fetch_emoji.sh` put into a folder. `progress` hears, from several
/// threads, how many pictures of how many are drawn. A picture that cannot be drawn is listed in
/// [`DataSet::failures`]. The same sources give the same bytes.
///
/// # Errors
/// A package that is missing or is not as expected, or no concept with enough styles.
pub fn build(
    sources: &Path,
    options: &Options,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<DataSet, DataError> {
    let named = concepts::concepts(&folder(sources, concepts::PACKAGE)?)?;
    let sets = read(sources, &options.styles)?;
    let drawings = drawings(sources, options, &named, &sets)?;
    let kept: Vec<usize> =
        (0..named.len()).filter(|&i| drawings.iter().filter(|style| style.contains_key(&i)).count() >= options.fewest).collect();
    if kept.is_empty() {
        let (fewest, styles) = (options.fewest, options.styles.len());
        return Err(DataError::Nothing { fewest, styles, path: sources.to_owned() });
    }
    let cells: Vec<(usize, usize)> = (0..kept.len())
        .flat_map(|concept| (0..drawings.len()).map(move |style| (concept, style)))
        .filter(|&(concept, style)| drawings[style].contains_key(&kept[concept]))
        .collect();
    let done = AtomicUsize::new(0);
    let pack = |&(concept, style): &(usize, usize)| {
        let pixels = drawings[style][&kept[concept]].pixels(options.side);
        let png = pixels.and_then(|pixels| draw::packed(&pixels, options.side));
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, cells.len());
        png
    };
    let pngs: Vec<Result<Vec<u8>, String>> = cells.par_iter().map(pack).collect();

    let mut head = Head {
        side: options.side,
        packages: packages(sources, options)?,
        styles: options.styles.iter().map(StyleSource::style).collect(),
        concepts: kept.iter().map(|&i| named[i].concept.clone()).collect(),
        pictures: Vec::with_capacity(cells.len()),
        failures: Vec::new(),
    };
    let mut bytes = Vec::new();
    for ((concept, style), png) in cells.into_iter().zip(pngs) {
        match png {
            Ok(png) => {
                head.pictures.push([concept, style, png.len()]);
                bytes.extend(png);
            }
            Err(why) => head.failures.push(Failure {
                concept: head.concepts[concept].key.clone(),
                style: head.styles[style].id.clone(),
                why,
            }),
        }
    }
    Ok(DataSet::packed(head, bytes))
}

/// The Iconify sets by the ids of their styles.
fn read(sources: &Path, styles: &[StyleSource]) -> Result<BTreeMap<&'static str, Icons>, DataError> {
    let sets = styles.iter().filter(|style| !matches!(style.kind, Kind::Files { .. }));
    sets.map(|style| Ok((style.id, Icons::read(&folder(sources, style.package)?)?))).collect()
}

/// For each style, the drawings by the places of their concepts.
fn drawings<'a>(
    sources: &Path,
    options: &Options,
    named: &[Named],
    sets: &'a BTreeMap<&'static str, Icons>,
) -> Result<Vec<BTreeMap<usize, Drawing<'a>>>, DataError> {
    let keyed: Vec<&Icons> = ["noto", "twemoji"].iter().filter_map(|id| sets.get(id)).collect();
    let mut drawings = Vec::new();
    for style in &options.styles {
        let joined: BTreeMap<usize, Drawing<'a>> = match style.kind {
            Kind::Files { within } => {
                let files = icons::files(&folder(sources, style.package)?.join("assets"))?;
                let own: Option<BTreeSet<&String>> = sets.get(within).map(|icons| icons.by_key.keys().collect());
                let file = |(i, named): (usize, &Named)| {
                    let key = &named.concept.key;
                    let foreign = own.as_ref().is_some_and(|own| !own.contains(key));
                    let path = files.get(key).filter(|_| !foreign)?;
                    Some((i, Drawing::File(path.clone())))
                };
                named.iter().enumerate().filter_map(file).collect()
            }
            Kind::Keyed | Kind::Named => {
                let icons = &sets[style.id];
                let names = match style.kind {
                    Kind::Keyed => join::by_key(icons, named),
                    _ => join::by_name(icons, named, &keyed),
                };
                let icon = |(i, name): (usize, Option<String>)| Some((i, Drawing::Icon(icons, name?)));
                names.into_iter().enumerate().filter_map(icon).collect()
            }
        };
        drawings.push(joined);
    }
    Ok(drawings)
}

/// The folder of a package.
fn folder(sources: &Path, package: &str) -> Result<PathBuf, DataError> {
    let folder = sources.join(package);
    if !folder.join("package.json").is_file() {
        return Err(DataError::NoPackage { package: package.to_owned(), path: sources.to_owned() });
    }
    Ok(folder)
}

/// What the sources say of themselves.
fn packages(sources: &Path, options: &Options) -> Result<Vec<Package>, DataError> {
    #[derive(Deserialize)]
    struct About {
        version: String,
    }
    let names = [concepts::PACKAGE].into_iter().chain(options.styles.iter().map(|style| style.package));
    let about = |name: &str| {
        let About { version } = icons::json(&folder(sources, name)?.join("package.json"))?;
        Ok(Package { name: name.to_owned(), version })
    };
    names.map(about).collect()
}
