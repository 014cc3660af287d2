//! CLIP's tokeniser: texts as ids of words and parts of words (byte pairs, Sennrich et al., 2016).

#[cfg(test)]
mod tests;

use thiserror::Error;
use tokenizers::{
    Model, NormalizedString, Normalizer, OffsetReferential, OffsetType, PreTokenizedString,
    PreTokenizer, SplitDelimiterBehavior,
    models::bpe::BPE,
    normalizers::{NFC, Replace, Sequence, replace::ReplacePattern, utils::Lowercase},
    pre_tokenizers::{
        PreTokenizerWrapper, byte_level::ByteLevel, sequence::Sequence as Pieces, split::Split,
        split::SplitPattern,
    },
};

/// The token before each text.
pub const START: u32 = 49_406;

/// The token behind each text, with which OpenAI's encoder also fills the room that is left.
pub const END: u32 = 49_407;

/// With which OpenCLIP's encoders fill the room that is left; it is that of `!` as well.
pub const OPEN_FILL: u32 = 0;

/// Words of the vocabulary.
pub const WORDS: usize = 49_408;

/// Tokens of a text between those of its start and end.
pub const ROOM: usize = 75;

/// At the end of the last token of a word.
const WORD_END: &str = "</w>";

/// What one word is, as the paper's program has it.
const WORD: &str = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

/// Why there are no tokens.
#[derive(Clone, Debug, Error)]
pub enum TokensError {
    /// The program's own copy of the vocabulary is spoilt.
    #[error("CLIP's vocabulary in the program is spoilt: {0}")]
    Vocabulary(String),
    /// The tokeniser refuses a text.
    #[error("the text cannot be read: {0}")]
    Refused(String),
}

/// CLIP's tokeniser (Radford et al., 2021), of the vocabulary that is part of the program.
#[derive(Debug)]
pub struct Tokens {
    model: BPE,
    normalizer: Sequence,
    words: Pieces,
}

impl Tokens {
    /// The tokeniser of the vocabulary that is part of the program.
    ///
    /// # Errors
    /// The program's own copy of the vocabulary is spoilt.
    pub fn shipped() -> Result<Self, TokensError> {
        let spoilt = |why: String| TokensError::Vocabulary(why);
        let (vocabulary, merges) = vocabulary(weft_shipped::CLIP_MERGES).map_err(spoilt)?;
        let model = BPE::builder()
            .vocab_and_merges(vocabulary, merges)
            .end_of_word_suffix(WORD_END.to_owned())
            .build()
            .map_err(|error| spoilt(error.to_string()))?;
        let spaces = Replace::new(ReplacePattern::Regex(r"\s+".to_owned()), " ");
        let spaces = spaces.map_err(|error| spoilt(error.to_string()))?;
        let word = SplitPattern::Regex(WORD.to_owned());
        let word = Split::new(word, SplitDelimiterBehavior::Removed, true);
        let word = word.map_err(|error| spoilt(error.to_string()))?;
        let bytes = ByteLevel::new(false, true, false);
        Ok(Self {
            model,
            normalizer: Sequence::new(vec![NFC.into(), spaces.into(), Lowercase.into()]),
            words: Pieces::new(vec![
                PreTokenizerWrapper::Split(word),
                PreTokenizerWrapper::ByteLevel(bytes),
            ]),
        })
    }

    /// The tokens of a text, word by word, without those of start and end.
    ///
    /// # Errors
    /// The tokeniser refuses the text.
    pub fn words(&self, text: &str) -> Result<Vec<Vec<u32>>, TokensError> {
        let refused = |error: tokenizers::Error| TokensError::Refused(error.to_string());
        let mut text = NormalizedString::from(text);
        self.normalizer.normalize(&mut text).map_err(refused)?;
        let mut pieces = PreTokenizedString::from(text);
        self.words.pre_tokenize(&mut pieces).map_err(refused)?;
        let splits = pieces.get_splits(OffsetReferential::Original, OffsetType::Byte);
        let ids = |(word, ..): (&str, _, &Option<Vec<tokenizers::Token>>)| {
            let tokens = self.model.tokenize(word).map_err(refused)?;
            Ok(tokens.iter().map(|token| token.id).collect())
        };
        splits.into_iter().map(ids).collect()
    }

    /// The tokens of a text, without those of start and end.
    ///
    /// # Errors
    /// The tokeniser refuses the text.
    pub fn ids(&self, text: &str) -> Result<Vec<u32>, TokensError> {
        self.words(text).map(|words| words.concat())
    }
}

/// Tokens of at most [`ROOM`], with those of start and end, filled up to 77.
pub fn framed(ids: &[u32], fill: u32) -> Vec<u32> {
    let kept = &ids[..ids.len().min(ROOM)];
    let mut framed = Vec::with_capacity(ROOM + 2);
    framed.push(START);
    framed.extend(kept);
    framed.push(END);
    framed.resize(ROOM + 2, fill);
    framed
}

/// Words by their ids, and the pairs that make them.
type Vocabulary = (tokenizers::models::bpe::Vocab, Vec<(String, String)>);

fn vocabulary(lines: &str) -> Result<Vocabulary, String> {
    let mut words: Vec<String> = letters().map(String::from).collect();
    words.extend(letters().map(|letter| format!("{letter}{WORD_END}")));
    let pair = |line: &str| {
        let pair = line.split_once(' ').ok_or_else(|| line.to_owned())?;
        Ok::<_, String>((pair.0.to_owned(), pair.1.to_owned()))
    };
    let merges: Vec<_> = lines.lines().map(pair).collect::<Result<_, _>>()?;
    words.extend(
        merges
            .iter()
            .map(|(first, second)| [first.as_str(), second].concat()),
    );
    words.extend(["<|startoftext|>", "<|endoftext|>"].map(str::to_owned));
    if words.len() != WORDS {
        return Err(format!("it has {} words, not {WORDS}", words.len()));
    }
    Ok((words.into_iter().zip(0..).collect(), merges))
}

/// The letter that stands for each byte: itself if it can be seen, else the next from U+0100 on; in the order of ids.
fn letters() -> impl Iterator<Item = char> {
    let is_seen = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    let seen = (0..=255_u8).filter(is_seen).map(char::from);
    let hidden = (0..=255_u8).filter(move |byte| !is_seen(byte)).count() as u32;
    seen.chain((0x100..0x100 + hidden).filter_map(char::from_u32))
}
