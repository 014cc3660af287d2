//! What is a graph and what is not.

use crate::fake::*;
#[test]
fn look() {
    let text = r#"Graph(
    format: 1,
    requires: { "acme.halftone": "^2" },
    inputs: { "photo": File(default: "a.png"), "n": Integer(default: 3), "m": Image },
    nodes: {
        "photo": LoadImage(path: Input("photo")),
        "edges": Cany(image: Wire("photo")),
        "e": Canny(image: Wire("photo"), hihg: 0.2, low: 3),
        "loop": Blend(a: Wire("loop2"), b: Wire("photo.imag")),
        "loop2": Invert(image: Wire("loop")),
        "r": Resize(image: Wire("foto"), width: 0, filter: Lancsoz),
        "g": Grid(images: Wire("photo")),
        "s": SaveImage(image: Wire("e.angle")),
        "d": Dots(image: Wire("e")),
    },
)"#;
    let e = crate::load(
        source(text),
        &registry(),
        &crate::Given::none(),
        &MapFiles::default(),
    )
    .unwrap_err();
    println!("{}", shown(&e));
}
