// Four times a pixel less its neighbours; if `number(0)` is not negative the size of it, times that, within 0..=1.
fn pixel(picture: u32, y: u32, x: u32) -> vec4<f32> {
    // `input_0` itself stops at the last row and column.
    let beside = input_0(picture, y, max(x, 1u) - 1u).x + input_0(picture, y, x + 1u).x;
    let around = beside + input_0(picture, max(y, 1u) - 1u, x).x + input_0(picture, y + 1u, x).x;
    let stands_out = 4.0 * input_0(picture, y, x).x - around;
    if number(0u) < 0.0 {
        return vec4(stands_out);
    }
    return vec4(clamp(abs(stands_out) * number(0u), 0.0, 1.0));
}
