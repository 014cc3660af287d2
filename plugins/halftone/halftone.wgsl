// weft.halftone.Halftone 0.1.0
//
// Prints a picture as dots of ink.
//
// Dots lie on a turned grid, as large as the picture is dark beneath them (amplitude-modulated screening).
//
// image: Image                            Picture to print.
// size: Number = 8.0 in 2.0..=128.0       Distance of the dots, in pixels.
// angle: Number = 45.0 in -180.0..=180.0  How far the grid is turned, in degrees.
// ink: Color = "#1a1a2e"                  Colour of the dots.
// paper: Color = "#f6f1e5"                Colour between them.
// -> image: Image like image              The printed picture.

fn luma(color: vec4<f32>) -> f32 {
    return dot(color.rgb, vec3<f32>(0.2126, 0.7152, 0.0722));
}

// Where a point lies in the grid, one cell being 1 wide.
fn turned(at: vec2<f32>, by: f32) -> vec2<f32> {
    return vec2<f32>(cos(by) * at.x + sin(by) * at.y, cos(by) * at.y - sin(by) * at.x);
}

fn pixel(at: vec2<u32>) -> vec4<f32> {
    let middle = vec2<f32>(at) + 0.5;
    let by = radians(angle);
    let cell = turned(middle, by) / size;
    // The dots of this cell and its neighbours: a dark one reaches beyond its own.
    var covered = 0.0;
    for (var dy = -1; dy <= 1; dy++) {
        for (var dx = -1; dx <= 1; dx++) {
            let center = floor(cell) + 0.5 + vec2<f32>(f32(dx), f32(dy));
            let there = turned(center * size, -by);
            let dark = clamp(1.0 - luma(image_smooth(there.x, there.y)), 0.0, 1.0);
            // The area of the dot is its darkness, until neighbours meet.
            let radius = size * sqrt(dark / 3.14159265) * mix(1.0, 1.2533, dark);
            let far = distance(cell, center) * size;
            covered = max(covered, clamp(radius - far + 0.5, 0.0, 1.0));
        }
    }
    let here = image_at(i32(at.x), i32(at.y));
    return vec4<f32>(mix(paper.rgb, ink.rgb, covered), here.a);
}
