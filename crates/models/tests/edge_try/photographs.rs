//! Agreement with scikit-image 0.26 on photographs (fixtures/make_edge.py).

use burn::tensor::Tensor;
use super::for_each_device;

use super::numbers;
use weft_vision::edge::{canny, laplacian, scharr, sobel};

const PHOTOGRAPHS: [&str; 3] = ["astronaut", "coffee", "chelsea"];
const SETTINGS: [[&str; 3]; 4] = [
    ["1.4", "0.03", "0.06"],
    ["2.5", "0.02", "0.05"],
    ["0.8", "0.05", "0.15"],
    ["0.0", "0.1", "0.2"],
];
