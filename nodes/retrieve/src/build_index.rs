//! `retrieve.BuildIndex`.

use weft_node::{
    Context, Effect, Error, Inputs, Node, Result,
    value::{ColorSpace, Digest, File, Folder, Image},
};
use weft_vision::{
    codec::{self, EncodeOptions, Format},
    color::in_space,
    resample::{Filter, resize},
};

use crate::{
    captions::caption,
    descriptor::{self, descriptor},
    embed::TextLikeness,
    index::{Entry, RetrievalIndex},
    rows::Rows,
};

/// Make the pictures of a folder searchable.
///
/// A picture is said to show what the text beside it says (`cat.txt` for `cat.png`), or else its name. Texts
/// are compared by what they mean, or by their spelling; pictures by their colours, edges and layout. The index
/// keeps a small copy of each picture, so it can be saved and used without the folder.
#[derive(Inputs)]
pub struct BuildIndex {
    /// Folder of the pictures; files that are no pictures are passed over.
    pub folder: Folder,
    /// Longest side of the copy that is kept of each picture, in pixels.
    #[input(default = 256, range = 16..=2048)]
    pub size: usize,
    /// How texts are compared.
    #[input(default = TextLikeness::Meaning)]
    pub texts: TextLikeness,
}

impl Node for BuildIndex {
    const ID: &str = "retrieve.BuildIndex";
    const EFFECT: Effect = Effect::Reads;
    type Output = RetrievalIndex;

    fn run(self, context: &mut Context) -> Result<RetrievalIndex> {
        let files = self.folder.files();
        let (mut entries, mut pictures) = (Vec::new(), Vec::new());
        for (done, file) in files.iter().enumerate() {
            context.step(done, files.len())?;
            let Some(image) = read(file, context)? else {
                continue;
            };
            pictures.extend(descriptor(&image)?);
            entries.push(Entry {
                id: name(file),
                label: caption(file, &self.folder)?,
                picture: small(&image, self.size)?,
            });
        }
        context.step(files.len(), files.len())?;
        if entries.is_empty() {
            let path = self.folder.path().display();
            let message = format!("the folder has no pictures; put some into it: {path}");
            return Err(Error::input("folder", message));
        }
        let embedder = self.texts.embedder();
        let labels: Vec<_> = entries.iter().map(|entry| entry.label.clone()).collect();
        let texts = embedder.embed(&labels, context)?.concat();
        let uneven = || Error::Io("a vector is of another length, or not finite".to_owned());
        let texts = Rows::new(embedder.dims(), texts).ok_or_else(uneven)?;
        let pictures = Rows::new(descriptor::DIMS, pictures).ok_or_else(uneven)?;
        RetrievalIndex::new(embedder.name(), entries, texts, Some(pictures))
            .map_err(|message| Error::input("folder", message))
    }
}

fn name(file: &File) -> String {
    let name = file.path().file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// The picture in `file`; `None` if it is not even meant to be one.
fn read(file: &File, context: &Context) -> Result<Option<Image>> {
    let bytes = file.read().map_err(Error::Io)?;
    if Digest::of(&bytes) != file.content() {
        let message = "the file has changed since the run began; run again once it is written";
        return Err(Error::Io(format!("{message}: {}", file.path().display())));
    }
    if !codec::is_picture(file.path(), &bytes) {
        return Ok(None);
    }
    let decoded = codec::decode(&bytes, context.device());
    let named = |error| {
        let message = format!("{error}, or take it away: {}", file.path().display());
        Error::input("folder", message)
    };
    Ok(Some(decoded.map_err(named)?.image))
}

/// The bytes of a PNG of the picture, shrunk to `size` if it is larger.
fn small(image: &Image, size: usize) -> Result<Vec<u8>> {
    let (height, width) = (image.height(), image.width());
    let scale = (size as f64 / height.max(width) as f64).min(1.0);
    let side = |side: usize| ((side as f64 * scale).round() as usize).max(1);
    let pixels = in_space(image, ColorSpace::Srgb).into_pixels();
    let image = Image::new(resize(pixels, (side(height), side(width)), Filter::Lanczos));
    let options = EncodeOptions {
        format: Format::Png,
        bits: 8,
        quality: 90,
        text: &[],
    };
    codec::encode(&image, &options).map_err(|error| Error::Io(error.to_string()))
}
