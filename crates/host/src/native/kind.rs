//! A node of a shared library, as the engine sees it.

use std::{path::Path, sync::Arc};

use burn::tensor::Device;
use weft_abi::Status;
use weft_node::{Context, Error, Facts, Kind, Literal, NodeSpec, Result, Values};
use weft_spec::{OutputSpec, TypeName};
use weft_value::{AnyValue, File, Folder, TYPES};

use super::{
    calls::{Failure, Going},
    library::Code,
    names::forever,
};
use crate::literal;

/// What is said of a plugin that panicked.
pub(crate) const PANICKED: &str = "panicked";

/// A node of a shared library.
pub(super) struct NativeKind {
    pub(super) code: Arc<Code>,
    /// Its place in the description.
    pub(super) place: u32,
    pub(super) spec: NodeSpec,
}

impl NativeKind {
    fn plugin(&self) -> &str {
        self.spec.pack()
    }

    fn error(&self, failure: Failure) -> Error {
        let known = self.spec.input(&failure.input).is_some();
        Error::Input {
            input: known.then(|| forever(&failure.input)),
            message: failure.message,
        }
    }

    fn panicked(&self, told: Result<()>) -> Error {
        let why = told
            .err()
            .map(|error| format!(": {error}"))
            .unwrap_or_default();
        Error::Input {
            input: None,
            message: format!("the plugin {} {PANICKED}{why}", self.plugin()),
        }
    }

    /// What the plugin said of a call that did not end well.
    fn ended(&self, status: Status, going: &Going) -> Result<()> {
        let failures = going.failures();
        let failed = !failures.is_empty();
        let told = Error::all(failures.into_iter().map(|it| self.error(it)).collect());
        match status {
            Status::OK => told,
            Status::PANICKED => Err(self.panicked(told)),
            Status::CANCELLED => Err(Error::Cancelled),
            _ if failed => told,
            Status(number) => Err(Error::Input {
                input: None,
                message: format!(
                    "the plugin {} returned status {number} and did not say why",
                    self.plugin()
                ),
            }),
        }
    }
}

/// The outputs of a node of a plugin, if all are there and of the types that the description says.
///
/// # Errors
/// One is missing, or of another type.
pub(crate) fn taken(spec: &NodeSpec, outputs: Vec<Option<AnyValue>>) -> Result<Vec<AnyValue>> {
    let check = |(port, value): (&OutputSpec, Option<AnyValue>)| {
        let wrong = |what: String| Error::Input {
            input: None,
            message: format!("the plugin {} {what}", spec.pack()),
        };
        let (name, ty) = (&port.name, &port.ty);
        let value = value.ok_or_else(|| wrong(format!("gave no output `{name}`")))?;
        let given = value.type_name();
        if given == *ty {
            return Ok(value);
        }
        match value.get::<String>() {
            Some(text) => typed(ty, text).map_err(wrong),
            None => Err(wrong(format!(
                "gave {given} for the output `{name}`, which is {ty}"
            ))),
        }
    };
    let given = outputs.into_iter().chain(std::iter::repeat(None));
    spec.outputs.iter().zip(given).map(check).collect()
}

/// A text as a value of that type: a path, or a word of a plugin's own set.
fn typed(ty: &TypeName, text: &str) -> Result<AnyValue, String> {
    match ty.as_str() {
        "File" => File::named(text).map(AnyValue::new),
        "Folder" => Folder::open(Path::new(text)).map(AnyValue::new),
        _ if TYPES.iter().any(|known| known.name() == ty.as_str()) || ty.element().is_some() => {
            Err(format!("gave Text for an output that is {ty}"))
        }
        _ => Ok(AnyValue::new(text.to_owned())),
    }
}

impl Kind for NativeKind {
    fn spec(&self) -> NodeSpec {
        self.spec.clone()
    }

    fn literal(&self, port: &str, literal: &Literal) -> Result<AnyValue, String> {
        literal::value(&self.spec, port, literal)
    }

    fn check(&self, facts: &Facts<'_>) -> Result<()> {
        if !self.code.has_check() {
            return Ok(());
        }
        let context = Context::detached(Device::flex());
        let going = Going::begin(context, facts.known().clone(), 0);
        let status = self.code.check(going.call(), self.place);
        self.ended(status, &going)
    }

    fn run(&self, values: &mut Values, context: &mut Context) -> Result<Vec<AnyValue>> {
        let inputs = std::mem::take(values);
        let going = Going::begin(context.clone(), inputs, self.spec.outputs.len());
        let status = self.code.run(going.call(), self.place);
        self.ended(status, &going)?;
        taken(&self.spec, going.outputs())
    }
}
