// Philox 4x32-10, four numbers a call, as `numbers` counts them. What is given: the key in four parts of 16 bits, whether
// the numbers are normal, and how many there are, in two parts.
@group(0) @binding(0) var<storage, read_write> made: array<f32>;
@group(0) @binding(1) var<storage, read> given: array<f32>;

const PI_2: f32 = 1.5707963267948966;

fn high(a: u32, b: u32) -> u32 {
    let low_a = a & 0xffffu;
    let low_b = b & 0xffffu;
    let high_a = a >> 16u;
    let high_b = b >> 16u;
    let middle = high_a * low_b + ((low_a * low_b) >> 16u);
    let other = low_a * high_b + (middle & 0xffffu);
    return high_a * high_b + (middle >> 16u) + (other >> 16u);
}

fn philox(counter: u32, start: vec2<u32>) -> vec4<u32> {
    var x = vec4(counter, 0u, 0u, 0u);
    var key = start;
    for (var round = 0; round < 10; round++) {
        let first = 0xd2511f53u * x.x;
        let second = 0xcd9e8d57u * x.z;
        x = vec4(high(0xcd9e8d57u, x.z) ^ x.y ^ key.x, second, high(0xd2511f53u, x.x) ^ x.w ^ key.y, first);
        key += vec2(0x9e3779b9u, 0xbb67ae85u);
    }
    return x;
}

// The logarithm of 2^-24..=1. Adapters' own may be wrong by 2^-21, of which the root near 1 is much.
fn logarithm(x: f32) -> f32 {
    let parts = frexp(x);
    var mantissa = parts.fract;
    var exponent = f32(parts.exp);
    if mantissa < 0.70710678 {
        mantissa *= 2.0;
        exponent -= 1.0;
    }
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let q = s * s;
    let series = 1.0 + q * (0.33333333 + q * (0.2 + q * (0.14285714 + q * 0.11111111)));
    return exponent * 0.69314718 + 2.0 * s * series;
}

// Cosine and sine of so many turns, 0..1, by their series about the nearest quarter.
fn cos_sin(turns: f32) -> vec2<f32> {
    let quarter = round(turns * 4.0);
    let x = (turns * 4.0 - quarter) * PI_2;
    let q = x * x;
    let s = x * (1.0 - q / 6.0 * (1.0 - q / 20.0 * (1.0 - q / 42.0 * (1.0 - q / 72.0))));
    let c = 1.0 - q / 2.0 * (1.0 - q / 12.0 * (1.0 - q / 30.0 * (1.0 - q / 56.0)));
    switch u32(quarter) & 3u {
        case 0u: { return vec2(c, s); }
        case 1u: { return vec2(-s, c); }
        case 2u: { return vec2(-c, -s); }
        default: { return vec2(s, -c); }
    }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * 64u;
    let count = u32(given[5]) * 0x10000u + u32(given[6]);
    if i >= (count + 3u) / 4u {
        return;
    }
    let key = vec2(u32(given[1]) * 0x10000u + u32(given[0]), u32(given[3]) * 0x10000u + u32(given[2]));
    let even = vec4<f32>(philox(i, key) >> vec4(8u)) / 16777216.0;
    var numbers = even;
    if given[4] == 1.0 {
        let first = sqrt(-2.0 * logarithm(1.0 - even.x)) * cos_sin(even.y);
        let second = sqrt(-2.0 * logarithm(1.0 - even.z)) * cos_sin(even.w);
        numbers = vec4(first, second);
    }
    for (var lane = 0u; lane < 4u && i * 4u + lane < count; lane++) {
        made[i * 4u + lane] = numbers[lane];
    }
}
