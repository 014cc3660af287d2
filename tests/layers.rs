//! Arrows between crates go down only; asserted from what cargo says, not from a drawing.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// The floor of each crate; a crate uses only crates of lower floors.
const FLOORS: &[(&str, u8)] = &[
    ("weft-cli", 7),
    ("weft", 6),
    ("weft-eval", 5),
    ("weft-batch", 4),
    ("weft-host", 4),
    ("weft-edge", 4),
    ("weft-instruct", 4),
    ("weft-load", 4),
    ("weft-picture", 4),
    ("weft-retrieve", 4),
    ("weft-sample", 4),
    ("weft-save", 4),
    ("weft-stable", 4),
    ("weft-train", 4),
    ("weft-upscale", 4),
    ("weft-engine", 3),
    ("weft-models", 3),
    ("weft-diffusion", 2),
    ("weft-node", 2),
    ("weft-plugin", 2),
    ("weft-vision", 2),
    ("weft-store", 2),
    ("weft-testing", 2),
    ("weft-abi", 1),
    ("weft-graph", 1),
    ("weft-value", 1),
    ("weft-spec", 0),
    ("weft-node-macros", 0),
    ("weft-hub", 0),
    ("weft-shipped", 0),
    ("weft-tensor", 0),
    ("weft-kernels", 0),
    ("weft-one-build", 0),
];

/// Who alone may use these packages.
const KEPT_TO: &[(&str, &[&str])] = &[
    ("bevy_ecs", &["weft-engine"]),
    ("libloading", &["weft-host"]),
    ("notify", &["weft-host"]),
    ("ron", &["weft-graph", "weft-abi", "weft-train"]),
    ("wgpu", &["weft-tensor", "weft-host"]),
    // The network is met, and files are mapped, in one place each.
    ("hf-hub", &["weft-hub"]),
    ("ureq", &["weft-hub"]),
    ("memmap2", &["weft-tensor"]),
    ("petgraph", &["weft-graph", "weft-engine"]),
];

/// Which crates never meet, directly or through others.
const NEVER_SEES: &[(&str, &[&str])] = &[
    ("weft-graph", &["burn", "burn-tensor", "bevy_ecs", "wgpu"]),
    (
        "weft-engine",
        &[
            "weft-edge",
            "weft-load",
            "weft-picture",
            "weft-save",
            "weft-upscale",
            "weft-models",
            "weft-diffusion",
            "weft-instruct",
            "weft-retrieve",
        ],
    ),
    (
        "weft-edge",
        &["weft-engine", "weft-load", "weft-picture", "weft-save"],
    ),
    (
        "weft-load",
        &["weft-engine", "weft-edge", "weft-picture", "weft-save"],
    ),
    (
        "weft-picture",
        &["weft-engine", "weft-load", "weft-edge", "weft-save"],
    ),
    (
        "weft-save",
        &["weft-engine", "weft-load", "weft-edge", "weft-picture"],
    ),
    (
        "weft-upscale",
        &[
            "weft-engine",
            "weft-load",
            "weft-picture",
            "weft-edge",
            "weft-save",
        ],
    ),
    (
        "weft-instruct",
        &[
            "weft-engine",
            "weft-edge",
            "weft-load",
            "weft-picture",
            "weft-save",
            "weft-retrieve",
        ],
    ),
    (
        "weft-sample",
        &[
            "weft-engine",
            "weft-edge",
            "weft-load",
            "weft-picture",
            "weft-save",
            "weft-instruct",
            "weft-retrieve",
            "weft-train",
        ],
    ),
    (
        "weft-stable",
        &[
            "weft-engine",
            "weft-edge",
            "weft-load",
            "weft-picture",
            "weft-sample",
            "weft-save",
            "weft-train",
        ],
    ),
    (
        "weft-retrieve",
        &[
            "weft-engine",
            "weft-edge",
            "weft-load",
            "weft-picture",
            "weft-save",
            "weft-instruct",
        ],
    ),
];

/// What cargo says of the workspace on this machine; packages for others are not even fetched.
fn metadata() -> Metadata {
    let version = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc is there");
    let version = String::from_utf8(version.stdout).expect("rustc prints UTF-8");
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("rustc names its host");
    let mut command = MetadataCommand::new();
    command.manifest_path(super::program::root().join("Cargo.toml"));
    command.other_options(["--locked", "--filter-platform", host].map(str::to_owned));
    command.exec().expect("cargo describes the workspace")
}

/// Every crate of the workspace with the packages that it uses when it is built, not tested.
fn uses(metadata: &Metadata) -> BTreeMap<String, BTreeSet<String>> {
    let direct = |package: &cargo_metadata::Package| {
        let normal = package
            .dependencies
            .iter()
            .filter(|used| used.kind != DependencyKind::Development);
        normal.map(|used| used.name.to_string()).collect()
    };
    metadata
        .workspace_packages()
        .iter()
        .map(|package| (package.name.to_string(), direct(package)))
        .collect()
}

#[test]
fn every_crate_has_a_floor() {
    let found: BTreeSet<_> = uses(&metadata()).into_keys().collect();
    let known: BTreeSet<_> = FLOORS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, known);
}

#[test]
fn arrows_go_down_only() {
    let floors: BTreeMap<_, _> = FLOORS.iter().copied().collect();
    for (user, used) in uses(&metadata()) {
        for (used, floor) in used
            .iter()
            .filter_map(|name| Some((name, floors.get(name.as_str())?)))
        {
            // The words, the arithmetic and the switchboard for builds lie below all others of the lowest floor.
            let is_bedrock = matches!(
                used.as_str(),
                "weft-spec" | "weft-kernels" | "weft-one-build"
            );
            assert!(
                is_bedrock || *floor < floors[user.as_str()],
                "{user} uses {used}, which is not below it"
            );
        }
    }
}

#[test]
fn packages_stay_where_they_belong() {
    let uses = uses(&metadata());
    for (package, owners) in KEPT_TO {
        for (user, used) in &uses {
            assert!(
                !used.contains(*package) || owners.contains(&user.as_str()),
                "{user} uses {package}"
            );
        }
    }
}

#[test]
fn some_crates_never_meet() {
    let metadata = metadata();
    let resolve = metadata
        .resolve
        .as_ref()
        .expect("cargo resolves the workspace");
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    for (user, others) in NEVER_SEES {
        let packages = metadata.workspace_packages();
        let package = packages
            .iter()
            .find(|package| package.name.as_str() == *user)
            .expect("it is in the workspace");
        let mut seen = BTreeSet::new();
        let mut open = vec![&package.id];
        while let Some(id) = open.pop() {
            for used in &nodes[id].deps {
                let is_built = used
                    .dep_kinds
                    .iter()
                    .any(|kind| kind.kind != DependencyKind::Development);
                if is_built && seen.insert(&used.pkg) {
                    open.push(&used.pkg);
                }
            }
        }
        for id in seen {
            let name = metadata[id].name.as_str();
            assert!(!others.contains(&name), "{user} sees {name}");
        }
    }
}
