// vendor.name.Kind 0.1.0
//
// Pulls every colour towards another one.
//
// image: Image                        Picture to tint.
// color: Color = "#ff8800"            Colour to pull towards.
// amount: Number = 0.5 in 0.0..=1.0   How far: 0 leaves the picture as it is, 1 leaves the colour alone.
// -> image: Image like image          The tinted picture.

// Called for every pixel of the result. `image_at` reads a pixel, `image_smooth` between pixels, `image_size()` is what it
// says; numbers and colours are there under their names.
fn pixel(at: vec2<u32>) -> vec4<f32> {
    let here = image_at(i32(at.x), i32(at.y));
    return vec4<f32>(mix(here.rgb, color.rgb, amount), here.a);
}
