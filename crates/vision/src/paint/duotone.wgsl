// `number`: the change to sRGB; the colour of black, from 1 on; that of white, from 4 on.
fn pixel(picture: u32, y: u32, x: u32) -> vec4<f32> {
    let color = in_space(input_0(picture, y, x), number(0u));
    let dark = vec3(number(1u), number(2u), number(3u));
    let light = vec3(number(4u), number(5u), number(6u));
    return vec4(dark + (light - dark) * luma_of(color.rgb), color.a);
}
