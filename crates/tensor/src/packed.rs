//! Weights in the order that the kernels read them, packed once per model.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak},
};

use burn::backend::flex::{FlexTensor, Layout};
use burn::tensor::{Bytes, DType, Shape};
use weft_kernels::{ConvWeight, Packed, Precision};

/// Bytes of packed weights that are kept unless [`set_packed_limit`] says otherwise.
const LIMIT: usize = 8 << 30;

/// Something packed from a weight.
pub(crate) trait Pack: Any + Send + Sync {
    /// Bytes it holds.
    fn bytes(&self) -> usize;
}

impl Pack for Packed {
    fn bytes(&self) -> usize {
        self.bytes()
    }
}

impl Pack for ConvWeight {
    fn bytes(&self) -> usize {
        self.bytes()
    }
}

/// Bytes of packed weights now kept; those of weights that are gone are dropped first.
pub fn packed_bytes() -> usize {
    sweep_packed();
    kept().bytes
}

/// Drops what was packed from weights that are gone, which would otherwise stay until something else is packed.
pub fn sweep_packed() {
    kept().sweep();
}

/// Keeps at most so many bytes of packed weights whose numbers are there besides. Weights beyond it are packed anew at
/// each call, which is slower and never wrong; what is kept already stays until its weight goes.
pub fn set_packed_limit(bytes: usize) {
    kept().limit = bytes;
}

/// What was packed from this weight, packing it only if it is not kept.
pub(crate) fn packed<T: Pack>(
    weight: &FlexTensor,
    precision: Precision,
    pack: impl FnOnce() -> T,
) -> Arc<T> {
    let key = Key::new::<T>(weight, precision);
    {
        let kept = kept();
        if let Some(found) = kept.find(&key) {
            return found;
        }
        assert!(
            !kept.is_only(&key),
            "a weight that is kept only packed is read by another layer or in another precision than it was packed for"
        );
    }
    // Not under the lock: packing takes milliseconds, and other threads have other weights.
    let made = Arc::new(pack());
    kept().insert(key, &weight.data_arc(), Arc::clone(&made));
    made
}

/// Stands for a weight of that shape of which only what was packed is kept: its layer finds that, everything else
/// sees one NaN many times.
pub(crate) fn instead<T: Pack>(
    shape: impl Into<Shape>,
    precision: Precision,
    packed: T,
) -> FlexTensor {
    let shape: Shape = shape.into();
    let strides = vec![0; shape.num_dims()];
    let numbers = Bytes::from_elems(vec![f32::NAN]);
    let weight = FlexTensor::new(numbers, Layout::new(shape, strides, 0), DType::F32);
    let key = Key::new::<T>(&weight, precision);
    kept().insert_only(key, &weight.data_arc(), Arc::new(packed));
    weight
}

static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(|| {
    Mutex::new(Kept {
        entries: HashMap::new(),
        bytes: 0,
        limit: LIMIT,
    })
});

fn kept() -> MutexGuard<'static, Kept> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A view of a buffer, and what is made of it.
///
/// The address is that of the shared buffer's counters, not of its numbers. The entry's `Weak` keeps them
/// allocated, so no other buffer gets the address while the entry is there; and it keeps burn from
/// writing into the numbers in place, since `Arc::get_mut` and `Arc::make_mut` then move them to another
/// address. A key that is found is therefore never stale.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    address: usize,
    offset: usize,
    axes: Vec<(usize, isize)>,
    precision: Precision,
    form: TypeId,
}

impl Key {
    fn new<T: Pack>(weight: &FlexTensor, precision: Precision) -> Self {
        let layout = weight.layout();
        let axes = layout.shape().iter().copied();
        Self {
            address: Arc::as_ptr(&weight.data_arc()) as usize,
            offset: layout.start_offset(),
            axes: axes.zip(layout.strides().iter().copied()).collect(),
            precision,
            form: TypeId::of::<T>(),
        }
    }
}

struct Entry {
    owner: Weak<Bytes>,
    bytes: usize,
    /// Whether the numbers are nowhere else.
    is_only: bool,
    packed: Arc<dyn Any + Send + Sync>,
}

struct Kept {
    entries: HashMap<Key, Entry>,
    bytes: usize,
    limit: usize,
}

impl Kept {
    fn find<T: Pack>(&self, key: &Key) -> Option<Arc<T>> {
        Arc::clone(&self.entries.get(key)?.packed).downcast().ok()
    }

    /// Whether the weight is kept only packed, if otherwise than `key` says.
    fn is_only(&self, key: &Key) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|(other, entry)| entry.is_only && other.address == key.address)
    }

    fn insert<T: Pack>(&mut self, key: Key, owner: &Arc<Bytes>, packed: Arc<T>) {
        self.sweep();
        let bytes = packed.bytes();
        // The newest is left out rather than the oldest: a model larger than the limit reads its weights
        // in a circle, and would find each one just dropped.
        let besides = self.entries.values().filter(|entry| !entry.is_only);
        let besides: usize = besides.map(|entry| entry.bytes).sum();
        if besides + bytes > self.limit || self.entries.contains_key(&key) {
            return;
        }
        self.put(key, owner, packed, false);
    }

    fn insert_only<T: Pack>(&mut self, key: Key, owner: &Arc<Bytes>, packed: Arc<T>) {
        self.sweep();
        self.put(key, owner, packed, true);
    }

    fn put<T: Pack>(&mut self, key: Key, owner: &Arc<Bytes>, packed: Arc<T>, is_only: bool) {
        let bytes = packed.bytes();
        self.bytes += bytes;
        let owner = Arc::downgrade(owner);
        let entry = Entry {
            owner,
            bytes,
            is_only,
            packed,
        };
        self.entries.insert(key, entry);
    }

    /// Drops what was packed from weights that are gone.
    fn sweep(&mut self) {
        self.entries
            .retain(|_, entry| entry.owner.strong_count() > 0);
        self.bytes = self.entries.values().map(|entry| entry.bytes).sum();
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;

    struct Block;

    impl Pack for Block {
        fn bytes(&self) -> usize {
            100
        }
    }

    fn weight() -> FlexTensor {
        FlexTensor::from_data(TensorData::from([[1.0f32, 2.0], [3.0, 4.0]]))
    }

    fn empty(limit: usize) -> Kept {
        Kept {
            entries: HashMap::new(),
            bytes: 0,
            limit,
        }
    }

    fn keep(kept: &mut Kept, weight: &FlexTensor) {
        let key = Key::new::<Block>(weight, Precision::F32);
        kept.insert(key, &weight.data_arc(), Arc::new(Block));
    }

    fn is_kept(kept: &Kept, weight: &FlexTensor) -> bool {
        kept.find::<Block>(&Key::new::<Block>(weight, Precision::F32))
            .is_some()
    }

    #[test]
    fn what_was_packed_goes_with_its_weight() {
        let (mut kept, first, second) = (empty(1000), weight(), weight());
        keep(&mut kept, &first);
        keep(&mut kept, &second);
        assert_eq!(kept.bytes, 200);
        drop(first);
        keep(&mut kept, &weight());
        assert!(is_kept(&kept, &second));
        kept.sweep();
        assert_eq!((kept.bytes, kept.entries.len()), (100, 1));
    }

    #[test]
    fn no_more_than_the_limit_is_kept() {
        let (mut kept, weights) = (empty(250), [weight(), weight(), weight()]);
        for weight in &weights {
            keep(&mut kept, weight);
        }
        let found = weights.each_ref().map(|weight| is_kept(&kept, weight));
        assert_eq!((kept.bytes, found), (200, [true, true, false]));
    }

    #[test]
    fn what_is_kept_only_packed_is_kept_beyond_the_limit_and_is_for_its_layer_alone() {
        let mut kept = empty(50);
        let weight = weight();
        let key = || Key::new::<Block>(&weight, Precision::F32);
        kept.insert_only(key(), &weight.data_arc(), Arc::new(Block));
        assert!(is_kept(&kept, &weight));
        let other = Key::new::<Packed>(&weight, Precision::F32);
        assert!(
            kept.is_only(&other)
                && !kept.is_only(&Key::new::<Block>(&self::weight(), Precision::F32))
        );
        drop(weight);
        kept.sweep();
        assert_eq!(kept.bytes, 0);
    }

    #[test]
    fn a_weight_written_in_place_is_another_one() {
        let (mut kept, mut weight) = (empty(1000), weight());
        keep(&mut kept, &weight);
        assert!(is_kept(&kept, &weight));
        weight.storage_mut::<f32>()[0] = 9.0;
        assert!(!is_kept(&kept, &weight));
        keep(&mut kept, &weight);
        assert!(weight.try_storage_mut::<f32>().is_none());
    }

    #[test]
    fn other_views_and_precisions_are_other_weights() {
        let (mut kept, weight) = (empty(1000), weight());
        keep(&mut kept, &weight);
        let turned = weight.layout().transpose(0, 1);
        assert!(!is_kept(&kept, &weight.clone().with_layout(turned)));
        let coarse = Key::new::<Block>(&weight, Precision::Bf16);
        assert!(kept.find::<Block>(&coarse).is_none());
        let other = Key::new::<Packed>(&weight, Precision::F32);
        assert!(kept.find::<Packed>(&other).is_none());
    }
}
