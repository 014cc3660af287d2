// The pixels that each place of a kernel meets, in rows: a column for each pixel of the result.
//
// Each call is for one channel of one picture and one pixel of the result, and writes as many numbers as the kernel has
// places. Nothing is stored of a map that is doubled or padded. Before this come: `enable f16`, and
// ROWS and COLUMNS of the kernel.

struct Sizes {
    // Channels of all pictures.
    planes: u32,
    height: u32, width: u32,
    // How often each pixel of the map is repeated along both axes.
    doubled: u32,
    stride: u32,
    top: u32, left: u32,
    // The first pixel of the result that is wanted, how many are, and how many a row has.
    first: u32, count: u32, across: u32,
}

@group(0) @binding(0) var<storage, read_write> map: array<f16>;
// As `[planes, ROWS, COLUMNS, count]`.
@group(0) @binding(1) var<storage, read_write> made: array<f16>;
@group(0) @binding(2) var<storage, read> sizes: Sizes;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let call = id.x + id.y * groups.x * 64u;
    if (call >= sizes.planes * sizes.count) { return; }
    let plane = call / sizes.count;
    let column = call % sizes.count;
    let pixel = sizes.first + column;
    // Places above and left of the map wrap around to numbers that are beyond its other end.
    let top = pixel / sizes.across * sizes.stride - sizes.top;
    let left = pixel % sizes.across * sizes.stride - sizes.left;
    var to = plane * ROWS * COLUMNS * sizes.count + column;
    for (var r = 0u; r < ROWS; r++) {
        let y = top + r;
        for (var c = 0u; c < COLUMNS; c++) {
            let x = left + c;
            var number = f16(0.0);
            if (y < sizes.height * sizes.doubled && x < sizes.width * sizes.doubled) {
                number = map[(plane * sizes.height + y / sizes.doubled) * sizes.width + x / sizes.doubled];
            }
            made[to] = number;
            to += sizes.count;
        }
    }
}
