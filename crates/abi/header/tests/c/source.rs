//! The text of the crate, taken apart.

use std::fmt::Write as _;

/// What has been read.
#[derive(Default)]
pub(crate) struct Source {
    /// Types alone, as cbindgen can read them.
    pub(crate) rust: String,
    /// Constants, as C.
    pub(crate) constants: String,
    /// Names of types: (Rust, C).
    pub(crate) types: Vec<(String, String)>,
    /// Names of constants: (as documentation says them, C).
    names: Vec<(String, String)>,
}

impl Source {
    /// Adds one file.
    pub(crate) fn read(&mut self, text: &str) {
        let (mut docs, mut owner, mut depth, mut is_table) =
            (String::new(), String::new(), 0, false);
        for line in text.lines().map(str::trim) {
            let opens = line
                .strip_prefix("impl ")
                .or(line.strip_prefix("macro_rules! "));
            let is_inside = depth > 0;
            if let Some(name) = opens.filter(|_| !is_inside) {
                owner = name.trim_end_matches(" {").to_owned();
            }
            if is_inside || opens.is_some() {
                depth += line.matches('{').count() as i32 - line.matches('}').count() as i32;
            }
            if line.starts_with("///") {
                docs += &format!("{line}\n");
                continue;
            }
            let docs = std::mem::take(&mut docs);
            if let Some(constant) = line
                .strip_prefix("pub const ")
                .filter(|it| it.contains(" = ") && !it.contains('$'))
            {
                self.constant(&docs, if is_inside { &owner } else { "" }, constant);
            } else if let Some(row) = line.strip_suffix(';').filter(|it| it.contains(" = c\"")) {
                self.function(&docs, row);
            } else if line == "functions! {" {
                self.constants += "\n/// The ids of the functions of the host; what each does is told at its type below.\n";
                is_table = true;
            } else if line == "}" && is_table {
                is_table = false;
            } else if !is_inside && opens.is_none() && !line.starts_with("//!") {
                self.ty(line);
                let line = line.replace("Option<Function>", "Function");
                let _ = writeln!(self.rust, "{docs}{line}");
            }
        }
    }

    /// `NAME: Type = value;` of the type `owner`, or of none.
    fn constant(&mut self, docs: &str, owner: &str, constant: &str) {
        let Some((name, value)) = constant.split_once(" = ") else {
            return;
        };
        let name = name.split(':').next().unwrap_or_default();
        let value = value.trim_end_matches(';');
        let number = value
            .strip_prefix("Self(")
            .and_then(|it| it.strip_suffix(')'));
        let text = value.strip_prefix('c');
        let prefix = match owner {
            "" | "Status" => String::new(),
            owner => format!("{}_", owner.to_uppercase()),
        };
        let said = if owner.is_empty() {
            name.to_owned()
        } else {
            format!("{owner}::{name}")
        };
        self.define(
            docs,
            (&said, &format!("{prefix}{name}")),
            number.or(text).unwrap_or(value),
        );
    }

    /// `Name, NAME, name = c"weft.name": fn(…)`.
    fn function(&mut self, docs: &str, row: &str) {
        let Some((names, rest)) = row.split_once(" = c") else {
            return;
        };
        let Some((id, arguments)) = rest.split_once(": fn") else {
            return;
        };
        let mut names = names.split(", ");
        let (Some(ty), Some(constant)) = (names.next(), names.next()) else {
            return;
        };
        self.define("", (constant, constant), id);
        let ty = format!("pub type {ty} = unsafe extern \"C\" fn{arguments} -> Status;");
        self.ty(&ty);
        let _ = writeln!(self.rust, "{docs}{ty}");
    }

    fn define(&mut self, docs: &str, (said, name): (&str, &str), value: &str) {
        self.names.push((said.to_owned(), format!("WEFT_{name}")));
        let value = if value.starts_with('-') {
            format!("({value})")
        } else {
            value.to_owned()
        };
        let gap = if docs.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.constants, "{gap}{docs}#define WEFT_{name} {value}");
    }

    /// Notes the name of a type.
    fn ty(&mut self, line: &str) {
        let (is_alias, rest) = match (
            line.strip_prefix("pub struct "),
            line.strip_prefix("pub type "),
        ) {
            (Some(rest), _) => (false, rest),
            (_, Some(rest)) => (true, rest),
            _ => return,
        };
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
        let mut c = String::from("weft");
        for letter in name.chars() {
            if letter.is_uppercase() {
                c.push('_');
            }
            c.extend(letter.to_lowercase());
        }
        if is_alias && name != "Function" {
            c += "_fn";
        }
        self.types.push((name, c));
    }

    /// The header with names as C has them, in its comments too.
    pub(crate) fn in_c(&self, header: &str) -> String {
        let mut out = String::new();
        for line in header.lines() {
            if line.trim_start().starts_with("//") {
                let words = line.replace("[`", "`").replace("`]", "`");
                let words: Vec<_> = words.split('`').map(|word| self.word(word)).collect();
                out += &words.join("`");
            } else {
                out += line;
            }
            out.push('\n');
        }
        out
    }

    fn word<'a>(&'a self, word: &'a str) -> &'a str {
        let mut known = self.names.iter().chain(&self.types);
        match known.find(|(rust, _)| rust == word) {
            Some((_, c)) => c,
            None if word == "crate::Described" => "weft_abi::Described",
            None => word,
        }
    }
}
