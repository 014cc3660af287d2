//! A text as the tokens that text encoders take: chunks of 75 with a weight for each.

use weft_models::stable::tokens::{ROOM, Tokens, TokensError};

use crate::prompt::{first_of, parts};

/// A word of a text that stands for tokens of its own.
#[derive(Clone, Debug)]
pub(crate) struct Learnt {
    pub(crate) word: String,
    pub(crate) ids: Vec<u32>,
}

/// Tokens between those of start and end, each with its weight.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Chunk {
    pub(crate) ids: Vec<u32>,
    pub(crate) weights: Vec<f32>,
}

impl Chunk {
    fn push(&mut self, word: &[u32], weight: f32) {
        self.ids.extend(word);
        self.weights.resize(self.ids.len(), weight);
    }

    /// The weights of all its tokens after framing.
    pub(crate) fn framed(&self) -> Vec<f32> {
        let mut framed = vec![1.0];
        framed.extend(&self.weights);
        framed.resize(ROOM + 2, 1.0);
        framed
    }
}

/// The tokens of a text, word by word.
fn words(tokens: &Tokens, text: &str, learnt: &[Learnt]) -> Result<Vec<Vec<u32>>, TokensError> {
    let names: Vec<&str> = learnt.iter().map(|learnt| learnt.word.as_str()).collect();
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((which, place)) = first_of(&names, rest) {
        found.extend(tokens.words(&rest[..place.start])?);
        found.push(learnt[which].ids.clone());
        rest = &rest[place.end..];
    }
    found.extend(tokens.words(rest)?);
    Ok(found)
}

/// The chunks of a text, at least one; a word is not divided unless it is longer than a chunk.
///
/// # Errors
/// The tokeniser refuses the text.
pub(crate) fn chunks(
    tokens: &Tokens,
    text: &str,
    learnt: &[Learnt],
) -> Result<Vec<Chunk>, TokensError> {
    let mut chunks = Vec::new();
    for part in parts(text) {
        let mut chunk = Chunk::default();
        for piece in part {
            for word in words(tokens, &piece.text, learnt)? {
                if chunk.ids.len() + word.len() > ROOM && !chunk.ids.is_empty() {
                    chunks.push(std::mem::take(&mut chunk));
                }
                for word in word.chunks(ROOM) {
                    if chunk.ids.len() + word.len() > ROOM {
                        chunks.push(std::mem::take(&mut chunk));
                    }
                    chunk.push(word, piece.weight);
                }
            }
        }
        chunks.push(chunk);
    }
    if chunks.is_empty() {
        chunks.push(Chunk::default());
    }
    Ok(chunks)
}

#[cfg(test)]
mod tests {
    use weft_models::stable::tokens::{ROOM, Tokens};

    use super::{Learnt, chunks};

    #[test]
    fn long_texts_are_divided_between_words() {
        let tokens = Tokens::shipped().unwrap();
        // Of two tokens each, so that the 38th does not fit.
        let word = "unbelievablyish ";
        let each = tokens.ids(word).unwrap().len();
        let found = chunks(&tokens, &word.repeat(60), &[]).unwrap();
        let fitting = ROOM / each * each;
        assert_eq!(found[0].ids.len(), fitting);
        assert_eq!(
            found.iter().map(|it| it.ids.len()).sum::<usize>(),
            60 * each
        );
        let endless = chunks(&tokens, &"xq".repeat(400), &[]).unwrap();
        assert!(endless.iter().all(|chunk| chunk.ids.len() <= ROOM));
    }

    #[test]
    fn every_token_has_the_weight_of_its_piece() {
        let tokens = Tokens::shipped().unwrap();
        let found = chunks(&tokens, "a (red cat:1.5) BREAK dog", &[]).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].weights, [1.0, 1.5, 1.5]);
        assert_eq!(found[0].framed()[..4], [1.0, 1.0, 1.5, 1.5]);
        assert_eq!(found[0].framed().len(), ROOM + 2);
        assert_eq!(chunks(&tokens, "", &[]).unwrap().len(), 1);
        assert_eq!(chunks(&tokens, "BREAK", &[]).unwrap().len(), 1);
    }

    #[test]
    fn learnt_words_stand_for_their_own_tokens() {
        let tokens = Tokens::shipped().unwrap();
        let learnt = |word: &str, ids: &[u32]| Learnt {
            word: word.to_owned(),
            ids: ids.to_vec(),
        };
        let learnt = [
            learnt("<thing>", &[60_000, 60_001]),
            learnt("Style", &[60_002]),
        ];
        let found = chunks(&tokens, "a <thing>, (style:1.5) cat", &learnt).unwrap();
        let plain = tokens.ids("a , cat").unwrap();
        assert_eq!(
            found[0].ids,
            [plain[0], 60_000, 60_001, plain[1], 60_002, plain[2]]
        );
        assert_eq!(found[0].weights, [1.0, 1.0, 1.0, 1.0, 1.5, 1.0]);
        let found = chunks(&tokens, "stylish", &learnt).unwrap();
        assert_eq!(found[0].ids, tokens.ids("stylish").unwrap());
    }
}
