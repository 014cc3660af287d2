//! Plans that run beside each other: what they share, and calls that are made together.

use std::{collections::BTreeMap, sync::Arc, thread};

use weft_engine::{Engine, Order, Outcome, Plan, Report, Ride, Settings};
use weft_store::Store;
use weft_value::AnyValue;

use crate::nodes::{CALLS, plan_of};

fn engine() -> Engine {
    Engine::new(Settings {
        device: burn::tensor::Device::flex(),
        store: Arc::new(Store::in_memory(1 << 20)),
        device_bytes: None,
        workers: Some(2),
    })
}

/// Runs the plans, at most `most` beside each other; their reports by their places.
fn run_each(engine: &mut Engine, plans: Vec<Plan>, most: usize) -> BTreeMap<u64, Report> {
    let (orders, inbox) = crossbeam_channel::bounded(1);
    let feeder = thread::spawn(move || {
        for (ticket, plan) in (0..).zip(plans) {
            let ride = Ride {
                // Nothing is kept in memory but what is shared while it is in use.
                is_shared: Some(vec![false; plan.nodes().len()].into()),
                ..Ride::default()
            };
            orders.send(Order { ticket, plan, ride }).unwrap();
        }
    });
    let mut reports = BTreeMap::new();
    engine.run_each(&inbox, most, &mut |ticket, _, report| {
        reports.insert(ticket, report);
    });
    feeder.join().unwrap();
    reports
}

fn number(report: &Report, node: &str) -> Option<f64> {
    report.value(node).and_then(AnyValue::get::<f64>).copied()
}

fn calls(key: f64) -> Vec<usize> {
    let calls = CALLS.lock().unwrap();
    let counts = calls.iter().filter(|(it, _)| *it == key);
    counts.map(|(_, count)| *count).collect()
}

#[test]
fn every_plan_ends_once_with_its_own_result() {
    let plan = |i: u64| {
        plan_of(&format!(
            r#"{{ "a": Number(value: {i}), "b": Add(a: Wire("a"), b: 1) }}"#
        ))
    };
    let reports = run_each(&mut engine(), (0..300).map(plan).collect(), 3);
    assert_eq!(reports.len(), 300);
    for (i, report) in reports {
        assert_eq!(number(&report, "b"), Some(i as f64 + 1.0));
    }
}

#[test]
fn what_plans_beside_each_other_have_in_common_runs_once() {
    let plan = |i: u64| {
        plan_of(&format!(
            r#"{{ "slow": Together(of: 4, key: 100), "b": Add(a: Wire("slow"), b: {i}) }}"#
        ))
    };
    let reports = run_each(&mut engine(), (0..6).map(plan).collect(), 6);
    assert_eq!(calls(100.0), [1]);
    let ran = |report: &&Report| report.row("slow").unwrap().outcome == Outcome::Ran;
    assert_eq!(reports.values().filter(ran).count(), 1);
    for (i, report) in &reports {
        assert_eq!(number(report, "b"), Some(8.0 + *i as f64));
    }
}

#[test]
fn calls_of_equal_key_are_made_together() {
    let plan = |i: u64| {
        plan_of(&format!(
            r#"{{ "it": Together(of: {i}, key: {}) }}"#,
            200 + i % 2
        ))
    };
    let reports = run_each(&mut engine(), (0..16).map(plan).collect(), 16);
    for (i, report) in &reports {
        assert_eq!(number(report, "it"), Some(2.0 * *i as f64));
    }
    for key in [200.0, 201.0] {
        assert_eq!(calls(key).iter().sum::<usize>(), 8);
        assert!(calls(key).len() <= 4, "{:?}", calls(key));
    }
}

#[test]
fn elements_of_a_list_are_called_together() {
    let plan = plan_of(
        r#"{ "all": Range(count: 8), "it": Together(of: Wire("all"), key: 300), "sum": Sum(of: Wire("it")) }"#,
    );
    let report = engine().run(&plan, Ride::default());
    assert_eq!(number(&report, "sum"), Some(56.0));
    assert_eq!(calls(300.0), [4, 4]);
}

#[test]
fn one_that_fails_or_panics_fails_alone() {
    let numbers = ["1", "-1", "113", "2"];
    let plan = |number: &&str| plan_of(&format!(r#"{{ "it": Together(of: {number}, key: 400) }}"#));
    let reports = run_each(&mut engine(), numbers.iter().map(plan).collect(), 4);
    let values: Vec<_> = reports
        .values()
        .map(|report| number(report, "it"))
        .collect();
    assert_eq!(values, [Some(2.0), None, None, Some(4.0)]);
    let why = |i: u64| format!("{:?}", reports[&i].row("it").unwrap().outcome);
    assert!(why(1).contains("is negative"), "{}", why(1));
    assert!(why(2).contains("unlucky"), "{}", why(2));
}

#[test]
fn a_chain_of_such_nodes_ends_beside_others() {
    let plan = |i: u64| {
        plan_of(&format!(
            r#"{{ "a": Together(of: {i}, key: 500), "b": Together(of: Wire("a"), key: 501), "c": Add(a: Wire("b"), b: 1) }}"#
        ))
    };
    let reports = run_each(&mut engine(), (0..10).map(plan).collect(), 5);
    for (i, report) in &reports {
        assert_eq!(number(report, "c"), Some(4.0 * *i as f64 + 1.0));
    }
}
