use burn::tensor::{Device, FloatDType, Tensor, TensorData, activation};

use weft_tensor::{Precision, attention, give_back, is_gpu, memory};
use weft_testing::{for_each_device, numbers};

use crate::agree::{agree, assert_near, nearly_agree, noise, rows};

#[derive(Clone, Copy)]
struct Case {
    batch: usize,
    heads: usize,
    queries: usize,
    keys: usize,
    head: usize,
    value: usize,
}

/// The axes that a mask has; the others are 1.
#[derive(Clone, Copy)]
enum Mask {
    None,
    Causal,
    Keys,
    Full,
}

impl Case {
    fn sizes(&self) -> [usize; 3] {
        let rows = self.batch * self.heads;
        let keys = rows * self.keys;
        [
            rows * self.queries * self.head,
            keys * self.head,
            keys * self.value,
        ]
    }

    /// As models have them: the heads are taken out of the channels of `[batch, rows, channels]`.
    fn tensors(&self, [q, k, v]: [Tensor<1>; 3]) -> [Tensor<4>; 3] {
        let split = |x: Tensor<1>, rows: usize, head: usize| {
            x.reshape([self.batch, rows, self.heads, head])
                .swap_dims(1, 2)
        };
        [
            split(q, self.queries, self.head),
            split(k, self.keys, self.head),
            split(v, self.keys, self.value),
        ]
    }

    fn mask(&self, mask: Mask, like: &Tensor<1>) -> Option<Tensor<4>> {
        let shape = match mask {
            Mask::None => return None,
            Mask::Causal => [1, 1, self.queries, self.keys],
            Mask::Keys => [self.batch, 1, 1, self.keys],
            Mask::Full => [self.batch, self.heads, self.queries, self.keys],
        };
        let mut numbers = noise(shape.iter().product(), 7);
        for (i, number) in numbers.iter_mut().enumerate() {
            let (query, key) = (i / self.keys % shape[2], i % self.keys);
            let is_left_out = match mask {
                Mask::Causal => key > query,
                _ => key % 5 == 3,
            };
            if is_left_out {
                *number = f32::NEG_INFINITY;
            }
        }
        let row = Tensor::<1>::from_data(numbers.as_slice(), &like.device());
        Some(row.cast(like.dtype()).reshape(shape))
    }

    fn ours(&self, mask: Mask, precision: Precision) -> impl Fn([Tensor<1>; 3]) -> Tensor<1> {
        let case = *self;
        move |rows| {
            let mask = case.mask(mask, &rows[0]);
            let [q, k, v] = case.tensors(rows);
            attention(q, k, v, mask, None, precision).flatten(0, 3)
        }
    }

    fn formula(&self, mask: Mask) -> impl Fn([Tensor<1>; 3]) -> Tensor<1> {
        let case = *self;
        move |rows| {
            let mask = case.mask(mask, &rows[0]);
            let [q, k, v] = case.tensors(rows);
            let scores = q.matmul(k.swap_dims(2, 3)) / (case.head as f64).sqrt();
            let scores = match mask {
                Some(mask) => scores + mask,
                None => scores,
            };
            activation::softmax(scores, 3).matmul(v).flatten(0, 3)
        }
    }
}

fn cases() -> [Case; 7] {
    let case = |[batch, heads, queries, keys, head, value]: [usize; 6]| Case {
        batch,
        heads,
        queries,
        keys,
        head,
        value,
    };
    [
        case([1, 1, 1, 1, 1, 1]),
        case([2, 3, 7, 13, 5, 5]),
        case([1, 2, 65, 65, 40, 40]),
        case([2, 2, 17, 77, 16, 9]),
        // Rows of which graphics adapters read four numbers at once.
        case([1, 3, 33, 77, 64, 64]),
        case([2, 1, 31, 45, 80, 80]),
        case([1, 1, 7, 19, 160, 160]),
    ]
}

#[test]
fn attention_equals_its_formula() {
    for case in cases() {
        let plain = case.formula(Mask::None);
        agree(case.sizes(), case.ours(Mask::None, Precision::F32), plain);
        let plain = case.formula(Mask::None);
        nearly_agree(case.sizes(), case.ours(Mask::None, Precision::Bf16), plain);
    }
}

#[test]
fn a_mask_is_added_to_the_scores() {
    for case in cases().into_iter().skip(1) {
        for mask in [Mask::Causal, Mask::Keys, Mask::Full] {
            let plain = case.formula(mask);
            agree(case.sizes(), case.ours(mask, Precision::F32), plain);
        }
    }
}

#[test]
fn a_query_without_keys_gets_zeros_and_gives_no_gradient() {
    let device = Device::flex().autodiff();
    let x = |seed| {
        let row = Tensor::<1>::from_data(noise(60, seed).as_slice(), &device);
        row.reshape([1, 2, 6, 5]).require_grad()
    };
    let (q, k, v) = (x(1), x(2), x(3));
    let mask = Tensor::full([1, 1, 6, 6], f32::NEG_INFINITY, &device);
    let out = attention(
        q.clone(),
        k.clone(),
        v.clone(),
        Some(mask),
        None,
        Precision::F32,
    );
    assert!(numbers(&out).iter().all(|&x| x == 0.0), "{out}");
    let grads = out.sum().backward();
    for argument in [q, k, v] {
        let grad = numbers(&argument.grad(&grads).expect("each argument learns"));
        assert!(grad.iter().all(|&x| x == 0.0), "{grad:?}");
    }
}

#[test]
fn an_adapter_never_has_all_scores_at_once() {
    for_each_device(|device| {
        if !is_gpu(device) {
            return;
        }
        let (heads, tokens, head) = (4, 2048, 40);
        let row =
            |seed| Tensor::<1>::from_data(noise(heads * tokens * head, seed).as_slice(), device);
        let [q, k, v] = [1, 2, 3].map(|seed| row(seed).reshape([1, heads, tokens, head]));
        give_back(device);
        let before = memory(device).unwrap().reserved;
        let out = attention(q, k, v, None, None, Precision::F32);
        assert!(numbers(&out).iter().all(|x| x.is_finite()));
        let taken = memory(device).unwrap().reserved.saturating_sub(before);
        let scores = (4 * heads * tokens * tokens) as u64;
        assert!(
            taken < scores / 4,
            "{taken} bytes, and the scores have {scores}"
        );
    });
}

#[test]
fn numbers_of_16_bits_are_summed_in_32() {
    for_each_device(|device| {
        // Flex has kernels for 32 bits only.
        if !is_gpu(device) || !device.supports_dtype(FloatDType::F16) {
            return;
        }
        for case in cases() {
            for mask in [Mask::None, Mask::Full] {
                let rounded = |row: Tensor<1>| row.cast(FloatDType::F16);
                let given = rows(case.sizes(), device).map(rounded);
                let exact = given.clone().map(|row| row.cast(FloatDType::F32));
                let found = case.ours(mask, Precision::F32)(given).cast(FloatDType::F32);
                assert_near("f16", &found, &case.formula(mask)(exact), 2e-3);
            }
        }
        // Scores that 16 bits do not hold.
        let x = rows([240], device)[0].clone().reshape([1, 2, 15, 8]) * 2e3;
        let x = x.cast(FloatDType::F16);
        let out = attention(x.clone(), x.clone(), x, None, None, Precision::F32);
        assert!(
            numbers(&out.cast(FloatDType::F32))
                .iter()
                .all(|x| x.is_finite())
        );
    });
}

#[test]
fn a_mask_may_learn() {
    let case = cases()[1];
    let [a, b, c] = case.sizes();
    let scores = case.batch * case.heads * case.queries * case.keys;
    let shape = [case.batch, case.heads, case.queries, case.keys];
    agree(
        [a, b, c, scores],
        |[q, k, v, mask]| {
            let [q, k, v] = case.tensors([q, k, v]);
            let mask = Some(mask.reshape(shape));
            attention(q, k, v, mask, Some(0.5), Precision::F32).flatten(0, 3)
        },
        |[q, k, v, mask]| {
            let [q, k, v] = case.tensors([q, k, v]);
            let scores = q.matmul(k.swap_dims(2, 3)) * 0.5 + mask.reshape(shape);
            activation::softmax(scores, 3).matmul(v).flatten(0, 3)
        },
    );
}

#[test]
fn large_scores_give_no_nan() {
    let x = Tensor::<1>::from_data(noise(120, 1).as_slice(), &Device::flex());
    let x = x.reshape([1, 2, 12, 5]) * 1e4;
    let out = attention(x.clone(), x.clone(), x, None, None, Precision::F32);
    assert!(numbers(&out).iter().all(|x| x.is_finite()), "{out}");
}

#[test]
#[should_panic(expected = "attention: q [1, 2, 3, 4], k [1, 2, 3, 5]")]
fn heads_of_other_sizes_are_named() {
    let x = |head| Tensor::zeros([1, 2, 3, head], &Device::flex());
    attention(x(4), x(5), x(4), None, None, Precision::F32);
}

#[test]
fn an_adapter_never_holds_the_matrix_of_all_scores() {
    for_each_device(|device| {
        if !is_gpu(device) {
            return;
        }
        let (heads, rows, head) = (2, 6000, 8);
        let of = |seed, device: &Device| {
            let numbers = TensorData::new(noise(heads * rows * head, seed), [1, heads, rows, head]);
            Tensor::<4>::from_data(numbers, device)
        };
        let attended = |device: &Device| {
            let [q, k, v] = [1, 2, 3].map(|seed| of(seed, device));
            attention(q, k, v, None, None, Precision::F32)
        };
        give_back(device);
        let before = memory(device).unwrap().reserved;
        let made = numbers(&attended(device));
        let taken = memory(device).unwrap().reserved.saturating_sub(before);
        let wanted = numbers(&attended(&Device::flex()));
        let apart = made.iter().zip(&wanted).map(|(a, b)| (a - b).abs());
        assert!(apart.fold(0.0, f32::max) < 1e-5);
        let all = (4 * heads * rows * rows) as u64;
        assert!(taken < all, "{taken} bytes, of {all} for the whole matrix");
    });
}

#[test]
fn an_adapter_learns_without_the_matrix_of_all_scores() {
    for_each_device(|device| {
        if !is_gpu(device) {
            return;
        }
        let (heads, tokens, head) = (3, 6000, 8);
        let learned = |device: &Device| {
            let device = device.clone().autodiff();
            let of = |seed| {
                let numbers = noise(heads * tokens * head, seed);
                let numbers = TensorData::new(numbers, [1, heads, tokens, head]);
                Tensor::<4>::from_data(numbers, &device).require_grad()
            };
            let arguments = [1, 2, 3].map(of);
            let [q, k, v] = arguments.clone();
            let out = attention(q, k, v, None, None, Precision::F32);
            let found = (out * of(4)).sum().backward();
            arguments.map(|x| x.grad(&found).expect("each argument learns").flatten(0, 3))
        };
        give_back(device);
        let before = memory(device).unwrap().reserved;
        let made = learned(device);
        let taken = memory(device).unwrap().reserved.saturating_sub(before);
        for (made, wanted) in made.iter().zip(&learned(&Device::flex())) {
            assert_near("a gradient", made, wanted, 1e-3);
        }
        let all = (4 * heads * tokens * tokens) as u64;
        assert!(taken < all, "{taken} bytes, of {all} for the whole matrix");
    });
}
