//! Weights of Adams methods on uneven levels: what integrates a polynomial through known points exactly.

/// How much each known value counts in `∫ P(u)·w(u) du`, where `P` passes through the values at `nodes`.
///
/// `moments[k]` is `∫ uᵏ·w(u) du`, one for each node; no two nodes are equal.
pub(super) fn weights(nodes: &[f64], moments: &[f64]) -> Vec<f64> {
    (0..nodes.len())
        .map(|j| {
            let basis = lagrange(nodes, j);
            basis.iter().zip(moments).map(|(c, m)| c * m).sum()
        })
        .collect()
}

/// Coefficients, lowest first, of the polynomial that is 1 at node `j` and 0 at the others.
fn lagrange(nodes: &[f64], j: usize) -> Vec<f64> {
    let others = nodes.iter().enumerate().filter(|(k, _)| *k != j);
    others.fold(vec![1.0], |basis, (_, node)| {
        let mut risen = vec![0.0; basis.len() + 1];
        for (power, c) in basis.iter().enumerate() {
            let share = c / (nodes[j] - node);
            risen[power] -= share * node;
            risen[power + 1] += share;
        }
        risen
    })
}

/// `∫₀ʰ uᵏ du` for `k` below `count`.
pub(super) fn plain(h: f64, count: usize) -> Vec<f64> {
    (1..=count as i32)
        .map(|k| h.powi(k) / f64::from(k))
        .collect()
}

/// `∫₀ʰ uᵏ·e⁻ᵘ du` for `k` below `count`: the weight of slopes in `u = log(σ₀/σ)`.
pub(super) fn fading(h: f64, count: usize) -> Vec<f64> {
    let mut moments = vec![-(-h).exp_m1()];
    for k in 1..count as i32 {
        moments.push(f64::from(k) * moments[k as usize - 1] - h.powi(k) * (-h).exp());
    }
    moments
}

/// `∫₀ʰ uᵏ·e⁻⁽ʰ⁻ᵘ⁾ du` for `k` below `count`: the weight of clean latents in `u = log(σ₀/σ)`.
pub(super) fn rising(h: f64, count: usize) -> Vec<f64> {
    let mut moments = vec![-(-h).exp_m1()];
    for k in 1..count as i32 {
        moments.push(h.powi(k) - f64::from(k) * moments[k as usize - 1]);
    }
    moments
}
