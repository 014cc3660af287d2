//! Threads that call nodes.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use burn::tensor::Device;
use crossbeam_channel::{Sender, unbounded};
use weft_node::{Context, Effect, Kind, Models, Values};
use weft_store::Store;
use weft_tensor::{Copies, Trouble, Watch, counted, give_back, memory};
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
    pub(crate) spare: Spare,
    pub(crate) answer: Sender<Vec<Answer>>,
}

/// What can be let go of where memory is short.
#[derive(Clone)]
pub(crate) struct Spare {
    pub(crate) store: Arc<Store>,
    pub(crate) models: Arc<Models>,
    /// Bytes of the adapter's memory that may be taken.
    pub(crate) most: Option<u64>,
}

impl Spare {
    /// Lets go where more of the adapter's memory is taken than may be.
    fn keep_within(&self, device: &Device) {
        let is_over = || {
            let taken = self.most.zip(memory(device));
            taken.is_some_and(|(most, memory)| memory.reserved > most)
        };
        if !is_over() {
            return;
        }
        give_back(device);
        if is_over() {
            self.store.shed();
            self.models.shed();
            give_back(device);
        }
    }

    /// Lets go of everything that can be had again.
    fn let_go(&self, device: &Device) {
        self.store.shed();
        // Not put aside: one that was being loaded may be spoilt.
        self.models.clear();
        give_back(device);
    }
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

/// What came of a call, how long it took and what crossed meanwhile.
struct Made {
    result: Result<Vec<AnyValue>, Failure>,
    time: Duration,
    copies: Copies,
}

/// Makes the calls on this thread and sends the answers.
pub(crate) fn carry_out(order: Order) {
    let Order {
        calls,
        device,
        spare,
        answer,
    } = order;
    let Some(first) = calls.first() else { return };
    let planned = &first.nodes[first.place].kind;
    let maker = Maker {
        kind: &*planned.kind,
        effect: planned.spec.effect,
        spare: &spare,
    };
    let jobs: Vec<_> = calls.iter().map(|call| job(call, &device)).collect();
    let made: Vec<_> = if jobs.len() == 1 {
        jobs.into_iter().map(|job| maker.alone(job)).collect()
    } else {
        maker.together(jobs)
    };
    spare.keep_within(&device);
    let answered = |(call, made): (Call, Made)| Answer {
        entity: call.entity,
        element: call.element.map(|(index, _)| index),
        result: made.result,
        time: made.time,
        copies: made.copies,
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

/// What makes calls of one kind.
struct Maker<'a> {
    kind: &'a dyn Kind,
    effect: Effect,
    spare: &'a Spare,
}

impl Maker<'_> {
    /// Calls the node, and again if the adapter's memory was full and something could be let go of.
    fn alone(&self, job: (Values, Context)) -> Made {
        let again = (self.effect != Effect::Writes).then(|| job.clone());
        let made = self.once(job);
        let is_full = matches!(made.result, Err(Failure::Device(Trouble::Memory(_))));
        match again.filter(|_| is_full) {
            Some((values, context)) => {
                self.spare.let_go(context.device());
                let second = self.once((values, context));
                Made {
                    time: made.time + second.time,
                    copies: made.copies + second.copies,
                    ..second
                }
            }
            None => made,
        }
    }

    /// Calls the node and waits for what it has given the device to do: its failures are those of the node then, and its
    /// time the node's.
    fn once(&self, (mut values, mut context): (Values, Context)) -> Made {
        let start = Instant::now();
        let watch = Watch::new(context.device());
        // A node has no state of its own, so nothing is left half-changed when it unwinds.
        let run = || {
            catch_unwind(AssertUnwindSafe(|| {
                self.kind.run(&mut values, &mut context)
            }))
        };
        let (result, copies) = counted(run);
        let result = match (
            watch
                .settle()
                .and_then(|()| result.as_ref().map_or(Ok(()), given)),
            result,
        ) {
            // What came of wrong numbers, or of none, is not what is wrong.
            (Err(trouble), _) => Err(Failure::Device(trouble)),
            (Ok(()), Ok(result)) => result.map_err(Failure::Error),
            (Ok(()), Err(panic)) => Err(Failure::Panic(message(&*panic))),
        };
        Made {
            result,
            time: start.elapsed(),
            copies,
        }
    }

    /// All in one call. Where that panics or the device fails, each is called alone, so that only the one to blame fails.
    /// What crossed is counted with the first.
    fn together(&self, jobs: Vec<(Values, Context)>) -> Vec<Made> {
        let start = Instant::now();
        let watch = jobs
            .first()
            .map(|(_, context)| Watch::new(context.device()));
        let (count, tried) = (jobs.len(), jobs.clone());
        let run = || catch_unwind(AssertUnwindSafe(|| self.kind.run_batch(tried)));
        let (results, mut copies) = counted(run);
        let settled = watch.is_none_or(|watch| watch.settle().is_ok());
        let time = start.elapsed() / u32::try_from(count).unwrap_or(1).max(1);
        match results {
            Ok(results)
                if results.len() == count
                    && settled
                    && results.iter().all(|result| given(result).is_ok()) =>
            {
                let made = |result: weft_node::Result<_>| Made {
                    result: result.map_err(Failure::Error),
                    time,
                    copies: std::mem::take(&mut copies),
                };
                results.into_iter().map(made).collect()
            }
            _ => jobs.into_iter().map(|job| self.alone(job)).collect(),
        }
    }
}

/// What went wrong on the way to what a node gave; it gave nothing where it failed.
fn given(result: &weft_node::Result<Vec<AnyValue>>) -> Result<(), Trouble> {
    let mut values = result.iter().flatten();
    values.try_for_each(AnyValue::computed)
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
