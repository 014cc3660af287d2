// 1 for pixels whose tree is marked, else 0.
@group(0) @binding(0) var<storage, read_write> roots: array<u32>;
@group(0) @binding(1) var<storage, read_write> marks: array<u32>;
@group(0) @binding(2) var<storage, read_write> edges: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * 64u;
    if i >= arrayLength(&edges) {
        return;
    }
    edges[i] = 0.0;
    if roots[i] != 0xffffffffu && marks[roots[i]] == 1u {
        edges[i] = 1.0;
    }
}
