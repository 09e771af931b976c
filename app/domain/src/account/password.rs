//! What an attacker tries first who wants one member's password: what everybody uses, and what is
//! known about the member and the site (`docs/rules.md` 80).

use time::Date;

use crate::spelling::{fold, normalized_password};

/// Words that are passwords as soon as a year and a sign follow them.
const COMMON: [&str; 37] = [
    "spring",
    "summer",
    "autumn",
    "fall",
    "winter",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "password",
    "passwort",
    "pass",
    "welcome",
    "hello",
    "letmein",
    "login",
    "admin",
    "secret",
    "qwerty",
    "changeme",
    "pewpros",
    "coachpros",
];

/// The fewest letters of a known word that are looked for within a password: shorter ones are parts
/// of other words.
const SHORTEST: usize = 3;
/// The most digits that say nothing beside known words: a date of birth has eight.
const DIGITS: usize = 8;

/// What is known about whoever chooses a password.
#[derive(Clone, Copy, Debug, Default)]
pub struct PasswordOwner<'a> {
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub email: &'a str,
    pub date_of_birth: Option<Date>,
    /// The name of the site, as visitors read it.
    pub site_name: &'a str,
    /// The site's short name: `detroit-arms`.
    pub site_key: &'a str,
}

impl PasswordOwner<'_> {
    /// The words that an attacker knows, folded, each once.
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut know = |word: String| {
            if !word.is_empty() && !words.contains(&word) {
                words.push(word);
            }
        };
        let (first, last) = (parts(self.first_name), parts(self.last_name));
        know([first.concat(), last.concat()].concat());
        know([last.concat(), first.concat()].concat());
        let local = self.email.split('@').next().unwrap_or_default();
        for text in [
            self.first_name,
            self.last_name,
            self.site_name,
            self.site_key,
            local,
        ] {
            let parts = parts(text);
            know(fold(text));
            know(parts.concat());
            parts.into_iter().for_each(&mut know);
        }
        know(fold(self.email));
        if let Some(born) = self.date_of_birth {
            know(born.year().to_string());
        }
        words
    }

    /// Whether the password has nothing but such words, words that everybody uses, a few digits and
    /// signs.
    pub fn made_of_known_words(&self, password: &str) -> bool {
        let mut words = self.words();
        words.extend(COMMON.map(str::to_owned));
        words.retain(|word| {
            word.chars().filter(|letter| letter.is_alphabetic()).count() >= SHORTEST
        });
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let folded = fold(password);
        let rest = words.iter().fold(folded.clone(), |rest, word| {
            rest.replace(word.as_str(), " ")
        });
        let digits = rest.chars().filter(|letter| letter.is_numeric()).count();
        rest != folded && digits <= DIGITS && !rest.contains(char::is_alphabetic)
    }
}

fn parts(text: &str) -> Vec<String> {
    let folded = fold(text);
    let parts = folded.split(|letter: char| !letter.is_alphanumeric());
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The form in which a password is looked up among leaked ones: in lower case, without signs around
/// it, and with one year for all, since people change nothing else from year to year.
pub fn leaked_form(password: &str) -> String {
    let lower = normalized_password(&normalized_password(password).to_lowercase());
    let bare = lower.trim_matches(|letter: char| !letter.is_alphanumeric());
    // Where signs are most of the password, they are the password.
    let bare = match bare.chars().count() * 2 < lower.chars().count() {
        true => &lower,
        false => bare,
    };
    let mut form = String::with_capacity(bare.len());
    let mut digits = String::new();
    for letter in bare.chars().chain(['\n']) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        let is_year = digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
        form.push_str(if is_year { "0000" } else { &digits });
        digits.clear();
        form.push(letter);
    }
    form.pop();
    form
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    fn jane() -> PasswordOwner<'static> {
        PasswordOwner {
            first_name: "Jane",
            last_name: "Doe",
            email: "friend@example.com",
            date_of_birth: Some(date!(1990 - 01 - 15)),
            site_name: "Detroit Arms",
            site_key: "detroit-arms",
        }
    }

    #[test]
    fn what_is_known_is_no_password() {
        for password in [
            "detroitarms",
            "DetroitArms1",
            "Detroit!Arms!2026",
            "pewpros1",
            "Summer2026!",
            "Welcome123!",
            "Password2026!",
            "janedoe1990",
            "Doe-Jane-1990-01-15",
            "friend19900115",
            "JÁNE.DOE.1990",
        ] {
            assert!(jane().made_of_known_words(password), "{password}");
        }
    }

    #[test]
    fn anything_more_is_left_to_the_estimate() {
        for password in [
            "securepassword",
            "range-day-2026",
            "Caf\u{e9}-range-2026",
            "correct horse battery",
            "xk4-Tq9!vb",
            "jane9184627350",
            "12345678",
            "",
        ] {
            assert!(!jane().made_of_known_words(password), "{password}");
        }
    }

    #[test]
    fn whoever_guesses_knows_names_site_and_birth_year() {
        let words = jane().words();
        for word in [
            "janedoe",
            "doejane",
            "jane",
            "doe",
            "friend",
            "friend@example.com",
            "detroitarms",
            "detroit",
            "arms",
            "detroit-arms",
            "1990",
        ] {
            assert!(
                words.iter().any(|known| known == word),
                "{word} in {words:?}"
            );
        }
    }

    #[test]
    fn a_leaked_password_is_known_in_another_year() {
        for (password, form) in [
            ("Summer2026!", "summer0000"),
            ("summer2008", "summer0000"),
            ("!!Dragon??", "dragon"),
            ("20011980", "20011980"),
            ("a2001b1980c", "a0000b0000c"),
            ("ＰＡＳＳword1", "password1"),
            ("abc12026", "abc12026"),
            ("!@#$%^&*", "!@#$%^&*"),
            ("?!a.?!", "?!a.?!"),
        ] {
            assert_eq!(leaked_form(password), form, "{password}");
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_breaks_it(password in "\\PC{0,40}", name in "\\PC{0,20}", email in "\\PC{0,20}") {
            let owner = PasswordOwner { first_name: &name, email: &email, ..jane() };
            owner.made_of_known_words(&password);
            let form = leaked_form(&password);
            prop_assert_eq!(leaked_form(&form), form);
        }

        #[test]
        fn words_about_oneself_in_any_order_are_refused(year in 1900..2100_u32, order in any::<bool>(), sign in "[!?.#-]{0,3}") {
            let password = match order {
                true => format!("Jane{sign}Arms{year}"),
                false => format!("{year}detroit{sign}DOE"),
            };
            prop_assert!(jane().made_of_known_words(&password));
        }
    }
}
