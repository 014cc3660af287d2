//! The nodes as a host runs them.

mod devices;

use std::sync::{Arc, Mutex};

use burn::tensor::{Device, Tensor};
use weft_node::{
    Context, Error, Facts, Job, Node, Provenance, Result, Values,
    value::{AnyValue, Digest, Image, Saved, Value},
};
use weft_vision::codec::{decode, read_text};

use crate::{PACK, Preview, SaveFormat, SaveImage, SaveText, Shown};

/// A host that keeps what is given to it.
#[derive(Default)]
struct Host {
    saved: Mutex<Vec<(String, String, Vec<u8>)>>,
    shown: Mutex<Vec<Image>>,
    provenance: Option<Provenance>,
}

impl Job for Host {
    fn is_cancelled(&self) -> bool {
        false
    }
    fn step(&self, _: u64, _: u64) {}
    fn preview(&self, image: &Image) {
        self.shown.lock().unwrap().push(image.clone());
    }
    fn save(&self, template: &str, extension: &str, bytes: &[u8]) -> Result<Saved> {
        let kept = (template.to_owned(), extension.to_owned(), bytes.to_vec());
        self.saved.lock().unwrap().push(kept);
        Ok(Saved {
            path: template.into(),
            content: Digest::of(bytes),
            bytes: bytes.len() as u64,
        })
    }
    fn provenance(&self) -> Option<&Provenance> {
        self.provenance.as_ref()
    }
}

fn run<N: Node>(node: N, host: &Arc<Host>) -> Result<N::Output> {
    node.run(&mut Context::new(Device::flex(), host.clone()))
}

fn grey(batch: usize) -> Image {
    Image::new(Tensor::full([batch, 1, 2, 3], 0.2, &Device::flex()))
}

fn save(path: &str) -> SaveImage {
    SaveImage {
        image: grey(1),
        path: path.to_owned(),
        format: SaveFormat::FromPath,
        quality: 90,
        bits: 8,
    }
}

#[test]
fn a_png_carries_the_graph_and_its_inputs() {
    let provenance = Provenance {
        graph: "Graph()".into(),
        inputs: "{\"seed\": 7}".into(),
        ..Provenance::default()
    };
    let host = Arc::new(Host {
        provenance: Some(provenance),
        ..Host::default()
    });
    run(save("out/{seed}.png"), &host).unwrap();
    let saved = host.saved.lock().unwrap();
    let (path, extension, bytes) = &saved[0];
    assert_eq!(
        (path.as_str(), extension.as_str()),
        ("out/{seed}.png", "png")
    );
    let wanted = [("weft.graph", "Graph()"), ("weft.inputs", "{\"seed\": 7}")];
    assert_eq!(
        read_text(bytes).unwrap(),
        wanted.map(|(name, text)| (name.to_owned(), text.to_owned()))
    );
    let image = decode(bytes, &Device::flex()).unwrap().image;
    assert_eq!(image.dims(), [1, 1, 2, 3]);
}

#[test]
fn outside_a_graph_a_png_carries_nothing() {
    let host = Arc::new(Host::default());
    run(save("a.png"), &host).unwrap();
    assert_eq!(read_text(&host.saved.lock().unwrap()[0].2).unwrap(), []);
}

#[test]
fn the_extension_tells_the_format() {
    let cases = [
        ("a.PNG", "PNG"),
        ("a.jpeg", "JPEG"),
        ("b/a.webp", "WebP"),
        ("a.tif", "TIFF"),
        ("a", "PNG"),
    ];
    for (path, format) in cases {
        let host = Arc::new(Host::default());
        run(save(path), &host).unwrap();
        let decoded = decode(&host.saved.lock().unwrap()[0].2, &Device::flex()).unwrap();
        assert_eq!(decoded.format, format, "{path}");
    }
}

#[test]
fn a_path_without_an_extension_gets_one_before_names_are_filled_in() {
    let cases = [
        ("out/{prompt}", SaveFormat::FromPath, "out/{prompt}.png"),
        ("out.d/a", SaveFormat::Jpeg, "out.d/a.jpg"),
        ("v1.{seed}", SaveFormat::Webp, "v1.{seed}.webp"),
        ("v1.2", SaveFormat::Tiff, "v1.2.tiff"),
        ("a.jpeg", SaveFormat::Jpeg, "a.jpeg"),
    ];
    for (path, format, wanted) in cases {
        let host = Arc::new(Host::default());
        run(
            SaveImage {
                format,
                ..save(path)
            },
            &host,
        )
        .unwrap();
        assert_eq!(host.saved.lock().unwrap()[0].0, wanted);
    }
}

fn checked(path: &str, format: SaveFormat, bits: i64) -> Result<()> {
    let mut values = Values::default();
    values.put("path", AnyValue::new(path.to_owned()));
    values.put("format", AnyValue::new(format));
    values.put("bits", AnyValue::new(bits));
    SaveImage::check(&Facts::new(&values))
}

#[test]
fn what_cannot_be_saved_is_found_before_anything_runs() {
    let cases = [
        (
            "a.heic",
            SaveFormat::FromPath,
            8,
            "input `path`: no picture is written as .heic",
        ),
        (
            "a.png",
            SaveFormat::Jpeg,
            8,
            "input `format`: is JPEG, but the path ends like a PNG",
        ),
        (
            "a.jpg",
            SaveFormat::FromPath,
            16,
            "input `bits`: JPEG does not hold 16 bits",
        ),
        (
            "a.png",
            SaveFormat::FromPath,
            12,
            "input `bits`: PNG does not hold 12 bits",
        ),
    ];
    for (path, format, bits, wanted) in cases {
        let error = checked(path, format, bits).unwrap_err().to_string();
        assert!(error.starts_with(wanted), "{error}");
        let host = Arc::new(Host::default());
        let node = SaveImage {
            format,
            bits: bits as u32,
            ..save(path)
        };
        assert_eq!(run(node, &host).unwrap_err().to_string(), error);
    }
    assert!(checked("a.tiff", SaveFormat::FromPath, 16).is_ok());
}

#[test]
fn sixteen_bits_reach_the_file() {
    let host = Arc::new(Host::default());
    run(
        SaveImage {
            bits: 16,
            ..save("a.png")
        },
        &host,
    )
    .unwrap();
    assert_eq!(
        decode(&host.saved.lock().unwrap()[0].2, &Device::flex())
            .unwrap()
            .bits,
        16
    );
}

#[test]
fn a_batch_is_refused_with_a_cure() {
    let error = run(
        SaveImage {
            image: grey(2),
            ..save("a.png")
        },
        &Arc::new(Host::default()),
    )
    .unwrap_err();
    assert!(matches!(
        error,
        Error::Input {
            input: Some("image"),
            ..
        }
    ));
    assert!(
        error.to_string().contains("save them one by one"),
        "{error}"
    );
}

#[test]
fn a_text_is_saved_as_it_is() {
    let host = Arc::new(Host::default());
    run(
        SaveText {
            text: "grüße\r\n".into(),
            path: "out/a".into(),
        },
        &host,
    )
    .unwrap();
    let wanted = (
        "out/a".to_owned(),
        "txt".to_owned(),
        "grüße\r\n".as_bytes().to_vec(),
    );
    assert_eq!(host.saved.lock().unwrap()[..], [wanted]);
}

#[test]
fn a_preview_shows_each_picture_of_a_batch_and_saves_nothing() {
    let host = Arc::new(Host::default());
    assert_eq!(run(Preview { image: grey(3) }, &host).unwrap(), Shown(3));
    let shown = host.shown.lock().unwrap();
    assert!(shown.iter().all(|image| image.dims() == [1, 1, 2, 3]) && shown.len() == 3);
    assert!(host.saved.lock().unwrap().is_empty());
    // Kept on disk, a later run would recall it and show nothing.
    assert!(Shown(3).encode().is_none());
}

#[test]
fn the_pack_names_its_nodes() {
    let ids: Vec<_> = PACK.nodes().iter().map(|entry| entry.id).collect();
    assert_eq!(ids, ["save.Preview", "save.SaveImage", "save.SaveText"]);
}
