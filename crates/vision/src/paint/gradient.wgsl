// `number`: 0 along a line, 1 from the middle; the line's way down and right; the length that counts as 1; whether there
// is alpha; the first colour, from 5 on; the last, from 9 on, both times their alpha.
fn pixel(picture: u32, y: u32, x: u32) -> vec4<f32> {
    let down = f32(y) + 0.5 - given[2] / 2.0;
    let right = f32(x) + 0.5 - given[3] / 2.0;
    var amount = (down * number(1u) + right * number(2u)) / number(3u) + 0.5;
    if number(0u) == 1.0 {
        amount = sqrt(down * down + right * right) / number(3u);
    }
    let first = vec4(number(5u), number(6u), number(7u), number(8u));
    let last = vec4(number(9u), number(10u), number(11u), number(12u));
    let color = first + (last - first) * clamp(amount, 0.0, 1.0);
    if number(4u) == 0.0 {
        return color;
    }
    return vec4(divided(color.rgb, color.a), color.a);
}
