//! Drawings hold what the graph holds.

use crate::{fake::document, to_dot, to_mermaid, to_svg};

#[test]
fn look() {
    let text = r##"Graph(
    format: 1,
    inputs: { "prompt": Text(default: "a rocket"), "seed": Seed(default: 7), "unused": Seed },
    nodes: {
        "style": LoadImage(path: "style.png"),
        "photo": LoadImage(path: "photo.jpg"),
        "edges": Canny(image: Wire("photo"), low: 0.1, high: 0.25),
        "inverted": Invert(image: Wire("edges.mask")),
        "ask": Instruction(text: "Draw [ref#1] in the <style> of [ref#2] & more", refs: [Input("prompt"), Wire("style"), Wire("edges")]),
        "drawn": SampleInstruct(instruction: Wire("ask"), steps: 25, guidance: 4.0, seed: Input("seed")),
        "large": Upscale(image: Wire("drawn"), scale: 4),
        "over": Composite(base: Wire("large"), over: Wire("photo"), mask: Wire("inverted.mask")),
        "sheet": Grid(images: [Wire("photo"), Wire("large"), Wire("over"), Wire("style")]),
        "file": SaveImage(image: Wire("large.image"), path: "out/{seed}.png"),
        "file2": SaveImage(image: Wire("sheet"), path: "out/sheet.png"),
    },
    outputs: { "image": Wire("large"), "sheet": Wire("sheet") },
)"##;
    let document = document(text);
    std::fs::write("/tmp/weft_look.svg", to_svg(&document)).unwrap();
    std::fs::write("/tmp/weft_look.dot", to_dot(&document)).unwrap();
    std::fs::write("/tmp/weft_look.mmd", to_mermaid(&document)).unwrap();
}
