// The magnitude where neither neighbour along the gradient is greater, as `thin` has it.
fn magnitude(picture: u32, y: u32, x: u32) -> f32 {
    let across = input_0(picture, y, x).x;
    let down = input_1(picture, y, x).x;
    return sqrt((across * across + down * down) * 0.5);
}

fn pixel(picture: u32, y: u32, x: u32) -> vec4<f32> {
    if y == 0u || x == 0u || y + 1u >= height_0() || x + 1u >= width_0() {
        return vec4(0.0);
    }
    let across = input_0(picture, y, x).x;
    let down = input_1(picture, y, x).x;
    let here = magnitude(picture, y, x);
    let falls = (down > 0.0) == (across > 0.0);
    let is_steep = abs(down) > abs(across);
    let greater = max(abs(down), abs(across));
    if greater == 0.0 {
        return vec4(0.0);
    }
    let slant = min(abs(down), abs(across)) / greater;
    // The rows of the neighbours to the right and to the left.
    let ahead_y = select(y - 1u, y + 1u, falls);
    let behind_y = select(y + 1u, y - 1u, falls);
    var ahead = magnitude(picture, y, x + 1u);
    var behind = magnitude(picture, y, x - 1u);
    if is_steep {
        ahead = magnitude(picture, ahead_y, x);
        behind = magnitude(picture, behind_y, x);
    }
    ahead = (magnitude(picture, ahead_y, x + 1u) - ahead) * slant + ahead;
    behind = (magnitude(picture, behind_y, x - 1u) - behind) * slant + behind;
    return vec4(select(here, 0.0, here < max(ahead, behind)));
}
