//! E-mail addresses: which are valid, which are the same account, and which are the same person's.

use std::{fmt, str::FromStr};

use email_address::EmailAddress;
use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::spelling::is_invisible;

/// The maximum length of an address (RFC 5321, 4.5.3.1.3).
pub const EMAIL_MAX: usize = 254;

/// A valid address, trimmed, in the case in which it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Email(String);

impl Email {
    /// Reads a typed address; `None` if no mail server could deliver to it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let plausible = text.len() <= EMAIL_MAX
            && !text.contains(['<', '>', '"', '(', ')', '\0'])
            && EmailAddress::from_str(&without_marks(text)).is_ok();
        let domain_has_dot = text
            .rsplit_once('@')
            .is_some_and(|(_, domain)| domain.contains('.') && !domain.starts_with('['));
        (plausible && domain_has_dot).then(|| Self(text.to_owned()))
    }

    /// The address as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as typed, in lower case: the exact spelling, by which an account of before the
    /// folded one is found.
    pub fn account(&self) -> String {
        self.0.to_lowercase()
    }

    /// The spelling that all spellings of this address share: each site has at most one member with
    /// it (`docs/rules.md` 76). The part before the `@` is folded by NFKC and in lower case, without
    /// invisible characters; the domain has the form that is looked up (IDNA, UTS 46).
    pub fn key(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let folded = |text: &str| -> String {
            let lower = text.nfkc().flat_map(char::to_lowercase);
            let seen = lower.filter(|letter| !is_invisible(*letter));
            // The sigma at the end of a Greek word has no upper case of its own.
            seen.nfkc().collect::<String>().replace('ς', "σ")
        };
        let domain = match domain.is_ascii() {
            // What is encoded already has one spelling.
            true => domain.to_ascii_lowercase(),
            false => idna::domain_to_ascii(domain).unwrap_or_else(|_| folded(domain)),
        };
        format!("{}@{domain}", folded(local))
    }

    /// Whether the address has characters that cannot be seen, which no member types.
    pub fn hides_something(&self) -> bool {
        self.0.contains(is_invisible)
    }

    /// The person behind the address, to detect self-referral (`docs/rules.md` 9). Ignores spelling
    /// and `+tag`; for Gmail also ignores dots and treats the older domain name as the same.
    pub fn person(&self) -> String {
        let key = self.key();
        let (local, domain) = key.rsplit_once('@').unwrap_or((&key, ""));
        let local = local.split('+').next().unwrap_or(local);
        match domain {
            "gmail.com" | "googlemail.com" => format!("{}@gmail.com", local.replace('.', "")),
            _ => format!("{local}@{domain}"),
        }
    }
}

/// An accent that is a character of its own is part of the letter before it.
fn without_marks(text: &str) -> String {
    let composed = text.nfc();
    composed
        .filter(|letter| !is_combining_mark(*letter))
        .collect()
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn person(text: &str) -> String {
        Email::parse(text).unwrap().person()
    }

    #[test]
    fn aliases_are_one_person() {
        assert_eq!(person("Mia+range@example.com"), person("mia@EXAMPLE.com"));
        assert_eq!(person("m.i.a@gmail.com"), person("mia+x@googlemail.com"));
    }

    #[test]
    fn dots_count_where_they_name_someone_else() {
        assert_ne!(person("m.ia@example.com"), person("mia@example.com"));
    }

    #[test]
    fn a_tag_is_an_account_of_its_own() {
        let tagged = Email::parse("mia+range@example.com").unwrap();
        assert_ne!(
            tagged.account(),
            Email::parse("mia@example.com").unwrap().account()
        );
    }

    #[test]
    fn what_no_mail_can_reach_is_refused() {
        let long = format!("{}@example.com", "a".repeat(300));
        for text in [
            "",
            "mia",
            "mia@",
            "@example.com",
            "mia@localhost",
            "a b@example.com",
            "mia@[127.0.0.1]",
            "Mia <mia@example.com>",
            &long,
        ] {
            assert_eq!(Email::parse(text), None, "{text:?}");
        }
    }

    fn key(text: &str) -> String {
        Email::parse(text).unwrap().key()
    }

    #[test]
    fn spellings_of_an_address_are_one_account() {
        for spelling in [
            "mia9@bücher.de",
            "MIA9@BÜCHER.de",
            "mia9@ｂücher.de",
            "mia9@bu\u{308}cher.de",
            "mia9@xn--bcher-kva.de",
            "Mia9@XN--BCHER-KVA.de",
            "ｍｉａ９@bücher.de",
            "mi\u{3164}a9@bücher.de",
        ] {
            assert_eq!(key(spelling), "mia9@xn--bcher-kva.de", "{spelling}");
            assert_eq!(person(spelling), "mia9@xn--bcher-kva.de", "{spelling}");
        }
        assert_eq!(key("rene\u{301}9@example.com"), key("René9@example.com"));
        assert_ne!(key("rené9@example.com"), key("rene9@example.com"));
    }

    /// The finding's: an address with the accent as a character of its own is an address.
    #[test]
    fn an_address_stays_as_it_was_typed() {
        let decomposed = "Rene\u{301}9@example.com";
        assert_eq!(Email::parse(decomposed).unwrap().as_str(), decomposed);
    }

    #[test]
    fn a_letter_that_only_looks_the_same_is_another() {
        assert_ne!(key("fri\u{435}nd@example.com"), key("friend@example.com"));
    }

    #[test]
    fn an_address_hides_nothing() {
        let hides = |text: &str| Email::parse(text).unwrap().hides_something();
        assert!(hides("mi\u{3164}a@example.com"));
        assert!(!hides("rene\u{301}@bücher.de"));
    }

    proptest! {
        #[test]
        fn a_key_is_the_key_of_itself(local in "\\PC{1,20}", domain in "[a-zA-ZäÖüßéσΣж]{1,12}") {
            if let Some(email) = Email::parse(&format!("{local}@{domain}.example")) {
                let key = email.key();
                for again in [&key, &email.account()] {
                    if let Some(again) = Email::parse(again) {
                        prop_assert_eq!(again.key(), key.clone());
                    }
                }
            }
        }

        #[test]
        fn an_ascii_address_is_folded_by_case_alone(typed in "[a-zA-Z0-9.+_-]{1,20}@[a-zA-Z0-9-]{1,12}.[a-z]{2,4}") {
            if let Some(email) = Email::parse(&typed) {
                prop_assert_eq!(email.key(), email.account());
            }
        }

        #[test]
        fn never_panics_and_a_person_is_stable(text in "\\PC{0,300}") {
            if let Some(email) = Email::parse(&text) {
                let person = email.person();
                prop_assert_eq!(&person, &person.to_lowercase());
            }
        }
    }
}
