//! Attention against f64, on every way this machine has.

use super::arithmetic::{Arithmetic, Job, Way};
use super::softmax::exp2;
use super::{
    AttentionGrads, AttentionInputs, AttentionMask, AttentionOutcome, AttentionShape, Heads,
    HeadsMut, attention, attention_by, attention_grad, attention_grad_by,
};
use crate::vector::Vector;
use crate::vector::tests::noise;
use crate::{Isa, Precision};

const HIDDEN: f32 = f32::NEG_INFINITY;

/// Operands of a case, as projections leave them: `[batch, rows, heads, size]`.
#[derive(Clone)]
struct Case {
    shape: AttentionShape,
    mask: Mask,
    q: Vec<f32>,
    k: Vec<f32>,
    v: Vec<f32>,
    grad: Vec<f32>,
}

#[derive(Clone)]
enum Mask {
    None,
    Causal,
    Keys(Vec<f32>),
    /// With a stride between heads of 0.
    Full(Vec<f32>),
}

/// `[batch, heads, queries, keys, head, value_head]`.
type Sizes = [usize; 6];

const SIZES: [Sizes; 14] = [
    [1, 1, 1, 1, 1, 1],
    [1, 2, 7, 13, 3, 3],
    [2, 1, 13, 7, 5, 17],
    [1, 2, 1, 200, 17, 5],
    [1, 1, 200, 1, 40, 40],
    [2, 3, 33, 77, 40, 40],
    [1, 2, 97, 193, 64, 64],
    [1, 1, 65, 96, 160, 160],
    [1, 1, 96, 97, 80, 1],
    [1, 1, 31, 95, 1, 80],
    [3, 2, 64, 64, 48, 48],
    [1, 1, 257, 300, 40, 24],
    [1, 1, 5, 0, 4, 4],
    [1, 2, 0, 5, 4, 4],
];

impl Case {
    fn new(sizes: Sizes, mask: Mask) -> Self {
        let [batch, heads, queries, keys, head, value_head] = sizes;
        let shape = AttentionShape {
            batch,
            heads,
            queries,
            keys,
            head,
            value_head,
            scale: (head as f32).sqrt().recip(),
        };
        let numbers = |rows, size, seed| {
            let numbers = noise(batch * heads * rows * size, seed);
            numbers.into_iter().map(|x| 2.0 * x).collect()
        };
        Self {
            shape,
            mask,
            q: numbers(queries, head, 1),
            k: numbers(keys, head, 2),
            v: numbers(keys, value_head, 3),
            grad: numbers(queries, value_head, 4),
        }
    }

    /// The same sizes with each kind of mask; the last query sees nothing where the mask can say so.
    fn masked(sizes: Sizes) -> Vec<Self> {
        let [batch, _, queries, keys, ..] = sizes;
        let hide = |values: Vec<f32>| values.into_iter().map(|x| if x > 0.5 { HIDDEN } else { x });
        let mut full: Vec<f32> = hide(noise(batch * queries * keys, 6)).collect();
        let last = full.len().saturating_sub(keys);
        full[last..].fill(HIDDEN);
        let of_keys = hide(noise(batch * keys, 5)).collect();
        [
            Mask::None,
            Mask::Causal,
            Mask::Keys(of_keys),
            Mask::Full(full),
        ]
        .map(|mask| Self::new(sizes, mask))
        .into()
    }

    fn inputs(&self, precision: Precision) -> AttentionInputs<'_> {
        let s = self.shape;
        AttentionInputs {
            q: Heads::joined(&self.q, s.heads, s.queries, s.head),
            k: Heads::joined(&self.k, s.heads, s.keys, s.head),
            v: Heads::joined(&self.v, s.heads, s.keys, s.value_head),
            mask: match &self.mask {
                Mask::None => AttentionMask::None,
                Mask::Causal => AttentionMask::Causal,
                Mask::Keys(mask) => AttentionMask::Keys(mask),
                Mask::Full(data) => AttentionMask::Full(Heads {
                    data,
                    batch_stride: s.queries * s.keys,
                    head_stride: 0,
                    row_stride: s.keys,
                }),
            },
            shape: s,
            precision,
        }
    }

    fn mask_at(&self, [b, i, j]: [usize; 3]) -> f64 {
        let s = self.shape;
        f64::from(match &self.mask {
            Mask::Causal if j > i => HIDDEN,
            Mask::None | Mask::Causal => 0.0,
            Mask::Keys(mask) => mask[b * s.keys + j],
            Mask::Full(mask) => mask[(b * s.queries + i) * s.keys + j],
        })
    }

    /// out, log_sum, dq, dk and dv by the formulas.
    fn reference(&self) -> [Vec<f64>; 5] {
        let s = self.shape;
        let row = |x: &[f32], rows: usize, size: usize, [b, h, i]: [usize; 3]| -> Vec<f64> {
            let start = ((b * rows + i) * s.heads + h) * size;
            x[start..start + size]
                .iter()
                .map(|&x| f64::from(x))
                .collect()
        };
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let zeros = |x: &[f32]| vec![0.0; x.len()];
        let (mut out, mut log_sums) = (zeros(&self.grad), vec![]);
        let (mut dq, mut dk, mut dv) = (zeros(&self.q), zeros(&self.k), zeros(&self.v));
        let scale = f64::from(s.scale);
        for (b, h) in (0..s.batch).flat_map(|b| (0..s.heads).map(move |h| (b, h))) {
            let k: Vec<_> = (0..s.keys)
                .map(|j| row(&self.k, s.keys, s.head, [b, h, j]))
                .collect();
            let v: Vec<_> = (0..s.keys)
                .map(|j| row(&self.v, s.keys, s.value_head, [b, h, j]))
                .collect();
            for i in 0..s.queries {
                let q = row(&self.q, s.queries, s.head, [b, h, i]);
                let grad = row(&self.grad, s.queries, s.value_head, [b, h, i]);
                let scores: Vec<f64> = (0..s.keys)
                    .map(|j| dot(&q, &k[j]) * scale + self.mask_at([b, i, j]))
                    .collect();
                let largest = scores.iter().copied().fold(f64::MIN, f64::max);
                let sum: f64 = scores.iter().map(|score| (score - largest).exp()).sum();
                log_sums.push(if sum == 0.0 {
                    f64::NEG_INFINITY
                } else {
                    largest + sum.ln()
                });
                let share = |score: f64| {
                    if sum == 0.0 {
                        0.0
                    } else {
                        (score - largest).exp() / sum
                    }
                };
                let shares: Vec<f64> = scores.iter().map(|&score| share(score)).collect();
                let at = ((b * s.queries + i) * s.heads + h) * s.value_head;
                for (j, share) in shares.iter().enumerate() {
                    for (out, v) in out[at..].iter_mut().zip(&v[j]) {
                        *out += share * v;
                    }
                }
                let delta = dot(&out[at..at + s.value_head], &grad);
                for (j, share) in shares.iter().enumerate() {
                    let slope = share * (dot(&grad, &v[j]) - delta) * scale;
                    let start = ((b * s.queries + i) * s.heads + h) * s.head;
                    dq[start..]
                        .iter_mut()
                        .zip(&k[j])
                        .for_each(|(d, k)| *d += slope * k);
                    let start = ((b * s.keys + j) * s.heads + h) * s.head;
                    dk[start..]
                        .iter_mut()
                        .zip(&q)
                        .for_each(|(d, q)| *d += slope * q);
                    let start = ((b * s.keys + j) * s.heads + h) * s.value_head;
                    dv[start..]
                        .iter_mut()
                        .zip(&grad)
                        .for_each(|(d, g)| *d += share * g);
                }
            }
        }
        [out, log_sums, dq, dk, dv]
    }

    /// out, log_sum, dq, dk and dv of the kernels.
    fn found(&self, way: Way, precision: Precision) -> [Vec<f32>; 5] {
        let s = self.shape;
        let inputs = self.inputs(precision);
        let like = |x: &[f32]| vec![f32::NAN; x.len()];
        let mut out = like(&self.grad);
        let mut log_sum = vec![f32::NAN; s.batch * s.heads * s.queries];
        let whole = HeadsMut::joined(&mut out, s.heads, s.queries, s.value_head);
        attention_by(way, &inputs, whole, Some(&mut log_sum)).unwrap();
        let (mut dq, mut dk, mut dv) = (like(&self.q), like(&self.k), like(&self.v));
        let done = AttentionOutcome {
            out: Heads::joined(&out, s.heads, s.queries, s.value_head),
            log_sum: &log_sum,
        };
        let grad = Heads::joined(&self.grad, s.heads, s.queries, s.value_head);
        let grads = AttentionGrads {
            dq: HeadsMut::joined(&mut dq, s.heads, s.queries, s.head),
            dk: HeadsMut::joined(&mut dk, s.heads, s.keys, s.head),
            dv: HeadsMut::joined(&mut dv, s.heads, s.keys, s.value_head),
        };
        attention_grad_by(way, &inputs, (done, grad), grads).unwrap();
        [out, log_sum, dq, dk, dv]
    }
}

/// Every way of this machine, with its precision and the [`errors`] that it may have.
fn ways() -> Vec<(String, Way, Precision, [f64; 2])> {
    let of = |precision, error| {
        let way = move |isa: Isa| {
            let name = format!("{precision:?} {isa:?}");
            (name, Way::of(isa, precision), precision, error)
        };
        Isa::all(precision).into_iter().map(way).collect::<Vec<_>>()
    };
    [
        of(Precision::F32, [1e-5, 1e-5]),
        of(Precision::Bf16, [1e-2, 2e-2]),
    ]
    .concat()
}

/// Two relative errors: of the root of the mean square, and of the largest difference to the largest number.
fn errors(found: &[f32], wanted: &[f64]) -> [f64; 2] {
    assert_eq!(found.len(), wanted.len());
    let (mut square, mut total, mut largest) = (0.0, 0.0, 0f64);
    let (mut worst, mut size) = (0f64, 0f64);
    for (&found, &wanted) in found.iter().zip(wanted) {
        let off = if wanted.is_infinite() && f64::from(found) == wanted {
            0.0
        } else {
            f64::from(found) - wanted
        };
        if off.is_nan() {
            return [f64::NAN; 2];
        }
        let wanted = if wanted.is_infinite() { 0.0 } else { wanted };
        square += off * off;
        total += wanted * wanted;
        worst = worst.max(off.abs());
        largest = largest.max(wanted.abs());
        size += 1.0;
    }
    if size == 0.0 || worst == 0.0 {
        return [0.0; 2];
    }
    // A gradient of nothing but rounding has no relative error: what is wanted counts as one at least.
    let floor = f64::from(u8::from(total / size < 1e-12));
    [
        (square / (total + floor * size)).sqrt(),
        worst / (largest + floor),
    ]
}

const NAMES: [&str; 5] = ["out", "log_sum", "dq", "dk", "dv"];

#[test]
fn attention_and_its_gradients_are_those_of_f64() {
    for case in SIZES.into_iter().flat_map(Case::masked) {
        let wanted = case.reference();
        for (name, way, precision, allowed) in ways() {
            let found = case.found(way, precision);
            for ((found, wanted), what) in found.iter().zip(&wanted).zip(NAMES) {
                let errors = errors(found, wanted);
                let within = errors[0] <= allowed[0] && errors[1] <= allowed[1];
                assert!(within, "{name} {:?} {what}: {errors:?}", case.shape);
            }
        }
    }
}

#[test]
fn the_reference_gradients_are_the_slopes_of_the_reference() {
    let case = Case::masked([1, 2, 3, 5, 4, 3]).swap_remove(3);
    let loss = |case: &Case| -> f64 {
        let [out, ..] = case.reference();
        let pairs = out.iter().zip(&case.grad);
        pairs.map(|(out, &grad)| out * f64::from(grad)).sum()
    };
    let [_, _, dq, dk, dv] = case.reference();
    let step = 1.0 / 1024.0;
    let moved = |which: usize, at: usize, step: f32| {
        let mut case = case.clone();
        [&mut case.q, &mut case.k, &mut case.v][which][at] += step;
        loss(&case)
    };
    for (which, grad) in [dq, dk, dv].iter().enumerate() {
        for (at, grad) in grad.iter().enumerate() {
            let slope = (moved(which, at, step) - moved(which, at, -step)) / f64::from(2.0 * step);
            // The operands are f32, so the step itself is rounded to 1e-4 of its length.
            let allowed = 1e-3 * (1.0 + grad.abs());
            assert!(
                (slope - grad).abs() < allowed,
                "{which} {at}: {slope}, not {grad}"
            );
        }
    }
}

#[test]
fn very_large_scores_stay_numbers() {
    for size in [1e4, -1e4] {
        let mut case = Case::new([1, 1, 40, 200, 3, 5], Mask::None);
        case.q
            .iter_mut()
            .chain(&mut case.k)
            .for_each(|x| *x *= 50.0);
        case.shape.scale = size / 5e3;
        for (name, way, precision, _) in ways() {
            for (found, what) in case.found(way, precision).iter().zip(NAMES) {
                assert!(found.iter().all(|x| x.is_finite()), "{name} {size} {what}");
            }
        }
    }
}

#[test]
fn the_softmax_of_very_large_scores_is_that_of_f64() {
    // Whole numbers of a single head number: the scores are exact in f32 and in bf16.
    let mut case = Case::new([1, 1, 50, 150, 1, 4], Mask::None);
    case.q.iter_mut().for_each(|x| *x = (*x * 40.0).round());
    case.k.iter_mut().for_each(|x| *x = (*x * 60.0).round());
    case.shape.scale = -1.0;
    let [wanted, ..] = case.reference();
    for (name, way, precision, allowed) in ways() {
        let [found, ..] = case.found(way, precision);
        let [error, _] = errors(&found, &wanted);
        // Scores near 1e4 are rounded to 1e-3 as powers of two.
        assert!(error <= allowed[0].max(2e-3), "{name}: {error}");
    }
}

#[test]
fn a_query_without_keys_gives_zeros() {
    let sizes = [2, 2, 35, 101, 5, 7];
    let hidden = vec![HIDDEN; 2 * 35 * 101];
    for case in [
        Case::new(sizes, Mask::Keys(hidden[..2 * 101].to_vec())),
        Case::new(sizes, Mask::Full(hidden)),
    ] {
        for (name, way, precision, _) in ways() {
            let [out, log_sum, dq, dk, dv] = case.found(way, precision);
            let zero = |x: &Vec<f32>| x.iter().all(|&x| x == 0.0);
            assert!([out, dq, dk, dv].iter().all(zero), "{name}");
            assert!(log_sum.iter().all(|&sum| sum == HIDDEN), "{name}");
        }
    }
}

#[test]
fn nan_is_not_hidden() {
    let mut case = Case::new([1, 1, 3, 5, 4, 4], Mask::None);
    case.q[0] = f32::NAN;
    for (name, way, precision, _) in ways() {
        let [out, ..] = case.found(way, precision);
        assert!(out[..4].iter().all(|x| x.is_nan()), "{name}");
        assert!(out[4..].iter().all(|x| x.is_finite()), "{name}");
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    for case in Case::masked([2, 3, 200, 300, 40, 24]) {
        for (name, way, precision, _) in ways() {
            let with = |threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
                let found = pool.build().unwrap().install(|| case.found(way, precision));
                found.map(|x| x.into_iter().map(f32::to_bits).collect::<Vec<_>>())
            };
            assert_eq!(with(1), with(2), "{name}");
        }
    }
}

#[test]
fn heads_apart_and_joined_are_the_same() {
    let case = Case::new([2, 3, 37, 41, 6, 5], Mask::None);
    let s = case.shape;
    let apart = |x: &[f32], rows: usize, size: usize| -> Vec<f32> {
        let place = |i: usize| {
            let (b, h) = (i / (s.heads * rows * size), i / (rows * size) % s.heads);
            ((b * rows + i / size % rows) * s.heads + h) * size + i % size
        };
        (0..x.len()).map(|i| x[place(i)]).collect()
    };
    let q = apart(&case.q, s.queries, s.head);
    let k = apart(&case.k, s.keys, s.head);
    let v = apart(&case.v, s.keys, s.value_head);
    let inputs = AttentionInputs {
        q: Heads::apart(&q, s.heads, s.queries, s.head),
        k: Heads::apart(&k, s.heads, s.keys, s.head),
        v: Heads::apart(&v, s.heads, s.keys, s.value_head),
        ..case.inputs(Precision::F32)
    };
    let mut out = vec![0.0; case.grad.len()];
    let whole = HeadsMut::apart(&mut out, s.heads, s.queries, s.value_head);
    attention(&inputs, whole, None).unwrap();
    let [joined, ..] = case.found(Way::chosen(Precision::F32), Precision::F32);
    assert_eq!(out, apart(&joined, s.queries, s.value_head));
}

fn part<'a, 'b>(inputs: &'b mut AttentionInputs<'a>, what: &str) -> &'b mut Heads<'a> {
    match what {
        "q" => &mut inputs.q,
        "k" => &mut inputs.k,
        _ => &mut inputs.v,
    }
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let case = Case::masked([2, 2, 6, 7, 4, 3]).swap_remove(3);
    let s = case.shape;
    let inputs = case.inputs(Precision::F32);
    let mut out = vec![0.0; case.grad.len()];
    let mut refused = |inputs: &AttentionInputs<'_>, what: &str| {
        let whole = HeadsMut::joined(&mut out, s.heads, s.queries, s.value_head);
        assert_eq!(attention(inputs, whole, None).unwrap_err().what, what);
    };
    for what in ["q", "k", "v"] {
        let (mut short, mut far) = (inputs, inputs);
        part(&mut short, what).data = &part(&mut far, what).data[1..];
        refused(&short, what);
        part(&mut far, what).row_stride = usize::MAX;
        refused(&far, what);
    }
    for mask in [
        AttentionMask::Keys(&case.q[..13]),
        AttentionMask::Full(Heads::apart(&case.q[..83], 1, 6, 7)),
    ] {
        refused(&AttentionInputs { mask, ..inputs }, "mask");
    }
    let short = HeadsMut::joined(&mut out[1..], s.heads, s.queries, s.value_head);
    assert_eq!(attention(&inputs, short, None).unwrap_err().what, "out");
    let whole = HeadsMut::joined(&mut out, s.heads, s.queries, s.value_head);
    let short = attention(&inputs, whole, Some(&mut [0.0; 23])).unwrap_err();
    assert_eq!(short.what, "log_sum");
}

#[test]
fn rows_that_overlap_are_refused() {
    let case = Case::new([2, 2, 6, 7, 4, 3], Mask::None);
    let mut out = vec![0.0; case.grad.len()];
    for strides in [[36, 3, 5], [36, 0, 6], [35, 3, 6], [2, 18, 3]] {
        let [batch_stride, head_stride, row_stride] = strides;
        let out = HeadsMut {
            data: &mut out,
            batch_stride,
            head_stride,
            row_stride,
        };
        let refused = attention(&case.inputs(Precision::F32), out, None);
        assert_eq!(refused.unwrap_err().what, "out", "{strides:?}");
    }
}

#[test]
fn gradients_that_do_not_fit_are_refused() {
    let case = Case::new([1, 2, 6, 7, 4, 3], Mask::None);
    let s = case.shape;
    for (cut, what) in ["out", "grad", "log_sum", "dq", "dk", "dv"]
        .into_iter()
        .enumerate()
    {
        let less = |index: usize| usize::from(cut == index);
        let (mut dq, mut dk, mut dv) = (case.q.clone(), case.k.clone(), case.v.clone());
        let done = AttentionOutcome {
            out: Heads::joined(&case.grad[less(0)..], s.heads, s.queries, s.value_head),
            log_sum: &[0.0; 12][less(2)..],
        };
        let grad = Heads::joined(&case.grad[less(1)..], s.heads, s.queries, s.value_head);
        let grads = AttentionGrads {
            dq: HeadsMut::joined(&mut dq[less(3)..], s.heads, s.queries, s.head),
            dk: HeadsMut::joined(&mut dk[less(4)..], s.heads, s.keys, s.head),
            dv: HeadsMut::joined(&mut dv[less(5)..], s.heads, s.keys, s.value_head),
        };
        let refused = attention_grad(&case.inputs(Precision::F32), done, grad, grads);
        assert_eq!(refused.unwrap_err().what, what);
    }
}

struct Powers<'a>(&'a mut [f32]);

impl Job for Powers<'_> {
    #[inline(always)]
    fn run<A: Arithmetic>(self) {
        for x in self.0.chunks_exact_mut(A::V::LANES) {
            // SAFETY: a chunk is a vector.
            unsafe {
                let power = exp2(A::V::load(x.as_ptr(), A::V::LANES));
                power.store(x.as_mut_ptr(), A::V::LANES);
            }
        }
    }
}

#[test]
fn powers_of_two_are_those_of_f64() {
    let x: Vec<f32> = (-125 * 512..128 * 512)
        .map(|i| i as f32 / 512.0 + 1e-4)
        .collect();
    for (name, way, ..) in ways() {
        let mut powers = x.clone();
        way.run(Powers(&mut powers));
        for (x, &power) in x.iter().zip(&powers) {
            let off = f64::from(power) / f64::from(*x).exp2() - 1.0;
            assert!(off.abs() < 3e-7, "{name} {x}: {off}");
        }
        let mut ends = [0.0; 16];
        ends[..4].copy_from_slice(&[HIDDEN, -151.0, f32::MIN, f32::NAN]);
        way.run(Powers(&mut ends));
        assert_eq!(ends[..3], [0.0; 3], "{name}");
        assert!(ends[3].is_nan() && ends[4] == 1.0, "{name}");
    }
}
