//! Sentences as ids of words and parts of words.

use tokenizers::{AddedToken, Tokenizer};

use super::MARKERS;

/// The tokeniser of BERT, with the markers as tokens of their own.
#[derive(Debug)]
pub(super) struct Words {
    tokenizer: Tokenizer,
    /// The ids that the tokeniser gives to the markers, and the unused words of the table that stand for them.
    markers: Vec<(u32, u32)>,
    /// Words of the table.
    pub(super) count: usize,
}

/// One token of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Token {
    /// Its row of the table.
    pub(super) id: u32,
    /// The number of the marker that it is, or 0.
    pub(super) marker: u8,
}

impl Words {
    /// # Errors
    /// The bytes are not a tokeniser, or one without the words that BERT left unused.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut tokenizer = Tokenizer::from_bytes(bytes).map_err(|error| error.to_string())?;
        // The file cuts and fills to 128 tokens.
        tokenizer
            .with_truncation(None)
            .map_err(|error| error.to_string())?
            .with_padding(None);
        let count = tokenizer.get_vocab_size(false);
        let mut markers = Vec::with_capacity(MARKERS);
        for number in 1..=MARKERS {
            let unused = format!("[unused{}]", number - 1);
            let unused = tokenizer.token_to_id(&unused);
            let marker = format!("[ref#{number}]");
            tokenizer.add_special_tokens(&[AddedToken::from(marker.as_str(), true)]);
            let pair = tokenizer.token_to_id(&marker).zip(unused);
            markers.push(pair.ok_or_else(|| format!("its vocabulary has no word for {marker}"))?);
        }
        Ok(Self {
            tokenizer,
            markers,
            count,
        })
    }

    /// The tokens of a text, with those of its start and end; at most `length`, 1 or more, of which the last is the end.
    ///
    /// # Errors
    /// The tokeniser refuses the text.
    pub(super) fn tokens(&self, text: &str, length: usize) -> Result<Vec<Token>, String> {
        let encoded = self.tokenizer.encode(text, true);
        let encoded = encoded.map_err(|error| error.to_string())?;
        let mut tokens: Vec<_> = encoded.get_ids().iter().map(|&id| self.token(id)).collect();
        if tokens.len() > length {
            // The end goes, not the token that tells where the text ends.
            tokens.drain(length - 1..tokens.len() - 1);
        }
        Ok(tokens)
    }

    fn token(&self, id: u32) -> Token {
        let numbered = self.markers.iter().zip(1..);
        let mut found = numbered.filter(|((marker, _), _)| *marker == id);
        match found.next() {
            Some((&(_, id), marker)) => Token { id, marker },
            None => Token { id, marker: 0 },
        }
    }
}
