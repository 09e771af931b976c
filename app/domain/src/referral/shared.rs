//! Finds the referral code in what somebody clicked, pasted or typed (`docs/rules.md` 177 and 178), and the channel of
//! its link (230). Links arrive with a period, a bracket or another link's parameters behind them, with invisible
//! characters, or encoded once more. A code is only ever read whole: nothing is guessed.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::{CODE_LENGTH, ReferralCode};
use crate::{
    sharing::{Channel, VIA},
    spelling::is_invisible,
};

/// The longest text that is read, in bytes; in a longer one there is no code.
const TEXT_BYTES: usize = 8 * 1024;
/// The most codes of one text. More were not put there by a person.
const MOST: usize = 5;
/// The parameter of a link that has the code.
const REF: &str = "ref";
/// What an equals sign becomes in a mail that is not decoded (quoted-printable, RFC 2045, 6.7): of `ref=3DCODE` this
/// is left before the code.
const ENCODED_EQUALS: &str = "3d";

/// The code that `text` names: the one in its link (`?ref=CODE` or `/r/CODE`), or without such a link the only word
/// that is a code. `None` if there is none, or if different ones could be meant.
pub fn code_in(text: &str) -> Option<ReferralCode> {
    let codes = match codes_in_links(text) {
        codes if codes.is_empty() => codes_among_words(text),
        codes => codes,
    };
    only(&codes)
}

/// All that could be meant, where somebody knows which codes exist: those of the links, or without one the words that
/// look like a code, and two words of four letters as one (`AB3K X7MN`). At most five.
pub fn codes_in(text: &str) -> Vec<ReferralCode> {
    let in_links = codes_in_links(text);
    if !in_links.is_empty() {
        return in_links;
    }
    let mut codes = codes_among_words(text);
    for code in codes_in_two_words(text) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes.truncate(MOST);
    codes
}

/// The code of the link in `text`; `None` if there is none, or if links name different ones.
pub fn code_in_link(text: &str) -> Option<ReferralCode> {
    only(&codes_in_links(text))
}

fn only(codes: &[ReferralCode]) -> Option<ReferralCode> {
    match codes {
        [code] => Some(code.clone()),
        _ => None,
    }
}

/// The codes of the links in `text`, or of an address or its query alone, each once and in their order, at most the
/// first five. Those after `ref=` come before those after `/r/`: other sites have such paths too.
pub fn codes_in_links(text: &str) -> Vec<ReferralCode> {
    let Some(text) = readable(text) else {
        return Vec::new();
    };
    let readings = readings(&text);
    let after_ref = readings.iter().map(|text| codes_after_ref(text));
    let after_path = readings.iter().map(|text| codes_after_path(text));
    let mut found = after_ref.chain(after_path);
    found.find(|codes| !codes.is_empty()).unwrap_or_default()
}

/// The channel of the link in `text`, or of an address or its query alone: of several the first that there is. Without
/// one it is the link as it stands, whatever else `via` says.
pub fn channel_in(text: &str) -> Channel {
    let text = readable(text).unwrap_or_default();
    let readings = readings(&text);
    let named = readings
        .iter()
        .find_map(|text| values(text, VIA).find_map(channel));
    named.unwrap_or_default()
}

/// The text as it is compared: in lower case and without invisible characters. `None` if it is too long.
fn readable(text: &str) -> Option<String> {
    (text.len() <= TEXT_BYTES).then(|| visible(text).to_ascii_lowercase())
}

fn visible(text: &str) -> String {
    text.chars()
        .filter(|character| !is_invisible(*character))
        .collect()
}

/// The text as it stands, with the lines joined that a mail cut (quoted-printable), and decoded once and twice.
fn readings(text: &str) -> [Cow<'_, str>; 4] {
    let joined = text.replace("=\r\n", "").replace("=\n", "");
    let once = decoded(text);
    let twice = decoded(&once);
    [text.into(), joined.into(), once.into(), twice.into()]
}

/// Percent-decoded (RFC 3986, 2.1). What it decodes to is made readable again.
fn decoded(text: &str) -> String {
    visible(&percent_decode_str(text).decode_utf8_lossy()).to_ascii_lowercase()
}

/// What ends a parameter of a link or a segment of its path. A semicolon does because of `&amp;`.
fn ends_part(character: char) -> bool {
    character.is_whitespace() || matches!(character, '?' | '&' | ';' | '#' | '/' | '<' | '>')
}

/// What stands behind the name of this parameter, each time that it is there.
fn values<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(ends_part).filter_map(move |part| {
        let (found, value) = part.split_once('=')?;
        let found = decoded(found);
        // A quote may stand before the name.
        (found.trim_start_matches(is_no_letter) == name).then_some(value)
    })
}

fn codes_after_ref(text: &str) -> Vec<ReferralCode> {
    each_once(values(text, REF).filter_map(first_code))
}

fn codes_after_path(text: &str) -> Vec<ReferralCode> {
    let rests = text.split("/r/").skip(1);
    let parts = rests.filter_map(|rest| rest.split(ends_part).next());
    each_once(parts.filter_map(first_code))
}

/// The channel with which the value of a parameter begins.
fn channel(value: &str) -> Option<Channel> {
    let value = form_decoded(value);
    let value = value.trim_start_matches(is_no_letter);
    let rest = value.strip_prefix(ENCODED_EQUALS);
    [Some(value), rest].into_iter().flatten().find_map(|value| {
        let word = value.split(ends_word).next().unwrap_or_default();
        Channel::parse(word.trim_matches(is_no_letter))
    })
}

/// A value as in the query of a form (WHATWG URL, 5.1).
fn form_decoded(value: &str) -> String {
    decoded(&value.replace('+', " "))
}

/// The code with which the value of a parameter begins, or that it is as a whole.
fn first_code(value: &str) -> Option<ReferralCode> {
    let value = form_decoded(value);
    let value = value.trim_start_matches(is_no_letter);
    let is_end = |character: char| ends_part(character) && !character.is_whitespace();
    let value = value.split(is_end).next().unwrap_or_default();
    let rest = value.strip_prefix(ENCODED_EQUALS);
    [Some(value), rest].into_iter().flatten().find_map(|value| {
        let word = value.split(ends_word).next().unwrap_or_default();
        whole(value).or_else(|| whole(word))
    })
}

/// The codes among the words of a text without a link; the text itself, where it is one.
fn codes_among_words(text: &str) -> Vec<ReferralCode> {
    let Some(text) = readable(text) else {
        return Vec::new();
    };
    for text in readings(&text) {
        if let Some(code) = whole(&text) {
            return vec![code];
        }
        let words = text.split(is_between_words).filter_map(|word| {
            let word = word.trim_matches(is_no_letter);
            // Parameters of the link from which the code was copied.
            whole(word.split(['?', '&', '#']).next()?)
        });
        let codes = each_once(words);
        if !codes.is_empty() {
            return codes;
        }
    }
    Vec::new()
}

fn codes_in_two_words(text: &str) -> Vec<ReferralCode> {
    const HALF: usize = CODE_LENGTH / 2;
    let text = readable(text).unwrap_or_default();
    let words = text.split(is_between_words);
    let words: Vec<_> = words
        .map(|word| word.trim_matches(is_no_letter))
        .filter(|word| !word.is_empty())
        .collect();
    let halves = words.windows(2).filter_map(|two| match two {
        [first, second] if first.len() == HALF && second.len() == HALF => {
            ReferralCode::parse(&format!("{first}{second}"))
        }
        _ => None,
    });
    each_once(halves)
}

/// The text as one code: with hyphens or spaces in it, and with signs around it, but with nothing else.
fn whole(text: &str) -> Option<ReferralCode> {
    let text = text.trim_matches(is_no_letter);
    let letters = text
        .chars()
        .filter(|character| !is_hyphen(*character) && !character.is_whitespace());
    ReferralCode::parse(&letters.collect::<String>())
}

fn each_once(found: impl Iterator<Item = ReferralCode>) -> Vec<ReferralCode> {
    let mut codes = Vec::new();
    for code in found {
        if !codes.contains(&code) {
            codes.push(code);
        }
        if codes.len() == MOST {
            break;
        }
    }
    codes
}

/// Not a percent sign, behind which something is encoded.
fn is_no_letter(character: char) -> bool {
    !character.is_alphanumeric() && character != '%'
}

/// Not what stands within an address, of which no part is a word.
fn is_between_words(character: char) -> bool {
    let of_address = ['?', '&', '#', '/', '.', '@', '=', '%', '+', '~'];
    ends_word(character) && !of_address.contains(&character)
}

fn ends_word(character: char) -> bool {
    !character.is_alphanumeric() && character != '_' && !is_hyphen(character)
}

/// The hyphen of a keyboard, and what writing programs make of it.
fn is_hyphen(character: char) -> bool {
    matches!(character, '-' | '\u{2010}'..='\u{2013}' | '\u{2212}')
}

#[cfg(test)]
mod tests;
