//! A node of an isolated plugin, as the engine sees it.

use std::{sync::Arc, time::Duration};

use burn::tensor::Device;
use weft_node::{Context, Error, Facts, Kind, Literal, LogLevel, NodeSpec, Result, Values};
use weft_value::AnyValue;

use super::{
    Isolated,
    crossing::{Crossing, Writer},
    message::{Ask, Tell},
    process::{Process, Silence},
};
use crate::{literal, native};

/// How long a node may take to stop after a run has been cancelled, before its process is ended.
const GRACE: Duration = Duration::from_secs(1);

/// A node of an isolated plugin.
pub(super) struct IsolatedKind {
    pub(super) plugin: Arc<Isolated>,
    pub(super) place: u32,
    pub(super) spec: NodeSpec,
}

impl IsolatedKind {
    fn wrong(&self, message: impl Into<String>) -> Error {
        Error::Input {
            input: None,
            message: format!("the plugin {}: {}", self.spec.pack(), message.into()),
        }
    }

    fn go(&self, values: &Values, context: &Context, is_check: bool) -> Result<Vec<AnyValue>> {
        let mut process = self.plugin.process().map_err(|why| self.wrong(why))?;
        let mut writer = Writer::new(&process.pixels);
        let inputs = values.iter().map(|(input, value)| {
            let crossing = writer.cross(value);
            Ok((input.to_owned(), crossing.map_err(|why| self.wrong(why))?))
        });
        let inputs = inputs.collect::<Result<_>>()?;
        let node = self.place;
        let ask = Ask::Run {
            node,
            inputs,
            is_check,
        };
        process.ask(&ask).map_err(|why| self.wrong(why))?;
        let given = self.answer(&mut process, context)?;
        let arrive = |given: Crossing| given.arrive(&process.pixels, context.device());
        let outputs: Result<Vec<_>, _> = given.into_iter().map(arrive).collect();
        let outputs = outputs.map_err(|why| self.wrong(why))?;
        self.plugin.keep(process);
        if is_check {
            return Ok(outputs);
        }
        native::taken(&self.spec, outputs.into_iter().map(Some).collect())
    }

    /// Waits for the node to end, passing on what it tells on the way.
    fn answer(&self, process: &mut Process, context: &Context) -> Result<Vec<Crossing>> {
        let mut is_cancelled = false;
        loop {
            let told = if is_cancelled {
                process.hear(GRACE, &|| false)
            } else {
                process.next(&|| context.is_cancelled())
            };
            match told {
                Ok(Tell::Done(given)) => return Ok(given),
                Ok(Tell::Cancelled) => return Err(Error::Cancelled),
                Ok(Tell::Failed(failures)) => return Err(self.failed(failures)),
                Ok(Tell::Step { .. }) if is_cancelled => {}
                Ok(Tell::Step { done, total }) => {
                    if context.step(done as usize, total as usize).is_err() {
                        is_cancelled = true;
                        process.ask(&Ask::Cancel).map_err(|why| self.wrong(why))?;
                    }
                }
                Ok(Tell::Log { level, line }) => context.log(level_of(level), &line),
                Ok(Tell::Loaded(_) | Tell::Refused(_)) => {
                    return Err(self.wrong("its process does not answer as it should"));
                }
                Err(Silence::Cancelled) => {
                    is_cancelled = true;
                    process.ask(&Ask::Cancel).map_err(|why| self.wrong(why))?;
                }
                Err(_) if is_cancelled => return Err(Error::Cancelled),
                Err(Silence::Ended(how)) => return Err(self.wrong(format!("its process {how}"))),
                Err(Silence::TimeOut) => {
                    let seconds = self.plugin.limits.time.as_secs_f64();
                    return Err(self.wrong(format!(
                        "it took more than {seconds} s without a step and was stopped; `isolate_seconds` in weft.toml \
                         gives it longer"
                    )));
                }
            }
        }
    }

    fn failed(&self, failures: Vec<(Option<String>, String)>) -> Error {
        let error = |(input, message): (Option<String>, String)| Error::Input {
            input: input
                .filter(|it| self.spec.input(it).is_some())
                .map(|it| native::forever(&it)),
            message,
        };
        let errors = failures.into_iter().map(error).collect();
        Error::all(errors)
            .err()
            .unwrap_or_else(|| self.wrong("it failed and did not say why"))
    }
}

fn level_of(level: u8) -> LogLevel {
    match level {
        0 => LogLevel::Debug,
        1 => LogLevel::Info,
        _ => LogLevel::Warning,
    }
}

impl Kind for IsolatedKind {
    fn spec(&self) -> NodeSpec {
        self.spec.clone()
    }

    fn literal(&self, port: &str, literal: &Literal) -> Result<AnyValue, String> {
        literal::value(&self.spec, port, literal)
    }

    fn check(&self, facts: &Facts<'_>) -> Result<()> {
        let context = Context::detached(Device::flex());
        self.go(facts.known(), &context, true).map(drop)
    }

    fn run(&self, values: &mut Values, context: &mut Context) -> Result<Vec<AnyValue>> {
        self.go(values, context, false)
    }
}
