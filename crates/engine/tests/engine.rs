//! What the engine promises, on small graphs of small nodes.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod beside;
mod nodes;

use std::sync::{Arc, atomic::Ordering};

use nodes::{MADE, chain, plan_of, tree};
use weft_engine::{
    Cancel, Engine, Event, Events, History, Outcome, Plan, Reason, Report, Ride, Settings,
};
use weft_store::{Limits, Store};
use weft_value::AnyValue;

fn engine() -> Engine {
    engine_with(Store::in_memory(1 << 26))
}

fn engine_with(store: Store) -> Engine {
    let device = burn::tensor::Device::flex();
    Engine::new(Settings {
        device,
        store: Arc::new(store),
        device_bytes: None,
        workers: Some(2),
    })
}

fn ride<'a>() -> Ride<'a> {
    Ride::default()
}

fn ran(report: &Report) -> Vec<&str> {
    let rows = report
        .rows
        .iter()
        .filter(|row| row.outcome == Outcome::Ran && row.same_as.is_none());
    rows.map(|row| row.node.as_str()).collect()
}

fn number(report: &Report, node: &str) -> f64 {
    *report.value(node).and_then(AnyValue::get::<f64>).unwrap()
}

fn run(engine: &mut Engine, plan: &Plan) -> Report {
    engine.run(plan, ride())
}

#[test]
fn values_flow_along_wires() {
    let plan = plan_of(
        r#"{ "a": Number(value: 2), "b": Add(a: Wire("a"), b: 3), "c": Add(a: Wire("b"), b: Wire("a")) }"#,
    );
    let report = run(&mut engine(), &plan);
    assert!(report.is_good());
    assert_eq!(number(&report, "c"), 7.0);
}

#[test]
fn an_unchanged_graph_runs_nothing() {
    let plan = plan_of(r#"{ "a": Number(value: 2), "b": Add(a: Wire("a"), b: 3) }"#);
    let mut engine = engine();
    assert_eq!(ran(&run(&mut engine, &plan)), ["a", "b"]);
    let again = run(&mut engine, &plan);
    assert_eq!(ran(&again), [""; 0]);
    assert_eq!(again.row("a").unwrap().outcome, Outcome::Unneeded);
    assert!(matches!(
        again.row("b").unwrap().outcome,
        Outcome::Recalled { .. }
    ));
    assert_eq!(number(&again, "b"), 5.0);
}

#[test]
fn an_edit_in_the_middle_runs_exactly_its_descendants() {
    let graph = |middle: &str| {
        plan_of(&format!(
            r#"{{ "a": Number(value: 1), "b": Add(a: Wire("a"), b: {middle}), "c": Add(a: Wire("b"), b: 1),
                  "d": Add(a: Wire("a"), b: 7), "e": Add(a: Wire("c"), b: Wire("d")) }}"#
        ))
    };
    let mut engine = engine();
    run(&mut engine, &graph("2"));
    let edited = run(&mut engine, &graph("5"));
    assert_eq!(ran(&edited), ["b", "c", "e"]);
    assert_eq!(number(&edited, "e"), 15.0);
}

#[test]
fn equal_values_cut_a_change_off() {
    let graph = |value: &str| {
        plan_of(&format!(
            r#"{{ "a": Number(value: {value}), "sign": Sign(of: Wire("a")), "b": Add(a: Wire("sign"), b: 1) }}"#
        ))
    };
    let mut engine = engine();
    run(&mut engine, &graph("3"));
    let report = run(&mut engine, &graph("4"));
    assert_eq!(ran(&report), ["a", "sign"]);
    assert!(matches!(
        report.row("b").unwrap().outcome,
        Outcome::Recalled { .. }
    ));
    assert_eq!(ran(&run(&mut engine, &graph("4"))), [""; 0]);
    assert_eq!(ran(&run(&mut engine, &graph("-4"))), ["a", "sign", "b"]);
}

#[test]
fn equal_nodes_run_once() {
    let plan = plan_of(
        r#"{ "a": Number(value: 2), "b": Number(value: 2), "c": Add(a: Wire("a"), b: 1), "d": Add(a: Wire("b"), b: 1.0),
             "e": Add(a: Wire("c"), b: Wire("d")) }"#,
    );
    let report = run(&mut engine(), &plan);
    assert_eq!(report.ran(), 3);
    assert_eq!(report.row("d").unwrap().same_as.as_deref(), Some("c"));
    assert_eq!(number(&report, "e"), 6.0);
}

#[test]
fn a_failure_ends_its_descendants_and_nobody_else() {
    let plan = plan_of(
        r#"{ "bad": Fail(message: "no luck"), "b": Add(a: Wire("bad"), b: 1), "c": Add(a: Wire("b"), b: Wire("good")),
             "good": Number(value: 1), "d": Add(a: Wire("good"), b: 1) }"#,
    );
    let report = run(&mut engine(), &plan);
    assert_eq!(
        report.row("bad").unwrap().outcome,
        Outcome::Failed("no luck".into())
    );
    assert_eq!(
        report.row("b").unwrap().outcome,
        Outcome::Blocked("bad".into())
    );
    assert_eq!(
        report.row("c").unwrap().outcome,
        Outcome::Blocked("bad".into())
    );
    assert_eq!(number(&report, "d"), 2.0);
    assert!(!report.is_good());
}

#[test]
fn a_panic_is_the_failure_of_its_node() {
    let plan = plan_of(
        r#"{ "bad": Panic(message: "ouch"), "good": Number(value: 1), "b": Add(a: Wire("bad"), b: 1) }"#,
    );
    let mut engine = engine();
    for _ in 0..2 {
        let report = run(&mut engine, &plan);
        let Outcome::Failed(message) = &report.row("bad").unwrap().outcome else {
            panic!("it did not fail")
        };
        assert!(message.contains("ouch"), "{message}");
        assert_eq!(
            report.row("b").unwrap().outcome,
            Outcome::Blocked("bad".into())
        );
    }
}

#[test]
fn a_node_is_mapped_over_a_list() {
    let plan = plan_of(
        r#"{ "list": Range(count: 4), "plus": Add(a: Wire("list"), b: 10), "both": Add(a: Wire("plus"), b: Wire("list")),
             "sum": Sum(of: Wire("both")), "some": Sum(of: [Wire("list"), 100, Wire("one")]), "one": Number(value: 1) }"#,
    );
    let report = run(&mut engine(), &plan);
    assert!(report.is_good(), "{report:?}");
    assert_eq!(number(&report, "sum"), 52.0);
    assert_eq!(number(&report, "some"), 107.0);
}

#[test]
fn mapping_over_nothing_gives_nothing() {
    let plan = plan_of(
        r#"{ "list": Range(count: 0), "plus": Add(a: Wire("list"), b: 10), "sum": Sum(of: Wire("plus")) }"#,
    );
    assert_eq!(number(&run(&mut engine(), &plan), "sum"), 0.0);
}

#[test]
fn lists_of_different_lengths_are_told() {
    let plan = plan_of(
        r#"{ "a": Range(count: 2), "b": Range(count: 3), "c": Add(a: Wire("a"), b: Wire("b")) }"#,
    );
    let report = run(&mut engine(), &plan);
    let Outcome::Failed(message) = &report.row("c").unwrap().outcome else {
        panic!("it did not fail")
    };
    assert_eq!(
        message,
        "is mapped over lists of different lengths: `a` has 2, `b` has 3"
    );
}

#[test]
fn a_bad_element_is_told_by_its_place() {
    let plan = plan_of(r#"{ "list": Range(count: 3), "picky": Picky(of: Wire("list"), not: 1) }"#);
    let report = run(&mut engine(), &plan);
    assert_eq!(
        report.row("picky").unwrap().outcome,
        Outcome::Failed("element 1 of 3: input `of`: not that one".into())
    );
}

#[test]
fn ready_nodes_run_side_by_side() {
    let plan = plan_of(r#"{ "a": Meet(place: 1), "b": Meet(place: 2) }"#);
    let report = run(&mut engine(), &plan);
    assert!(
        report.is_good(),
        "one waited for the other in vain: {report:?}"
    );
}

#[test]
fn only_what_is_asked_for_runs() {
    let plan = plan_of(
        r#"{ "a": Number(value: 1), "b": Add(a: Wire("a"), b: 1), "c": Add(a: Wire("b"), b: 1), "d": Number(value: 5) }"#,
    );
    let only = ["b".to_owned()];
    let report = engine().run(
        &plan,
        Ride {
            only: Some(&only),
            ..ride()
        },
    );
    assert_eq!(ran(&report), ["a", "b"]);
    assert_eq!(number(&report, "b"), 2.0);
}

/// Cancels the run as soon as it has begun to step.
struct Canceller(Cancel);

impl Events for Canceller {
    fn on(&self, event: Event<'_>) {
        if let Event::Step { .. } = event {
            self.0.cancel();
        }
    }
}

#[test]
fn a_node_that_steps_stops_when_it_is_told() {
    let plan =
        plan_of(r#"{ "spin": Spin(steps: 100000000), "after": Add(a: Wire("spin"), b: 1) }"#);
    let cancel = Cancel::default();
    let events = Arc::new(Canceller(cancel.clone()));
    let report = engine().run(
        &plan,
        Ride {
            cancel,
            events,
            ..ride()
        },
    );
    assert_eq!(report.row("spin").unwrap().outcome, Outcome::Cancelled);
    assert_eq!(report.row("after").unwrap().outcome, Outcome::Cancelled);
}

#[test]
fn results_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        memory_bytes: 1 << 20,
        disk_bytes: 1 << 24,
    };
    let open =
        || engine_with(Store::open(folder.path(), limits, weft_value::TYPES.to_vec()).unwrap());
    let plan = plan_of(
        r#"{ "a": Number(value: 2), "b": Add(a: Wire("a"), b: 3), "c": Sum(of: [Wire("b")]) }"#,
    );
    let mut first = open();
    assert_eq!(ran(&run(&mut first, &plan)).len(), 3);
    first.store().flush();
    drop(first);
    let report = run(&mut open(), &plan);
    assert_eq!(ran(&report), [""; 0]);
    assert_eq!(number(&report, "c"), 5.0);
}

#[test]
fn a_chain_of_ten_thousand_runs_and_is_recalled() {
    let plan = plan_of(&chain(10_000));
    let mut engine = engine();
    let report = run(&mut engine, &plan);
    assert_eq!(report.ran(), 10_001);
    assert_eq!(number(&report, "n10000"), 10_000.0);
    assert_eq!(run(&mut engine, &plan).ran(), 0);
}

#[test]
fn a_tree_of_five_hundred_and_thirteen_runs() {
    let report = run(&mut engine(), &plan_of(&tree(256)));
    assert!(report.is_good());
    assert_eq!(report.rows.len(), 513);
    assert_eq!(
        number(&report, "root"),
        f64::from((0..256).sum::<i32>() + 256)
    );
}

#[test]
fn a_network_is_held_from_run_to_run() {
    let mut engine = engine();
    for value in [1.0, 2.0] {
        let plan = plan_of(&format!(r#"{{ "a": Borrow(value: {value}) }}"#));
        assert_eq!(number(&run(&mut engine, &plan), "a"), 40.0 + value);
    }
    assert_eq!(MADE.load(Ordering::Relaxed), 1);
}

#[test]
fn history_tells_why_a_node_ran() {
    let graph = |value: &str, more: &str| {
        plan_of(&format!(
            r#"{{ "a": Number(value: {value}), "b": Add(a: Wire("a"), b: 3), "c": Add(a: Wire("b"), b: 1){more} }}"#
        ))
    };
    let mut engine = engine();
    let first = graph("2", "");
    run(&mut engine, &first);
    let edited = graph("4", r#", "d": Number(value: 9)"#);
    let report = run(&mut engine, &edited);
    let reasons = History::of(&first).reasons(&edited, &report);
    let told: Vec<_> = edited
        .nodes()
        .iter()
        .map(|node| node.name())
        .zip(&reasons)
        .collect();
    assert!(
        told.contains(&(
            "a",
            &Reason::Input("value".into(), "2.0".into(), "4.0".into())
        )),
        "{told:?}"
    );
    assert!(told.contains(&("b", &Reason::Upstream("a".into()))));
    assert!(told.contains(&("d", &Reason::New)));
    let again = run(&mut engine, &edited);
    assert!(
        History::of(&edited)
            .reasons(&edited, &again)
            .iter()
            .all(|reason| *reason == Reason::Unchanged)
    );
}
