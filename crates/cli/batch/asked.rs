//! The options that say what the items are.

use std::path::{Path, PathBuf};

use weft::{
    batch::{Group, Items, Wrong, folder, prompts, rows, sweep},
    graph::Document,
};

/// What the items are.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Items")]
pub(crate) struct Asked {
    /// An item for each row of this file, whose columns are inputs: .csv, .jsonl or .ron; may be given again.
    #[arg(long, value_name = "FILE")]
    over: Vec<PathBuf>,
    /// Try these values of an input: name=a,b,c or name=0..99 or name=1..8:0.5; may be given again.
    #[arg(long, value_name = "NAME=VALUES")]
    sweep: Vec<String>,
    /// An item for each picture of a folder: name=DIR, or name=DIR/** for the folders in it too. Paths within the
    /// folder are kept in the output; may be given again.
    #[arg(long, value_name = "NAME=DIR")]
    folder: Vec<String>,
    /// An item for each line of this file, for the input `prompt` or NAME: {a|b} is one of both, __words__ a line of
    /// words.txt beside it; may be given again.
    #[arg(long, value_name = "[NAME=]FILE")]
    prompts: Vec<String>,
    /// Let these inputs go together instead of combining each with each; may be given again.
    #[arg(long, value_name = "NAME,NAME", value_delimiter = ',', num_args = 1, action = clap::ArgAction::Append)]
    zip: Vec<String>,
    /// Make each item so many times, with other seeds.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    repeat: u64,
}

impl Asked {
    /// The items.
    pub(crate) fn items(
        &self,
        document: &Document,
        set: &[(String, String)],
        graph: &Path,
    ) -> Result<Items, Wrong> {
        let inputs: Vec<(String, String)> = document
            .inputs()
            .map(|(name, ty)| (name.to_owned(), ty.to_owned()))
            .collect();
        let mut groups = Vec::new();
        for path in &self.over {
            groups.push(rows(path, &inputs)?);
        }
        for written in &self.folder {
            groups.push(folder(written)?);
        }
        for written in &self.prompts {
            groups.push(prompts(written)?);
        }
        for written in &self.sweep {
            groups.push(sweep(written)?);
        }
        for group in &groups {
            known(group, &inputs, set)?;
        }
        let groups = self.zipped(groups)?;
        let is_seed = |name: &str| {
            inputs
                .iter()
                .any(|(known, ty)| known == name && ty == "Seed")
        };
        let seed = set.iter().rev().find(|(name, _)| is_seed(name));
        let seed = seed
            .and_then(|(_, text)| text.trim().parse().ok())
            .unwrap_or(0);
        let stem = graph.file_stem().unwrap_or_default().to_string_lossy();
        Items::new(groups, self.repeat, (seed, &stem))
    }

    /// The groups, those that go together made one.
    fn zipped(&self, groups: Vec<Group>) -> Result<Vec<Group>, Wrong> {
        let (mut together, mut rest): (Option<Group>, Vec<Group>) = (None, Vec::new());
        for name in &self.zip {
            if !groups.iter().any(|group| group.inputs().contains(name)) {
                let varied: Vec<_> = groups.iter().flat_map(Group::inputs).collect();
                return Err(Wrong::at("--zip", format!("nothing varies `{name}`"))
                    .help(format!("the batch varies {}", varied.join(", "))));
            }
        }
        for group in groups {
            if !group.inputs().iter().any(|input| self.zip.contains(input)) {
                rest.push(group);
                continue;
            }
            together = Some(match together {
                Some(first) => first.zip(group)?,
                None => group,
            });
        }
        Ok(together.into_iter().chain(rest).collect())
    }
}

/// Refuses what sets no input of the graph, or one that is set for all items.
fn known(
    group: &Group,
    inputs: &[(String, String)],
    set: &[(String, String)],
) -> Result<(), Wrong> {
    for input in group.inputs() {
        if !inputs.iter().any(|(name, _)| *name == input) {
            let names: Vec<&str> = inputs.iter().map(|(name, _)| name.as_str()).collect();
            let nearest = names.iter().max_by(|a, b| {
                strsim::jaro_winkler(a, &input).total_cmp(&strsim::jaro_winkler(b, &input))
            });
            let meant = nearest.filter(|name| strsim::jaro_winkler(name, &input) > 0.8);
            let help = match meant {
                Some(name) => format!("did you mean `{name}`?"),
                None if names.is_empty() => "it has no inputs at all".to_owned(),
                None => format!("its inputs are {}", names.join(", ")),
            };
            let message = format!("the graph has no input `{input}`");
            return Err(Wrong::at(&group.place, message).help(help));
        }
        if set.iter().any(|(name, _)| *name == input) {
            let message = format!("varies `{input}`, which --set sets for all items");
            return Err(Wrong::at(&group.place, message).help("leave one of them out"));
        }
    }
    Ok(())
}
