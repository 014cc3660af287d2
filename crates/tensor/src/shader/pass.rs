//! One pass of a program over buffers, on burn's own device and queue.

use std::{
    collections::HashMap,
    num::NonZeroU64,
    sync::{LazyLock, Mutex, PoisonError},
};

use burn::tensor::{Device, Tensor};
use burn_wgpu::WgpuResource;
use wgpu::{
    BindGroupDescriptor, BindGroupEntry, BindGroupLayoutDescriptor, BindGroupLayoutEntry,
    BindingResource, BindingType, BufferBinding, BufferBindingType, BufferUsages, ComputePipeline,
    ComputePipelineDescriptor, ErrorFilter, PipelineLayoutDescriptor, ShaderModuleDescriptor,
    ShaderSource, ShaderStages,
};

use super::{GROUP, ShaderFailure, buffers};
use crate::adapter::{self, Opened};

/// Programs that are kept compiled; beyond that all are let go, since edits make new ones without end.
const KEPT: usize = 128;

/// Most groups along one axis of a dispatch.
const AXIS: usize = 65_535;

/// What a program was compiled for: the device, how many inputs, whether there are uniforms, and its text.
type Compiled = (usize, usize, bool, String);

static PIPELINES: LazyLock<Mutex<HashMap<Compiled, ComputePipeline>>> =
    LazyLock::new(Mutex::default);

/// Runs the program `text` on tensors of `device`, which is a graphics adapter.
pub(super) fn run(
    text: &str,
    (inputs, uniforms): (&[Tensor<4>], &[f32]),
    shape: [usize; 4],
    device: &Device,
) -> Result<Tensor<4>, ShaderFailure> {
    let opened = adapter::opened(device)
        .ok_or_else(|| ShaderFailure::NoAdapter("the device was not opened by Weft".to_owned()))?;
    let count: usize = fitting(shape, (inputs.len(), uniforms), &opened)?;
    let refused = ShaderFailure::Refused;
    let mut bound = Vec::with_capacity(inputs.len() + 1);
    for tensor in inputs {
        bound.push(buffers::of(tensor.clone()).map_err(refused)?);
    }
    bound.push(buffers::of(Tensor::empty(shape, device)).map_err(refused)?);
    let resources: Vec<_> = bound.iter().map(|(_, resource)| resource).collect();
    let bits: Vec<_> = uniforms.iter().map(|number| number.to_bits()).collect();
    over(&opened, text, (&resources, &bits), count.div_ceil(GROUP))?;
    // The last is the result, and it is there.
    bound
        .pop()
        .map(|(made, _)| made)
        .ok_or_else(|| ShaderFailure::Refused("no result".to_owned()))
}

/// Runs the program `text` over buffers, the last of which is the result, in so many groups. The words, if there are
/// any, are bound after them.
pub(crate) fn over(
    opened: &Opened,
    text: &str,
    (resources, words): (&[&WgpuResource], &[u32]),
    groups: usize,
) -> Result<(), ShaderFailure> {
    let inputs = resources.len().saturating_sub(1);
    let pipeline = compiled(opened, text, inputs, !words.is_empty())?;
    submit(opened, &pipeline, (resources, words), groups)
}

/// How many numbers the result has, if the adapter can hold them.
fn fitting(
    shape: [usize; 4],
    (inputs, uniforms): (usize, &[f32]),
    opened: &Opened,
) -> Result<usize, ShaderFailure> {
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
        Some(count) if count > 0 && count as u64 <= most => Ok(count),
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
    text: &str,
    inputs: usize,
    has_uniforms: bool,
) -> Result<ComputePipeline, ShaderFailure> {
    let key = (opened.number, inputs, has_uniforms, text.to_owned());
    let pipelines = || PIPELINES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = pipelines().get(&key) {
        return Ok(known.clone());
    }
    let made = scoped(opened, || pipeline(opened, text, inputs, has_uniforms))?;
    let mut pipelines = pipelines();
    if pipelines.len() >= KEPT {
        pipelines.clear();
    }
    pipelines.insert(key, made.clone());
    Ok(made)
}

fn pipeline(opened: &Opened, text: &str, inputs: usize, has_uniforms: bool) -> ComputePipeline {
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
    device.create_compute_pipeline(&ComputePipelineDescriptor {
        label: Some("weft shader"),
        layout: Some(&layout),
        module: &module,
        entry_point: Some("main"),
        compilation_options: Default::default(),
        cache: None,
    })
}

fn bound<'a>((binding, resource): (u32, &&'a WgpuResource)) -> BindGroupEntry<'a> {
    // Buffers come from a pool: a tensor has a part of one.
    BindGroupEntry {
        binding,
        resource: BindingResource::Buffer(BufferBinding {
            buffer: &resource.buffer,
            offset: resource.offset,
            size: NonZeroU64::new(resource.size),
        }),
    }
}

fn submit(
    opened: &Opened,
    pipeline: &ComputePipeline,
    (resources, words): (&[&WgpuResource], &[u32]),
    groups: usize,
) -> Result<(), ShaderFailure> {
    let Opened { device, queue, .. } = opened;
    scoped(opened, || {
        let numbers = (!words.is_empty()).then(|| {
            let buffer = device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("weft uniforms"),
                size: size_of_val(words) as u64,
                usage: BufferUsages::STORAGE | BufferUsages::COPY_DST,
                mapped_at_creation: false,
            });
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            queue.write_buffer(&buffer, 0, &bytes);
            buffer
        });
        let mut entries: Vec<_> = (0..).zip(resources).map(bound).collect();
        entries.extend(numbers.as_ref().map(|buffer| BindGroupEntry {
            binding: resources.len() as u32,
            resource: buffer.as_entire_binding(),
        }));
        let group = device.create_bind_group(&BindGroupDescriptor {
            label: Some("weft shader"),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        let mut encoder = device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, &group, &[]);
        let across = groups.min(AXIS);
        pass.dispatch_workgroups(across as u32, groups.div_ceil(across) as u32, 1);
        drop(pass);
        queue.submit([encoder.finish()]);
    })
}
