//! What an instruction may ask for: the tasks, and what each takes.

use crate::{Choice, Worded};

/// What an instruction asks for. The first six are trained, the others are combinations that a model
/// never saw (Instruct-Imagen, arXiv 2401.01952, table 1 and section 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    /// A picture from words alone.
    TextToImage,
    /// A picture along given edges.
    EdgeToImage,
    /// A picture within a given mask.
    MaskToImage,
    /// A picture of a given subject.
    Subject,
    /// A picture in a given style.
    Styled,
    /// A given picture in a given style; without a caption.
    StyleTransfer,
    /// A given subject in a given style.
    StyleSubject,
    /// Two given subjects.
    TwoSubjects,
    /// A given subject along given edges.
    EdgeSubject,
    /// A picture along given edges in a given style.
    EdgeStyle,
}

/// What a reference is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Where the edges are.
    Edge,
    /// Which pixels the object covers.
    Mask,
    /// How it is drawn.
    Style,
    /// What is drawn again, in another style.
    Content,
    /// What is drawn.
    Subject,
}

impl Task {
    /// Every task.
    pub const ALL: [Self; 10] = [
        Self::TextToImage,
        Self::EdgeToImage,
        Self::MaskToImage,
        Self::Subject,
        Self::Styled,
        Self::StyleTransfer,
        Self::StyleSubject,
        Self::TwoSubjects,
        Self::EdgeSubject,
        Self::EdgeStyle,
    ];

    /// What its references are for, in the order of their markers.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::TextToImage => &[],
            Self::EdgeToImage => &[Role::Edge],
            Self::MaskToImage => &[Role::Mask],
            Self::Subject => &[Role::Subject],
            Self::Styled => &[Role::Style],
            Self::StyleTransfer => &[Role::Style, Role::Content],
            Self::StyleSubject => &[Role::Subject, Role::Style],
            Self::TwoSubjects => &[Role::Subject, Role::Subject],
            Self::EdgeSubject => &[Role::Subject, Role::Edge],
            Self::EdgeStyle => &[Role::Edge, Role::Style],
        }
    }

    /// Whether its instructions say what the picture shows.
    pub const fn has_caption(self) -> bool {
        !matches!(self, Self::StyleTransfer)
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [
        Self::Edge,
        Self::Mask,
        Self::Style,
        Self::Content,
        Self::Subject,
    ];

    /// The name of the role.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Edge => "Edge",
            Self::Mask => "Mask",
            Self::Style => "Style",
            Self::Content => "Content",
            Self::Subject => "Subject",
        }
    }
}

impl Choice for Task {
    const NAME: &'static str = "InstructionTask";
    const WORDS: &'static [(Self, &'static str, &'static str)] = &[
        (Self::TextToImage, "TextToImage", "From words alone."),
        (
            Self::EdgeToImage,
            "EdgeToImage",
            "Along given edges: one reference, the edges.",
        ),
        (
            Self::MaskToImage,
            "MaskToImage",
            "Within a given mask: one reference, the mask.",
        ),
        (
            Self::Subject,
            "Subject",
            "Of a given subject: one reference, the subject.",
        ),
        (
            Self::Styled,
            "Styled",
            "In a given style: one reference, the style.",
        ),
        (
            Self::StyleTransfer,
            "StyleTransfer",
            "A given picture in a given style: two references, the style and the content; no caption.",
        ),
        (
            Self::StyleSubject,
            "StyleSubject",
            "A given subject in a given style: two references, the subject and the style.",
        ),
        (
            Self::TwoSubjects,
            "TwoSubjects",
            "Two given subjects: two references.",
        ),
        (
            Self::EdgeSubject,
            "EdgeSubject",
            "A given subject along given edges: two references, the subject and the edges.",
        ),
        (
            Self::EdgeStyle,
            "EdgeStyle",
            "Along given edges in a given style: two references, the edges and the style.",
        ),
    ];
}

impl Worded for Task {}
