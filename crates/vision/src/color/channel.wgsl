// `number`: the change to sRGB; red, green, blue, alpha or luma; whether to take the complement.
fn pixel(picture: u32, y: u32, x: u32) -> vec4<f32> {
    let color = in_space(input_0(picture, y, x), number(0u));
    var taken = color[min(u32(number(1u)), 3u)];
    if number(1u) == 4.0 {
        taken = luma_of(color.rgb);
    }
    return vec4(select(taken, 1.0 - taken, number(2u) == 1.0));
}
