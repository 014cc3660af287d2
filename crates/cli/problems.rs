//! Tells a person what went wrong.

use std::{io::IsTerminal, process::ExitCode, thread};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, Report};

/// The graph or the command is wrong.
const WRONG: u8 = 2;

/// Sets how reports look, and keeps the panics of nodes quiet: the report of the run tells them.
pub(crate) fn prepare() {
    // A handler is set once, at the start of the program.
    let _ = miette::set_hook(Box::new(|_| Box::new(handler())));
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_in_node = thread::current()
            .name()
            .is_some_and(|name| name.starts_with("weft-"));
        if !is_in_node {
            default(panic);
        }
    }));
}

/// The handler for reports: colours and links only on a terminal.
pub(crate) fn handler() -> GraphicalReportHandler {
    let is_plain = !std::io::stderr().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    let theme = if is_plain {
        GraphicalTheme::unicode_nocolor()
    } else {
        GraphicalTheme::unicode()
    };
    GraphicalReportHandler::new_themed(theme)
        .with_links(!is_plain)
        .with_context_lines(1)
        .with_width(100)
}

/// Prints what is wrong without being the end.
pub(crate) fn warn(problem: &dyn Diagnostic) {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = handler().render_report(&mut text, problem);
    anstream::eprintln!("{text}");
}

/// Prints a report that ends the program.
pub(crate) fn tell(report: &Report) -> ExitCode {
    anstream::eprintln!("{report:?}");
    ExitCode::from(WRONG)
}
