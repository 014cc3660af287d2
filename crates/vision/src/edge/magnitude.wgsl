fn pixel(picture: u32, y: u32, x: u32) -> vec4<f32> {
    let across = input_0(picture, y, x).x;
    let down = input_1(picture, y, x).x;
    return vec4(sqrt((across * across + down * down) * 0.5));
}
