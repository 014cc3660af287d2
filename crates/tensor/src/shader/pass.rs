//! One pass of a program over buffers, on burn's own device and queue.

use std::{
    collections::HashMap,
    num::NonZeroU64,
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use burn::tensor::{Device, Tensor};
use burn_wgpu::WgpuResource;
use wgpu::{
    BindGroupDescriptor, BindGroupEntry, BindGroupLayout, BindGroupLayoutDescriptor,
    BindGroupLayoutEntry, BindingResource, BindingType, BufferBinding, BufferBindingType,
    BufferUsages, ComputePipeline, ComputePipelineDescriptor, ErrorFilter,
    PipelineLayoutDescriptor, ShaderModuleDescriptor, ShaderSource, ShaderStages,
    util::{BufferInitDescriptor, DeviceExt},
};

use super::{Extent, GROUP, ShaderFailure, buffers};
use crate::{
    adapter::{self, Opened},
    launches::launched,
};

/// Programs that are kept compiled; beyond that all are let go, since edits make new ones without end.
const KEPT: usize = 128;

/// Most groups along one axis of a dispatch.
const AXIS: usize = 65_535;

/// What a program was compiled for: the device, how many inputs, whether there are uniforms, and its text.
type Key = (usize, usize, bool, Arc<str>);

/// A program that the adapter has compiled.
struct Compiled {
    pipeline: ComputePipeline,
    layout: BindGroupLayout,
    /// Whether it has run without an error. What goes wrong later is heard as [`Trouble`](crate::Trouble).
    is_proven: AtomicBool,
}

static PIPELINES: LazyLock<Mutex<HashMap<Key, Arc<Compiled>>>> = LazyLock::new(Mutex::default);

/// Runs the program `text` on tensors of `device`, which is a graphics adapter.
pub(super) fn run(
    text: &Arc<str>,
    (inputs, uniforms): (&[Tensor<4>], &[f32]),
    Extent { shape, calls }: Extent,
    device: &Device,
) -> Result<Tensor<4>, ShaderFailure> {
    let opened = adapter::opened(device)
        .ok_or_else(|| ShaderFailure::NoAdapter("the device was not opened by Weft".to_owned()))?;
    fitting(shape, (inputs.len(), uniforms), &opened)?;
    let refused = ShaderFailure::Refused;
    let mut bound = Vec::with_capacity(inputs.len() + 1);
    for tensor in inputs {
        bound.push(buffers::of(tensor.clone()).map_err(refused)?);
    }
    bound.push(buffers::of(Tensor::empty(shape, device)).map_err(refused)?);
    let resources: Vec<_> = bound.iter().map(|(_, resource)| resource).collect();
    let bits: Vec<_> = uniforms.iter().map(|number| number.to_bits()).collect();
    over(&opened, text, (&resources, &bits), calls.div_ceil(GROUP))?;
    // The last is the result, and it is there.
    bound
        .pop()
        .map(|(made, _)| made)
        .ok_or_else(|| ShaderFailure::Refused("no result".to_owned()))
}

/// Runs the program `text` over buffers, the last of which is the result, in so many groups. The words, if there are
/// any, are bound after them. A program that has run once is not waited for again.
pub(crate) fn over(
    opened: &Opened,
    text: &Arc<str>,
    (resources, words): (&[&WgpuResource], &[u32]),
    groups: usize,
) -> Result<(), ShaderFailure> {
    let inputs = resources.len().saturating_sub(1);
    let program = compiled(opened, text, inputs, !words.is_empty())?;
    let pass = || submit(opened, &program, (resources, words), groups);
    if program.is_proven.load(Ordering::Relaxed) {
        pass();
    } else {
        scoped(opened, pass)?;
        program.is_proven.store(true, Ordering::Relaxed);
    }
    launched();
    Ok(())
}

/// Refuses what the adapter cannot hold.
fn fitting(
    shape: [usize; 4],
    (inputs, uniforms): (usize, &[f32]),
    opened: &Opened,
) -> Result<(), ShaderFailure> {
    let limits = opened.device.limits();
    let count = shape
        .iter()
        .try_fold(1usize, |all, axis| all.checked_mul(*axis));
    let most = limits
        .max_storage_buffer_binding_size
        .min(limits.max_buffer_size)
        / 4;
    let buffers = inputs + 1 + usize::from(!uniforms.is_empty());
    if buffers > limits.max_storage_buffers_per_shader_stage as usize {
        let most = limits.max_storage_buffers_per_shader_stage;
        return Err(ShaderFailure::TooLarge(format!(
            "the program has {buffers} buffers, and the adapter binds {most} at once"
        )));
    }
    match count {
        Some(count) if count > 0 && count as u64 <= most => Ok(()),
        _ => Err(ShaderFailure::TooLarge(format!(
            "a result of {shape:?} numbers does not fit the adapter, which holds {most} in one buffer"
        ))),
    }
}

/// Runs `make`, during which the device may find errors; they are not those of burn then.
fn scoped<T>(opened: &Opened, make: impl FnOnce() -> T) -> Result<T, ShaderFailure> {
    let memory = opened.device.push_error_scope(ErrorFilter::OutOfMemory);
    let validation = opened.device.push_error_scope(ErrorFilter::Validation);
    let made = make();
    let wrong = pollster::block_on(validation.pop());
    let wrong = pollster::block_on(memory.pop()).or(wrong);
    match wrong {
        Some(error) => Err(ShaderFailure::Refused(error.to_string())),
        None => Ok(made),
    }
}

fn compiled(
    opened: &Opened,
    text: &Arc<str>,
    inputs: usize,
    has_uniforms: bool,
) -> Result<Arc<Compiled>, ShaderFailure> {
    let key = (opened.number, inputs, has_uniforms, text.clone());
    let pipelines = || PIPELINES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = pipelines().get(&key) {
        return Ok(known.clone());
    }
    let made = Arc::new(scoped(opened, || {
        compile(opened, text, inputs, has_uniforms)
    })?);
    let mut pipelines = pipelines();
    if pipelines.len() >= KEPT {
        pipelines.clear();
    }
    pipelines.insert(key, made.clone());
    Ok(made)
}

fn compile(opened: &Opened, text: &str, inputs: usize, has_uniforms: bool) -> Compiled {
    let device = &opened.device;
    let count = inputs + 1 + usize::from(has_uniforms);
    let entry = |binding: usize| BindGroupLayoutEntry {
        binding: binding as u32,
        visibility: ShaderStages::COMPUTE,
        ty: BindingType::Buffer {
            ty: BufferBindingType::Storage {
                // Of the uniforms, which have a buffer of their own.
                read_only: binding == inputs + 1,
            },
            has_dynamic_offset: false,
            min_binding_size: None,
        },
        count: None,
    };
    let entries: Vec<_> = (0..count).map(entry).collect();
    let group = device.create_bind_group_layout(&BindGroupLayoutDescriptor {
        label: Some("weft shader"),
        entries: &entries,
    });
    let layout = device.create_pipeline_layout(&PipelineLayoutDescriptor {
        label: Some("weft shader"),
        bind_group_layouts: &[Some(&group)],
        immediate_size: 0,
    });
    let module = device.create_shader_module(ShaderModuleDescriptor {
        label: Some("weft shader"),
        source: ShaderSource::Wgsl(text.into()),
    });
    let pipeline = device.create_compute_pipeline(&ComputePipelineDescriptor {
        label: Some("weft shader"),
        layout: Some(&layout),
        module: &module,
        entry_point: Some("main"),
        compilation_options: Default::default(),
        cache: None,
    });
    Compiled {
        pipeline,
        layout: group,
        is_proven: AtomicBool::new(false),
    }
}

fn bound<'a>((binding, resource): (u32, &&'a WgpuResource)) -> BindGroupEntry<'a> {
    // Buffers come from a pool: a tensor has a part of one, which starts at a multiple of more bytes than 4, and only fours
    // of bytes can be bound.
    BindGroupEntry {
        binding,
        resource: BindingResource::Buffer(BufferBinding {
            buffer: &resource.buffer,
            offset: resource.offset,
            size: NonZeroU64::new(resource.size.next_multiple_of(4)),
        }),
    }
}

fn submit(
    opened: &Opened,
    program: &Compiled,
    (resources, words): (&[&WgpuResource], &[u32]),
    groups: usize,
) {
    let Opened { device, queue, .. } = opened;
    let numbers = (!words.is_empty()).then(|| kept(device, words));
    let mut entries: Vec<_> = (0..).zip(resources).map(bound).collect();
    entries.extend(numbers.as_ref().map(|buffer| BindGroupEntry {
        binding: resources.len() as u32,
        resource: buffer.as_entire_binding(),
    }));
    let group = device.create_bind_group(&BindGroupDescriptor {
        label: Some("weft shader"),
        layout: &program.layout,
        entries: &entries,
    });
    let mut encoder = device.create_command_encoder(&Default::default());
    let mut pass = encoder.begin_compute_pass(&Default::default());
    pass.set_pipeline(&program.pipeline);
    pass.set_bind_group(0, &group, &[]);
    let across = groups.clamp(1, AXIS);
    pass.dispatch_workgroups(across as u32, groups.div_ceil(across) as u32, 1);
    drop(pass);
    queue.submit([encoder.finish()]);
}

/// A buffer of these words.
fn kept(device: &wgpu::Device, words: &[u32]) -> wgpu::Buffer {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    // Written as it is made, without a copy in between that would have to be waited for.
    device.create_buffer_init(&BufferInitDescriptor {
        label: Some("weft uniforms"),
        contents: &bytes,
        usage: BufferUsages::STORAGE,
    })
}
