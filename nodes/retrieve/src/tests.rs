//! What is found, in which order, and what is refused.

mod devices;

use std::{fs, path::Path};

use burn::tensor::{Device, Tensor};
use weft_node::{
    Context, Facts, Node, Values,
    value::{AnyValue, Decode, File, Folder, Image, Value},
};
use weft_vision::codec::{EncodeOptions, Format, encode};

use crate::{
    BuildIndex, Embed, Entry, LoadIndex, Query, RetrievalIndex, Retrieve, Rows, TextLikeness,
    WordHash,
    descriptor::descriptor,
    file,
    rows::{dot, normalize},
};

fn device() -> Device {
    Device::flex()
}

fn context() -> Context {
    Context::detached(device())
}

/// A picture whose colour at `(x, y)`, each from 0 to 1, is that of `color`.
fn drawn(side: usize, color: impl Fn(f32, f32) -> [f32; 3]) -> Image {
    let mut planes = vec![0.0; 3 * side * side];
    for y in 0..side {
        for x in 0..side {
            let at = |v: usize| (v as f32 + 0.5) / side as f32;
            for (channel, value) in color(at(x), at(y)).into_iter().enumerate() {
                planes[(channel * side + y) * side + x] = value;
            }
        }
    }
    let data = burn::tensor::TensorData::new(planes, [1, 3, side, side]);
    Image::new(Tensor::from_data(data, &device()))
}

/// A disc of that colour on white.
fn disc(side: usize, color: [f32; 3]) -> Image {
    drawn(side, |x, y| {
        if (x - 0.5).hypot(y - 0.5) < 0.35 {
            color
        } else {
            [1.0; 3]
        }
    })
}

/// A square of that colour on white.
fn square(side: usize, color: [f32; 3]) -> Image {
    drawn(side, |x, y| {
        if (x - 0.5).abs().max((y - 0.5).abs()) < 0.3 {
            color
        } else {
            [1.0; 3]
        }
    })
}

const RED: [f32; 3] = [0.9, 0.1, 0.1];
const BLUE: [f32; 3] = [0.1, 0.2, 0.9];

fn png(image: &Image) -> Vec<u8> {
    let options = EncodeOptions {
        format: Format::Png,
        bits: 8,
        quality: 90,
        text: &[],
    };
    encode(image, &options).unwrap()
}

/// A folder of four pictures, one with its caption beside it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, image) in [
        ("red_disc.png", disc(64, RED)),
        ("blue-disc.png", disc(64, BLUE)),
        ("red.square.png", square(64, RED)),
        ("4.png", square(64, BLUE)),
    ] {
        fs::write(folder.path().join(name), png(&image)).unwrap();
    }
    fs::write(folder.path().join("4.txt"), "a box,\n coloured  blue\n").unwrap();
    fs::write(folder.path().join("notes.md"), "no picture").unwrap();
    folder
}

fn built(folder: &Path) -> RetrievalIndex {
    let folder = Folder::open(folder).unwrap();
    let node = BuildIndex {
        folder,
        size: 32,
        texts: TextLikeness::Spelling,
    };
    node.run(&mut context()).unwrap()
}

fn retrieve(index: &RetrievalIndex, text: Option<&str>, image: Option<Image>) -> Retrieve {
    Retrieve {
        index: index.clone(),
        text: text.map(str::to_owned),
        image,
        weight: 0.5,
        count: 2,
    }
}

fn ids(node: Retrieve) -> Vec<String> {
    node.run(&mut context()).unwrap().ids.0
}

#[test]
fn captions_come_from_the_text_beside_or_the_name() {
    let folder = folder();
    let index = built(folder.path());
    let labels: Vec<_> = index
        .entries()
        .iter()
        .map(|it| (it.id.as_str(), it.label.as_str()))
        .collect();
    assert_eq!(
        labels,
        [
            ("4.png", "a box, coloured blue"),
            ("blue-disc.png", "blue disc"),
            ("red.square.png", "red square"),
            ("red_disc.png", "red disc"),
        ]
    );
}

#[test]
fn a_text_finds_what_is_called_so() {
    let folder = folder();
    let index = built(folder.path());
    assert_eq!(ids(retrieve(&index, Some("a blue box"), None))[0], "4.png");
    assert_eq!(
        ids(retrieve(&index, Some("Red SQUARES"), None))[0],
        "red.square.png"
    );
}

#[test]
fn a_picture_finds_itself_and_then_its_like() {
    let folder = folder();
    let index = built(folder.path());
    // Of another size, so that it is not the same pixels.
    let found = retrieve(&index, None, Some(disc(200, RED)));
    let found = Retrieve { count: 4, ..found }.run(&mut context()).unwrap();
    assert_eq!(found.ids[0], "red_disc.png");
    assert!(found.scores[0] > 0.96, "{:?}", found.scores);
    assert_eq!(
        found.ids[3], "4.png",
        "neither colour nor shape: {:?}",
        found.ids
    );
    assert!(found.scores.windows(2).all(|pair| pair[0] >= pair[1]));
    assert_eq!(found.images[0].dims(), [1, 3, 32, 32]);
    assert_eq!(found.texts[0], "red disc");
}

#[test]
fn the_weight_leads_from_the_text_to_the_picture() {
    let folder = folder();
    let index = built(folder.path());
    let both = |weight| {
        let node = retrieve(&index, Some("red square"), Some(disc(64, BLUE)));
        ids(Retrieve { weight, ..node }).remove(0)
    };
    assert_eq!(both(0.0), "red.square.png");
    assert_eq!(both(1.0), "blue-disc.png");
}

#[test]
fn more_than_there_are_gives_all() {
    let folder = folder();
    let index = built(folder.path());
    let node = retrieve(&index, Some("red"), None);
    assert_eq!(
        ids(Retrieve {
            count: 1000,
            ..node
        })
        .len(),
        4
    );
}

/// An index of vectors that a small generator makes, in clusters, with the ids in reverse order.
fn generated(count: usize, dims: usize) -> RetrievalIndex {
    let mut state = 7u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 40) as f32 / (1u64 << 24) as f32 - 0.5
    };
    let centers: Vec<Vec<f32>> = (0..20)
        .map(|_| (0..dims).map(|_| next()).collect())
        .collect();
    let mut numbers = Vec::with_capacity(count * dims);
    for place in 0..count {
        let center = &centers[place % centers.len()];
        let mut row: Vec<f32> = center.iter().map(|it| it + 0.5 * next()).collect();
        normalize(&mut row);
        numbers.extend(row);
    }
    let entries = (0..count).map(|place| Entry {
        id: format!("{:06}", count - place),
        label: String::new(),
        picture: Vec::new(),
    });
    let rows = Rows::new(dims, numbers).unwrap();
    RetrievalIndex::new("none", entries.collect(), rows.clone(), Some(rows)).unwrap()
}

#[test]
fn a_search_agrees_with_sorting_everything() {
    let index = generated(500, 12);
    for place in [0, 17, 499] {
        let query = Query {
            text: Some(index.texts().row(place).to_vec()),
            ..Query::default()
        };
        let mut all: Vec<(f32, &str)> = (0..500)
            .map(|it| {
                (
                    dot(index.texts().row(place), index.texts().row(it)),
                    index.entries()[it].id.as_str(),
                )
            })
            .collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        let found = index.search(&query, 10);
        let found: Vec<_> = found
            .iter()
            .map(|it| (it.score, index.entries()[it.place].id.as_str()))
            .collect();
        assert_eq!(found, all[..10]);
    }
}

#[test]
fn equal_scores_come_in_the_order_of_their_ids() {
    let rows = Rows::new(2, [1.0, 0.0].repeat(50)).unwrap();
    let entry = |place: usize| Entry {
        // A permutation of 0..50.
        id: format!("{:02}", place * 7 % 50),
        label: String::new(),
        picture: Vec::new(),
    };
    let index = RetrievalIndex::new("none", (0..50).map(entry).collect(), rows, None).unwrap();
    let query = Query {
        text: Some(vec![1.0, 0.0]),
        ..Query::default()
    };
    for count in [1, 7, 49, 50, 99] {
        let found = index.search(&query, count);
        let found: Vec<_> = found
            .iter()
            .map(|it| index.entries()[it.place].id.clone())
            .collect();
        let wanted: Vec<_> = (0..count.min(50)).map(|it| format!("{it:02}")).collect();
        assert_eq!(found, wanted);
    }
}

#[test]
fn the_approximate_index_finds_nearly_all_and_the_same_each_time() {
    let index = generated(1500, 16);
    let again = generated(1500, 16);
    let (mut hits, mut wanted) = (0, 0);
    for place in (0..1500).step_by(75) {
        let row = index.texts().row(place).to_vec();
        let query = Query {
            text: Some(row.clone()),
            picture: Some(row),
            weight: 0.3,
        };
        let exact = index.search(&query, 10);
        let near = index.search_exactly_to(100, &query, 10);
        assert_eq!(near, again.search_exactly_to(100, &query, 10));
        assert_eq!(near[0], exact[0], "a row is nearest to itself");
        wanted += exact.len();
        hits += exact.iter().filter(|it| near.contains(it)).count();
    }
    assert!(hits * 100 >= wanted * 95, "{hits} of {wanted}");
}

#[test]
fn an_index_comes_back_from_its_file_as_it_was() {
    let folder = folder();
    let index = built(folder.path());
    let path = folder.path().join("it.index");
    fs::write(&path, file::bytes(&index)).unwrap();
    let node = LoadIndex {
        path: File::open(&path).unwrap(),
    };
    let read = node.run(&mut context()).unwrap();
    assert_eq!(read.digest(), index.digest());
    assert_eq!(read.entries(), index.entries());
    assert_eq!(read.pictures(), index.pictures());
    let of = |index: &RetrievalIndex| ids(retrieve(index, Some("blue"), None));
    assert_eq!(of(&read), of(&index));
}

#[test]
fn a_file_with_any_byte_changed_or_lost_is_refused() {
    let bytes = file::bytes(&generated(3, 2));
    assert!(file::read(&bytes).is_ok());
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 0x10;
        assert!(file::read(&changed).is_err(), "byte {place}");
        assert!(file::read(&bytes[..place]).is_err(), "{place} bytes");
    }
    let told = |bytes: &[u8]| file::read(bytes).unwrap_err();
    assert!(told(b"PNG").contains("is no index"));
    assert!(told(b"weft index 9").contains("another format"));
    assert!(told(&bytes[..bytes.len() - 1]).contains("is damaged"));
}

#[test]
fn stored_bytes_that_do_not_fit_together_are_no_index() {
    let index = generated(3, 2);
    let bytes = index.encode().unwrap();
    let bytes = bytes.as_bytes();
    assert!(RetrievalIndex::decode(&mut Decode::new(bytes), &device()).is_ok());
    for length in 0..bytes.len() {
        let mut from = Decode::new(&bytes[..length]);
        assert!(RetrievalIndex::decode(&mut from, &device()).is_err());
    }
    let entry = |id: &str| Entry {
        id: id.to_owned(),
        label: String::new(),
        picture: Vec::new(),
    };
    let rows = |count: usize| Rows::new(1, vec![1.0; count]).unwrap();
    let new = |entries: Vec<Entry>, count| RetrievalIndex::new("none", entries, rows(count), None);
    assert!(
        new(vec![entry("a"), entry("a")], 2)
            .unwrap_err()
            .contains("two pictures")
    );
    assert!(new(vec![entry("a")], 2).is_err());
    assert!(new(Vec::new(), 1).is_err());
    assert!(Rows::new(2, vec![1.0; 3]).is_none());
    assert!(Rows::new(1, vec![f32::NAN]).is_none());
}

#[test]
fn a_folder_without_pictures_and_a_broken_picture_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "no picture").unwrap();
    let build = || {
        let folder = Folder::open(folder.path()).unwrap();
        BuildIndex {
            folder,
            size: 32,
            texts: TextLikeness::Spelling,
        }
        .run(&mut context())
    };
    assert!(build().unwrap_err().to_string().contains("has no pictures"));
    fs::write(folder.path().join("b.png"), b"\x89PNG\r\n\x1a\nnothing").unwrap();
    assert!(build().unwrap_err().to_string().contains("b.png"));
}

#[test]
fn a_search_for_nothing_is_refused() {
    let index = generated(3, 2);
    let run = |node: Retrieve| node.run(&mut context()).map(drop).unwrap_err().to_string();
    assert!(run(retrieve(&index, None, None)).contains("nothing to look for"));
    assert!(run(retrieve(&index, Some(" "), None)).contains("`text`: is empty"));
    assert!(run(retrieve(&index, Some("red"), None)).contains("embedded by `none`"));
    let picture = Some(disc(16, RED));
    assert!(run(retrieve(&index, None, picture)).contains("searched by text only"));
    let mut known = Values::default();
    known.put("text", AnyValue::new(String::new()));
    assert!(Retrieve::check(&Facts::new(&known)).is_err());
}

#[test]
fn texts_are_near_that_share_words_or_stems() {
    let texts = [
        "red apple",
        "a red apple",
        "green apples",
        "smiling cat",
        "",
        "ÄPFEL rot",
        "äpfel",
    ];
    let vectors = WordHash
        .embed(&texts.map(str::to_owned), &context())
        .unwrap();
    let near = |a: usize, b: usize| dot(&vectors[a], &vectors[b]);
    for (text, vector) in texts.iter().zip(&vectors) {
        let length = dot(vector, vector);
        assert!(
            text.is_empty() || (length - 1.0).abs() < 1e-5,
            "{text}: {length}"
        );
    }
    assert!(near(0, 1) > near(0, 2) && near(0, 2) > near(0, 3) + 0.05);
    assert!(near(5, 6) > 0.5, "whatever the case");
    assert_eq!(dot(&vectors[4], &vectors[4]), 0.0);
}

#[test]
fn a_descriptor_knows_colour_from_shape() {
    let of = |image: &Image| descriptor(image).unwrap();
    let red_disc = of(&disc(64, RED));
    assert!((dot(&red_disc, &red_disc) - 1.0).abs() < 1e-5);
    let near = |image: &Image| dot(&red_disc, &of(image));
    let (same_shape, same_color, neither) = (
        near(&disc(64, BLUE)),
        near(&square(64, RED)),
        near(&square(64, BLUE)),
    );
    assert!(
        neither < same_shape && neither < same_color,
        "{same_shape} {same_color} {neither}"
    );
    assert!(near(&disc(150, RED)) > 0.96, "{}", near(&disc(150, RED)));
}

#[test]
fn what_is_transparent_has_no_colour() {
    let side = 64;
    let opaque = disc(side, RED);
    let alpha = drawn(side, |x, y| [f32::from((x - 0.5).hypot(y - 0.5) < 0.35); 3]);
    let alpha = alpha.into_pixels().narrow(1, 0, 1);
    let cut = |ground: [f32; 3]| {
        let filled = drawn(side, |x, y| {
            if (x - 0.5).hypot(y - 0.5) < 0.35 {
                RED
            } else {
                ground
            }
        });
        let pixels = Tensor::cat(vec![filled.into_pixels(), alpha.clone()], 1);
        descriptor(&Image::new(pixels)).unwrap()
    };
    assert!((dot(&cut([0.0; 3]), &cut([0.0, 1.0, 0.0])) - 1.0).abs() < 1e-4);
    assert!(dot(&cut([0.0; 3]), &descriptor(&opaque).unwrap()) > 0.8);
}

#[test]
fn a_plain_picture_has_a_colour_and_nothing_else() {
    let plain = |color| descriptor(&drawn(32, |_, _| color)).unwrap();
    assert!((dot(&plain(RED), &plain(RED)) - 1.0).abs() < 1e-5);
    assert!(dot(&plain(RED), &plain(BLUE)) < 0.1);
}

#[test]
fn meaning_finds_a_red_fruit_where_no_word_is_shared() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["strawberry", "fire engine", "smiling face", "key"] {
        let path = folder.path().join(format!("{name}.png"));
        fs::write(path, png(&disc(16, RED))).unwrap();
    }
    let folder = Folder::open(folder.path()).unwrap();
    let node = BuildIndex {
        folder,
        size: 16,
        texts: TextLikeness::Meaning,
    };
    let index = node.run(&mut context()).unwrap();
    assert_eq!(index.embedder(), weft_shipped::TEXT_NAME);
    assert_eq!(
        ids(retrieve(&index, Some("a red fruit"), None))[0],
        "strawberry.png"
    );
    assert_eq!(
        ids(retrieve(&index, Some("happy"), None))[0],
        "smiling face.png"
    );
}
