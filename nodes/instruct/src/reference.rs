//! What a marker of an instruction stands for, as a graph file writes it.

use weft_node::{
    CallSpec, Error, Facts, Form, Place, PortSpec, Written,
    value::{
        Call, Image, List, Port, Value,
        instruction::{self, Fault, MARKERS},
    },
};

/// What a marker of an instruction stands for.
#[derive(Clone, Debug)]
pub enum Reference {
    /// Words: `Text("a rocket")`.
    Text(String),
    /// Pictures with a few words: `Image("a drawing style", Wire("style"))`.
    Image {
        /// What they are.
        text: String,
        /// The pictures, all of the same thing.
        images: Vec<Image>,
    },
}

impl Value for Reference {
    const TYPE: &'static str = "Reference";

    fn form() -> Form {
        let text = |help| port::<String>("text", help);
        let images = port::<List<Image>>("images", "The pictures, all of the same thing.");
        Form::Call(vec![
            CallSpec {
                name: "Text".to_owned(),
                help: "Words that stand where the marker is.".to_owned(),
                takes: vec![text("The words.")],
            },
            CallSpec {
                name: "Image".to_owned(),
                help: "One picture or several of the same thing, and what it is.".to_owned(),
                takes: vec![text("What it is, in a few words."), images],
            },
        ])
    }
    fn from_call(mut call: Call) -> Result<Self, String> {
        let text: String = call.take("text")?;
        match call.name() {
            "Text" => Ok(Self::Text(text)),
            "Image" => {
                let List(images) = call.take("images")?;
                Ok(Self::Image { text, images })
            }
            other => Err(format!("a reference is not made by `{other}(…)`")),
        }
    }
    fn bytes(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Image { images, .. } => images.iter().map(Image::bytes).sum(),
        }
    }
    fn device(&self) -> Option<burn::tensor::Device> {
        match self {
            Self::Text(_) => None,
            Self::Image { images, .. } => images.iter().find_map(Value::device),
        }
    }
}

fn port<P: Port>(name: &str, help: &str) -> PortSpec {
    PortSpec {
        name: name.to_owned(),
        ty: P::type_name(),
        form: P::form(),
        help: help.to_owned(),
        default: None,
        optional: false,
        range: None,
    }
}

/// A reference as far as it is known before anything runs.
pub(crate) struct Known {
    pub(crate) text: Option<String>,
    pub(crate) is_image: bool,
}

/// The references at input `refs`; `None` if it is not even known how many there will be.
pub(crate) fn known(facts: &Facts<'_>) -> Option<Vec<Known>> {
    let Some(written) = facts.written("refs") else {
        return Some(Vec::new());
    };
    match written {
        Written::List(items) => items.iter().map(known_item).collect(),
        Written::Value(value) => (value.items()?.is_empty()).then(Vec::new),
        _ => None,
    }
}

fn known_item(item: &Written) -> Option<Known> {
    let Written::Call { name, arguments } = item else {
        return None;
    };
    let text = arguments.iter().find(|(name, _)| name == "text");
    let text = text.and_then(|(_, text)| match text {
        Written::Value(value) => value.get::<String>().cloned(),
        _ => None,
    });
    Some(Known {
        text,
        is_image: name == "Image",
    })
}

/// What is wrong with a reference at `place`, counted from 0.
pub(crate) fn refused(place: usize, message: String) -> Error {
    Error::At {
        input: "refs",
        place: Place::Item(place),
        message,
    }
}

/// What is wrong with the number of references.
pub(crate) fn too_many(count: usize) -> Option<Error> {
    let most = usize::from(MARKERS);
    (count > most).then(|| {
        let message = format!(
            "an instruction has at most {most} references, and these are {count}; leave some out, or give \
             several pictures of one thing as `Image(text, first, second)`"
        );
        refused(most, message)
    })
}

/// What is wrong with the words of a reference.
pub(crate) fn bad_words(place: usize, reference: &Known) -> Option<Error> {
    let text = reference.text.as_ref()?;
    if !reference.is_image && text.trim().is_empty() {
        let message = "the words are empty; write what stands in place of the marker".to_owned();
        return Some(refused(place, message));
    }
    Fault::of_words(text).map(|message| refused(place, message))
}

/// The references as an instruction takes them, each under the marker that `number` gives its place.
pub(crate) fn pictures(
    references: &[Reference],
    number: impl Fn(usize) -> u8,
) -> Result<Vec<instruction::Reference>, Error> {
    let mut pictures = Vec::new();
    for (place, reference) in references.iter().enumerate() {
        let Reference::Image { text, images } = reference else {
            continue;
        };
        if images.is_empty() {
            let message = "there is no picture; wire at least one".to_owned();
            return Err(refused(place, message));
        }
        if let Some(message) = images.iter().find_map(Fault::of_size) {
            return Err(refused(place, message));
        }
        pictures.extend(images.iter().map(|image| instruction::Reference {
            marker: number(place),
            text: text.clone(),
            image: image.clone(),
        }));
    }
    Ok(pictures)
}

impl Reference {
    /// What is known of it when it has come: all.
    pub(crate) fn to_known(&self) -> Known {
        let (text, is_image) = match self {
            Self::Text(text) => (text, false),
            Self::Image { text, .. } => (text, true),
        };
        Known {
            text: Some(text.clone()),
            is_image,
        }
    }
}
