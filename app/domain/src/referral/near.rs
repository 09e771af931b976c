//! The codes that are one slip of the finger away from what was typed. They only help the staff to look: nobody is
//! linked by a near miss (`docs/rules.md` 178).

use std::collections::BTreeSet;

use super::{CODE_ALPHABET, CODE_LENGTH, ReferralCode, code_in};

/// The codes that differ from the typed one in one letter: another one, one too many, one too few, or two that changed
/// places. Empty if nothing like a code was typed.
pub fn near_codes(typed: &str) -> Vec<ReferralCode> {
    let typed = match code_in(typed) {
        Some(code) => code.to_string(),
        None => typed.chars().filter(char::is_ascii_alphanumeric).collect(),
    };
    let typed = typed.to_ascii_lowercase().into_bytes();
    let mut near = BTreeSet::new();
    if typed.len() == CODE_LENGTH {
        for (at, letter) in places() {
            near.insert(changed(&typed, |letters| letters[at] = letter));
        }
        for at in 1..CODE_LENGTH {
            near.insert(changed(&typed, |letters| letters.swap(at - 1, at)));
        }
    }
    if typed.len() == CODE_LENGTH + 1 {
        for at in 0..typed.len() {
            near.insert(changed(&typed, |letters| {
                letters.remove(at);
            }));
        }
    }
    if typed.len() + 1 == CODE_LENGTH {
        for (at, letter) in places() {
            near.insert(changed(&typed, |letters| letters.insert(at, letter)));
        }
    }
    near.remove(&typed);
    let texts = near
        .into_iter()
        .filter_map(|letters| String::from_utf8(letters).ok());
    texts
        .filter_map(|text| ReferralCode::parse(&text))
        .collect()
}

/// Each place of a code with each letter.
fn places() -> impl Iterator<Item = (usize, u8)> {
    (0..CODE_LENGTH).flat_map(|at| CODE_ALPHABET.iter().map(move |letter| (at, *letter)))
}

fn changed(typed: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut letters = typed.to_vec();
    change(&mut letters);
    letters
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(typed: &str) -> Vec<String> {
        near_codes(typed).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn one_slip_is_near_and_two_are_not() {
        let code = "ab3kx7mn".to_owned();
        for typed in [
            "ab3kx7mm",
            "AB3K-X7M0",
            "https://detroit.example/?ref=ab3kx7mp",
            "ab3kx7m",
            "b3kx7mn",
            "ab3kx77mn",
            "ba3kx7mn",
            "ab3kx7nm",
        ] {
            assert!(near(typed).contains(&code), "{typed}");
        }
        for typed in ["ab3kx7mn", "ab3kx7pp", "ab3kx", "", "Mia Stone", "mïa"] {
            assert!(!near(typed).contains(&code), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn they_are_few_and_none_is_what_was_typed(typed in "[a-z0-9 -]{0,12}") {
            let near = near_codes(&typed);
            prop_assert!(near.len() < 300);
            let same = ReferralCode::parse(&typed);
            prop_assert!(near.iter().all(|code| Some(code) != same.as_ref()));
        }
    }
}
