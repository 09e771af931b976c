//! The spellings of codes and links, one by one and made up.

use proptest::prelude::*;

use super::*;
use crate::referral::CODE_ALPHABET;

const CODE: &str = "ab3kx7mn";
const OTHER: &str = "q9wm4t2k";

fn found(text: &str) -> Option<String> {
    code_in(text).map(String::from)
}

fn each_has_the_code(texts: &[&str]) {
    for text in texts {
        assert_eq!(found(text).as_deref(), Some(CODE), "{text:?}");
    }
}

fn none_has_a_code(texts: &[&str]) {
    for text in texts {
        assert_eq!(found(text), None, "{text:?}");
    }
}

#[test]
fn a_code_and_a_link_are_read() {
    each_has_the_code(&[
        "ab3kx7mn",
        " AB3KX7MN ",
        "https://detroitarms.com?ref=ab3kx7mn",
        "detroitarms.com/events?utm=x&ref=ab3kx7mn#top",
        "?ref=ab3kx7mn",
        "ref=ab3kx7mn",
    ]);
}

#[test]
fn words_that_look_like_codes_do_not_hide_one() {
    let could_be = |text: &str| {
        codes_in(text)
            .into_iter()
            .map(String::from)
            .collect::<Vec<_>>()
    };
    let sentence = "See you Saturday, my code is AB3K-X7MN";
    assert_eq!(could_be(sentence), ["saturday", CODE]);
    assert_eq!(found(sentence), None);
    assert_eq!(
        could_be("My code is AB3K X7MN, Margaret"),
        ["margaret", CODE]
    );
    assert_eq!(
        could_be("Margaret: https://detroitarms.com?ref=ab3kx7mn"),
        [CODE]
    );
    assert_eq!(could_be("AB3K-X7MN"), [CODE]);
    assert_eq!(could_be("Mia from the range"), [""; 0]);
    assert_eq!(could_be(&"ab3k x7mp ".repeat(500)).len(), 2);
}

#[test]
fn signs_behind_a_code_are_shaken_off() {
    each_has_the_code(&[
        "?ref=ab3kx7mn.",
        "?ref=ab3kx7mn)",
        "?ref=ab3kx7mn).",
        "?ref=ab3kx7mn,",
        "?ref=ab3kx7mn!!!",
        "?ref=ab3kx7mn*",
        "?ref=ab3kx7mn_",
        "?ref=ab3kx7mn/",
        "?ref=ab3kx7mn%00",
        "ab3kx7mn.",
        "(ab3kx7mn)",
    ]);
}

#[test]
fn other_parameters_end_a_code() {
    each_has_the_code(&[
        "?ref=ab3kx7mn?utm_source=x",
        "?ref=ab3kx7mn%3Futm_source%3Dx",
        "?ref=ab3kx7mn&utm_source=x",
        "?ref=ab3kx7mn%26utm_source%3Dx",
        "ab3kx7mn?utm_source=x",
    ]);
}

#[test]
fn an_escaped_ampersand_and_any_case_name_the_parameter() {
    each_has_the_code(&[
        "?utm=x&amp;ref=ab3kx7mn",
        "?utm=x&amp;amp;ref=ab3kx7mn",
        "?utm=x&#38;ref=ab3kx7mn",
        "?utm=x&amp%3Bref=ab3kx7mn",
        "?REF=ab3kx7mn",
        "?Ref=AB3KX7MN",
        "?%72ef=%61b3kx7mn",
    ]);
}

#[test]
fn hyphens_and_spaces_within_a_code_are_none_of_it() {
    each_has_the_code(&[
        "AB3K-X7MN",
        "AB3K X7MN",
        "ab3k \u{2013} x7mn",
        "AB3K\u{2011}X7MN.",
        "?ref=AB3K-X7MN",
        "?ref=AB3K+X7MN",
        "?ref=ab3k%20x7mn",
        "My code is AB3K-X7MN, see you!",
    ]);
}

#[test]
fn invisible_characters_are_none_of_it() {
    each_has_the_code(&[
        "\u{feff}ab3kx7mn",
        "ab3k\u{200b}x7mn",
        "ab3k\u{ad}x7mn\u{200e}",
        "\u{a0}ab3kx7mn\u{a0}",
        "?ref=ab3kx7mn%E2%80%8B",
        "?re\u{200b}f=\u{2060}ab3kx7mn",
    ]);
}

#[test]
fn quotes_and_brackets_are_none_of_it() {
    each_has_the_code(&[
        "\"ab3kx7mn\"",
        "'ab3kx7mn'",
        "\u{201c}ab3kx7mn\u{201d}",
        "\u{201e}ab3kx7mn\u{201c}",
        "\u{ab}ab3kx7mn\u{bb}",
        "\u{2018}https://detroitarms.com?ref=ab3kx7mn\u{2019}",
        "<https://detroitarms.com?ref=ab3kx7mn>",
        "<a href=\"https://detroitarms.com?ref=ab3kx7mn\">here</a>",
        "[my link](https://detroitarms.com?ref=ab3kx7mn)",
        "?ref=\"ab3kx7mn\"",
        "?ref=%22ab3kx7mn%22",
    ]);
}

#[test]
fn what_is_left_of_an_undecoded_mail_is_none_of_it() {
    each_has_the_code(&[
        "?ref=3Dab3kx7mn",
        "?ref=3dab3kx7mn.",
        "?utm=3Dx&ref=3DAB3KX7MN",
        "https://detroitarms.com?ref=3Dab3k=\r\nx7mn",
        "https://detroitarms.com?ref=ab3kx7mn=",
        "https://detroitarms.com?ref=ab3kx7mn=\nSee you!",
    ]);
    assert_eq!(found("?ref=3dk7mnpq").as_deref(), Some("3dk7mnpq"));
}

#[test]
fn what_was_encoded_once_more_is_decoded() {
    each_has_the_code(&[
        "https%3A%2F%2Fdetroitarms.com%3Fref%3Dab3kx7mn",
        "https%253A%252F%252Fdetroitarms.com%253Fref%253Dab3kx7mn",
        "?ref%3Dab3kx7mn",
        "?ref=%2561b3kx7mn",
        "?url=https%3A%2F%2Fdetroitarms.com%3Fref%3Dab3kx7mn%26x%3Dy",
    ]);
}

#[test]
fn a_sentence_with_a_link_in_it_is_read() {
    each_has_the_code(&[
        "Come with me to the standard night: https://detroitarms.com/events?ref=ab3kx7mn, Mia",
        "Hey!\n\nhttps://detroitarms.com?ref=ab3kx7mn\n\nSent from my phone",
        "my code:ab3kx7mn",
        "Use ab3kx7mn when you register",
        "https://detroitarms.com/r/ab3kx7mn",
        "Try detroitarms.com/R/AB3KX7MN?utm_source=x!",
    ]);
}

#[test]
fn a_longer_word_is_no_code() {
    none_has_a_code(&[
        "",
        "?",
        "?ref=",
        "ab3kx7m",
        "ab3kx7mnp",
        "?ref=ab3kx7mnp",
        "?ref=xab3kx7mn",
        "?ref=ab3kx7mn-old",
        "?ref=ab3kx7mn_old",
        "?ref=ab3kx7mn\u{e9}",
        "?href=ab3kx7mn",
        "ab3kx7mn@example.com",
        "https://detroitarms.com/ab3kx7mn/more",
        "ab3kx7mn.example.com",
        "Mia Miller",
    ]);
    let long = format!("{}?ref={CODE}", " ".repeat(TEXT_BYTES));
    none_has_a_code(&[&long]);
}

#[test]
fn letters_that_look_alike_are_not_taken_for_each_other() {
    none_has_a_code(&[
        "ab3kx7m0",
        "?ref=ab3kx7ml",
        "?ref=\u{430}b3kx7mn",
        "\u{ff41}\u{ff42}\u{ff13}\u{ff4b}\u{ff58}\u{ff17}\u{ff4d}\u{ff4e}",
        "ab3\u{212a}x7mn",
    ]);
}

#[test]
fn of_two_codes_none_is_taken_unless_one_is_the_links() {
    none_has_a_code(&[
        "ab3kx7mn or q9wm4t2k",
        "?ref=ab3kx7mn&ref=q9wm4t2k",
        "/r/ab3kx7mn /r/q9wm4t2k",
    ]);
    each_has_the_code(&[
        "q9wm4t2k https://detroitarms.com?ref=ab3kx7mn",
        "https://example.com/r/q9wm4t2k https://detroitarms.com?ref=ab3kx7mn",
        "ab3kx7mn AB3K-X7MN ab3kx7mn",
    ]);
    assert_eq!(code_in_link("q9wm4t2k"), None);
}

#[test]
fn an_address_has_its_codes_in_their_order() {
    let codes = |query: &str| -> Vec<String> {
        let codes = codes_in_links(query).into_iter();
        codes.map(String::from).collect()
    };
    assert_eq!(
        codes("a=b&ref=AB3KX7MN&ref=&ref=q9wm4t2k&ref=%zz&ref=ab3kx7mn"),
        [CODE, OTHER]
    );
    let many: String = ["a", "b", "c", "d", "e", "f", "g"]
        .map(|letter| format!("ref={}&", letter.repeat(8)))
        .concat();
    assert_eq!(codes(&many).len(), MOST);
    for none in [
        "ab3kx7mn",
        "ref",
        "ref[]=ab3kx7mn",
        "href=ab3kx7mn",
        "ref=%ff",
    ] {
        assert!(codes(none).is_empty(), "{none}");
    }
}

#[test]
fn a_link_says_its_channel_however_it_arrives() {
    const LINK: &str = "https://detroitarms.com?ref=ab3kx7mn";
    for channel in Channel::ALL {
        let marked = channel.marked(LINK);
        let (_, query) = marked.split_once('?').unwrap();
        for text in [&*marked, query, &*marked.to_uppercase()] {
            assert_eq!(channel_in(text), channel, "{text}");
        }
    }
    for text in [
        "?ref=ab3kx7mn&via=mail.",
        "?ref=ab3kx7mn&via=mail), Mia",
        "?ref=ab3kx7mn&amp;via=mail",
        "?ref=ab3kx7mn&amp%3Bvia=mail",
        "?via=mail&ref=ab3kx7mn",
        "/r/ab3kx7mn?via=%6dail",
        "?ref=3Dab3kx7mn&via=3Dmail",
        "?ref=3Dab3kx7mn&vi=\r\na=3Dmail",
        "<a href=\"https://detroitarms.com?ref=ab3kx7mn&VIA=Mail\">here</a>",
        "?ref=ab3kx7mn&v\u{200b}ia=mail\u{ad}",
        "?ref=ab3kx7mn&via=mail%3Futm_source%3Dx",
        "https%3A%2F%2Fdetroitarms.com%3Fref%3Dab3kx7mn%26via%3Dmail",
        "via=fax&via=mail&via=qr",
    ] {
        assert_eq!(channel_in(text), Channel::Mail, "{text:?}");
    }
}

#[test]
fn what_nobody_composed_is_a_plain_link() {
    for text in [
        "",
        "ref=ab3kx7mn",
        "via=",
        "via=copy",
        "via=mailing",
        "via=mail-list",
        "via=link",
        "via=%00",
        "via=<script>",
        "viaduct=mail",
        "via mail",
    ] {
        assert_eq!(channel_in(text), Channel::Link, "{text:?}");
    }
    let long = format!("{}?ref={CODE}&via=qr", " ".repeat(TEXT_BYTES));
    assert_eq!(channel_in(&long), Channel::Link);
}

fn code() -> impl Strategy<Value = String> {
    let letter = prop::sample::select(&CODE_ALPHABET[..]);
    let letters = prop::collection::vec(letter, 8);
    letters.prop_map(|letters| letters.into_iter().map(char::from).collect::<String>())
}

proptest! {
    #[test]
    fn whatever_surrounds_a_code_in_a_link_is_shaken_off(
        code in code(),
        before in "[(<\"'\u{ab}\u{201c}\u{201e}\u{feff} ]{0,4}",
        name in prop::sample::select(vec!["?ref=", "?REF=", "?a=b&ref=", "?a=b&amp;ref=", "?ref=3D", "?ref=%20"]),
        upper in any::<bool>(),
        after in "[.,;:!)\\]}>\"'*~|=\u{bb}\u{201d}\u{2019}\u{2026}\u{200b}\u{ad}\u{a0}]{0,6}",
        rest in prop::sample::select(vec!["", "?utm_source=x", "&utm_medium=y", "#top", " See you!", "%3Fa%3Db"]),
    ) {
        let shown = if upper { code.to_uppercase() } else { code.clone() };
        let text = format!("{before}https://detroitarms.com/events{name}{shown}{after}{rest}");
        prop_assert_eq!(code_in(&text).map(String::from), Some(code), "{}", text);
    }

    #[test]
    fn no_longer_word_yields_a_code(word in "[a-zA-Z]{9,300}", letter in "[a-z0-9]", code in code()) {
        prop_assert_eq!(code_in(&word), None);
        for longer in [format!("{letter}{code}"), format!("{code}{letter}")] {
            prop_assert_eq!(code_in(&longer), None);
            prop_assert_eq!(code_in(&format!("https://detroitarms.com?ref={longer}")), None);
        }
    }

    #[test]
    fn nothing_that_a_person_types_breaks_it(text in "(?s).{0,200}", query in "[ref=&%?;+3Da-z0-9 -]{0,60}") {
        for text in [text, query] {
            let links = codes_in_links(&text);
            prop_assert!(links.len() <= MOST);
            if let [one] = &*links {
                prop_assert_eq!(code_in(&text), Some(one.clone()));
            }
        }
    }
}
