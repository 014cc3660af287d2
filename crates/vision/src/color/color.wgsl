fn decoded(encoded: vec3<f32>) -> vec3<f32> {
    let curve = pow((max(encoded, vec3(0.04045)) + 0.055) / 1.055, vec3(2.4));
    return select(curve, encoded / 12.92, encoded <= vec3(0.04045));
}

fn encoded(linear: vec3<f32>) -> vec3<f32> {
    let curve = pow(max(linear, vec3(0.0031308)), vec3(1.0 / 2.4)) * 1.055 - 0.055;
    return select(curve, linear * 12.92, linear <= vec3(0.0031308));
}

// `change`: 0 for none, 1 to linear light, 2 to sRGB.
fn in_space(color: vec4<f32>, change: f32) -> vec4<f32> {
    if change == 1.0 {
        return vec4(decoded(color.rgb), color.a);
    }
    if change == 2.0 {
        return vec4(encoded(color.rgb), color.a);
    }
    return color;
}

// Of a lone channel, which stays as it is, all three are alike.
fn weighted(color: vec3<f32>, weights: vec3<f32>) -> f32 {
    let sum = color.r * weights.r + color.g * weights.g + color.b * weights.b;
    return select(sum, color.r, color.r == color.g && color.g == color.b);
}

fn luma_of(color: vec3<f32>) -> f32 {
    return weighted(color, vec3(0.2125, 0.7154, 0.0721));
}

// Straight colour from that which was multiplied by its alpha.
fn divided(color: vec3<f32>, alpha: f32) -> vec3<f32> {
    if alpha <= 0.0 {
        return vec3(0.0);
    }
    return clamp(color / max(alpha, 1.1754944e-38), vec3(0.0), vec3(1.0));
}

