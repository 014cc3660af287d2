//! Threads that call nodes.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::Instant,
};

use burn::tensor::Device;
use crossbeam_channel::{Sender, unbounded};
use weft_node::Context;

use crate::{
    job::{Shared, Task},
    plan::PlannedNode,
    world::{Answer, Call, Failure},
};

/// Everything one call needs, so that any thread can make it.
pub(crate) struct Order {
    pub(crate) call: Call,
    pub(crate) nodes: Arc<[PlannedNode]>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) device: Device,
    pub(crate) answer: Sender<Answer>,
}

/// Threads that call nodes. They end when the pool is dropped and their calls are done.
pub(crate) struct Pool {
    orders: Sender<Order>,
}

impl Pool {
    /// A pool of so many threads, at least one.
    pub(crate) fn new(threads: usize) -> Self {
        let (orders, inbox) = unbounded::<Order>();
        for index in 0..threads.max(1) {
            let inbox = inbox.clone();
            let work = move || inbox.iter().for_each(carry_out);
            // Where a thread cannot be had the others do its work; where none can, the engine's own
            // thread does all of it, since a call that stands alone never comes here.
            let _ = thread::Builder::new()
                .name(format!("weft-node-{index}"))
                .spawn(work);
        }
        Self { orders }
    }

    /// Has a thread make the call.
    pub(crate) fn give(&self, order: Order) {
        if let Err(refused) = self.orders.send(order) {
            carry_out(refused.into_inner());
        }
    }
}

/// Makes the call on this thread and sends the answer.
pub(crate) fn carry_out(order: Order) {
    let Order {
        mut call,
        nodes,
        shared,
        device,
        answer,
    } = order;
    let node = &nodes[call.place];
    let task = Task {
        shared,
        node: node.name.clone(),
        element: call.element,
    };
    let mut context = Context::new(device, Arc::new(task));
    let start = Instant::now();
    // A node has no state of its own, so nothing is left half-changed when it unwinds.
    let result = catch_unwind(AssertUnwindSafe(|| {
        node.kind.kind.run(&mut call.values, &mut context)
    }));
    let result = match result {
        Ok(result) => result.map_err(Failure::Error),
        Err(panic) => Err(Failure::Panic(message(&*panic))),
    };
    let element = call.element.map(|(index, _)| index);
    // The engine may have gone; then nobody wants the answer.
    let _ = answer.send(Answer {
        entity: call.entity,
        element,
        result,
        time: start.elapsed(),
    });
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
