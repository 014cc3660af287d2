// The root of every pixel's tree; those of trees with a pixel of at least `high` are marked.
@group(0) @binding(0) var<storage, read_write> strength: array<f32>;
@group(0) @binding(1) var<storage, read_write> parents: array<u32>;
@group(0) @binding(2) var<storage, read_write> marks: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read_write> roots: array<u32>;
@group(0) @binding(4) var<storage, read> high: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * 64u;
    if i >= arrayLength(&roots) {
        return;
    }
    roots[i] = 0xffffffffu;
    if parents[i] == 0xffffffffu {
        return;
    }
    var at = i;
    while parents[at] != at {
        at = parents[at];
    }
    roots[i] = at;
    if strength[i] >= high[0] {
        atomicStore(&marks[at], 1u);
    }
}
