//! The trait of everything that travels on a wire, and a value whose type is known only at run time.

use std::{any::Any, fmt, sync::Arc};

use burn::tensor::Device;
use weft_spec::{Form, Literal, TypeName, TypeSpec};
use weft_tensor::Trouble;

use crate::{Call, Decode, Digest, Encode, Malformed};

/// Something that travels on a wire.
///
/// Values are immutable and cheap to clone: tensors and lists share their contents.
pub trait Value: Clone + Send + Sync + 'static {
    /// Its name in graph files and messages.
    const TYPE: &'static str;

    /// How it is written in a file; by default it can only be wired.
    fn form() -> Form {
        Form::Wired
    }

    /// Reads the canonical literal that [`Value::form`] gave.
    ///
    /// # Errors
    /// A sentence on why this literal is no such value.
    fn from_literal(_: &Literal) -> Result<Self, String> {
        Err(format!(
            "a value of type {} cannot be written in a file",
            Self::TYPE
        ))
    }

    /// Makes the value of a call that [`Value::form`] offers.
    ///
    /// # Errors
    /// A sentence on why these arguments make no such value.
    fn from_call(call: Call) -> Result<Self, String> {
        let (ty, name) = (Self::TYPE, call.name());
        Err(format!("a value of type {ty} is not made by `{name}(…)`"))
    }

    /// Memory it holds, in bytes, wherever that memory is.
    fn bytes(&self) -> u64 {
        size_of::<Self>() as u64
    }

    /// The device that its tensors are on; `None` for values that live on the host.
    fn device(&self) -> Option<Device> {
        None
    }

    /// Whether its tensors were computed, for those on a graphics adapter: there an error waits until somebody asks.
    ///
    /// # Errors
    /// What went wrong.
    fn computed(&self) -> Result<(), Trouble> {
        Ok(())
    }

    /// The hash of its content, for values that live on the host; equal content then stops a change
    /// from spreading. `None` for tensors, which are never read back to be hashed.
    fn digest(&self) -> Option<Digest> {
        None
    }

    /// Writes the value to be kept on disk; `None` if it cannot be kept.
    fn encode(&self) -> Option<Encode> {
        None
    }

    /// Reads what [`Value::encode`] wrote, onto `device`.
    ///
    /// # Errors
    /// The bytes are not such a value.
    fn decode(_: &mut Decode<'_>, _: &Device) -> Result<Self, Malformed> {
        Err(Malformed)
    }

    /// Whether what the value tells of is still so; a receipt for a file that has changed is not.
    fn is_current(&self) -> bool {
        true
    }
}

/// A value whose type is known only at run time.
#[derive(Clone)]
pub struct AnyValue(Arc<dyn Erased>);

impl AnyValue {
    /// Hides the type of `value`.
    pub fn new<V: Value>(value: V) -> Self {
        Self(Arc::new(Single(value)))
    }

    /// A list of values of one type.
    pub fn list(element: TypeName, items: Vec<AnyValue>) -> Self {
        Self(Arc::new(Items {
            name: element.list(),
            items,
        }))
    }

    /// The value, if it is of type `V`.
    pub fn get<V: Value>(&self) -> Option<&V> {
        (&*self.0 as &dyn Any)
            .downcast_ref::<Single<V>>()
            .map(|single| &single.0)
    }

    /// The elements, if it is a list.
    pub fn items(&self) -> Option<&[AnyValue]> {
        (&*self.0 as &dyn Any)
            .downcast_ref::<Items>()
            .map(|list| list.items.as_slice())
    }

    /// The name of its type.
    pub fn type_name(&self) -> TypeName {
        self.0.type_name()
    }

    /// See [`Value::bytes`].
    pub fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    /// See [`Value::device`]; that of a list is the first that an element of it has.
    pub fn device(&self) -> Option<Device> {
        self.0.device()
    }

    /// See [`Value::computed`]; of a list all elements are asked.
    ///
    /// # Errors
    /// What went wrong.
    pub fn computed(&self) -> Result<(), Trouble> {
        self.0.computed()
    }

    /// See [`Value::digest`]; a list has one if all its elements have.
    pub fn digest(&self) -> Option<Digest> {
        self.0.digest()
    }

    /// See [`Value::encode`]; a list can be kept if all its elements can.
    pub fn encode(&self) -> Option<Encode> {
        self.0.encode()
    }

    /// See [`Value::is_current`].
    pub fn is_current(&self) -> bool {
        self.0.is_current()
    }
}

impl fmt::Debug for AnyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} bytes", self.type_name(), self.bytes())
    }
}

trait Erased: Any + Send + Sync {
    fn type_name(&self) -> TypeName;
    fn bytes(&self) -> u64;
    fn device(&self) -> Option<Device>;
    fn computed(&self) -> Result<(), Trouble>;
    fn digest(&self) -> Option<Digest>;
    fn encode(&self) -> Option<Encode>;
    fn is_current(&self) -> bool;
}

struct Single<V>(V);

impl<V: Value> Erased for Single<V> {
    fn type_name(&self) -> TypeName {
        TypeName::new(V::TYPE)
    }
    fn bytes(&self) -> u64 {
        self.0.bytes()
    }
    fn device(&self) -> Option<Device> {
        self.0.device()
    }
    fn computed(&self) -> Result<(), Trouble> {
        self.0.computed()
    }
    fn digest(&self) -> Option<Digest> {
        self.0.digest()
    }
    fn encode(&self) -> Option<Encode> {
        self.0.encode()
    }
    fn is_current(&self) -> bool {
        self.0.is_current()
    }
}

struct Items {
    name: TypeName,
    items: Vec<AnyValue>,
}

impl Erased for Items {
    fn type_name(&self) -> TypeName {
        self.name.clone()
    }
    fn bytes(&self) -> u64 {
        self.items.iter().map(AnyValue::bytes).sum()
    }
    fn device(&self) -> Option<Device> {
        self.items.iter().find_map(AnyValue::device)
    }
    fn computed(&self) -> Result<(), Trouble> {
        self.items.iter().try_for_each(AnyValue::computed)
    }
    fn digest(&self) -> Option<Digest> {
        let mut hasher = crate::Hasher::new("list");
        for item in &self.items {
            hasher.digest(&item.digest()?);
        }
        Some(hasher.finish())
    }
    fn encode(&self) -> Option<Encode> {
        let mut out = Encode::default();
        out.number(self.items.len() as u64);
        for item in &self.items {
            out.nested(&item.encode()?);
        }
        Some(out)
    }
    fn is_current(&self) -> bool {
        self.items.iter().all(AnyValue::is_current)
    }
}

/// A type of value as a row of a table: its name, its form, and how it is made of what a file says or a disk
/// holds.
#[derive(Clone, Copy)]
pub struct ValueType {
    name: &'static str,
    form: fn() -> Form,
    literal: fn(&Literal) -> Result<AnyValue, String>,
    call: fn(Call) -> Result<AnyValue, String>,
    decode: fn(&mut Decode<'_>, &Device) -> Result<AnyValue, Malformed>,
}

impl ValueType {
    /// The row of type `V`.
    pub const fn of<V: Value>() -> Self {
        Self {
            name: V::TYPE,
            form: V::form,
            literal: |literal| V::from_literal(literal).map(AnyValue::new),
            call: |call| V::from_call(call).map(AnyValue::new),
            decode: |from, device| V::decode(from, device).map(AnyValue::new),
        }
    }

    /// The name of the type.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What a graph needs to know of it.
    pub fn spec(&self) -> TypeSpec {
        TypeSpec {
            name: TypeName::new(self.name),
            form: (self.form)(),
        }
    }

    /// The value of this type that a canonical literal stands for; see [`Value::from_literal`].
    ///
    /// # Errors
    /// A sentence on why the literal is no such value.
    pub fn literal(&self, literal: &Literal) -> Result<AnyValue, String> {
        (self.literal)(literal)
    }

    /// The value of this type that a call makes; see [`Value::from_call`].
    ///
    /// # Errors
    /// A sentence on why the arguments make no such value.
    pub fn call(&self, call: Call) -> Result<AnyValue, String> {
        (self.call)(call)
    }

    /// Reads a value of this type; see [`Value::decode`].
    ///
    /// # Errors
    /// The bytes are not such a value.
    pub fn decode(&self, from: &mut Decode<'_>, device: &Device) -> Result<AnyValue, Malformed> {
        (self.decode)(from, device)
    }
}
