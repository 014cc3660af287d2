//! Which pictures are learnt from, and which are kept to measure by.

/// What a picture is for. It hangs on names alone, so it is the same for every data set, whatever else is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Split {
    /// To learn from.
    Train,
    /// Never learnt from: no picture of this concept is, in any style.
    HeldConcept,
    /// Never learnt from, while other pictures of this concept and others of this style are.
    HeldCell,
}

/// One of so many concepts is held out, and one of so many cells of the others.
const ONE_OF: u64 = 10;

impl Split {
    /// The split of a concept in a style.
    pub fn of(concept: &str, style: &str) -> Self {
        let family = family(concept);
        if held(&["concept", &family]) {
            Self::HeldConcept
        } else if held(&["cell", concept, style]) {
            Self::HeldCell
        } else {
            Self::Train
        }
    }

    /// Whether a concept is held out in all styles.
    pub fn holds(concept: &str) -> bool {
        held(&["concept", &family(concept)])
    }
}

/// The key of a concept with a person's gender taken out, so that a woman who surfs is not learnt from while a man
/// who surfs is held out: foundries draw both alike.
fn family(concept: &str) -> String {
    let points: Vec<&str> = concept.split('-').collect();
    let mut kept: Vec<&str> = Vec::with_capacity(points.len());
    for point in points {
        match point {
            "1f468" | "1f469" => kept.push("1f9d1"),
            "2640" | "2642" if kept.last() == Some(&"200d") => drop(kept.pop()),
            point => kept.push(point),
        }
    }
    kept.join("-")
}

fn held(names: &[&str]) -> bool {
    let mut hasher = blake3::Hasher::new_derive_key("weft emoji split 1");
    for name in names {
        hasher.update(name.as_bytes()).update(b"\n");
    }
    let mut first = [0; 8];
    hasher.finalize_xof().fill(&mut first);
    u64::from_le_bytes(first) < u64::MAX / ONE_OF
}
