//! What every node of a plugin should keep to: `weft plugin test`.
//!
//! Shared libraries are tried in a process of their own, so that one that crashes is told of like any other fault.

mod inputs;
mod trial;

use std::{path::Path, sync::Arc, thread, time::Duration};

use burn::tensor::Device;
use weft_node::Kind;
use weft_value::AnyValue;

use crate::{Limits, Plugin, PluginProblem, find::places, isolate::Isolated, plugins::shader};
use inputs::{Picture, Sample};
use trial::{Ended, Trial};

/// Longest that a cancelled node may go on.
const CANCEL: Duration = Duration::from_millis(500);

/// Longest that a node may go on without a step.
const PATIENCE: Duration = Duration::from_secs(5);

/// Longest that a node may take for one small picture, with steps.
const ENOUGH: Duration = Duration::from_secs(10);

/// Calls by which a leak is looked for, and memory that they may leave behind.
const CALLS: usize = 200;
const LEAK: u64 = 8 << 20;

/// One thing that was tried with one node.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The node.
    pub node: String,
    /// What it should keep to.
    pub rule: &'static str,
    /// What it did instead; `None` if it kept to it.
    pub fault: Option<String>,
}

/// Tries every node of the plugins at `path`, or only those of the kind `only`; `hear` is told of each verdict as it comes.
///
/// # Errors
/// Why one of them cannot be used at all.
pub fn test(
    path: &Path,
    (only, limits): (Option<&str>, &Limits),
    hear: &mut dyn FnMut(Verdict),
) -> Result<(), PluginProblem> {
    let limits = Limits {
        time: limits.time.min(PATIENCE),
        ..limits.clone()
    };
    let is_wanted = |kind: &&Arc<dyn Kind>| only.is_none_or(|only| kind.spec().kind() == only);
    for place in places(path)? {
        let file = place.file()?;
        let bytes = std::fs::read(&file).map_err(|error| PluginProblem::Folder {
            path: file.clone(),
            error,
        })?;
        let description = PluginProblem::description(&file);
        if file
            .extension()
            .is_some_and(|extension| extension == "wgsl")
        {
            let plugin = shader(&file, &bytes)?;
            for kind in plugin.kinds().iter().filter(|kind| is_wanted(kind)) {
                kept_to(kind, None, hear);
            }
            continue;
        }
        let isolated = Isolated::start(&file, &bytes, &limits).map_err(&description)?;
        let described = isolated.described().clone();
        let build = weft_value::Digest::of(&bytes);
        let plugin = Plugin::new(&file, build, &described, isolated.kinds());
        let plugin = plugin.map_err(&description)?;
        for kind in plugin.kinds().iter().filter(|kind| is_wanted(kind)) {
            kept_to(kind, Some(&isolated), hear);
        }
    }
    Ok(())
}

/// One rule: its name, and what finds the fault of a node that does not keep to it.
type Rule = (&'static str, fn(&Trial<'_>) -> Option<String>);

const RUNS: &str = "gives the same for the same";

const RULES: [Rule; 8] = [
    ("takes its own defaults", defaults),
    (RUNS, deterministic),
    ("gives the same from several threads", from_threads),
    ("takes pictures of odd sizes", odd_sizes),
    ("takes the ends of its ranges", ends_of_ranges),
    ("takes numbers that are none", not_numbers),
    ("stops soon when a run is cancelled", cancelled),
    ("leaves no memory behind", leaks),
];

fn kept_to(kind: &Arc<dyn Kind>, isolated: Option<&Arc<Isolated>>, hear: &mut dyn FnMut(Verdict)) {
    let trial = Trial {
        kind: &**kind,
        spec: kind.spec(),
        isolated: isolated.map(|isolated| &**isolated),
        device: Device::flex(),
    };
    for (rule, fault) in RULES {
        let fault = fault(&trial);
        // A node that does not even run with its defaults would only say so again and again.
        let is_hopeless = rule == RUNS && fault.is_some();
        hear(Verdict {
            node: trial.spec.id.clone(),
            rule,
            fault,
        });
        if is_hopeless {
            return;
        }
    }
}

fn defaults(trial: &Trial<'_>) -> Option<String> {
    trial.spec.inputs.iter().find_map(|port| {
        let default = port.default.as_ref()?;
        let in_range = default
            .as_number()
            .is_none_or(|number| port.range.is_none_or(|range| range.contains(number)));
        let taken = trial.kind.literal(&port.name, default);
        match taken {
            Ok(_) if in_range => None,
            Ok(_) => Some(format!(
                "the default {default} of `{}` is out of its range",
                port.name
            )),
            Err(why) => Some(format!("the default {default} of `{}`: {why}", port.name)),
        }
    })
}

fn deterministic(trial: &Trial<'_>) -> Option<String> {
    let sample = Sample::plain(Picture::default());
    match (trial.run(&sample), trial.run(&sample)) {
        (Ended::Gave(first), Ended::Gave(second)) => differing(trial, &first, &second),
        (Ended::Crashed(how), _) | (_, Ended::Crashed(how)) => Some(how),
        (Ended::Failed(why), _) | (_, Ended::Failed(why)) => {
            Some(format!("it fails with its defaults and a picture: {why}"))
        }
        (Ended::Cancelled, _) | (_, Ended::Cancelled) => Some(format!(
            "it is not done with a picture of 32 × 24 after {} s",
            ENOUGH.as_secs()
        )),
    }
}

fn differing(trial: &Trial<'_>, first: &[AnyValue], second: &[AnyValue]) -> Option<String> {
    let pairs = first.iter().zip(second).zip(&trial.spec.outputs);
    pairs.into_iter().find_map(|((first, second), port)| {
        let (first, second) = (first.encode()?, second.encode()?);
        let is_same = first.as_bytes() == second.as_bytes();
        (!is_same).then(|| format!("`{}` differs from one call to the next", port.name))
    })
}

fn from_threads(trial: &Trial<'_>) -> Option<String> {
    let sample = Sample::plain(Picture::default());
    let Ended::Gave(alone) = trial.run(&sample) else {
        return None;
    };
    thread::scope(|scope| {
        let calls: Vec<_> = (0..4).map(|_| scope.spawn(|| trial.run(&sample))).collect();
        calls.into_iter().find_map(|call| match call.join() {
            Ok(Ended::Gave(given)) => differing(trial, &alone, &given),
            Ok(Ended::Failed(why) | Ended::Crashed(why)) => Some(why),
            Ok(Ended::Cancelled) | Err(_) => Some("a call did not end".to_owned()),
        })
    })
}

fn odd_sizes(trial: &Trial<'_>) -> Option<String> {
    [
        (1, 3, 1, 1),
        (1, 3, 5, 7),
        (1, 1, 257, 1),
        (1, 4, 1, 33),
        (2, 3, 16, 16),
    ]
    .into_iter()
    .find_map(|axes| {
        let sample = Sample::plain(Picture::of(axes));
        let name = format!(
            "{} × {} pixels, {} channels, batch {}",
            axes.3, axes.2, axes.1, axes.0
        );
        trial.harm(&sample).map(|harm| format!("{name}: {harm}"))
    })
}

fn ends_of_ranges(trial: &Trial<'_>) -> Option<String> {
    [false, true].into_iter().find_map(|upper| {
        let sample = Sample {
            upper: Some(upper),
            ..Sample::plain(Picture::default())
        };
        let which = if upper {
            "the upper ends"
        } else {
            "the lower ends"
        };
        trial.harm(&sample).map(|harm| format!("{which}: {harm}"))
    })
}

fn not_numbers(trial: &Trial<'_>) -> Option<String> {
    let sample = Sample::plain(Picture {
        is_wild: true,
        ..Picture::default()
    });
    trial.harm(&sample)
}

fn cancelled(trial: &Trial<'_>) -> Option<String> {
    let sample = Sample::plain(Picture::of((1, 3, 768, 768)));
    let soon = Duration::from_millis(20);
    let (ended, took) = trial.run_cancelled(&sample, soon);
    let late = took.saturating_sub(soon);
    match ended {
        Ended::Crashed(how) => Some(how),
        _ if late > CANCEL => Some(format!(
            "it went on for {} ms; call `context.step(done, total)?` in its loops",
            late.as_millis()
        )),
        _ => None,
    }
}

fn leaks(trial: &Trial<'_>) -> Option<String> {
    let sample = Sample::plain(Picture::of((1, 3, 48, 48)));
    let run = || match trial.run(&sample) {
        Ended::Crashed(how) => Some(how),
        _ => None,
    };
    if let Some(crash) = (0..CALLS / 4).find_map(|_| run()) {
        return Some(crash);
    }
    let before = trial.memory()?;
    if let Some(crash) = (0..CALLS).find_map(|_| run()) {
        return Some(crash);
    }
    let grown = trial.memory()?.saturating_sub(before);
    (grown > LEAK).then(|| format!("{CALLS} calls left {} kB behind", grown / 1000))
}
