// Joins the trees of pixels that touch, by sides or corners: a union-find whose roots are the least of their trees
// (Playne and Hawick 2018, "A New Algorithm for Parallel Connected-Component Labelling on GPUs").
@group(0) @binding(0) var<storage, read_write> parents: array<atomic<u32>>;
@group(0) @binding(1) var<storage, read_write> marks: array<u32>;
@group(0) @binding(2) var<storage, read> size: array<f32>;

fn root(of_pixel: u32) -> u32 {
    var at = of_pixel;
    loop {
        let next = atomicLoad(&parents[at]);
        if next == at {
            return at;
        }
        at = next;
    }
    return at;
}

fn join(one: u32, other: u32) {
    if atomicLoad(&parents[other]) == 0xffffffffu {
        return;
    }
    var a = one;
    var b = other;
    loop {
        a = root(a);
        b = root(b);
        if a == b {
            return;
        }
        let high = max(a, b);
        let low = min(a, b);
        // A parent only ever becomes less, so this ends.
        let was = atomicMin(&parents[high], low);
        if was == high {
            return;
        }
        a = was;
        b = low;
    }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * 64u;
    if i >= arrayLength(&marks) {
        return;
    }
    marks[i] = 0u;
    if atomicLoad(&parents[i]) == 0xffffffffu {
        return;
    }
    let height = u32(size[0]);
    let width = u32(size[1]);
    let x = i % width;
    let is_below = (i / width) % height > 0u;
    if x > 0u {
        join(i, i - 1u);
    }
    if is_below {
        join(i, i - width);
        if x > 0u {
            join(i, i - width - 1u);
        }
        if x + 1u < width {
            join(i, i - width + 1u);
        }
    }
}
