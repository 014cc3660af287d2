//! Times of attention, forward and backward, on the shapes of diffusion networks.

use divan::Bencher;
use weft_kernels::{
    AttentionGrads, AttentionInputs, AttentionMask, AttentionOutcome, AttentionShape, Heads,
    HeadsMut, Precision, attention, attention_grad,
};

/// `[batch, heads, queries, keys, head]`, and the precision.
const CASES: [([usize; 5], Precision); 8] = [
    ([1, 16, 4096, 4096, 40], Precision::F32),
    ([1, 8, 1024, 1024, 32], Precision::F32),
    ([1, 8, 256, 77, 32], Precision::F32),
    ([16, 8, 64, 64, 48], Precision::F32),
    ([1, 16, 4096, 4096, 40], Precision::Bf16),
    ([1, 8, 1024, 1024, 32], Precision::Bf16),
    ([1, 8, 256, 77, 32], Precision::Bf16),
    ([16, 8, 64, 64, 48], Precision::Bf16),
];

fn main() {
    divan::main();
}

/// Numbers between -2 and 2 that repeat in no short period.
fn numbers(count: usize) -> Vec<f32> {
    (0..count)
        .map(|i| (i as f32 * 0.618_034).fract() * 4.0 - 2.0)
        .collect()
}

/// q, k and v as projections leave them.
struct Operands {
    shape: AttentionShape,
    precision: Precision,
    queries: Vec<f32>,
    keys: Vec<f32>,
}

impl Operands {
    fn new(case: usize) -> Self {
        let ([batch, heads, queries, keys, head], precision) = CASES[case];
        let shape = AttentionShape {
            batch,
            heads,
            queries,
            keys,
            head,
            value_head: head,
            scale: (head as f32).sqrt().recip(),
        };
        Self {
            shape,
            precision,
            queries: numbers(batch * heads * queries * head),
            keys: numbers(batch * heads * keys * head),
        }
    }

    fn inputs(&self) -> AttentionInputs<'_> {
        let AttentionShape {
            heads,
            queries,
            keys,
            head,
            ..
        } = self.shape;
        AttentionInputs {
            q: Heads::joined(&self.queries, heads, queries, head),
            k: Heads::joined(&self.keys, heads, keys, head),
            v: Heads::joined(&self.keys, heads, keys, head),
            mask: AttentionMask::None,
            shape: self.shape,
            precision: self.precision,
        }
    }
}

#[divan::bench(args = 0..CASES.len(), max_time = 2)]
fn forward(bencher: Bencher, case: usize) {
    let operands = Operands::new(case);
    let (inputs, shape) = (operands.inputs(), operands.shape);
    let mut out = operands.queries.clone();
    bencher.bench_local(|| {
        let out = HeadsMut::joined(&mut out, shape.heads, shape.queries, shape.head);
        attention(&inputs, out, None)
    });
}

#[divan::bench(args = 0..CASES.len(), max_time = 2)]
fn backward(bencher: Bencher, case: usize) {
    let operands = Operands::new(case);
    let (inputs, shape) = (operands.inputs(), operands.shape);
    let mut out = operands.queries.clone();
    let mut log_sum = vec![0.0; shape.batch * shape.heads * shape.queries];
    let [heads, queries, head] = [shape.heads, shape.queries, shape.head];
    let whole = HeadsMut::joined(&mut out, heads, queries, head);
    attention(&inputs, whole, Some(&mut log_sum)).expect("the shapes fit");
    let (mut dq, mut dk) = (operands.queries.clone(), operands.keys.clone());
    let mut dv = operands.keys.clone();
    bencher.bench_local(|| {
        let done = AttentionOutcome {
            out: Heads::joined(&out, heads, queries, head),
            log_sum: &log_sum,
        };
        let grads = AttentionGrads {
            dq: HeadsMut::joined(&mut dq, heads, queries, head),
            dk: HeadsMut::joined(&mut dk, heads, shape.keys, head),
            dv: HeadsMut::joined(&mut dv, heads, shape.keys, head),
        };
        let grad = Heads::joined(&operands.queries, heads, queries, head);
        attention_grad(&inputs, done, grad, grads)
    });
}
