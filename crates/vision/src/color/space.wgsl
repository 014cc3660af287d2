fn pixel(picture: u32, y: u32, x: u32) -> vec4<f32> {
    return in_space(input_0(picture, y, x), number(0u));
}
