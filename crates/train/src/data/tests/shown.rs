//! Planes and lines of a drawn square.

use crate::data::{Contours, edges, filled, outline, picture, silhouette, spread, thickened};

/// 16 by 16 pixels with a grey square from 4 up to and without 12.
fn square(alpha: u8) -> Vec<u8> {
    let inside = |at: usize| (4..12).contains(&(at % 16)) && (4..12).contains(&(at / 16));
    (0..256)
        .flat_map(|at| {
            if inside(at) {
                [51, 102, 0, alpha]
            } else {
                [0; 4]
            }
        })
        .collect()
}

#[test]
fn a_picture_lies_on_its_ground_by_its_alpha() {
    let mut planes = vec![9.0; 3 * 256];
    picture(&square(255), [1.0; 3], &mut planes);
    let at = |planes: &[f32], pixel: usize| [0, 1, 2].map(|channel| planes[channel * 256 + pixel]);
    let near = |a: [f32; 3], b: [f32; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
    assert!(near(at(&planes, 0), [1.0; 3]));
    assert!(near(at(&planes, 5 * 16 + 5), [-0.6, -0.2, -1.0]));
    picture(&square(51), [0.0, 0.5, 1.0], &mut planes);
    assert!(near(at(&planes, 0), [-1.0, 0.0, 1.0]));
    // A fifth of the square, four fifths of the ground.
    assert!(near(at(&planes, 5 * 16 + 5), [-0.92, -0.04, 0.6]));
}

#[test]
fn silhouette_outline_and_lines_of_a_square_are_right() {
    let mask = silhouette(&square(128));
    assert_eq!(mask.iter().sum::<f32>(), 64.0);
    assert_eq!(silhouette(&square(127)).iter().sum::<f32>(), 0.0);
    let line = outline(&mask, 16);
    assert_eq!(line.iter().sum::<f32>(), 28.0);
    assert_eq!(
        [line[4 * 16 + 4], line[11 * 16 + 7], line[5 * 16 + 5]],
        [1.0, 1.0, 0.0]
    );
    assert_eq!(
        outline(&[1.0; 9], 3),
        [1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0]
    );
    assert_eq!(filled(&line, 16), mask);
    assert_eq!(thickened(&line, 16, 1), line);
    // One more ring outside and one inside: 10² − 4².
    assert_eq!(thickened(&line, 16, 3).iter().sum::<f32>(), 100.0 - 16.0);
    let mut grey = vec![9.0; 3 * 256];
    spread(&mask, &mut grey);
    assert!(
        grey.iter()
            .enumerate()
            .all(|(at, value)| *value == 2.0 * mask[at % 256] - 1.0)
    );
}

#[test]
fn a_thick_line_is_as_wide_as_it_says_and_stops_at_the_border() {
    for width in 1..=4 {
        let mut plane = vec![0.0; 81];
        plane[4 * 9 + 4] = 1.0;
        let thick = thickened(&plane, 9, width);
        assert_eq!(thick.iter().sum::<f32>(), (width * width) as f32);
        assert_eq!(thick[4 * 9 + 4], 1.0);
    }
    let mut corner = vec![0.0; 81];
    corner[0] = 1.0;
    assert_eq!(thickened(&corner, 9, 3).iter().sum::<f32>(), 4.0);
}

#[test]
fn edges_of_a_square_lie_on_its_sides_and_nowhere_else() {
    let found = edges(&square(255), 16, Contours::default()).unwrap();
    let from_side = |at: usize| {
        let distance = |place: usize| {
            [3.5f32, 11.5]
                .iter()
                .map(|side| (place as f32 - side).abs())
                .fold(f32::MAX, f32::min)
        };
        distance(at % 16).min(distance(at / 16))
    };
    assert!(found.iter().all(|edge| [0.0, 1.0].contains(edge)));
    assert!((20..=36).contains(&(found.iter().sum::<f32>() as usize)));
    assert!(
        found
            .iter()
            .enumerate()
            .all(|(at, edge)| *edge == 0.0 || from_side(at) < 1.6)
    );
    let blank = edges(&[0; 1024], 16, Contours::default()).unwrap();
    assert!(blank.iter().all(|edge| *edge == 0.0));
}
