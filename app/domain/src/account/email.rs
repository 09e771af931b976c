//! E-mail addresses: which are valid, which are the same account, and which are the same person's.

use std::{fmt, str::FromStr};

use email_address::EmailAddress;
use serde::{Deserialize, Serialize};

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
            && EmailAddress::from_str(text).is_ok();
        let domain_has_dot = text
            .rsplit_once('@')
            .is_some_and(|(_, domain)| domain.contains('.') && !domain.starts_with('['));
        (plausible && domain_has_dot).then(|| Self(text.to_owned()))
    }

    /// The address as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The account of this address, in lower case; each site has at most one member with it.
    pub fn account(&self) -> String {
        self.0.to_lowercase()
    }

    /// The person behind the address, to detect self-referral (`docs/rules.md` 9). Ignores case and
    /// `+tag`; for Gmail also ignores dots and treats the older domain name as the same.
    pub fn person(&self) -> String {
        let account = self.account();
        let (local, domain) = account.rsplit_once('@').unwrap_or((&account, ""));
        let local = local.split('+').next().unwrap_or(local);
        match domain {
            "gmail.com" | "googlemail.com" => format!("{}@gmail.com", local.replace('.', "")),
            _ => format!("{local}@{domain}"),
        }
    }
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

    proptest! {
        #[test]
        fn never_panics_and_a_person_is_stable(text in "\\PC{0,300}") {
            if let Some(email) = Email::parse(&text) {
                let person = email.person();
                prop_assert_eq!(&person, &person.to_lowercase());
            }
        }
    }
}
