//! Attention on a graphics adapter.

use std::sync::Arc;

use burn::backend::{Cube, ops::FloatTensorOps};
use burn::tensor::{DType, Shape};
use burn_cubecl::{
    kernel::into_contiguous, ops::numeric::empty_device_contiguous_dtype, tensor::CubeTensor,
};

use super::{Attended, Attending, Attention, Plan, attend_plainly};
use crate::{
    adapter::{self, Opened},
    half::{half, is_half, wide},
    optional::Optional,
    shader::{buffers, pass},
};

/// Queries of one group.
const TILE: usize = 32;

/// Numbers that are read at once.
const FOUR: usize = 4;

/// Most numbers of a row of values, which the threads of a group hold.
const WIDEST: usize = 256;

impl Attention for Cube {
    fn attend(of: Attending<Self>, plan: Plan) -> Attended<Self> {
        let opened = plan.adapter.and_then(adapter::numbered);
        let made = opened.and_then(|opened| in_tiles(&opened, &of, plan.scale));
        match made {
            Some(out) => Attended {
                out,
                log_sum: Optional::Absent,
            },
            None if is_half(&of.q) => {
                let of = Attending {
                    q: wide(of.q),
                    k: wide(of.k),
                    v: wide(of.v),
                    mask: of.mask.map(wide),
                };
                let attended = attend_plainly(of, plan);
                Attended {
                    out: half(attended.out),
                    ..attended
                }
            }
            None => attend_plainly(of, plan),
        }
    }
}

/// What `tiles.wgsl` makes of it, or nothing where it does not serve.
fn in_tiles(opened: &Opened, of: &Attending<Cube>, scale: f32) -> Option<CubeTensor> {
    let mask = of.mask.as_option();
    let [batch, heads, queries, head] = of.q.meta.shape().dims();
    let [_, _, keys, value] = of.v.meta.shape().dims();
    let sizes = [batch, heads, queries, keys, head, value];
    let alike = [&of.k, &of.v].into_iter().chain(mask);
    if !serves(&of.q, alike, sizes) {
        return None;
    }
    let shape = Shape::new([batch, queries, heads, value]);
    let (client, device, numbers) = (of.q.client.clone(), of.q.device.clone(), of.q.dtype);
    let out = empty_device_contiguous_dtype(client, device, shape, numbers);
    let [q, k, v] = [&of.q, &of.k, &of.v].map(|x| Rows::of(x, FOUR));
    let (q, k, v) = (q?, k?, v?);
    // Something must be bound where a mask would be.
    let unmasked = || Some(k.clone());
    let mask_rows = mask.map_or_else(unmasked, |mask| Rows::of(mask, 1))?;
    let mut words = vec![batch * heads, heads, queries, keys];
    words.extend([q.steps, k.steps, v.steps, mask_rows.steps].concat());
    let words: Result<Vec<_>, _> = words.into_iter().map(u32::try_from).collect();
    let mut words = words.ok()?;
    words.push(scale.to_bits());
    let bound: Result<Vec<_>, _> = [&q.x, &k.x, &v.x, &mask_rows.x, &out]
        .map(buffers::resource)
        .into_iter()
        .collect();
    let bound = bound.ok()?;
    let bound: Vec<_> = bound.iter().collect();
    let groups = batch * heads * queries.div_ceil(TILE);
    let text = program(numbers, [head, value], mask.is_some());
    pass::over(opened, &Arc::from(text), (&bound, &words), groups).ok()?;
    Some(Cube::float_swap_dims(out, 1, 2))
}

/// Whether `tiles.wgsl` is for such tensors: of `f32` or `f16` alike, and with rows that it reads by fours and holds.
fn serves<'a>(
    q: &CubeTensor,
    mut others: impl Iterator<Item = &'a CubeTensor>,
    sizes: [usize; 6],
) -> bool {
    let [.., head, value] = sizes;
    matches!(q.dtype, DType::F32 | DType::F16)
        && others.all(|x| x.dtype == q.dtype)
        && head.is_multiple_of(FOUR)
        && value.is_multiple_of(FOUR)
        && value <= WIDEST
        && !sizes.contains(&0)
}

/// The program for rows of such numbers.
fn program(numbers: DType, [head, value]: [usize; 2], is_masked: bool) -> String {
    let (enable, one) = match numbers {
        DType::F16 => ("enable f16;\n", "f16"),
        _ => ("", "f32"),
    };
    let columns = value.div_ceil(8 * FOUR);
    let (head, value) = (head / FOUR, value / FOUR);
    format!(
        "{enable}alias One = {one};\nalias Four = vec4<{one}>;\nconst HEAD = {head}u;\nconst VALUE = {value}u;\n\
         const COLUMNS = {columns}u;\nconst MASKED = {is_masked};\n{}",
        include_str!("tiles.wgsl")
    )
}

/// A tensor of four axes whose last one is contiguous.
#[derive(Clone)]
struct Rows {
    x: CubeTensor,
    /// From one place on each of the first three axes to the next; 0 along axes of 1.
    steps: [usize; 3],
}

impl Rows {
    /// Steps are counted in numbers of `unit`.
    fn of(x: &CubeTensor, unit: usize) -> Option<Self> {
        let lying = |x: &CubeTensor| {
            let (shape, strides) = (x.meta.shape(), x.meta.strides());
            let step = |axis: usize| match shape[axis] {
                1 => Some(0),
                _ => strides[axis]
                    .is_multiple_of(unit)
                    .then(|| strides[axis] / unit),
            };
            let is_straight = shape[3] <= 1 || strides[3] == 1;
            is_straight.then_some([step(0)?, step(1)?, step(2)?])
        };
        if let Some(steps) = lying(x) {
            let x = x.clone();
            return Some(Self { x, steps });
        }
        let x = into_contiguous(x.clone());
        let steps = lying(&x)?;
        Some(Self { x, steps })
    }
}
