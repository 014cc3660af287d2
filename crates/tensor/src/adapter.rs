//! The graphics adapters of this machine, and the one wgpu device that everything shares.

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use burn::tensor::Device;
use burn_wgpu::WgpuSetup;
use wgpu::{DeviceType, Features, Instance};

use crate::{DeviceError, half::set_f16, trouble::Troubles};

/// What sort of adapter it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdapterKind {
    /// A card of its own.
    Discrete,
    /// A part of the processor, sharing its memory.
    Integrated,
    /// A card seen through a virtual machine.
    Virtual,
    /// A program that draws on the CPU.
    Software,
    /// The driver does not say.
    Unknown,
}

/// One graphics adapter of this machine.
#[derive(Clone, Debug)]
pub struct Adapter {
    /// Its place in the list, as in `gpu:0`.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// What sort it is.
    pub kind: AdapterKind,
    /// The interface it is reached through, such as `Vulkan`.
    pub interface: String,
    /// The driver and its version.
    pub driver: String,
    /// Bytes of its memory, if its driver says.
    pub memory_bytes: Option<u64>,
    /// Bytes that shaders of one group share.
    pub shared_bytes: u32,
    /// Most bytes one buffer may hold.
    pub buffer_bytes: u64,
    /// Whether numbers go around a subgroup without memory.
    pub has_subgroups: bool,
    /// Whether shaders may compute in 16-bit floats.
    pub has_f16: bool,
    handle: wgpu::Adapter,
}

impl Adapter {
    /// Whether it is hardware made for this work, so that `auto` takes it.
    pub fn is_real(&self) -> bool {
        matches!(
            self.kind,
            AdapterKind::Discrete | AdapterKind::Integrated | AdapterKind::Virtual
        )
    }

    /// Opens the adapter with all its features and limits, and registers it with burn.
    pub(crate) fn open(&self, instance: Instance) -> Result<Device, DeviceError> {
        if let Some(known) = known(|opened| opened.adapter == self.handle.get_info()) {
            return Ok(known.burn);
        }
        let cannot = |why: String| DeviceError::Open {
            name: self.name.clone(),
            why,
        };
        if cfg!(feature = "spirv") && self.kind == AdapterKind::Software {
            let why = "this program was built with the feature `spirv`, on which software adapters crash; use a build \
                       without it, or --device cpu";
            return Err(cannot(why.to_owned()));
        }
        // Mappable primary buffers slow a real card down, and experimental features want a promise
        // that we do not need to give.
        let unwanted = Features::MAPPABLE_PRIMARY_BUFFERS | Features::all_experimental_mask();
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("weft"),
            required_features: self.handle.features().difference(unwanted),
            required_limits: self.handle.limits(),
            memory_hints: wgpu::MemoryHints::MemoryUsage,
            ..Default::default()
        };
        let (device, queue) = pollster::block_on(self.handle.request_device(&descriptor))
            .map_err(|error| cannot(error.to_string()))?;
        let info = self.handle.get_info();
        let backend = info.backend;
        let shared = (device.clone(), queue.clone());
        let troubles = Troubles::default();
        let setup = WgpuSetup {
            instance,
            adapter: self.handle.clone(),
            device,
            queue,
            backend,
        };
        let burn = Device::wgpu_options()
            .setup(setup)
            .init()
            .map_err(|error| cannot(error.to_string()))?;
        // After burn, whose own handler ends the thread that computes.
        troubles.watch(&shared.0);
        if self.is_real() && self.has_f16 {
            set_f16(true);
        }
        let mut all = all();
        let number = all.len();
        all.push(Opened {
            number,
            adapter: info,
            burn: burn.clone(),
            device: shared.0,
            queue: shared.1,
            troubles,
        });
        Ok(burn)
    }
}

/// An adapter that has been opened, as burn and as wgpu know it.
#[derive(Clone)]
pub(crate) struct Opened {
    /// Its place among those that have been opened.
    pub(crate) number: usize,
    adapter: wgpu::AdapterInfo,
    burn: Device,
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    pub(crate) troubles: Troubles,
}

/// Every adapter that has been opened; none is closed before the process ends.
static OPENED: Mutex<Vec<Opened>> = Mutex::new(Vec::new());

fn all() -> MutexGuard<'static, Vec<Opened>> {
    OPENED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn known(is_it: impl Fn(&Opened) -> bool) -> Option<Opened> {
    all().iter().find(|opened| is_it(opened)).cloned()
}

/// The number of an adapter among those that were opened here.
pub(crate) fn number(device: &Device) -> Option<usize> {
    all().iter().position(|opened| opened.burn == *device)
}

/// What `device` is to wgpu, if it is an adapter that was opened here.
pub(crate) fn opened(device: &Device) -> Option<Opened> {
    known(|opened| opened.burn == *device)
}

/// Gives an adapter back to the machine; nothing can be computed on it in this process any more.
pub fn close(device: &Device) {
    if let Some(opened) = opened(device) {
        opened.device.destroy();
    }
}

/// The adapter that was opened as the one of that number.
pub(crate) fn numbered(number: usize) -> Option<Opened> {
    all().get(number).cloned()
}

/// Any adapter, the best there is, a software one too; opened once.
///
/// # Errors
/// A sentence on why there is none.
pub(crate) fn any() -> Result<Device, String> {
    static ANY: LazyLock<Result<Device, String>> = LazyLock::new(|| {
        let instance = Instance::default();
        let best = listed(&instance).into_iter().next();
        let best = best.ok_or_else(|| "no adapter was found".to_owned())?;
        best.open(instance).map_err(|error| error.to_string())
    });
    ANY.clone()
}

/// Every graphics adapter of this machine, real ones first.
pub fn adapters() -> Vec<Adapter> {
    listed(&Instance::default())
}

pub(crate) fn listed(instance: &Instance) -> Vec<Adapter> {
    let mut handles = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
    handles.sort_by_key(|handle| rank(handle.get_info().device_type));
    handles
        .into_iter()
        .enumerate()
        .map(|(index, handle)| describe(index, handle))
        .collect()
}

fn rank(kind: DeviceType) -> u8 {
    match kind {
        DeviceType::DiscreteGpu => 0,
        DeviceType::IntegratedGpu => 1,
        DeviceType::VirtualGpu => 2,
        DeviceType::Other => 3,
        DeviceType::Cpu => 4,
    }
}

fn describe(index: usize, handle: wgpu::Adapter) -> Adapter {
    let info = handle.get_info();
    Adapter {
        index,
        name: info.name,
        kind: match info.device_type {
            DeviceType::DiscreteGpu => AdapterKind::Discrete,
            DeviceType::IntegratedGpu => AdapterKind::Integrated,
            DeviceType::VirtualGpu => AdapterKind::Virtual,
            DeviceType::Cpu => AdapterKind::Software,
            DeviceType::Other => AdapterKind::Unknown,
        },
        interface: format!("{:?}", info.backend),
        driver: format!("{} {}", info.driver, info.driver_info)
            .trim()
            .to_owned(),
        memory_bytes: memory_bytes(&handle),
        shared_bytes: handle.limits().max_compute_workgroup_storage_size,
        buffer_bytes: handle.limits().max_buffer_size,
        has_subgroups: handle.features().contains(Features::SUBGROUP),
        has_f16: handle.features().contains(Features::SHADER_F16),
        handle,
    }
}

/// The largest of its memories that shaders reach at full speed.
#[cfg(not(target_vendor = "apple"))]
#[allow(unsafe_code, reason = "wgpu does not say it, Vulkan does")]
fn memory_bytes(handle: &wgpu::Adapter) -> Option<u64> {
    /// `VK_MEMORY_HEAP_DEVICE_LOCAL_BIT`.
    const LOCAL: u32 = 1;
    // SAFETY: the adapter is only asked for what it is; nothing of it is kept or destroyed.
    let vulkan = unsafe { handle.as_hal::<wgpu::hal::api::Vulkan>() }?;
    let instance = vulkan.shared_instance().raw_instance();
    // SAFETY: the physical device is of this instance, and both live as long as `vulkan`.
    let memory =
        unsafe { instance.get_physical_device_memory_properties(vulkan.raw_physical_device()) };
    let heaps = memory.memory_heaps_as_slice().iter();
    let local = heaps.filter(|heap| heap.flags.as_raw() & LOCAL != 0);
    local.map(|heap| heap.size).max()
}

/// Metal shares the memory of the host, and wgpu does not say how much of it.
#[cfg(target_vendor = "apple")]
fn memory_bytes(_: &wgpu::Adapter) -> Option<u64> {
    None
}
