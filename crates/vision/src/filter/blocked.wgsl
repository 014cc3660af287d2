// A kernel along one axis of planes, four numbers of the result a call, so that each pixel is read once for all four.
// What is given: planes, height, width; 0 along the width, 1 along the height; a border; weights in the kernel, after
// which come three zeros.
@group(0) @binding(0) var<storage, read_write> pixels: array<f32>;
@group(0) @binding(1) var<storage, read_write> kernel: array<f32>;
@group(0) @binding(2) var<storage, read_write> made: array<f32>;
@group(0) @binding(3) var<storage, read> given: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let call = id.x + id.y * groups.x * 64u;
    let height = u32(given[1]);
    let width = u32(given[2]);
    let is_down = given[3] == 1.0;
    let length = select(width, height, is_down);
    let blocks = (length + 3u) / 4u;
    // Calls side by side are columns side by side.
    let across = select(blocks, width, is_down);
    let down = select(height, blocks, is_down);
    let plane = call / (across * down);
    if plane >= u32(given[0]) {
        return;
    }
    let row = (call / across) % down;
    let column = call % across;
    let start = 4u * select(column, row, is_down);
    let line = plane * height * width + select(row * width, column, is_down);
    let step = select(1u, width, is_down);
    let taps = i32(given[5]);
    let first = i32(start) - taps / 2;
    let is_inside = first >= 0 && first + taps + 3 <= i32(length);
    var weights = vec4(0.0);
    var sums = vec4(0.0);
    for (var i = 0; i < taps + 3; i++) {
        weights = vec4(kernel[i], weights.xyz);
        var place = first + i;
        if !is_inside {
            place = beyond(place, i32(length), given[4]);
            if place < 0 {
                continue;
            }
        }
        sums += pixels[line + u32(place) * step] * weights;
    }
    for (var i = 0u; i < 4u && start + i < length; i++) {
        made[line + (start + i) * step] = sums[i];
    }
}

