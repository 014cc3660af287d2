//! Words that a trainer puts before every key of a network.

use super::Weights;

/// What BasicSR and PyTorch put before the keys; of two, the first is read.
const WRAPPERS: [&str; 3] = ["params_ema.", "params.", "module."];

/// The words before the keys of a network.
#[derive(Clone, Debug, Default)]
pub(super) struct Wrapping {
    before: String,
    /// The same for a second set of the same weights, which is not read.
    twin: Option<String>,
}

impl Wrapping {
    fn of<'k>(names: impl Iterator<Item = &'k String> + Clone) -> Self {
        let mut wrapping = Self::default();
        let starts = |before: &str| names.clone().any(|name| name.starts_with(before));
        while let Some(longer) = WRAPPERS
            .iter()
            .map(|wrapper| format!("{}{wrapper}", wrapping.before))
            .find(|longer| starts(longer))
        {
            if longer.ends_with(WRAPPERS[0]) {
                wrapping.twin = Some(format!("{}{}", wrapping.before, WRAPPERS[1]));
            }
            wrapping.before = longer;
        }
        wrapping
    }

    /// The key of the network, if `key` of the file is one of it.
    pub(super) fn inner<'k>(&self, key: &'k str) -> Option<&'k str> {
        key.strip_prefix(&self.before)
    }

    /// The key of the file.
    pub(super) fn outer(&self, key: &str) -> String {
        format!("{}{key}", self.before)
    }

    /// Whether a key of the file is of the second set.
    pub(super) fn is_twin(&self, key: &str) -> bool {
        self.twin.as_ref().is_some_and(|twin| key.starts_with(twin))
    }
}

impl Weights<'_> {
    /// The same, asked for by keys without the words `params_ema`, `params` and `module` before all of them.
    /// Of weights and their running mean the mean is read.
    pub(crate) fn unwrapped(self) -> Self {
        Self {
            wrapping: Wrapping::of(self.tensors.keys()),
            ..self
        }
    }
}
