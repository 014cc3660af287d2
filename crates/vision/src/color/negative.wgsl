// `number`: the change to sRGB, and back.
fn pixel(picture: u32, y: u32, x: u32) -> vec4<f32> {
    let color = in_space(input_0(picture, y, x), number(0u));
    return in_space(vec4(1.0 - color.rgb, color.a), number(1u));
}
