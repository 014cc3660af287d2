//! The calls that are going on, and the values that each has handed out. A plugin holds numbers; one that is wrong, released
//! or of another call finds nothing here.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use parking_lot::{Mutex, RwLock};
use weft_abi::{Call, Status, Value};
use weft_node::{Context, Values};
use weft_value::AnyValue;

/// The calls that are going on, by number.
static CALLS: LazyLock<RwLock<HashMap<u64, Arc<Live>>>> = LazyLock::new(RwLock::default);
static NEXT: AtomicU64 = AtomicU64::new(1);
static SALT: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one("weft"));

/// One call of a node of a plugin.
pub(super) struct Live {
    pub(super) context: Context,
    pub(super) inputs: Values,
    /// What has been handed out, by place.
    slots: Mutex<Vec<Option<Held>>>,
    salt: u64,
    outputs: Mutex<Vec<Option<AnyValue>>>,
    failures: Mutex<Vec<Failure>>,
}

/// Why a plugin says that its node fails.
pub(super) struct Failure {
    /// The input at fault; empty if it is none.
    pub(super) input: String,
    pub(super) message: String,
}

/// A value, and the text that a plugin was shown of it.
struct Held {
    value: AnyValue,
    text: Option<Box<str>>,
}

/// A call that goes on; it ends with this.
pub(super) struct Going {
    id: u64,
    live: Arc<Live>,
}

impl Going {
    /// Begins a call with these inputs, of a node with so many outputs.
    pub(super) fn begin(context: Context, inputs: Values, outputs: usize) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let id = scrambled(number ^ *SALT).max(1);
        let live = Arc::new(Live {
            context,
            inputs,
            slots: Mutex::default(),
            salt: scrambled(id) >> 32,
            outputs: Mutex::new(vec![None; outputs]),
            failures: Mutex::default(),
        });
        CALLS.write().insert(id, live.clone());
        Self { id, live }
    }

    /// What the plugin calls it.
    pub(super) fn call(&self) -> Call {
        Call(self.id)
    }

    /// What the plugin has given, in the order of the outputs.
    pub(super) fn outputs(&self) -> Vec<Option<AnyValue>> {
        std::mem::take(&mut self.live.outputs.lock())
    }

    /// Why the plugin says that the node fails.
    pub(super) fn failures(&self) -> Vec<Failure> {
        std::mem::take(&mut self.live.failures.lock())
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        CALLS.write().remove(&self.id);
    }
}

/// Spreads neighbouring numbers over all of them, one to one (splitmix64's finish).
fn scrambled(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// The call of that number.
///
/// # Errors
/// There is none, or it has ended.
pub(super) fn live(call: Call) -> Result<Arc<Live>, Status> {
    let found = CALLS.read().get(&call.0).cloned();
    found.ok_or(Status::NO_SUCH)
}

/// How many calls are going on.
#[cfg(test)]
pub(super) fn going() -> usize {
    CALLS.read().len()
}

impl Live {
    /// Hands out a value: the high half of its number is that of the call, the low half its place, from 1.
    pub(super) fn hand_out(&self, value: AnyValue) -> Value {
        let mut slots = self.slots.lock();
        let held = Held { value, text: None };
        slots.push(Some(held));
        Value((self.salt << 32) | slots.len() as u64)
    }

    fn place(&self, value: Value) -> Result<usize, Status> {
        let (salt, place) = (value.0 >> 32, (value.0 & 0xffff_ffff) as usize);
        if salt == self.salt && place > 0 {
            Ok(place - 1)
        } else {
            Err(Status::NO_SUCH)
        }
    }

    /// The value of that number.
    ///
    /// # Errors
    /// There is none, or it has been released.
    pub(super) fn value(&self, value: Value) -> Result<AnyValue, Status> {
        let place = self.place(value)?;
        let slots = self.slots.lock();
        let held = slots.get(place).and_then(Option::as_ref);
        held.map(|held| held.value.clone()).ok_or(Status::NO_SUCH)
    }

    /// The text that `of` makes of a value, kept until the value is released or the call ends.
    ///
    /// # Errors
    /// There is no such value, or it has no text.
    pub(super) fn text(
        &self,
        value: Value,
        of: fn(&AnyValue) -> Option<String>,
    ) -> Result<(*const u8, usize), Status> {
        let place = self.place(value)?;
        let mut slots = self.slots.lock();
        let held = slots.get_mut(place).and_then(Option::as_mut);
        let held = held.ok_or(Status::NO_SUCH)?;
        if held.text.is_none() {
            held.text = Some(of(&held.value).ok_or(Status::WRONG_KIND)?.into());
        }
        let text = held.text.as_deref().unwrap_or_default();
        Ok((text.as_ptr(), text.len()))
    }

    /// Lets go of a value.
    ///
    /// # Errors
    /// There is none, or it has been released.
    pub(super) fn release(&self, value: Value) -> Result<(), Status> {
        let place = self.place(value)?;
        let mut slots = self.slots.lock();
        let slot = slots.get_mut(place);
        let held = slot.and_then(Option::take).ok_or(Status::NO_SUCH);
        drop(slots);
        held.map(drop)
    }

    /// Takes the output of that place.
    ///
    /// # Errors
    /// The node has no such output.
    pub(super) fn give(&self, output: u32, value: AnyValue) -> Result<(), Status> {
        let mut outputs = self.outputs.lock();
        let output = usize::try_from(output).ok();
        let place = output.and_then(|output| outputs.get_mut(output));
        *place.ok_or(Status::NO_SUCH)? = Some(value);
        Ok(())
    }

    /// Hears why the node fails.
    pub(super) fn fail(&self, input: &str, message: &str) {
        self.failures.lock().push(Failure {
            input: input.to_owned(),
            message: message.to_owned(),
        });
    }
}
