// `number`: the change to sRGB, the threshold, its softness.
fn pixel(picture: u32, y: u32, x: u32) -> vec4<f32> {
    let luma = luma_of(in_space(input_0(picture, y, x), number(0u)).rgb);
    if number(2u) <= 0.0 {
        return vec4(select(0.0, 1.0, luma >= number(1u)));
    }
    let along = clamp((luma - number(1u)) / number(2u) + 0.5, 0.0, 1.0);
    return vec4(along * along * (along * -2.0 + 3.0));
}
