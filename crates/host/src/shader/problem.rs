//! What is wrong with a shader, underlined in its text.

use std::{path::Path, sync::Arc};

use miette::{Diagnostic, LabeledSpan, NamedSource};
use thiserror::Error;
use weft_tensor::ShaderError;

use super::header::Fault;

/// What is wrong with a shader, underlined in its text.
#[derive(Debug, Error, Diagnostic)]
#[error("cannot use the shader {name}: {message}")]
#[diagnostic(code(plugin::shader))]
pub struct ShaderProblem {
    name: String,
    message: String,
    #[source_code]
    source_text: Arc<NamedSource<String>>,
    #[label(collection)]
    places: Vec<LabeledSpan>,
    #[help]
    help: Option<String>,
}

impl ShaderProblem {
    fn new(path: &Path, text: &str, message: String, places: Vec<LabeledSpan>) -> Self {
        let name = path.display().to_string();
        Self {
            source_text: Arc::new(NamedSource::new(&name, text.to_owned()).with_language("wgsl")),
            name,
            message,
            places,
            help: None,
        }
    }

    pub(super) fn header(path: &Path, text: &str, faults: Vec<Fault>) -> Self {
        let label = |(message, span)| LabeledSpan::new_with_span(Some(message), span);
        let places = faults.into_iter().map(label).collect();
        let mut problem = Self::new(path, text, "its first comment is wrong".to_owned(), places);
        problem.help =
            Some("`weft plugin new acme.name --lang wgsl` writes one to start from".to_owned());
        problem
    }

    pub(super) fn code(path: &Path, text: &str, (error, entry): (ShaderError, &str)) -> Self {
        let ShaderError { message, places } = error;
        // What comes after the author's text is ours, and only calls what the author should have written.
        let own = |(place, said)| {
            let place: std::ops::Range<usize> = place;
            (place.end <= text.len()).then(|| LabeledSpan::new_with_span(Some(said), place))
        };
        let is_ours =
            !places.is_empty() && places.iter().all(|(place, _)| place.start > text.len());
        let places = places.into_iter().filter_map(own).collect();
        let mut problem = Self::new(path, text, message, places);
        problem.help = is_ours
            .then(|| format!("it must have `{entry}`, and no names that begin with `weft_`"));
        problem
    }
}
