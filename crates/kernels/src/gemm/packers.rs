//! Strips of a matrix into packed words: along the depth or across it, straight or turned.

/// A part of a matrix to be packed: `lines` of `length` contiguous numbers each.
pub(crate) struct Strip<'a> {
    pub(crate) src: &'a [f32],
    /// From one line to the next.
    pub(crate) stride: usize,
    pub(crate) lines: usize,
    pub(crate) length: usize,
    /// Words of the depth to write; those without numbers become zero.
    pub(crate) depth: usize,
    pub(crate) dst: &'a mut [u32],
    /// From one row (left operand) or one word of the depth (right operand) to the next, in `dst`.
    pub(crate) pitch: usize,
}

impl Strip<'_> {
    /// Asserts that the lines lie in `src` and that many rows of so many words in `dst`.
    pub(crate) fn check(&self, rows: usize, words: usize) {
        let lines = self.lines.saturating_sub(1) * self.stride + self.length;
        assert!(self.lines == 0 || lines <= self.src.len());
        assert!(rows == 0 || (rows - 1) * self.pitch + words <= self.dst.len());
    }
}

/// The packing functions of one kind of word. Each asks that [`Strip::check`] has passed.
pub(crate) struct Packers {
    /// Left operand, lines are its rows.
    pub(crate) rows_along: unsafe fn(&mut Strip<'_>),
    /// Left operand, lines are the depth.
    pub(crate) rows_across: unsafe fn(&mut Strip<'_>),
    /// Right operand, lines are its columns.
    pub(crate) columns_along: unsafe fn(&mut Strip<'_>),
    /// Right operand, lines are the depth.
    pub(crate) columns_across: unsafe fn(&mut Strip<'_>),
    /// Groups of as many lines as a word has elements, each into `length` words, one after the other.
    pub(crate) groups: unsafe fn(&mut Strip<'_>),
    /// As many planes as a word has elements, `stride` apart, of `depth` rows of `length`, into one plane
    /// of rows at the pitch.
    pub(crate) planes: unsafe fn(&mut Strip<'_>),
}

/// Writes the packers of one kind of word.
///
/// `along` reads so many numbers of one line into 16 words, `across` the same columns of as many lines
/// as a word has elements, `turn` transposes 16 times 16 words, `store` writes the first words.
macro_rules! packers {
    ($(#[$features:meta])* mod $name:ident {
        elements: $elements:expr, along: $along:path, across: $across:path,
        zero: $zero:path, turn: $turn:path, store: $store:path $(,)?
    }) => {
        pub(in crate::gemm) mod $name {
            use crate::gemm::packers::{Packers, Strip};

            const ELEMENTS: usize = $elements;

            pub(in crate::gemm) const ALL: Packers =
                Packers { rows_along, rows_across, columns_along, columns_across, groups, planes };

            $(#[$features])*
            unsafe fn rows_along(strip: &mut Strip<'_>) {
                let (src, dst) = (strip.src.as_ptr(), strip.dst.as_mut_ptr());
                for line in 0..strip.lines {
                    for word in (0..strip.depth).step_by(16) {
                        let at = (word * ELEMENTS).min(strip.length);
                        let count = (strip.length - at).min(16 * ELEMENTS);
                        // SAFETY: the line has `count` numbers there and the row of `dst` the words.
                        unsafe {
                            let words = $along(src.add(line * strip.stride + at), count);
                            let out = dst.add(line * strip.pitch + word);
                            $store(words, out, (strip.depth - word).min(16));
                        }
                    }
                }
            }

            $(#[$features])*
            unsafe fn planes(strip: &mut Strip<'_>) {
                let (src, dst) = (strip.src.as_ptr(), strip.dst.as_mut_ptr());
                for row in 0..strip.depth {
                    for at in (0..strip.length).step_by(16) {
                        let count = (strip.length - at).min(16);
                        // SAFETY: `count` numbers of each plane are there, and as many words of `dst`.
                        unsafe {
                            let from = src.add(row * strip.length + at);
                            let words = $across(from, strip.stride, strip.lines, count);
                            $store(words, dst.add(row * strip.pitch + at), count);
                        }
                    }
                }
            }

            $(#[$features])*
            unsafe fn groups(strip: &mut Strip<'_>) {
                let (src, dst) = (strip.src.as_ptr(), strip.dst.as_mut_ptr());
                for (group, line) in (0..strip.lines).step_by(ELEMENTS).enumerate() {
                    let lines = (strip.lines - line).min(ELEMENTS);
                    for at in (0..strip.length).step_by(16) {
                        let count = (strip.length - at).min(16);
                        // SAFETY: `count` numbers of each line are there, and as many words of `dst`.
                        unsafe {
                            let from = src.add(line * strip.stride + at);
                            let words = $across(from, strip.stride, lines, count);
                            $store(words, dst.add(group * strip.length + at), count);
                        }
                    }
                }
            }

            $(#[$features])*
            unsafe fn columns_across(strip: &mut Strip<'_>) {
                let (src, dst) = (strip.src.as_ptr(), strip.dst.as_mut_ptr());
                for word in 0..strip.depth {
                    let line = (word * ELEMENTS).min(strip.lines);
                    let lines = (strip.lines - line).min(ELEMENTS);
                    for column in (0..strip.pitch).step_by(16) {
                        let at = column.min(strip.length);
                        let count = if lines == 0 { 0 } else { (strip.length - at).min(16) };
                        // SAFETY: only `count` numbers of each of the lines are read, all inside.
                        unsafe {
                            let from = src.wrapping_add(line * strip.stride + at);
                            let words = $across(from, strip.stride, lines, count);
                            $store(words, dst.add(word * strip.pitch + column), 16);
                        }
                    }
                }
            }

            $(#[$features])*
            unsafe fn columns_along(strip: &mut Strip<'_>) {
                let (src, dst) = (strip.src.as_ptr(), strip.dst.as_mut_ptr());
                for column in (0..strip.pitch).step_by(16) {
                    for word in (0..strip.depth).step_by(16) {
                        let at = (word * ELEMENTS).min(strip.length);
                        let count = (strip.length - at).min(16 * ELEMENTS);
                        let mut block = [$zero(); 16];
                        let lines = strip.lines.saturating_sub(column).min(16);
                        for (i, words) in block.iter_mut().enumerate().take(lines) {
                            // SAFETY: the line has `count` numbers there.
                            *words = unsafe { $along(src.add((column + i) * strip.stride + at), count) };
                        }
                        $turn(&mut block);
                        for (i, words) in block.iter().enumerate().take(strip.depth - word) {
                            // SAFETY: `pitch` is a multiple of 16, so the row has 16 words there.
                            unsafe { $store(*words, dst.add((word + i) * strip.pitch + column), 16) };
                        }
                    }
                }
            }

            $(#[$features])*
            unsafe fn rows_across(strip: &mut Strip<'_>) {
                let (src, dst) = (strip.src.as_ptr(), strip.dst.as_mut_ptr());
                for word in (0..strip.depth).step_by(16) {
                    for row in (0..strip.length).step_by(16) {
                        let rows = (strip.length - row).min(16);
                        let mut block = [$zero(); 16];
                        for (i, words) in block.iter_mut().enumerate() {
                            let line = ((word + i) * ELEMENTS).min(strip.lines);
                            let lines = (strip.lines - line).min(ELEMENTS);
                            let count = if lines == 0 { 0 } else { rows };
                            // SAFETY: only `count` numbers of each of the lines are read, all inside.
                            *words = unsafe {
                                let from = src.wrapping_add(line * strip.stride + row);
                                $across(from, strip.stride, lines, count)
                            };
                        }
                        $turn(&mut block);
                        for (i, words) in block.iter().enumerate().take(rows) {
                            // SAFETY: the row of `dst` has the words of the depth.
                            unsafe {
                                let out = dst.add((row + i) * strip.pitch + word);
                                $store(*words, out, (strip.depth - word).min(16));
                            }
                        }
                    }
                }
            }
        }
    };
}

pub(crate) use packers;
