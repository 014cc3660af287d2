//! Pictures that belong together: of one style, or of one concept.

use super::{DataSet, Split};

/// Which pictures of a data set are learnt from, by style, found once.
#[derive(Clone, Debug)]
pub struct Kin<'a> {
    data: &'a DataSet,
    learnt: Vec<usize>,
    styles: Vec<Vec<usize>>,
}

impl<'a> Kin<'a> {
    /// Those of `data`.
    pub fn new(data: &'a DataSet) -> Self {
        let learnt = data.for_split(Split::Train);
        let mut styles = vec![Vec::new(); data.styles().len()];
        for &picture in &learnt {
            styles[data.pictures()[picture].style].push(picture);
        }
        Self {
            data,
            learnt,
            styles,
        }
    }

    /// Pictures that are learnt from, in the order of the data set.
    pub fn learnt(&self) -> &[usize] {
        &self.learnt
    }

    /// Those of the style of a picture; one of the same concept may be among them.
    pub fn of_style(&self, picture: usize) -> &[usize] {
        &self.styles[self.data.pictures()[picture].style]
    }

    /// Whether two pictures are of different concepts.
    pub fn differ(&self, a: usize, b: usize) -> bool {
        self.data.pictures()[a].concept != self.data.pictures()[b].concept
    }

    /// The concept of a picture in its other styles, as far as they are for `split`.
    pub fn elsewhere(&self, picture: usize, split: Split) -> Vec<usize> {
        let others = self.data.of_concept(self.data.pictures()[picture].concept);
        others
            .filter(|&other| other != picture && self.data.split(other) == split)
            .collect()
    }
}
