@group(0) @binding(MADE) var<storage, read_write> made: array<f32>;
@group(0) @binding(GIVEN) var<storage, read> given: array<f32>;

// A number of the caller.
fn number(place: u32) -> f32 {
    return given[NUMBERS + place];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = id.x + id.y * groups.x * 64u;
    let channels = u32(given[1]);
    let width = u32(given[3]);
    let plane = u32(given[2]) * width;
    if i >= u32(given[0]) * plane {
        return;
    }
    let picture = i / plane;
    let within = i % plane;
    let color = pixel(picture, within / width, within % width);
    let first = picture * channels * plane + within;
    made[first] = color.x;
    if channels > 1u {
        made[first + plane] = color.y;
        made[first + 2u * plane] = color.z;
    }
    if channels == 4u {
        made[first + 3u * plane] = color.w;
    }
}

