//! Folders whose pictures are the items.

use std::path::{Path, PathBuf};

use crate::{
    Group, Wrong,
    group::{Cell, Row},
};

/// Names that end like pictures that Weft reads.
const PICTURES: &[&str] = &[
    "png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff", "ppm", "pgm", "pbm", "pnm",
];

/// A group that sets one input to each picture of a folder: `name=DIR`, or `name=DIR/**` with all that is below it.
/// The paths within the folder are kept, and are what tells the items apart. Hidden files and links to folders are
/// passed over.
///
/// # Errors
/// It is no folder, cannot be read, or has no picture.
pub fn folder(written: &str) -> Result<Group, Wrong> {
    let place = format!("--folder {written}");
    let Some((name, path)) = written.split_once('=') else {
        return Err(Wrong::at(place, "names no input").help("write name=DIR, or name=DIR/**"));
    };
    let (path, is_deep) = match path
        .strip_suffix("/**")
        .or_else(|| path.strip_suffix("\\**"))
    {
        Some(path) => (path, true),
        None => (path, false),
    };
    let root = Path::new(path);
    let unreadable = |path: &Path, why: std::io::Error| {
        Wrong::at(
            &place,
            format!("cannot read folder: {why}: {}", path.display()),
        )
    };
    let mut found: Vec<PathBuf> = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|why| unreadable(&folder, why))?;
        for entry in entries {
            let entry = entry.map_err(|why| unreadable(&folder, why))?;
            let kind = entry
                .file_type()
                .map_err(|why| unreadable(&entry.path(), why))?;
            let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            match (is_hidden, kind.is_dir()) {
                (true, _) => {}
                (false, true) if is_deep => folders.push(entry.path()),
                (false, true) => {}
                (false, false) if is_picture(&entry.path()) => found.push(entry.path()),
                (false, false) => {}
            }
        }
    }
    if found.is_empty() {
        let below = if is_deep {
            ""
        } else {
            "; write DIR/** for the folders in it too"
        };
        return Err(Wrong::at(place, "the folder has no picture")
            .help(format!("pictures end in {}{below}", PICTURES.join(", "))));
    }
    let rows = found.iter().map(|path| row(name.trim(), root, path));
    let mut rows: Vec<Row> = rows.collect();
    rows.sort_by(|a, b| weft_value::natural_order(&a.cells[0].identity, &b.cells[0].identity));
    Group::new(format!("--folder {}", name.trim()), rows)
}

fn is_picture(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|it| PICTURES.iter().any(|known| it.eq_ignore_ascii_case(known)))
}

fn row(name: &str, root: &Path, path: &Path) -> Row {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    let identity = parts.join("/");
    let label = match identity.rsplit_once('.') {
        Some((stem, _)) => stem.to_owned(),
        None => identity.clone(),
    };
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    Row {
        cells: vec![Cell {
            input: name.to_owned(),
            text: path.to_string_lossy().into_owned(),
            identity,
        }],
        label,
        is_label_exact: true,
        template: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_keep_their_paths_within_the_folder() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("b/c")).unwrap();
        for name in ["2.png", "10.PNG", "b/c/x.jpg", "notes.txt", ".hidden.png"] {
            std::fs::write(root.path().join(name), b"").unwrap();
        }
        let labels = |written: String| -> Vec<String> {
            let group = folder(&written).unwrap();
            group.rows.into_iter().map(|row| row.label).collect()
        };
        let path = root.path().display();
        assert_eq!(labels(format!("photo={path}")), ["2", "10"]);
        assert_eq!(labels(format!("photo={path}/**")), ["2", "10", "b/c/x"]);
    }

    #[test]
    fn two_pictures_of_one_name_are_told_apart() {
        let root = tempfile::tempdir().unwrap();
        for name in ["a.png", "a.jpg"] {
            std::fs::write(root.path().join(name), b"").unwrap();
        }
        let group = folder(&format!("photo={}", root.path().display())).unwrap();
        assert_ne!(group.rows[0].label, group.rows[1].label);
    }

    #[test]
    fn a_folder_without_pictures_is_told() {
        let root = tempfile::tempdir().unwrap();
        let wrong = folder(&format!("photo={}", root.path().display())).unwrap_err();
        assert!(wrong.message.contains("no picture"));
        assert!(
            folder("photo=/no/such")
                .unwrap_err()
                .message
                .contains("cannot read")
        );
        assert!(
            folder("photos")
                .unwrap_err()
                .message
                .contains("names no input")
        );
    }
}
