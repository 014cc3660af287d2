//! The nine styles: where each comes from, whose it is, and how it looks in words.

use super::Style;

/// How a package holds its drawings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// WebP files named by code points in the folder `assets`. The package mixes in flags and families that are not
    /// the foundry's, so it counts only where another style, of the foundry itself, has the concept.
    Files {
        /// The id of that other style.
        within: &'static str,
    },
    /// An Iconify set that knows code points.
    Keyed,
    /// An Iconify set that knows names alone.
    Named,
}

/// A style and the package of its drawings.
#[derive(Clone, Copy, Debug)]
pub struct StyleSource {
    /// Short name.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// The package in the npm registry, which is also its folder among the sources.
    pub package: &'static str,
    /// How it holds its drawings.
    pub kind: Kind,
    /// The licence of the drawings, by SPDX: that of the foundry, where the package gives the one of its code.
    pub licence: &'static str,
    /// Whose work they are.
    pub credit: &'static str,
    /// Words for how it looks, each with its article if it takes one; no two styles share one.
    pub phrases: &'static [&'static str],
    /// Whether it is drawn in black alone.
    pub ink: bool,
}

impl StyleSource {
    /// What a data set says of it.
    pub(super) fn style(&self) -> Style {
        Style {
            id: self.id.to_owned(),
            name: self.name.to_owned(),
            licence: self.licence.to_owned(),
            credit: self.credit.to_owned(),
            phrases: self
                .phrases
                .iter()
                .map(|phrase| (*phrase).to_owned())
                .collect(),
            ink: self.ink,
        }
    }
}

const MICROSOFT: &str = "Fluent Emoji, copyright (c) Microsoft Corporation";
const GOOGLE: &str = "Noto Emoji, copyright Google LLC";
const EMOJIONE: &str =
    "EmojiOne 2.3, copyright EmojiOne (Ranks.com, Inc.) and the EmojiTwo contributors";

/// All styles. Share-alike and proprietary sets stay out.
pub const STYLES: [StyleSource; 9] = [
    StyleSource {
        id: "fluent-3d",
        name: "Fluent 3D",
        package: "@lobehub/fluent-emoji-3d",
        kind: Kind::Files {
            within: "fluent-flat",
        },
        licence: "MIT",
        credit: MICROSOFT,
        phrases: &[
            "a glossy 3D render",
            "a soft 3D model",
            "a shiny 3D icon",
            "smooth 3D art",
            "a toy-like 3D render",
        ],
        ink: false,
    },
    StyleSource {
        id: "fluent-flat",
        name: "Fluent Flat",
        package: "@iconify-json/fluent-emoji-flat",
        kind: Kind::Keyed,
        licence: "MIT",
        credit: MICROSOFT,
        phrases: &[
            "flat vector art",
            "a flat vector icon",
            "a bold flat illustration",
            "a vivid flat drawing",
        ],
        ink: false,
    },
    StyleSource {
        id: "fluent-high-contrast",
        name: "Fluent High Contrast",
        package: "@iconify-json/fluent-emoji-high-contrast",
        kind: Kind::Keyed,
        licence: "MIT",
        credit: MICROSOFT,
        phrases: &[
            "a black line icon",
            "bold black line art",
            "a thick black outline drawing",
            "a high contrast icon",
        ],
        ink: true,
    },
    StyleSource {
        id: "noto",
        name: "Noto",
        package: "@iconify-json/noto",
        kind: Kind::Keyed,
        licence: "Apache-2.0",
        credit: GOOGLE,
        phrases: &[
            "a shaded cartoon",
            "a softly shaded cartoon drawing",
            "a modern Android emoji",
            "a warm gradient illustration",
        ],
        ink: false,
    },
    StyleSource {
        id: "noto-v1",
        name: "Noto blobs",
        package: "@iconify-json/noto-v1",
        kind: Kind::Named,
        licence: "Apache-2.0",
        credit: GOOGLE,
        phrases: &[
            "a chubby blob cartoon",
            "an old Android emoji",
            "a gumdrop cartoon",
            "a plain retro cartoon",
        ],
        ink: false,
    },
    StyleSource {
        id: "fxemoji",
        name: "FxEmojis",
        package: "@iconify-json/fxemoji",
        kind: Kind::Named,
        licence: "CC-BY-4.0",
        credit: "FxEmojis, copyright 2015 Mozilla Foundation",
        phrases: &[
            "a playful sticker",
            "a Firefox OS icon",
            "a flat pastel sticker",
            "a naive pastel drawing",
        ],
        ink: false,
    },
    StyleSource {
        id: "twemoji",
        name: "Twemoji",
        package: "@iconify-json/twemoji",
        kind: Kind::Keyed,
        licence: "CC-BY-4.0",
        credit: "Twemoji, copyright Twitter, Inc and other contributors",
        phrases: &[
            "a minimal two-tone pictogram",
            "a Twitter emoji",
            "a clean minimal emoji",
            "simple geometric clip art",
        ],
        ink: false,
    },
    StyleSource {
        id: "emojione",
        name: "EmojiOne",
        package: "@iconify-json/emojione",
        kind: Kind::Named,
        licence: "CC-BY-4.0",
        credit: EMOJIONE,
        phrases: &[
            "a smooth colorful emoji",
            "an EmojiOne emoji",
            "a polished web icon",
            "a cheerful web illustration",
        ],
        ink: false,
    },
    StyleSource {
        id: "emojione-mono",
        name: "EmojiOne Mono",
        package: "@iconify-json/emojione-monotone",
        kind: Kind::Named,
        licence: "CC-BY-4.0",
        credit: EMOJIONE,
        phrases: &[
            "a solid black glyph",
            "a black silhouette icon",
            "a black stencil",
            "a filled black pictogram",
        ],
        ink: true,
    },
];
