//! The packs that a graph requires.

use semver::{Version, VersionReq};
use weft_spec::Registry;

use super::library::Library;
use crate::{
    document::Requirement,
    problem::{
        Mistake, Report,
        packs::{BadRequirement, MissingPack, WrongPackVersion},
    },
};

/// Reports requirements of any of the documents that the packs here do not meet.
pub(super) fn check(library: &Library<'_>, registry: &Registry, report: &mut Report) {
    for (document, used_by) in library.documents() {
        report.enter(used_by.clone());
        for requirement in &document.requires {
            if let Some(mistake) = objection(requirement, registry, report) {
                report.add_boxed(&document.source, mistake);
            }
        }
    }
    report.enter(None);
}

fn objection(
    Requirement { pack, version }: &Requirement,
    registry: &Registry,
    report: &mut Report,
) -> Option<Mistake> {
    let wanted = match VersionReq::parse(&version.text) {
        Ok(wanted) => wanted,
        Err(error) => {
            return Some(Box::new(BadRequirement {
                written: version.text.clone(),
                why: error.to_string(),
                at: version.span.clone(),
            }));
        }
    };
    let Some(found) = registry.pack_version(&pack.text) else {
        let packs: Vec<&str> = registry.packs().map(|(id, _)| id).collect();
        let help = report
            .suggest
            .help(&pack.text, "the packs here are", &packs);
        return Some(Box::new(MissingPack {
            pack: pack.text.clone(),
            at: pack.span.clone(),
            help,
        }));
    };
    let is_met = Version::parse(found).is_ok_and(|found| wanted.matches(&found));
    (!is_met).then(|| {
        Box::new(WrongPackVersion {
            pack: pack.text.clone(),
            wanted: version.text.clone(),
            found: found.to_owned(),
            at: version.span.clone(),
        }) as Mistake
    })
}
