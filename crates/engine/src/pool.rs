//! Threads that call nodes.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use burn::tensor::Device;
use crossbeam_channel::{Sender, unbounded};
use weft_node::{Context, Kind, Values};
use weft_value::AnyValue;

use crate::{
    job::Task,
    world::{Answer, Call, Failure},
};

/// Everything that one call needs, or several calls of one kind that are made together, so that any thread can
/// make them.
pub(crate) struct Order {
    pub(crate) calls: Vec<Call>,
    pub(crate) device: Device,
    pub(crate) answer: Sender<Vec<Answer>>,
}

/// Threads that call nodes. They end when the pool is dropped and their calls are done.
pub(crate) struct Pool {
    orders: Sender<Order>,
    threads: usize,
}

impl Pool {
    /// A pool of so many threads, at least one.
    pub(crate) fn new(threads: usize) -> Self {
        let threads = threads.max(1);
        let (orders, inbox) = unbounded::<Order>();
        for index in 0..threads {
            let inbox = inbox.clone();
            let work = move || inbox.iter().for_each(carry_out);
            // Where a thread cannot be had the others do its work; where none can, the engine's own
            // thread does all of it, since a call that stands alone never comes here.
            let _ = thread::Builder::new()
                .name(format!("weft-node-{index}"))
                .spawn(work);
        }
        Self { orders, threads }
    }

    /// How many threads there are.
    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// Has a thread make the call.
    pub(crate) fn give(&self, order: Order) {
        if let Err(refused) = self.orders.send(order) {
            carry_out(refused.into_inner());
        }
    }
}

/// What came of a call.
type Made = Result<Vec<AnyValue>, Failure>;

/// Makes the calls on this thread and sends the answers.
pub(crate) fn carry_out(order: Order) {
    let Order {
        calls,
        device,
        answer,
    } = order;
    let Some(first) = calls.first() else { return };
    let kind = first.nodes[first.place].kind.kind.clone();
    let jobs: Vec<_> = calls.iter().map(|call| job(call, &device)).collect();
    let made: Vec<_> = if jobs.len() == 1 {
        jobs.into_iter().map(|job| alone(&*kind, job)).collect()
    } else {
        together(&*kind, jobs)
    };
    let answered = |(call, (result, time)): (Call, _)| Answer {
        entity: call.entity,
        element: call.element.map(|(index, _)| index),
        result,
        time,
    };
    let answers = calls.into_iter().zip(made).map(answered).collect();
    // The engine may have gone; then nobody wants the answers.
    let _ = answer.send(answers);
}

fn job(call: &Call, device: &Device) -> (Values, Context) {
    let task = Task {
        shared: call.shared.clone(),
        node: call.nodes[call.place].name.clone(),
        element: call.element,
    };
    let context = Context::new(device.clone(), Arc::new(task));
    (call.values.clone(), context)
}

fn alone(kind: &dyn Kind, (mut values, mut context): (Values, Context)) -> (Made, Duration) {
    let start = Instant::now();
    // A node has no state of its own, so nothing is left half-changed when it unwinds.
    let result = catch_unwind(AssertUnwindSafe(|| kind.run(&mut values, &mut context)));
    let result = match result {
        Ok(result) => result.map_err(Failure::Error),
        Err(panic) => Err(Failure::Panic(message(&*panic))),
    };
    (result, start.elapsed())
}

/// All in one call. Where that panics, each is called alone, so that only the one to blame fails.
fn together(kind: &dyn Kind, jobs: Vec<(Values, Context)>) -> Vec<(Made, Duration)> {
    let start = Instant::now();
    let (count, tried) = (jobs.len(), jobs.clone());
    let results = catch_unwind(AssertUnwindSafe(|| kind.run_batch(tried)));
    let share = start.elapsed() / u32::try_from(count).unwrap_or(1).max(1);
    match results {
        Ok(results) if results.len() == count => {
            let made = |result: weft_node::Result<_>| (result.map_err(Failure::Error), share);
            results.into_iter().map(made).collect()
        }
        _ => jobs.into_iter().map(|job| alone(kind, job)).collect(),
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
