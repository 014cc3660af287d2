//! A folder of sources with three concepts, a flag and a namesake.

use std::{fs, path::Path};

use image::{Rgba, RgbaImage};
use tempfile::TempDir;

use crate::data::{Options, STYLES, StyleSource};

/// The folder, which goes away with this.
pub(super) struct Sources(TempDir);

/// A set by code points and one by names.
pub(super) fn options(fewest: usize) -> Options {
    let styles: Vec<StyleSource> = STYLES
        .into_iter()
        .filter(|style| matches!(style.id, "fluent-flat" | "fxemoji"))
        .collect();
    Options {
        side: 64,
        fewest,
        styles,
    }
}

const CONCEPTS: &str = r#"[
    {"label": "red apple", "hexcode": "1F34E", "tags": ["fruit", "red"], "group": 4, "subgroup": 42},
    {"label": "index pointing right", "hexcode": "1F449-FE0F", "tags": [], "group": 1, "subgroup": 18},
    {"label": "direct hit", "hexcode": "1F3AF", "group": 6, "subgroup": 63},
    {"label": "keyboard", "hexcode": "2328-FE0F", "group": 7, "subgroup": 70},
    {"label": "flag: Chad", "hexcode": "1F1F9-1F1E9", "group": 9, "subgroup": 98},
    {"label": "red hair", "hexcode": "1F9B0", "group": 2, "subgroup": 33},
    {"label": "regional indicator A", "hexcode": "1F1E6"}
]"#;

const GROUPS: &str = r#"{
    "groups": {"1": "people-body", "2": "component", "4": "food-drink", "6": "activities", "7": "objects", "9": "flags"},
    "subgroups": {"18": "hand-single-finger", "33": "hair-style", "42": "food-fruit", "63": "game", "70": "computer", "98": "country-flag"}
}"#;

/// Code points, an alias that mirrors, and a flag.
const KEYED: &str = r#"{"prefix": "flat", "width": 32, "height": 32, "icons": {
    "red-apple": {"body": "<path fill='red' d='M0 0h16v16H0z'/>"},
    "left": {"body": "<path fill='blue' d='M0 0h8v32H0z'/>"},
    "flag-chad": {"body": "<path d='M0 0h8v32H0z'/>"}
}, "aliases": {"right": {"parent": "left", "hFlip": true}}}"#;

const CHARS: &str = r#"{"1f34e": "red-apple", "1f449": "right", "1f1f9-1f1e9": "flag-chad"}"#;

/// Names alone: a short code, an old name without spaces, one that goes to nothing, and a
/// keyboard that is a piano's.
const NAMED: &str = r#"{"prefix": "fx", "width": 64, "icons": {
    "apple": {"body": "<path fill='currentColor' d='M0 0h32v32H0z'/>", "height": 64},
    "pointright": {"body": "<path d='M0 0h20v20H0z'/>", "height": 64},
    "keyboard": {"body": "<path d='M0 0h9v9H0z'/>"},
    "directhit": {"body": "<path d='M0 0h9v9H0z'/>", "height": 64},
    "oldname": {"body": "<path d='M0 0h9v9H0z'/>"}
}}"#;

impl Sources {
    pub(super) fn new() -> Self {
        let sources = Self(tempfile::tempdir().unwrap());
        let base = "emojibase-data";
        sources.write(base, "en/data.json", CONCEPTS);
        sources.write(base, "meta/groups.json", GROUPS);
        sources.write(
            base,
            "meta/unicode-names.json",
            r#"{"1f3af": "DIRECT HIT"}"#,
        );
        for set in [
            "cldr",
            "emojibase",
            "emojibase-legacy",
            "github",
            "iamcal",
            "joypixels",
        ] {
            let codes = match set {
                "github" => r#"{"1F34E": "apple"}"#,
                "joypixels" => r#"{"1F449": ["finger", "point_right"]}"#,
                _ => "{}",
            };
            sources.write(base, &format!("en/shortcodes/{set}.json"), codes);
        }
        sources.write("@iconify-json/fluent-emoji-flat", "icons.json", KEYED);
        sources.write("@iconify-json/fluent-emoji-flat", "chars.json", CHARS);
        sources.write("@iconify-json/fxemoji", "icons.json", NAMED);
        sources.write("@iconify-json/fxemoji", "chars.json", "{}");
        let solid = "@lobehub/fluent-emoji-3d";
        sources.write(solid, "assets/README", "not a picture");
        for points in ["1f34e", "1f3af"] {
            let path = sources
                .path()
                .join(solid)
                .join(format!("assets/{points}.webp"));
            // Red with a clear rim that is green: nothing of the green may show.
            RgbaImage::from_fn(96, 48, |x, _| match x {
                9..86 => Rgba([255, 0, 0, 255]),
                _ => Rgba([0, 255, 0, 0]),
            })
            .save(path)
            .unwrap();
        }
        sources
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, package: &str, name: &str, text: &str) {
        let folder = self.path().join(package);
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        fs::write(folder.join("package.json"), r#"{"version": "17.0.0"}"#).unwrap();
    }
}
