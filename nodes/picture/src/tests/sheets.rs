//! Contact sheets.

use burn::tensor::{Device, Tensor};
use weft_node::value::{Image, List};
use weft_testing::{for_each_device, numbers};

use super::{color, picture, plain, refused, run};
use crate::Grid;

fn grid(images: Vec<Image>) -> Grid {
    Grid {
        images: List(images),
        labels: None,
        columns: 2,
        cell_width: None,
        cell_height: None,
        gap: 1,
        label_height: 12,
        background: color(1.0, 1.0, 1.0, 1.0),
        ink: color(0.0, 0.0, 0.0, 1.0),
    }
}

fn labels(texts: &[&str]) -> Option<List<String>> {
    Some(texts.iter().map(|text| (*text).to_owned()).collect())
}

/// One channel of part of a sheet.
fn part(
    sheet: &Image,
    channel: usize,
    (top, left): (usize, usize),
    (height, width): (usize, usize),
) -> Vec<f32> {
    let pixels: Tensor<4> = sheet.pixels().narrow(1, channel, 1);
    numbers(&pixels.narrow(2, top, height).narrow(3, left, width))
}

#[test]
fn pictures_stand_row_by_row_in_the_middle_of_their_cells() {
    for_each_device(|device| {
        let sheet = grid(vec![
            plain(device, &[1.0, 0.0, 0.0], (4, 6)),
            plain(device, &[0.0], (2, 2)),
            plain(device, &[0.0, 0.0, 1.0], (4, 6)),
        ]);
        let sheet = run(sheet, device).unwrap();
        assert_eq!(sheet.dims(), [1, 3, 11, 15]);
        assert_eq!(part(&sheet, 1, (1, 1), (4, 6)), [0.0; 24]);
        assert_eq!(part(&sheet, 2, (6, 1), (4, 6)), [1.0; 24]);
        let middle = part(&sheet, 0, (1, 8), (4, 6));
        let is_inside = |i: usize| (1..3).contains(&(i / 6)) && (2..4).contains(&(i % 6));
        assert!(
            (0..24).all(|i| middle[i] == if is_inside(i) { 0.0 } else { 1.0 }),
            "{middle:?}"
        );
        assert!(
            part(&sheet, 0, (0, 0), (11, 1))
                .iter()
                .all(|value| *value == 1.0),
            "the gap"
        );
    });
}

#[test]
fn larger_pictures_shrink_into_their_cells() {
    let device = Device::flex();
    let sheet = Grid {
        cell_width: Some(10),
        cell_height: Some(10),
        columns: 0,
        ..grid(vec![
            plain(&device, &[0.0], (40, 20)),
            plain(&device, &[0.0], (3, 3)),
        ])
    };
    let sheet = run(sheet, &device).unwrap();
    assert_eq!(sheet.dims(), [1, 3, 12, 23]);
    let dark = |left| {
        part(&sheet, 0, (1, left), (10, 10))
            .iter()
            .filter(|value| **value < 0.5)
            .count()
    };
    assert_eq!((dark(1), dark(12)), (50, 9));
}

#[test]
fn labels_stand_below_their_pictures() {
    for_each_device(|device| {
        let images = || {
            vec![
                plain(device, &[0.5], (8, 40)),
                plain(device, &[0.5], (8, 40)),
            ]
        };
        let sheet = run(
            Grid {
                labels: labels(&["cat", ""]),
                ..grid(images())
            },
            device,
        )
        .unwrap();
        assert_eq!(sheet.dims(), [1, 3, 22, 83]);
        let darkest = |left| {
            part(&sheet, 0, (9, left), (12, 40))
                .into_iter()
                .fold(1.0, f32::min)
        };
        assert!(darkest(1) < 0.2, "no ink");
        assert_eq!(darkest(42), 1.0);
    });
}

#[test]
fn clear_pictures_show_the_ground() {
    for_each_device(|device| {
        let image = plain(device, &[0.0, 0.0, 0.0, 0.25], (1, 1));
        let sheet = run(grid(vec![image.clone()]), device).unwrap();
        assert_eq!(sheet.channels(), 3);
        assert!((part(&sheet, 0, (1, 1), (1, 1))[0] - 0.75).abs() < 1e-6);
        let clear = Grid {
            background: color(1.0, 1.0, 1.0, 0.0),
            ..grid(vec![image])
        };
        let sheet = run(clear, device).unwrap();
        assert_eq!(
            (
                part(&sheet, 3, (1, 1), (1, 1))[0],
                part(&sheet, 3, (0, 0), (1, 1))[0]
            ),
            (0.25, 0.0)
        );
    });
}

#[test]
fn each_picture_of_a_batch_has_a_cell() {
    let device = Device::flex();
    let batch = picture(&device, [3, 3, 4, 4]);
    let sheet = run(
        Grid {
            columns: 3,
            ..grid(vec![batch.clone()])
        },
        &device,
    )
    .unwrap();
    assert_eq!(sheet.dims(), [1, 3, 6, 16]);
    let last = numbers(&batch.pixels().narrow(0, 2, 1).narrow(1, 0, 1));
    let found = part(&sheet, 0, (1, 11), (4, 4));
    assert!(last.iter().zip(&found).all(|(a, b)| (a - b).abs() < 1e-6));
}

#[test]
fn grids_that_cannot_be_are_refused() {
    let device = Device::flex();
    let images = || {
        vec![
            plain(&device, &[0.5], (8, 8)),
            plain(&device, &[0.5], (8, 8)),
        ]
    };
    assert_eq!(refused(run(grid(vec![]), &device)), "images");
    assert_eq!(
        refused(run(
            Grid {
                labels: labels(&["one"]),
                ..grid(images())
            },
            &device
        )),
        "labels"
    );
    let huge = Grid {
        cell_width: Some(i64::MAX),
        cell_height: Some(i64::MAX),
        ..grid(images())
    };
    assert!(matches!(
        run(huge, &device),
        Err(weft_node::Error::Memory { .. })
    ));
}
