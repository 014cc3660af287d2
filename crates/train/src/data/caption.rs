//! Words for pictures.

use super::{Concept, Dice, Style};

/// Names that take no article: what cannot be counted, what has a name of its own, and what is no noun.
const BARE: &[&str] = &[
    "american football",
    "bacon",
    "badminton",
    "baggage claim",
    "baseball",
    "basketball",
    "biting lip",
    "bowling",
    "bread",
    "breast-feeding",
    "broccoli",
    "bubble tea",
    "building construction",
    "butter",
    "camping",
    "candy",
    "canned food",
    "children crossing",
    "cinema",
    "construction",
    "cooked rice",
    "cooking",
    "copyright",
    "coral",
    "cricket game",
    "currency exchange",
    "curry rice",
    "custard",
    "dango",
    "dashing away",
    "divide",
    "dizzy",
    "dna",
    "falafel",
    "field hockey",
    "fire",
    "flatbread",
    "flower playing cards",
    "fog",
    "foggy",
    "fondue",
    "garlic",
    "ginger root",
    "high voltage",
    "horse racing",
    "hourglass done",
    "hourglass not done",
    "ice",
    "ice hockey",
    "infinity",
    "information",
    "input latin lowercase",
    "input latin uppercase",
    "jeans",
    "lacrosse",
    "leafy green",
    "left luggage",
    "locked",
    "locked with key",
    "locked with pen",
    "luggage",
    "mate",
    "meat on bone",
    "minus",
    "money with wings",
    "mount fuji",
    "Mrs. Claus",
    "multiply",
    "Mx Claus",
    "nail polish",
    "no entry",
    "no littering",
    "no one under eighteen",
    "no smoking",
    "non-potable water",
    "oden",
    "om",
    "passport control",
    "performing arts",
    "ping pong",
    "plus",
    "popcorn",
    "potable water",
    "pouring liquid",
    "prohibited",
    "radioactive",
    "registered",
    "rolling on the floor laughing",
    "rugby football",
    "sake",
    "salt",
    "Santa Claus",
    "shaved ice",
    "soap",
    "softball",
    "spaghetti",
    "star-struck",
    "sushi",
    "tennis",
    "thread",
    "Tokyo tower",
    "unlocked",
    "vibration mode",
    "volleyball",
    "warning",
    "wireless",
    "wood",
    "yarn",
    "yin yang",
    "ZZZ",
];

/// Words that end what a name is about, so that the word before them tells one from many.
const ENDS: &[&str] = &[
    "with", "without", "of", "in", "on", "at", "and", "behind", "over", "up", "down",
];

/// A concept as the object of a sentence, such as `a red apple`.
pub fn thing(concept: &Concept) -> String {
    let name = name(&concept.label);
    if let Some(hour) = clock(&name) {
        return format!("a clock that shows {hour}");
    }
    let group = concept.subgroup.as_str();
    if BARE.contains(&concept.label.as_str()) || group == "zodiac" || many(&name) {
        name
    } else if name == "Statue of Liberty" {
        format!("the {name}")
    } else {
        format!("{} {name}", article(&name))
    }
}

/// A caption of a concept, with words for its style if one is given: from the label, and now and then a tag.
pub fn caption(concept: &Concept, style: Option<&Style>, dice: &mut Dice) -> String {
    let phrase = style.and_then(|style| dice.choice(&style.phrases));
    let phrase = phrase.map(|phrase| (phrase.as_str(), without_article(phrase)));
    let (name, thing) = (name(&concept.label), thing(concept));
    let told = match dice.below(8) {
        0..=2 => thing.clone(),
        3 => name.clone(),
        4 => with_tags(&thing, concept, 1, dice),
        5 => with_tags(&name, concept, 1, dice),
        _ => with_tags(&name, concept, 2, dice),
    };
    match (phrase, dice.below(8)) {
        (None, 0) => format!("a picture of {thing}"),
        (None, 1) => format!("an emoji of {thing}"),
        (None, 2) => format!("an icon that shows {thing}"),
        (None, 3) => format!(
            "{} of {thing}",
            ["a drawing", "an image", "a sticker"][dice.below(3)]
        ),
        (None, _) => told,
        (Some((phrase, _)), 0..=2) => format!("{phrase} of {thing}"),
        (Some((phrase, _)), 3) => format!("{thing} as {phrase}"),
        (Some((phrase, _)), 4) => format!("{thing} in the style of {phrase}"),
        (Some((_, words)), 5) => format!("{words}: {told}"),
        (Some((_, words)), _) => format!("{told}, {words}"),
    }
}

/// Followed by tags that say something new.
fn with_tags(words: &str, concept: &Concept, count: usize, dice: &mut Dice) -> String {
    let known = words.to_lowercase();
    let new = |tag: &&String| tag.len() > 2 && !known.contains(&tag.to_lowercase());
    let mut tags: Vec<&String> = concept.tags.iter().filter(new).collect();
    dice.shuffle(&mut tags);
    let tags = tags.into_iter().take(count).map(|tag| format!(", {tag}"));
    words.to_owned() + &tags.collect::<String>()
}

/// A label as people say it.
fn name(label: &str) -> String {
    let label = label
        .replace('’', "'")
        .replace(['“', '”'], "\"")
        .replace(" (blood type)", "");
    let Some((who, what)) = label.split_once(": ") else {
        return label;
    };
    match what {
        "bald" => format!("bald {who}"),
        "beard" => format!("{who} with a beard"),
        hair if hair.ends_with("hair") => format!("{who} with {hair}"),
        facing if facing.starts_with("facing") => format!("{who} {facing}"),
        what if who == "keycap" => format!("keycap {what}"),
        what => {
            let people = what
                .rsplit_once(", ")
                .map_or(what.to_owned(), |(some, last)| format!("{some} and {last}"));
            format!("{who} of {people}")
        }
    }
}

/// The time in the name of a clock face.
fn clock(name: &str) -> Option<&str> {
    (name.ends_with(" o'clock") || name.ends_with("-thirty")).then_some(name)
}

/// Whether a name is in the plural.
fn many(name: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    let is_end = |word: &&str| ENDS.contains(word) || word.ends_with("ing");
    let end = words
        .iter()
        .skip(1)
        .position(is_end)
        .map_or(words.len(), |end| end + 1);
    let head = words[end - 1];
    let is_one = ["ss", "us", "'s", "eros", "-lis", "wards"]
        .iter()
        .any(|end| head.ends_with(end))
        || head.len() < 3;
    matches!(head, "people" | "men" | "women") || (head.ends_with('s') && !is_one)
}

fn article(name: &str) -> &'static str {
    let starts = |with: &[&str]| with.iter().any(|start| name.starts_with(start));
    let as_a = starts(&["uni", "one", "ewe", "euro", "U"]) && !starts(&["UP"]);
    let as_an = starts(&["hour", "x-ray", "NG ", "SOS"]);
    let vowel = name.starts_with(|letter: char| "aeiouAEIO".contains(letter)) || starts(&["UP"]);
    if as_an || (vowel && !as_a) { "an" } else { "a" }
}

fn without_article(phrase: &str) -> &str {
    phrase
        .strip_prefix("a ")
        .or_else(|| phrase.strip_prefix("an "))
        .unwrap_or(phrase)
}
