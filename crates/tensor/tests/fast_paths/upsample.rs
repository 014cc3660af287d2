use weft_tensor::upsample_nearest2;

use crate::agree::agree;

#[test]
fn each_pixel_becomes_four() {
    for shape in [[1, 1, 1, 1], [2, 3, 7, 13], [1, 5, 2, 16]] {
        let [batch, channels, height, width] = shape;
        agree(
            [shape.iter().product()],
            |[x]| upsample_nearest2(x.reshape(shape)).flatten(0, 3),
            |[x]| {
                x.reshape([batch * channels, height, 1, width, 1])
                    .expand([batch * channels, height, 2, width, 2])
                    .flatten(0, 4)
            },
        );
    }
}
