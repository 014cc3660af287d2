// As `mix` and `lay` have it; modes are numbered as `Mode` lists them.
const LEAST: f32 = 1.1754944e-38;

fn screen(over: vec3<f32>, under: vec3<f32>) -> vec3<f32> {
    return over + under - over * under;
}

fn hard_light(over: vec3<f32>, under: vec3<f32>) -> vec3<f32> {
    return select(screen(over * 2.0 - 1.0, under), over * under * 2.0, over <= vec3(0.5));
}

fn soft_light(over: vec3<f32>, under: vec3<f32>) -> vec3<f32> {
    let steep = ((under * 16.0 - 12.0) * under + 4.0) * under;
    let root = select(sqrt(max(under, vec3(0.0))), steep, under <= vec3(0.25));
    let twice = over * 2.0 - 1.0;
    let dark = under + twice * under * (1.0 - under);
    return select(under + twice * (root - under), dark, over <= vec3(0.5));
}

fn dodge(over: vec3<f32>, under: vec3<f32>) -> vec3<f32> {
    let bright = min(under / max(1.0 - over, vec3(1e-6)), vec3(1.0));
    return select(select(bright, vec3(1.0), over >= vec3(1.0)), vec3(0.0), under <= vec3(0.0));
}

fn luminosity_of(color: vec3<f32>) -> f32 {
    return weighted(color, vec3(0.3, 0.59, 0.11));
}

fn least_of(color: vec3<f32>) -> f32 {
    return min(min(color.r, color.g), color.b);
}

fn greatest_of(color: vec3<f32>) -> f32 {
    return max(max(color.r, color.g), color.b);
}

fn saturation_of(color: vec3<f32>) -> f32 {
    return greatest_of(color) - least_of(color);
}

fn with_saturation(color: vec3<f32>, saturation: f32) -> vec3<f32> {
    return (color - least_of(color)) / max(saturation_of(color), LEAST) * saturation;
}

fn with_luminosity(given: vec3<f32>, luminosity: f32) -> vec3<f32> {
    let color = given + (luminosity - luminosity_of(given));
    let least = least_of(color);
    let greatest = greatest_of(color);
    let below = select(1.0, luminosity / max(luminosity - least, LEAST), least < 0.0);
    let above = select(1.0, (1.0 - luminosity) / max(greatest - luminosity, LEAST), greatest > 1.0);
    return (color - luminosity) * min(below, above) + luminosity;
}

fn mixed(over: vec3<f32>, under: vec3<f32>, mode: u32) -> vec3<f32> {
    switch mode {
        case 1u: { return over * under; }
        case 2u: { return screen(over, under); }
        case 3u: { return hard_light(under, over); }
        case 4u: { return hard_light(over, under); }
        case 5u: { return soft_light(over, under); }
        case 6u: { return min(over, under); }
        case 7u: { return max(over, under); }
        case 8u: { return abs(over - under); }
        case 9u: { return over + under - over * under * 2.0; }
        case 10u: { return min(over + under, vec3(1.0)); }
        case 11u: { return max(under - over, vec3(0.0)); }
        case 12u: { return dodge(over, under); }
        case 13u: { return 1.0 - dodge(1.0 - over, 1.0 - under); }
        case 14u: { return with_luminosity(with_saturation(over, saturation_of(under)), luminosity_of(under)); }
        case 15u: { return with_luminosity(with_saturation(under, saturation_of(over)), luminosity_of(under)); }
        case 16u: { return with_luminosity(over, luminosity_of(under)); }
        case 17u: { return with_luminosity(under, luminosity_of(over)); }
        default: { return over; }
    }
}

// `number`: the mode; the changes of both to the space in which they are laid, and back.
fn laid(above: vec4<f32>, below: vec4<f32>, coverage: f32) -> vec4<f32> {
    let over = in_space(above, number(1u));
    let under = in_space(below, number(2u));
    let over_alpha = over.a * coverage;
    let mix = mixed(over.rgb, under.rgb, u32(number(0u)));
    if given[1] < 4.0 {
        return in_space(vec4(under.rgb + (mix - under.rgb) * over_alpha, 1.0), number(3u));
    }
    let both = over_alpha * under.a;
    let color = over.rgb * (over_alpha - both) + under.rgb * (under.a - both) + mix * both;
    let alpha = over_alpha + under.a - both;
    return in_space(vec4(divided(color, alpha), alpha), number(3u));
}

