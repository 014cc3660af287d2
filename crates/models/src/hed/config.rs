//! The sizes of a HED network.

/// The sizes of a HED network: five blocks, each at half the resolution of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// The blocks, from the finest.
    pub blocks: [Block; 5],
}

/// The 3×3 convolutions between two poolings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// How many convolutions.
    pub layers: usize,
    /// Channels that each of them gives.
    pub width: usize,
}

impl Config {
    /// The trunk of VGG16, 14.7 million parameters in all: the network of the paper.
    pub const VGG16: Self = Self::new([(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)]);

    /// A network of blocks of these many layers and channels.
    pub const fn new(blocks: [(usize, usize); 5]) -> Self {
        let [a, b, c, d, e] = blocks;
        Self {
            blocks: [
                Block::new(a),
                Block::new(b),
                Block::new(c),
                Block::new(d),
                Block::new(e),
            ],
        }
    }
}

impl Block {
    const fn new((layers, width): (usize, usize)) -> Self {
        Self { layers, width }
    }
}
