//! Plugins in the program: found, refused, locked, isolated, swapped while it runs.

use std::{
    fs,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use weft::{
    Weft,
    engine::{Engine, Names, Packs, Ride, Settings, plan},
    graph::{DiskFiles, Given},
    host::{Change, Isolation, Limits, Plugins},
    spec::Source,
    tensor::DeviceChoice,
};
use weft_testing::Troubled;

use crate::{
    program::{Ended, ended, weft},
    watch::Watching,
};

/// A graph with one node of the troubled plugin after a picture.
fn graph(kind: &str) -> String {
    format!(
        "Graph(format: 1, requires: {{ \"test.troubled\": \"^0.1\" }}, nodes: {{
             \"plain\": Noise(width: 16, height: 16), \"it\": {kind}(image: Wire(\"plain\")) }})"
    )
}

/// The program, in `folder`.
fn run(folder: &Path, arguments: &[&str]) -> Ended {
    let mut command = weft();
    command.current_dir(folder).args(arguments);
    ended(command.output().expect("the program starts"))
}

#[test]
fn plugins_are_listed_and_their_nodes_run() {
    let folder = tempfile::tempdir().unwrap();
    Troubled::default().build(folder.path());
    fs::write(folder.path().join("echo.ron"), graph("Echo")).unwrap();
    fs::write(folder.path().join("weft.toml"), "plugins = [\".\"]").unwrap();
    let listed = run(folder.path(), &["plugin", "list"]).with(0);
    assert!(listed.out.contains("test.troubled 0.1.0"), "{}", listed.out);
    let ran = run(folder.path(), &["run", "echo.ron", "--no-cache", "--json"]).with(0);
    assert!(
        ran.out.contains("\"kind\":\"test.troubled.Echo\""),
        "{}",
        ran.out
    );
    run(folder.path(), &["check", "echo.ron"]).with(0);
    let page = run(folder.path(), &["node", "Echo"]).with(0);
    assert!(
        page.out.contains("`test.troubled.Echo`, version 1."),
        "{}",
        page.out
    );
}

#[test]
fn a_weft_toml_that_is_wrong_says_where() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("weft.toml"),
        "plugins = [\".\"]\nisolated = true\n",
    )
    .unwrap();
    let wrong = run(folder.path(), &["plugin", "list"]).with(2);
    assert!(
        wrong.err.contains("weft.toml") && wrong.err.contains("isolated"),
        "{}",
        wrong.err
    );
    fs::write(folder.path().join("weft.toml"), "plugins = [\"gone\"]").unwrap();
    let gone = run(folder.path(), &["plugin", "list"]).with(1);
    assert!(
        gone.err.contains("cannot read the plugin folder"),
        "{}",
        gone.err
    );
}

#[test]
fn a_graph_that_wants_another_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    Troubled {
        version: "0.2.0",
        ..Troubled::default()
    }
    .build(folder.path());
    fs::write(folder.path().join("echo.ron"), graph("Echo")).unwrap();
    let wrong = run(folder.path(), &["check", "echo.ron", "--plugins", "."]).with(2);
    assert!(
        wrong
            .out
            .contains("version 0.2.0, and the graph requires ^0.1"),
        "{}",
        wrong.out
    );
}

#[test]
fn a_plugin_that_cannot_be_used_leaves_the_others_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good");
    let (clash, text) = (folder.path().join("later"), folder.path().join("text"));
    [&good, &clash, &text]
        .into_iter()
        .for_each(|folder| fs::create_dir(folder).unwrap());
    Troubled::default().build(&good);
    Troubled {
        build: 2.0,
        ..Troubled::default()
    }
    .build(&clash);
    fs::write(text.join("libtext.so"), "no library").unwrap();
    fs::write(text.join("broken.wgsl"), "// acme.broken.Broken 0.1.0\n").unwrap();
    let listed = run(folder.path(), &["plugin", "list", "--plugins", "."]).with(1);
    assert!(listed.out.contains("test.troubled 0.1.0"), "{}", listed.out);
    for said in [
        "`test.troubled` is there already, from",
        "not a shared library",
        "its first comment is wrong",
    ] {
        assert!(listed.err.contains(said), "{said}: {}", listed.err);
    }
    let missing = run(folder.path(), &["plugin", "check", "nowhere"]).with(2);
    assert!(
        missing.err.contains("cannot read the plugin folder"),
        "{}",
        missing.err
    );
}

#[test]
fn a_plugin_that_moves_to_another_file_is_the_same_plugin() {
    let folder = tempfile::tempdir().unwrap();
    let library = Troubled::default().build(folder.path());
    let mut plugins = Plugins::new(settings(folder.path()));
    assert!(matches!(&plugins.reload()[..], [Change::Loaded(_)]));
    assert!(plugins.reload().is_empty());
    fs::rename(&library, folder.path().join("another.so")).unwrap();
    assert!(matches!(&plugins.reload()[..], [Change::Loaded(_)]));
    assert_eq!(plugins.iter().count(), 1);
    // A file that is gone leaves the plugin in use, as while it is built.
    fs::remove_file(folder.path().join("another.so")).unwrap();
    assert!(plugins.reload().is_empty());
    assert_eq!(plugins.iter().count(), 1);
    fs::create_dir(folder.path().join("unbuilt")).unwrap();
    fs::write(
        folder.path().join("unbuilt/Cargo.toml"),
        "[package]\nname = \"unbuilt\"",
    )
    .unwrap();
    assert!(matches!(&plugins.reload()[..], [Change::Broken(_)]));
    assert!(plugins.reload().is_empty(), "it is told once");
}

/// Plugins of `folder`, in this process.
fn settings(folder: &Path) -> weft::host::Settings {
    weft::host::Settings {
        paths: vec![folder.to_owned()],
        isolation: Isolation::default(),
        limits: Limits {
            time: Duration::from_secs(60),
            memory: 1 << 30,
            program: "none".into(),
            arguments: Vec::new(),
        },
        lock: None,
    }
}

#[test]
fn a_lock_refuses_every_other_build() {
    let folder = tempfile::tempdir().unwrap();
    Troubled::default().build(folder.path());
    let locked = run(folder.path(), &["plugin", "lock", "--plugins", "."]).with(0);
    assert!(locked.out.contains("weft.lock"), "{}", locked.out);
    run(folder.path(), &["plugin", "list", "--plugins", "."]).with(0);
    Troubled {
        build: 2.0,
        ..Troubled::default()
    }
    .build(folder.path());
    let refused = run(folder.path(), &["plugin", "list", "--plugins", "."]).with(1);
    assert!(
        refused.err.contains("is not the one in weft.lock"),
        "{}",
        refused.err
    );
    run(folder.path(), &["plugin", "lock", "--plugins", "."]).with(0);
    run(folder.path(), &["plugin", "list", "--plugins", "."]).with(0);
}

#[test]
fn what_an_isolated_plugin_does_to_itself_is_its_nodes_failure() {
    let folder = tempfile::tempdir().unwrap();
    Troubled::default().build(folder.path());
    let config = "plugins = [\".\"]\nisolate = true\nisolate_seconds = 1\nisolate_mib = 1500\n";
    fs::write(folder.path().join("weft.toml"), config).unwrap();
    let kinds = [
        (
            "Segfault",
            "crashed: it touched memory that is not its own (SIGSEGV)",
        ),
        ("Abort", "crashed: it aborted (SIGABRT)"),
        ("Loop", "took more than 1 s without a step"),
        ("Devour", "of which it may have 1500 MiB"),
        ("Twice", "released twice, and said so"),
        ("Nothing", "gave no output `out`"),
        ("Wrong", "gave Number for the output `out`, which is Image"),
    ];
    let nodes: String = ["Echo", "Garbage", "Liar"]
        .into_iter()
        .chain(kinds.map(|(kind, _)| kind))
        .map(|kind| format!("\"{kind}\": {kind}(image: Wire(\"plain\")), "))
        .collect();
    let text = format!(
        "Graph(format: 1, nodes: {{ \"plain\": Noise(width: 16, height: 16), {nodes}
         \"file\": SaveImage(image: Wire(\"Echo\"), path: \"echo.png\") }})"
    );
    fs::write(folder.path().join("all.ron"), text).unwrap();
    let ran = run(folder.path(), &["run", "all.ron", "--no-cache"]).with(1);
    assert!(ran.out.contains("12 nodes: 5 ran, 7 failed"), "{}", ran.out);
    let said = ran.err.replace("\n  │ ", " ");
    for (kind, why) in kinds {
        assert!(said.contains(why), "{kind}: {why}: {said}");
    }
    assert!(folder.path().join("echo.png").is_file());
}

#[test]
fn a_new_build_is_swapped_in_while_a_watch_runs() {
    let folder = tempfile::tempdir().unwrap();
    let (plugins, out) = (folder.path().join("plugins"), folder.path().join("out"));
    fs::create_dir(&plugins).unwrap();
    let built = |build: f64, version: &'static str| {
        let elsewhere = tempfile::tempdir_in(folder.path()).unwrap();
        let library = Troubled {
            build,
            version,
            ..Troubled::default()
        }
        .build(elsewhere.path());
        (library, elsewhere)
    };
    let to = plugins.join("libtroubled.so");
    let (library, _first) = built(1.0, "0.1.0");
    fs::copy(library, &to).unwrap();
    let text = graph("Build").replace(
        " })",
        ", \"file\": SaveText(text: Wire(\"it\"), path: \"build.txt\") })",
    );
    let path = folder.path().join("build.ron");
    fs::write(&path, text).unwrap();
    let more = ["--plugins", plugins.to_str().unwrap()];
    let watch = Watching::start_with(path.to_str().unwrap(), out.to_str().unwrap(), &more);
    watch.until("watching");
    let number = || fs::read_to_string(out.join("build.txt")).unwrap();
    assert_eq!(number(), "1");

    // By renaming, as a linker that takes care does.
    thread::sleep(Duration::from_millis(300));
    let (library, _second) = built(2.0, "0.1.0");
    fs::rename(library, &to).unwrap();
    let swapped = watch.until("watching").join("\n");
    assert!(swapped.contains("loaded test.troubled 0.1.0"), "{swapped}");
    assert!(swapped.contains("2 ran, 1 unchanged"), "{swapped}");
    assert_eq!(number(), "2");

    // A build that does not load leaves the one before.
    thread::sleep(Duration::from_millis(300));
    fs::write(&to, "half a library").unwrap();
    watch.until("not a shared library");
    assert_eq!(number(), "2");

    // In place, as `cp` does; and of a version that the graph does not take.
    thread::sleep(Duration::from_millis(300));
    let (library, _third) = built(3.0, "0.3.0");
    fs::write(&to, fs::read(library).unwrap()).unwrap();
    watch.until("is of version 0.3.0");
    thread::sleep(Duration::from_millis(300));
    let (library, _fourth) = built(4.0, "0.1.1");
    fs::write(&to, fs::read(library).unwrap()).unwrap();
    watch.until("watching");
    assert_eq!(number(), "4");
}

#[test]
fn a_shader_is_swapped_while_a_watch_runs_and_its_mistakes_are_underlined() {
    let folder = tempfile::tempdir().unwrap();
    let new = run(
        folder.path(),
        &["plugin", "new", "test.tint", "--lang", "wgsl"],
    )
    .with(0);
    assert!(
        new.out.contains("test.tint with the node Tint"),
        "{}",
        new.out
    );
    let shader = folder.path().join("tint/tint.wgsl");
    let tried = run(
        folder.path(),
        &["run", "tint/try.ron", "--plugins", "tint", "--no-cache"],
    );
    if tried.err.contains("this machine has none") {
        eprintln!("skipped: no adapter runs shaders here");
        return;
    }
    tried.with(0);
    let out = folder.path().join("out");
    let graph = folder.path().join("tint/try.ron");
    let plugins = folder.path().join("tint");
    let more = ["--plugins", plugins.to_str().unwrap()];
    let watch = Watching::start_with(graph.to_str().unwrap(), out.to_str().unwrap(), &more);
    watch.until("watching");
    let before = fs::read(out.join("made.png")).unwrap();
    let text = fs::read_to_string(&shader).unwrap();
    thread::sleep(Duration::from_millis(300));
    fs::write(
        &shader,
        text.replace("amount), here.a", "amount * 0.5), here.a"),
    )
    .unwrap();
    let swapped = watch.until("watching").join("\n");
    assert!(swapped.contains("2 ran, 1 unchanged"), "{swapped}");
    assert!(fs::read(out.join("made.png")).unwrap() != before);
    thread::sleep(Duration::from_millis(300));
    fs::write(&shader, text.replace("here.a", "there.a")).unwrap();
    let wrong = watch.until("there.a").join("\n");
    assert!(wrong.contains("cannot use the shader"), "{wrong}");
}

#[test]
fn new_plugins_in_c_build_and_keep_to_the_rules() {
    let folder = tempfile::tempdir().unwrap();
    run(
        folder.path(),
        &["plugin", "new", "test.mine", "--lang", "c"],
    )
    .with(0);
    let mine = folder.path().join("mine");
    let library = mine.join(format!("libmine.{}", std::env::consts::DLL_EXTENSION));
    let mut cc = std::process::Command::new("cc");
    cc.current_dir(&mine)
        .args(["-shared", "-fPIC", "-O2", "plugin.c", "-o"])
        .arg(library);
    assert!(
        cc.status()
            .expect("a C compiler is there, as Rust links with it")
            .success()
    );
    let tried = run(folder.path(), &["plugin", "test", "mine"]).with(0);
    assert!(tried.out.contains("8 trials, 0 faults"), "{}", tried.out);
    run(
        folder.path(),
        &["run", "mine/try.ron", "--plugins", "mine", "--no-cache"],
    )
    .with(0);
    run(folder.path(), &["plugin", "new", "test.mine"]).with(2);
    run(folder.path(), &["plugin", "new", "Mine"]).with(2);
}

#[test]
fn the_trials_find_what_is_wrong_with_a_plugin() {
    let folder = tempfile::tempdir().unwrap();
    Troubled::default().build(folder.path());
    let tried = |node: &str| run(folder.path(), &["plugin", "test", ".", "--node", node]);
    for good in ["Echo", "Garbage", "Copy"] {
        assert!(tried(good).with(0).out.contains("8 trials, 0 faults"));
    }
    for (node, why) in [
        ("Segfault", "SIGSEGV"),
        ("Loop", "without a step"),
        ("Nothing", "gave no output"),
    ] {
        let said = tried(node).with(1).out;
        assert!(
            said.contains("FAULT") && said.contains(why),
            "{node}: {said}"
        );
    }
    tried("Absent").with(2);
}

/// A number that stands once in the library, where the build that it gives is.
const MARK: f64 = 1_234_567.0;

/// Memory of this process, in bytes.
fn resident() -> u64 {
    let text = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * 4096
}

#[test]
fn a_thousand_reloads_under_a_running_graph_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let library = Troubled {
        build: MARK,
        ..Troubled::default()
    }
    .build(folder.path());
    let bytes = fs::read(&library).unwrap();
    let place = bytes
        .windows(8)
        .position(|part| part == MARK.to_le_bytes())
        .unwrap();
    let write = |build: u32| {
        let mut bytes = bytes.clone();
        bytes[place..place + 8].copy_from_slice(&f64::from(build).to_le_bytes());
        fs::write(folder.path().join("next"), &bytes).unwrap();
        fs::rename(folder.path().join("next"), &library).unwrap();
        weft::value::Digest::of(&bytes)
    };
    let mut builds = vec![write(0)];
    let mut plugins = Plugins::new(settings(folder.path()));
    plugins.reload();
    let base = Weft::builder()
        .device(DeviceChoice::Cpu)
        .start()
        .unwrap()
        .packs()
        .clone();
    let packs = Mutex::new(plugins.packs(&base).0);
    let (is_over, before) = (AtomicBool::new(false), resident());
    thread::scope(|scope| {
        let runs = scope.spawn(|| runs_until(&is_over, &packs));
        for build in 1..=1000 {
            builds.push(write(build));
            let changes = plugins.reload();
            assert!(
                matches!(&changes[..], [Change::Loaded(_)]),
                "build {build} is loaded"
            );
            *packs.lock().unwrap() = plugins.packs(&base).0;
        }
        is_over.store(true, Ordering::Relaxed);
        let runs = runs.join().unwrap();
        assert!(runs.len() > 20, "{} runs went on meanwhile", runs.len());
        for (build, digest) in runs {
            assert_eq!(
                builds[build as usize], digest,
                "a result is of the build that the report names"
            );
        }
    });
    let grown = resident().saturating_sub(before) >> 20;
    assert!(grown < 200, "1,000 libraries took {grown} MiB");
}

/// Runs the graph again and again with the packs of the moment: of each run, the number that came out and the
/// build that the report names.
fn runs_until(is_over: &AtomicBool, packs: &Mutex<Packs>) -> Vec<(f64, weft::value::Digest)> {
    let mut engine = Engine::new(Settings {
        device: weft::tensor::choose(DeviceChoice::Cpu).unwrap().device,
        store: std::sync::Arc::new(weft::store::Store::in_memory(64 << 20)),
        device_bytes: None,
        workers: Some(2),
    });
    let mut runs = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let packs = packs.lock().unwrap().clone();
        let source = std::sync::Arc::new(Source {
            name: "build.ron".to_owned(),
            folder: Default::default(),
            text: graph("Build"),
        });
        let graph =
            weft::graph::load(source, packs.registry(), &Given::none(), &DiskFiles).unwrap();
        let plan = plan(&graph, &packs, Names::default()).unwrap();
        let report = engine.run(&plan, Ride::default());
        let row = report.row("it").unwrap();
        let number = *report.value("it").unwrap().get::<f64>().unwrap();
        runs.push((number, row.build));
    }
    runs
}
