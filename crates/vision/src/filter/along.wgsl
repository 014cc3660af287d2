// Weighted sums along one axis. Input 1 is either one kernel, or for each pixel of the result the first that counts, how
// many do, and their weights.
//
// `number`: 0 along the width, 1 along the height; a border for a kernel, 3 for weights of each pixel; numbers in a row
// of weights; whether colour is to be multiplied by alpha first, whether it is to be divided by it in the end, and
// whether sums are held within 0..=1.
fn pixel(picture: u32, y: u32, x: u32) -> vec4<f32> {
    let is_down = number(0u) == 1.0;
    let channels = channels_0();
    let width = width_0();
    let plane = height_0() * width;
    let length = i32(select(width, height_0(), is_down));
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
    let is_inside = has_rows || (first >= 0 && first + i32(count) <= length);
    let line = picture * channels * plane + select(y * width, x, is_down);
    let step = select(1u, width, is_down);
    var sum = vec4(0.0);
    for (var i = 0u; i < count; i++) {
        var place = first + i32(i);
        if !is_inside {
            place = beyond(place, length, number(1u));
            if place < 0 {
                continue;
            }
        }
        let place_in = line + u32(place) * step;
        var color = vec4(buffer_0[place_in], 0.0, 0.0, 1.0);
        if channels > 1u {
            color.y = buffer_0[place_in + plane];
            color.z = buffer_0[place_in + 2u * plane];
        }
        if channels == 4u {
            color.w = buffer_0[place_in + 3u * plane];
        }
        var weight = vec4(buffer_1[start + i]);
        if number(3u) == 1.0 {
            weight = vec4(weight.rgb * color.a, weight.a);
        }
        sum += color * weight;
    }
    if number(5u) == 1.0 {
        sum = clamp(sum, vec4(0.0), vec4(1.0));
    }
    if number(4u) == 1.0 {
        sum = vec4(divided(sum.rgb, sum.a), sum.a);
    }
    return sum;
}
