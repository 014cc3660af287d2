//! `retrieve.Retrieve`.

use weft_node::{
    Context, Error, Facts, Inputs, Node, Outputs, Result,
    value::{Image, List},
};
use weft_vision::codec;

use crate::{
    descriptor::{self, descriptor},
    embed::embedder,
    index::RetrievalIndex,
    search::Query,
};

/// Find the pictures that are nearest to a text, a picture, or both.
///
/// Nearest first; equally near ones in the order of their ids, so that a search always gives the same. Every
/// entry is compared up to 100,000 of them, above that those which an approximate index (HNSW) proposes.
#[derive(Inputs)]
pub struct Retrieve {
    /// Index to search.
    pub index: RetrievalIndex,
    /// What the pictures should show.
    pub text: Option<String>,
    /// What they should look like; of a batch, the mean.
    pub image: Option<Image>,
    /// Share of the picture where a text is given as well: 0 for the text alone, 1 for the picture alone.
    #[input(default = 0.5, range = 0.0..=1.0)]
    pub weight: f32,
    /// How many to find; all there are if there are fewer.
    #[input(default = 3, range = 1..=1000)]
    pub count: usize,
}

/// What was found, nearest first.
#[derive(Outputs)]
pub struct Retrieved {
    /// The pictures, as the index keeps them.
    pub images: List<Image>,
    /// What they are said to show.
    pub texts: List<String>,
    /// How near each is, from -1 to 1.
    pub scores: List<f64>,
    /// Their ids: the names of their files.
    pub ids: List<String>,
}

impl Node for Retrieve {
    const ID: &str = "retrieve.Retrieve";
    type Output = Retrieved;

    fn check(facts: &Facts<'_>) -> Result<()> {
        if facts
            .get::<String>("text")
            .is_some_and(|text| text.trim().is_empty())
        {
            return Err(empty());
        }
        let is_left_out = |input| facts.written(input).is_none();
        let is_in_graph = !is_left_out("index");
        if is_in_graph && is_left_out("text") && is_left_out("image") {
            return Err(nothing());
        }
        Ok(())
    }

    fn run(self, context: &mut Context) -> Result<Retrieved> {
        let query = self.query(context)?;
        let found = self.index.search(&query, self.count);
        let mut retrieved = Retrieved {
            images: List(Vec::new()),
            texts: List(Vec::new()),
            scores: List(Vec::new()),
            ids: List(Vec::new()),
        };
        for (done, it) in found.iter().enumerate() {
            context.step(done, found.len())?;
            let entry = &self.index.entries()[it.place];
            let decoded = codec::decode(&entry.picture, context.device());
            let decoded = decoded.map_err(|error| {
                Error::input("index", format!("the picture `{}`: {error}", entry.id))
            })?;
            retrieved.images.0.push(decoded.image);
            retrieved.texts.0.push(entry.label.clone());
            retrieved.scores.0.push(f64::from(it.score));
            retrieved.ids.0.push(entry.id.clone());
        }
        Ok(retrieved)
    }
}

impl Retrieve {
    /// What is looked for, as vectors like those of the index.
    fn query(&self, context: &Context) -> Result<Query> {
        if self.text.is_none() && self.image.is_none() {
            return Err(nothing());
        }
        let text = self
            .text
            .as_deref()
            .map(|text| self.embedded(text, context));
        let picture = self.image.as_ref().map(|image| self.described(image));
        Ok(Query {
            text: text.transpose()?,
            picture: picture.transpose()?,
            weight: self.weight,
        })
    }

    fn embedded(&self, text: &str, context: &Context) -> Result<Vec<f32>> {
        if text.trim().is_empty() {
            return Err(empty());
        }
        let name = self.index.embedder();
        let unknown = || {
            let message =
                format!("its texts are embedded by `{name}`, which is not here; build it again");
            Error::input("index", message)
        };
        let embedder = embedder(name).ok_or_else(unknown)?;
        if embedder.dims() != self.index.texts().dims() {
            return Err(unknown());
        }
        let vectors = embedder.embed(&[text.to_owned()], context)?;
        vectors.into_iter().next().ok_or_else(unknown)
    }

    fn described(&self, image: &Image) -> Result<Vec<f32>> {
        let rows = self.index.pictures();
        if rows.is_none_or(|rows| rows.dims() != descriptor::DIMS) {
            let message =
                "was built without pictures, so it is searched by text only; build it again";
            return Err(Error::input("index", message));
        }
        descriptor(image)
    }
}

fn nothing() -> Error {
    let message = "there is nothing to look for; set `text`, wire `image`, or both";
    Error::Input {
        input: None,
        message: message.to_owned(),
    }
}

fn empty() -> Error {
    let message = "is empty; say what the pictures should show, or leave it out and wire `image`";
    Error::input("text", message)
}
