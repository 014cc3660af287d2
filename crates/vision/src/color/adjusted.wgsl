// `number`: the change to sRGB, and back; brightness, contrast, saturation, gamma.
fn pixel(picture: u32, y: u32, x: u32) -> vec4<f32> {
    let color = in_space(input_0(picture, y, x), number(0u));
    let contrast = number(3u);
    let moved = color.rgb * contrast + (number(2u) * contrast + 0.5 - 0.5 * contrast);
    let saturation = number(4u);
    var made = moved;
    if channels_0() > 1u {
        made = moved * saturation + luma_of(moved) * (1.0 - saturation);
    }
    made = clamp(made, vec3(0.0), vec3(1.0));
    if number(5u) != 1.0 {
        // What the logarithm in `pow` makes of 0 is not said.
        made = select(pow(made, vec3(1.0 / number(5u))), vec3(0.0), made <= vec3(0.0));
    }
    return in_space(vec4(made, color.a), number(1u));
}
