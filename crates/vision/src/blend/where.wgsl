fn pixel(picture: u32, y: u32, x: u32) -> vec4<f32> {
    return laid(input_0(picture, y, x), input_1(picture, y, x), input_2(picture, y, x).x);
}
