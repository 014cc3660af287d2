//! The nearest name to a misspelt one.

/// Finds nearest names within a budget, so that a file of ten thousand misspelt names is still answered at once.
pub(crate) struct Suggest {
    /// Pairs of characters that may still be compared.
    budget: usize,
}

/// Names longer than this are not compared.
const LONGEST: usize = 64;

impl Default for Suggest {
    fn default() -> Self {
        Self { budget: 4_000_000 }
    }
}

impl Suggest {
    /// The candidate nearest to `name`, if one is near enough to be what was meant.
    pub(crate) fn nearest<'a>(
        &mut self,
        name: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'a str> {
        if name.len() > LONGEST {
            return None;
        }
        let lower = name.to_lowercase();
        let mut best: Option<(usize, &str)> = None;
        for candidate in candidates {
            if candidate.len() > LONGEST || candidate.len().abs_diff(name.len()) > 3 {
                continue;
            }
            self.budget = self.budget.checked_sub(name.len() * candidate.len() + 1)?;
            let distance = strsim::osa_distance(&lower, &candidate.to_lowercase());
            let is_near = distance <= name.chars().count().div_ceil(3).min(3);
            if is_near && best.is_none_or(|(least, _)| distance < least) {
                best = Some((distance, candidate));
            }
        }
        best.map(|(_, candidate)| candidate)
    }

    /// A help line: the nearest name, or else what there is to choose from.
    pub(crate) fn help(&mut self, name: &str, what: &str, candidates: &[&str]) -> Option<String> {
        if let Some(nearest) = self.nearest(name, candidates.iter().copied()) {
            return Some(format!("did you mean `{nearest}`?"));
        }
        match candidates {
            [] => None,
            names => Some(format!("{what}: {}", super::listed(names.iter().copied()))),
        }
    }
}
