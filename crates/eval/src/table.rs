//! A report as text: table 4 of the paper, and the plain measures.

use std::fmt::Write;

use crate::{Cell, Column, Report, Row, Score};

/// Width of the names of tasks.
const NAME: usize = 18;

/// SC/PQ/O of every method, laid out as table 4 of arXiv 2401.01952: tasks that are trained, their averages,
/// combinations that never were, theirs; then the same of concepts that nothing was learnt of.
pub fn table(report: &Report) -> String {
    let mut text = String::new();
    let _ = write!(text, "{:<NAME$} {:>4}", "SC/PQ/O", "n");
    for column in &report.columns {
        let _ = write!(text, "  {column:>13}");
    }
    text.push('\n');
    for (unknown, zero_shot, heading) in [
        (false, false, "in-domain"),
        (false, true, "zero-shot"),
        (true, false, "unknown concepts, in-domain"),
        (true, true, "unknown concepts, zero-shot"),
    ] {
        let is_of = |row: &&Row| row.unknown == unknown && row.zero_shot == zero_shot;
        let rows: Vec<&Row> = report.rows.iter().filter(is_of).collect();
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{heading}");
        for row in &rows {
            let scores = row
                .cells
                .iter()
                .map(|cell| Some(cell.score))
                .collect::<Vec<_>>();
            line(&mut text, (&row.name, Some(row.samples)), &scores);
        }
        let average = |column: usize| {
            Score::average(
                &rows
                    .iter()
                    .map(|row| row.cells[column].score)
                    .collect::<Vec<_>>(),
            )
        };
        let averages: Vec<_> = (0..report.columns.len()).map(average).collect();
        line(&mut text, ("average", None), &averages);
    }
    for column in Column::ALL {
        if report.columns.iter().any(|it| it == column.name()) {
            let _ = writeln!(text, "{:<8} {}", column.name(), column.help());
        }
    }
    text
}

fn line(text: &mut String, (name, count): (&str, Option<usize>), scores: &[Option<Score>]) {
    let count = count.map(|count| count.to_string()).unwrap_or_default();
    let _ = write!(text, "  {name:<0$} {count:>4}", NAME - 2);
    for score in scores {
        let score = score.map_or_else(
            || "-".to_owned(),
            |it| [it.sc, it.pq, it.o].map(short).join("/"),
        );
        let _ = write!(text, "  {score:>13}");
    }
    text.push('\n');
}

/// Two digits, as the paper writes them.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.strip_prefix('0').map(str::to_owned).unwrap_or(text)
}

/// A measure: its heading, its digits, and where it stands.
type Measured = (&'static str, usize, fn(&Cell) -> Option<f64>);

/// Style accuracy, concept among the first five, edges, mask, decibels and structural similarity: a line for each
/// method that draws or bounds what can be drawn.
pub fn measures(report: &Report) -> String {
    let kinds: [Measured; 6] = [
        ("style", 2, |cell| cell.style),
        ("concept", 2, |cell| cell.concept),
        ("edge F1", 2, |cell| cell.edges),
        ("mask IoU", 2, |cell| cell.mask),
        ("PSNR", 1, |cell| cell.psnr),
        ("SSIM", 2, |cell| cell.ssim),
    ];
    let mut text = String::new();
    let _ = write!(text, "{:<NAME$} {:<8}", "", "");
    for (heading, ..) in kinds {
        let _ = write!(text, "  {heading:>8}");
    }
    text.push('\n');
    for row in &report.rows {
        let mut name = format!("{}{}", row.name, if row.unknown { " *" } else { "" });
        for (column, cell) in report.columns.iter().zip(&row.cells) {
            let _ = write!(text, "{name:<NAME$} {column:<8}");
            for (_, digits, of) in kinds {
                let value = of(cell).map_or_else(|| "-".to_owned(), |it| format!("{it:.digits$}"));
                let _ = write!(text, "  {value:>8}");
            }
            text.push('\n');
            name.clear();
        }
    }
    if report.rows.iter().any(|row| row.unknown) {
        let _ = writeln!(
            text,
            "* concepts that neither the model nor the judge learnt; the judge tells {} of them apart by their looks",
            report.unknown
        );
    }
    let judge = &report.judge;
    let _ = writeln!(
        text,
        "judge on {} real pictures that it never learnt: style {:.3}, concept {:.3}, among the first five {:.3}",
        judge.pictures, judge.style, judge.concept, judge.top_5
    );
    text
}
