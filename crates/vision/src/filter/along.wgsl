// Weighted sums along one axis. Input 1 is either one kernel, or for each pixel of the result the first that counts, how
// many do, and their weights.
//
// `number`: 0 along the width, 1 along the height; a border for a kernel, 3 for weights of each pixel; numbers in a row
// of weights; whether colour is to be multiplied by alpha first, whether it is to be divided by it in the end, and
// whether sums are held within 0..=1.
fn pixel(picture: u32, y: u32, x: u32) -> vec4<f32> {
    let is_down = number(0u) == 1.0;
    let length = i32(select(width_0(), height_0(), is_down));
    let at = select(x, y, is_down);
    let row = u32(number(2u));
    var first = i32(at) - i32(row / 2u);
    var count = row;
    var start = 0u;
    let has_rows = number(1u) == 3.0;
    if has_rows {
        first = i32(buffer_1[at * row]);
        count = u32(buffer_1[at * row + 1u]);
        start = at * row + 2u;
    }
    var sum = vec4(0.0);
    for (var i = 0u; i < count; i++) {
        var place = first + i32(i);
        if !has_rows {
            place = beyond(place, length, number(1u));
            if place < 0 {
                continue;
            }
        }
        var color = input_0(picture, select(y, u32(place), is_down), select(u32(place), x, is_down));
        if number(3u) == 1.0 {
            color = vec4(color.rgb * color.a, color.a);
        }
        sum += color * buffer_1[start + i];
    }
    if number(5u) == 1.0 {
        sum = clamp(sum, vec4(0.0), vec4(1.0));
    }
    if number(4u) == 1.0 {
        sum = vec4(divided(sum.rgb, sum.a), sum.a);
    }
    return sum;
}
