// Attention, tile by tile with an online softmax (Milakov & Gimelshein, 2018; Dao et al., 2022).
//
// A group of 8 by 8 has 32 queries and walks over the keys, 32 at a time. Each thread has the scores of four queries
// and four keys, and sums every eighth column of the values of its four queries. Axes count in fours of numbers.
// Before this come: Four and One, the types of the numbers; HEAD and VALUE, fours of a row; COLUMNS, fours of
// a thread; MASKED.

struct Sizes {
    items: u32, heads: u32, queries: u32, keys: u32,
    // Steps from one item of a batch, one head and one row to the next; those of the mask are in numbers.
    q: array<u32, 3>, k: array<u32, 3>, v: array<u32, 3>, mask: array<u32, 3>,
    scale: f32,
}

@group(0) @binding(0) var<storage, read_write> q: array<Four>;
@group(0) @binding(1) var<storage, read_write> k: array<Four>;
@group(0) @binding(2) var<storage, read_write> v: array<Four>;
@group(0) @binding(3) var<storage, read_write> mask: array<One>;
// As `[batch, queries, heads, VALUE]`.
@group(0) @binding(4) var<storage, read_write> made: array<Four>;
@group(0) @binding(5) var<storage, read> sizes: Sizes;

const TILE = 32u;
// Scores below it are those of keys left out.
const LOWEST = -1e38;

var<workgroup> shares: array<f32, 1024>;
var<workgroup> parts: array<f32, 256>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) me: u32,
) {
    let place = group.x + group.y * groups.x;
    let tiles = (sizes.queries + TILE - 1u) / TILE;
    let item = place / tiles;
    if (item >= sizes.items) { return; }
    let batch = item / sizes.heads;
    let head = item % sizes.heads;
    let across = me % 8u;
    let down = me / 8u;
    let first = place % tiles * TILE + down;
    let of_q = batch * sizes.q[0] + head * sizes.q[1];
    let of_k = batch * sizes.k[0] + head * sizes.k[1];
    let of_v = batch * sizes.v[0] + head * sizes.v[1];
    let of_mask = batch * sizes.mask[0] + head * sizes.mask[1];
    let last = vec4(sizes.queries - 1u);
    let queries = min(vec4(first) + vec4(0u, 8u, 16u, 24u), last);
    let rows = vec4(of_q) + queries * sizes.q[2];

    var sums: array<vec4<f32>, 4 * COLUMNS>;
    var highest = vec4(LOWEST);
    var totals = vec4(0.0);
    for (var start = 0u; start < sizes.keys; start += TILE) {
        let wanted = vec4(start + across) + vec4(0u, 8u, 16u, 24u);
        let keys = min(wanted, vec4(sizes.keys - 1u));
        let columns = vec4(of_k) + keys * sizes.k[2];
        var scores: array<vec4<f32>, 4>;
        for (var c = 0u; c < HEAD; c++) {
            let four = mat4x4<f32>(
                vec4<f32>(k[columns.x + c]), vec4<f32>(k[columns.y + c]),
                vec4<f32>(k[columns.z + c]), vec4<f32>(k[columns.w + c]),
            );
            scores[0] += vec4<f32>(q[rows.x + c]) * four;
            scores[1] += vec4<f32>(q[rows.y + c]) * four;
            scores[2] += vec4<f32>(q[rows.z + c]) * four;
            scores[3] += vec4<f32>(q[rows.w + c]) * four;
        }
        for (var i = 0u; i < 4u; i++) {
            var score = scores[i] * sizes.scale;
            if (MASKED) {
                let at = vec4(of_mask + queries[i] * sizes.mask[2]) + keys;
                score += vec4(f32(mask[at.x]), f32(mask[at.y]), f32(mask[at.z]), f32(mask[at.w]));
            }
            score = select(score, vec4(2.0 * LOWEST), wanted >= vec4(sizes.keys));
            scores[i] = score;
            parts[(down + 8u * i) * 8u + across] = max(max(score.x, score.y), max(score.z, score.w));
        }
        workgroupBarrier();
        for (var i = 0u; i < 4u; i++) {
            let row = down + 8u * i;
            var high = highest[i];
            for (var a = 0u; a < 8u; a++) { high = max(high, parts[row * 8u + a]); }
            let fade = exp(highest[i] - high);
            highest[i] = high;
            let share = select(exp(scores[i] - high), vec4(0.0), scores[i] < vec4(LOWEST));
            totals[i] = totals[i] * fade + dot(share, vec4(1.0));
            for (var c = 0u; c < COLUMNS; c++) { sums[i * COLUMNS + c] *= fade; }
            let at = row * TILE + across;
            shares[at] = share.x;
            shares[at + 8u] = share.y;
            shares[at + 16u] = share.z;
            shares[at + 24u] = share.w;
        }
        workgroupBarrier();
        let count = min(TILE, sizes.keys - start);
        let share_row = down * TILE;
        for (var key = 0u; key < count; key++) {
            let value_row = of_v + (start + key) * sizes.v[2];
            let share = vec4(
                shares[share_row + key], shares[share_row + 8u * TILE + key],
                shares[share_row + 16u * TILE + key], shares[share_row + 24u * TILE + key],
            );
            for (var c = 0u; c < COLUMNS; c++) {
                let value = vec4<f32>(v[value_row + min(across + 8u * c, VALUE - 1u)]);
                sums[c] += share.x * value;
                sums[COLUMNS + c] += share.y * value;
                sums[2u * COLUMNS + c] += share.z * value;
                sums[3u * COLUMNS + c] += share.w * value;
            }
        }
    }

    for (var i = 0u; i < 4u; i++) { parts[(down + 8u * i) * 8u + across] = totals[i]; }
    workgroupBarrier();
    for (var i = 0u; i < 4u; i++) {
        var total = 0.0;
        for (var a = 0u; a < 8u; a++) { total += parts[(down + 8u * i) * 8u + a]; }
        // A query without keys gets zeros.
        let part = select(1.0 / total, 0.0, total == 0.0);
        let query = first + 8u * i;
        if (query < sizes.queries) {
            let to = ((batch * sizes.queries + query) * sizes.heads + head) * VALUE;
            for (var c = 0u; c < COLUMNS; c++) {
                let column = across + 8u * c;
                if (column < VALUE) { made[to + column] = Four(sums[i * COLUMNS + c] * part); }
            }
        }
    }
}
