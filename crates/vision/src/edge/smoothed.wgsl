// The difference across (0), down (1), or the size of both (2), smoothed along the edge by the weights 1 and 2, then
// times the weight 3 and within 0..=1 if it is the size.
fn luma_at(picture: u32, y: i32, x: i32) -> f32 {
    let row = clamp(y, 0, i32(height_0()) - 1);
    let column = clamp(x, 0, i32(width_0()) - 1);
    return input_0(picture, u32(row), u32(column)).x;
}

fn pixel(picture: u32, row: u32, column: u32) -> vec4<f32> {
    let y = i32(row);
    let x = i32(column);
    let side = number(1u);
    let middle = number(2u);
    let top_left = luma_at(picture, y - 1, x - 1);
    let top_right = luma_at(picture, y - 1, x + 1);
    let low_left = luma_at(picture, y + 1, x - 1);
    let low_right = luma_at(picture, y + 1, x + 1);
    var across = 0.0;
    var down = 0.0;
    if number(0u) != 1.0 {
        let beside = luma_at(picture, y, x + 1) - luma_at(picture, y, x - 1);
        across = (top_right - top_left + low_right - low_left) * side + beside * middle;
    }
    if number(0u) != 0.0 {
        let below = luma_at(picture, y + 1, x) - luma_at(picture, y - 1, x);
        down = (low_left - top_left + low_right - top_right) * side + below * middle;
    }
    if number(0u) == 2.0 {
        return vec4(clamp(sqrt((across * across + down * down) * 0.5) * number(3u), 0.0, 1.0));
    }
    return vec4(across + down);
}
