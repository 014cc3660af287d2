//! A text as the tokens that text encoders take: chunks of 75 with a weight for each.

use weft_models::stable::tokens::{ROOM, Tokens, TokensError};

use crate::prompt::parts;

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

/// The chunks of a text, at least one; a word is not divided unless it is longer than a chunk.
///
/// # Errors
/// The tokeniser refuses the text.
pub(crate) fn chunks(tokens: &Tokens, text: &str) -> Result<Vec<Chunk>, TokensError> {
    let mut chunks = Vec::new();
    for part in parts(text) {
        let mut chunk = Chunk::default();
        for piece in part {
            for word in tokens.words(&piece.text)? {
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

    use super::chunks;

    #[test]
    fn long_texts_are_divided_between_words() {
        let tokens = Tokens::shipped().unwrap();
        // Of two tokens each, so that the 38th does not fit.
        let word = "unbelievablyish ";
        let each = tokens.ids(word).unwrap().len();
        let found = chunks(&tokens, &word.repeat(60)).unwrap();
        let fitting = ROOM / each * each;
        assert_eq!(found[0].ids.len(), fitting);
        assert_eq!(
            found.iter().map(|it| it.ids.len()).sum::<usize>(),
            60 * each
        );
        let endless = chunks(&tokens, &"xq".repeat(400)).unwrap();
        assert!(endless.iter().all(|chunk| chunk.ids.len() <= ROOM));
    }

    #[test]
    fn every_token_has_the_weight_of_its_piece() {
        let tokens = Tokens::shipped().unwrap();
        let found = chunks(&tokens, "a (red cat:1.5) BREAK dog").unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].weights, [1.0, 1.5, 1.5]);
        assert_eq!(found[0].framed()[..4], [1.0, 1.0, 1.5, 1.5]);
        assert_eq!(found[0].framed().len(), ROOM + 2);
        assert_eq!(chunks(&tokens, "").unwrap().len(), 1);
        assert_eq!(chunks(&tokens, "BREAK").unwrap().len(), 1);
    }
}
