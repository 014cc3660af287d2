// Pixels of at least `low`, each in a tree of its own; the others are in none.
@group(0) @binding(0) var<storage, read_write> strength: array<f32>;
@group(0) @binding(1) var<storage, read_write> parents: array<u32>;
@group(0) @binding(2) var<storage, read> given: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * 64u;
    if i >= arrayLength(&parents) {
        return;
    }
    // A buffer may be longer than the picture.
    let is_pixel = i < u32(given[1]) * u32(given[2]) * u32(given[3]);
    parents[i] = select(0xffffffffu, i, is_pixel && strength[i] >= given[0]);
}
