@group(0) @binding(NUMBER) var<storage, read_write> buffer_NUMBER: array<f32>;

fn channels_NUMBER() -> u32 {
    return u32(given[SIZES + 1]);
}

fn height_NUMBER() -> u32 {
    return u32(given[SIZES + 2]);
}

fn width_NUMBER() -> u32 {
    return u32(given[SIZES + 3]);
}

// The pixel at a place; what has one picture, row or column has it everywhere.
fn input_NUMBER(picture: u32, y: u32, x: u32) -> vec4<f32> {
    let channels = channels_NUMBER();
    let height = height_NUMBER();
    let width = width_NUMBER();
    let plane = height * width;
    let first = min(picture, u32(given[SIZES]) - 1u) * channels * plane + min(y, height - 1u) * width + min(x, width - 1u);
    let red = buffer_NUMBER[first];
    if channels == 1u {
        return vec4(red, red, red, 1.0);
    }
    let color = vec3(red, buffer_NUMBER[first + plane], buffer_NUMBER[first + 2u * plane]);
    if channels == 3u {
        return vec4(color, 1.0);
    }
    return vec4(color, buffer_NUMBER[first + 3u * plane]);
}

