//! Batches: every item once and the same to the bit, whatever happens meanwhile.
#![cfg(unix)]

mod place;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use self::place::{GRAPH, Place, batch};
use crate::program::ended;

/// How often a batch is killed: 50 times in full, `WEFT_KILLS=50`, and less often by default.
fn kills() -> u64 {
    let set = std::env::var("WEFT_KILLS").ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(5)
}

#[test]
fn a_batch_that_is_killed_resumes_to_the_same_files() {
    let place = Place::new();
    let sweep = ["--sweep", "sigma=0.1..20:0.1"];
    place.batch("whole", &sweep).with(0);
    let whole = place.files("whole");
    assert_eq!(whole.len(), 200);
    for round in 0..kills() {
        let out = format!("killed-{round}");
        let mut child = place.command(&batch(&out, &sweep)).spawn().unwrap();
        // Each round later, by a step that has nothing to do with the time of an item.
        thread::sleep(Duration::from_millis(40 + round * 137 % 900));
        child.kill().unwrap();
        child.wait().unwrap();
        let ledger = place.path().join(&out).join("ledger.jsonl");
        let before = match ledger.exists() {
            true => fs::read_to_string(ledger)
                .unwrap()
                .matches("\"ended\":\"done\"")
                .count(),
            false => 0,
        };
        let resumed = place
            .batch(&out, &["--sweep", "sigma=0.1..20:0.1", "--resume"])
            .with(0);
        if before > 0 {
            assert!(
                resumed.out.contains(&format!("{before} done before")) || before == 200,
                "{}",
                resumed.out
            );
        }
        let entries = place.entries(&out);
        let items: BTreeSet<_> = entries.iter().map(|it| it["item"].to_string()).collect();
        assert_eq!([entries.len(), items.len()], [200, 200], "round {round}");
        assert!(
            place.files(&out) == whole,
            "round {round}: other files, or something left behind"
        );
    }
}

#[test]
fn shards_are_disjoint_and_make_the_whole() {
    let place = Place::new();
    let sweep = ["--sweep", "sigma=1..12"];
    place.batch("whole", &sweep).with(0);
    for shard in ["1/3", "2/3", "3/3"] {
        // In another order, too.
        place
            .batch("parts", &["--sweep", "sigma=12..1", "--shard", shard])
            .with(0);
    }
    assert_eq!(place.files("whole"), place.files("parts"));
    let shown = place.run(&["ledger", "show", "parts"]).with(0);
    assert!(shown.out.contains("12 items, 0 failed"), "{}", shown.out);
}

#[test]
fn a_bad_picture_fails_alone_and_is_named() {
    let place = Place::new();
    let photos = place.path().join("photos/deep");
    fs::create_dir_all(&photos).unwrap();
    let one = fs::read(crate::program::root().join("graphs/drawings/rocket.twemoji.png")).unwrap();
    for i in 0..20 {
        fs::write(photos.join(format!("{i}.png")), &one).unwrap();
    }
    fs::write(photos.join("7.png"), b"no picture at all").unwrap();
    let graph = r#"Graph(format: 1, inputs: { "photo": File() }, nodes: {
        "photo": LoadImage(path: Input("photo")), "small": Resize(image: Wire("photo"), width: 16),
        "file": SaveImage(image: Wire("small"), path: "small.jpg") })"#;
    fs::write(place.path().join("graph.ron"), graph).unwrap();
    let run = place.batch("out", &["--folder", "photo=photos/**"]).with(1);
    assert!(run.out.contains("19 done, 1 failed"), "{}", run.out);
    assert!(
        run.err.contains("deep/7 failed") && run.err.contains("7.png"),
        "{}",
        run.err
    );
    let files: Vec<_> = place.files("out").into_keys().collect();
    assert_eq!(files.len(), 19);
    assert!(files.contains(&PathBuf::from("deep/0.jpg")));
    let mended = place.path().join("photos/deep/7.png");
    fs::write(mended, &one).unwrap();
    let again = place
        .batch("out", &["--folder", "photo=photos/**", "--resume"])
        .with(0);
    assert!(
        again.out.contains("1 done, 19 done before"),
        "{}",
        again.out
    );
    fs::write(photos.join("3.png"), b"nor this").unwrap();
    let fast = place
        .batch("fast", &["--folder", "photo=photos/**", "--fail-fast"])
        .with(1);
    assert!(fast.out.contains("not begun"), "{}", fast.out);
}

#[test]
fn an_item_is_made_again_from_the_ledger_and_from_its_picture() {
    let place = Place::new();
    place
        .batch(
            "out",
            &["--sweep", "sigma=1,2", "--repeat", "2", "--set", "seed=9"],
        )
        .with(0);
    let files = place.files("out");
    assert_eq!(files.len(), 4);
    let contents: BTreeSet<_> = files.values().map(|it| pixels(it)).collect();
    assert_eq!(contents.len(), 4, "each has a seed of its own");
    let entries = place.entries("out");
    let seeds: BTreeSet<_> = entries
        .iter()
        .map(|it| it["seeds"]["noise"].as_u64().unwrap())
        .collect();
    assert_eq!(seeds.len(), 4);
    assert!(
        entries[0]["seeds"].get("ground").is_none(),
        "a seed that the graph fixes stays"
    );
    let again = place
        .run(&["remake", "out", "sigma=2_2", "--out", "again", "--no-cache"])
        .with(0);
    assert!(again.out.contains("the same to the bit"), "{}", again.out);
    let picture = "out/sigma=1_2.png";
    place
        .run(&["run", picture, "--out", "from", "--no-cache"])
        .with(0);
    assert_eq!(
        place.files("from").values().next(),
        files.get(Path::new("sigma=1_2.png"))
    );
    fs::write(place.path().join("out/sigma=1.png"), b"changed").unwrap();
    let wrong = place.run(&["ledger", "verify", "out"]).with(1);
    assert!(
        wrong.out.contains("sigma=1: has other content"),
        "{}",
        wrong.out
    );
    assert!(
        wrong
            .out
            .contains("3 files are as they were written, 1 are not"),
        "{}",
        wrong.out
    );
    place.run(&["remake", "out", "sigma=3"]).with(2);
}

#[test]
fn one_seed_is_kept_where_it_is_asked_for_or_set() {
    let place = Place::new();
    let options = ["--sweep", "sigma=0", "--repeat", "2", "--seeds", "same"];
    place.batch("same", &options).with(0);
    let same: BTreeSet<_> = place
        .files("same")
        .into_values()
        .map(|it| pixels(&it))
        .collect();
    assert_eq!(same.len(), 1);
    place.batch("swept", &["--sweep", "seed=5"]).with(0);
    place
        .run(&[
            "run",
            "graph.ron",
            "--set",
            "seed=5",
            "--out",
            "single",
            "--no-cache",
        ])
        .with(0);
    let first = |out: &str| pixels(place.files(out).values().next().unwrap());
    assert_eq!(
        first("swept"),
        first("single"),
        "an item that sets its seed has that one"
    );
}

fn pixels(png: &[u8]) -> Vec<u8> {
    image::load_from_memory(png).unwrap().to_rgb8().into_raw()
}

#[test]
fn a_folder_with_a_batch_in_it_is_not_touched_by_another() {
    let place = Place::new();
    place.batch("out", &["--sweep", "sigma=1,2"]).with(0);
    let files = place.files("out");
    let refused = place.batch("out", &["--sweep", "sigma=1,2"]).with(2);
    assert!(
        refused.err.contains("a batch has been run here"),
        "{}",
        refused.err
    );
    let other = GRAPH.replace("0.5", "0.25");
    fs::write(place.path().join("graph.ron"), other).unwrap();
    let refused = place
        .batch("out", &["--sweep", "sigma=1,2", "--resume"])
        .with(2);
    assert!(refused.err.contains("another graph"), "{}", refused.err);
    assert_eq!(place.files("out"), files);
    // What has changed is redone if that is asked for, and only that.
    fs::write(place.path().join("graph.ron"), GRAPH).unwrap();
    fs::remove_file(place.path().join("out/sigma=1.png")).unwrap();
    let mended = place
        .batch("out", &["--sweep", "sigma=1,2", "--skip-existing"])
        .with(0);
    assert!(mended.out.contains("1 done, 1 unchanged"), "{}", mended.out);
    assert_eq!(place.files("out"), files);
}

#[test]
fn a_signal_lets_what_has_begun_end() {
    let place = Place::new();
    let options = ["--sweep", "sigma=0.1..20:0.1", "--set", "size=256"];
    let child = place.command(&batch("out", &options)).spawn().unwrap();
    let ledger = place.path().join("out/ledger.jsonl");
    let start = Instant::now();
    let some = |text: String| text.matches("\"ended\"").count() > 3;
    while !fs::read_to_string(&ledger).is_ok_and(some) {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "no item has ended"
        );
        thread::sleep(Duration::from_millis(5));
    }
    let kill = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    // What was not begun is missing, as it is where a run is stopped.
    let stopped = ended(child.wait_with_output().unwrap()).with(1);
    assert!(
        stopped.err.contains("finishing the items"),
        "{}",
        stopped.err
    );
    assert!(
        stopped.out.contains("go on with `--resume`"),
        "{}",
        stopped.out
    );
    assert_eq!(place.entries("out").len(), place.files("out").len());
    let mut more = options.to_vec();
    more.push("--resume");
    place.batch("out", &more).with(0);
    assert_eq!(place.files("out").len(), 200);
}

#[test]
fn a_ledger_that_cannot_be_written_stops_the_batch_before_it_begins() {
    let place = Place::new();
    fs::write(place.path().join("file"), b"").unwrap();
    let refused = place.batch("file", &["--sweep", "sigma=1,2"]).with(2);
    assert!(refused.err.contains("ledger"), "{}", refused.err);
    let held = place.path().join("held");
    fs::create_dir(&held).unwrap();
    let lock = fs::File::create(held.join("ledger.jsonl")).unwrap();
    lock.lock().unwrap();
    let refused = place.batch("held", &["--sweep", "sigma=1,2"]).with(2);
    assert!(
        refused.err.contains("another batch writes here"),
        "{}",
        refused.err
    );
    assert!(place.files("held").is_empty());
}

#[test]
fn memory_does_not_grow_with_the_number_of_items() {
    let place = Place::new();
    let [few, many] = [16, 3_000].map(|count| peak_while(&place, count));
    assert!(
        many < few + 48 * 1024,
        "{few} kB for 16 items, {many} kB for 3,000"
    );
}

/// The most memory that a batch of so many items takes, in kB.
fn peak_while(place: &Place, count: u32) -> u64 {
    let (out, count) = (format!("peak-{count}"), count.to_string());
    let mut child = place
        .command(&batch(&out, &["--repeat", &count, "--set", "size=16"]))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("VmHWM"));
        let found = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
        peak = peak.max(found.unwrap_or(0));
        thread::sleep(Duration::from_millis(10));
    }
    assert!(child.wait().unwrap().success());
    peak
}

#[test]
fn rows_prompts_and_grids_give_what_they_say() {
    let place = Place::new();
    fs::write(
        place.path().join("jobs.csv"),
        "name,sigma,size\nfirst,1,32\nsecond,2,\n",
    )
    .unwrap();
    place.batch("rows", &["--over", "jobs.csv"]).with(0);
    let names: Vec<_> = place.files("rows").into_keys().collect();
    assert_eq!(
        names,
        [PathBuf::from("first.png"), PathBuf::from("second.png")]
    );
    let grid = [
        "--sweep",
        "sigma=1..3",
        "--sweep",
        "size=16,32",
        "--grid",
        "x=sigma,y=size",
    ];
    let made = place.batch("grid", &grid).with(0);
    assert!(made.out.contains("grid.png"), "{}", made.out);
    every_cell_holds_its_picture(&place.path().join("grid"));
    let wrong = place
        .batch("wrong", &["--sweep", "sigma=1", "--grid", "x=seed"])
        .with(2);
    assert!(wrong.err.contains("does not vary `seed`"), "{}", wrong.err);
    let slip = place.batch("wrong", &["--sweep", "sigmo=1"]).with(2);
    assert!(slip.err.contains("did you mean `sigma`"), "{}", slip.err);
    assert!(!place.path().join("wrong").exists());
    let zipped = place
        .batch(
            "zip",
            &[
                "--sweep",
                "sigma=1,2",
                "--sweep",
                "size=16,32",
                "--zip",
                "sigma,size",
            ],
        )
        .with(0);
    assert!(zipped.out.contains("2 done"), "{}", zipped.out);
    let planned = place
        .batch(
            "zip",
            &["--sweep", "sigma=1..50", "--plan", "--limit", "20"],
        )
        .with(0);
    assert!(
        planned.out.contains("50 items, 20 to run here"),
        "{}",
        planned.out
    );
    assert!(planned.out.contains("ground  1 result"), "{}", planned.out);
}

/// The sheet in `folder` has each picture once: the greater `sigma` further right, the greater `size` further down.
fn every_cell_holds_its_picture(folder: &Path) {
    let open = |name: &str| image::open(folder.join(name)).unwrap().to_rgb8();
    let sheet = open("grid.png");
    let place = |size: u32, sigma: u32| {
        let picture = open(&format!("sigma={sigma}_size={size}.png"));
        assert_eq!(picture.dimensions(), (size, size));
        let is_here = |&(left, top): &(u32, u32)| {
            let mut pixels = picture.enumerate_pixels();
            pixels.all(|(x, y, pixel)| sheet.get_pixel(left + x, top + y) == pixel)
        };
        let corners = (0..=sheet.height() - size)
            .flat_map(|top| (0..=sheet.width() - size).map(move |left| (left, top)));
        let found: Vec<_> = corners.filter(is_here).collect();
        assert_eq!(found.len(), 1, "sigma {sigma}, size {size}: {found:?}");
        found[0]
    };
    let [small, large] = [16, 32].map(|size| [1, 2, 3].map(|sigma| place(size, sigma)));
    for (row, below) in [(&small, 0), (&large, small[0].1)] {
        assert!(row[0].0 < row[1].0 && row[1].0 < row[2].0, "{row:?}");
        assert!(row.iter().all(|(_, top)| *top == row[0].1 && *top > below));
    }
    assert_eq!(small.map(|(left, _)| left), large.map(|(left, _)| left));
}

#[test]
fn a_batch_tells_others_in_json_in_metrics_and_in_a_page() {
    let place = Place::new();
    let told = place
        .batch(
            "out",
            &["--sweep", "sigma=1,2", "--json", "--metrics", "weft.prom"],
        )
        .with(0);
    let events: Vec<serde_json::Value> = told
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let count = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    assert_eq!(
        [
            count("batch"),
            count("item"),
            count("item_ended"),
            count("report")
        ],
        [1, 2, 2, 1]
    );
    let metrics = fs::read_to_string(place.path().join("weft.prom")).unwrap();
    assert!(
        metrics.contains("weft_batch_items_total{graph=\"graph.ron\",ended=\"done\"} 2"),
        "{metrics}"
    );
    place.run(&["report", "out"]).with(0);
    let page = fs::read_to_string(place.path().join("out/report.html")).unwrap();
    assert_eq!(page.matches("data:image/jpeg;base64,").count(), 2);
    assert!(
        !page.contains("http://") && !page.contains("https://"),
        "it opens offline"
    );
    let table = place.run(&["ledger", "export", "csv", "out"]).with(0);
    assert_eq!(table.out.lines().count(), 3);
}

#[test]
fn a_new_build_of_a_plugin_is_taken_in_while_a_batch_runs() {
    let place = Place::new();
    let graph = r#"Graph(format: 1, requires: { "test.troubled": "^0.1" }, inputs: { "seed": Seed(default: 1) }, nodes: {
        "noise": Noise(width: 256, height: 256, color: true, seed: Input("seed")),
        "soft": GaussianBlur(image: Wire("noise"), sigma: 6.0),
        "it": Build(image: Wire("soft")), "file": SaveText(text: Wire("it"), path: "build.txt") })"#;
    fs::write(place.path().join("graph.ron"), graph).unwrap();
    let plugins = place.path().join("plugins");
    fs::create_dir(&plugins).unwrap();
    let built = |build: f64| {
        let elsewhere = tempfile::tempdir_in(place.path()).unwrap();
        let troubled = weft_testing::Troubled {
            build,
            ..weft_testing::Troubled::default()
        };
        let library = troubled.build(elsewhere.path());
        fs::rename(library, plugins.join("libtroubled.so")).unwrap();
    };
    built(1.0);
    let options = ["--repeat", "600", "--plugins", "plugins"];
    let child = place.command(&batch("out", &options)).spawn().unwrap();
    let ledger = place.path().join("out/ledger.jsonl");
    let start = Instant::now();
    while !fs::read_to_string(&ledger).is_ok_and(|text| text.matches("\"ended\"").count() > 3) {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "no item has ended"
        );
        thread::sleep(Duration::from_millis(5));
    }
    built(2.0);
    let done = ended(child.wait_with_output().unwrap()).with(0);
    assert!(done.err.contains("loaded test.troubled"), "{}", done.err);
    let numbers: BTreeSet<Vec<u8>> = place.files("out").into_values().collect();
    assert_eq!(numbers, [b"1".to_vec(), b"2".to_vec()].into());
    assert_eq!(place.entries("out").len(), 600);
}
