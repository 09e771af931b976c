//! The initials in the circle beside a name.

use unicode_segmentation::UnicodeSegmentation;

use super::deletion::is_deleted;

/// The first letters of both names, in upper case, as a reader counts letters: `JD`. Empty for a deleted account.
pub fn initials(first_name: &str, last_name: &str) -> String {
    if is_deleted(first_name, last_name) {
        return String::new();
    }
    let first = |name: &str| name.trim().graphemes(true).next().map(str::to_uppercase);
    let letters = [first(first_name), first(last_name)];
    letters.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{DELETED_FIRST_NAME, DELETED_LAST_NAME};

    #[test]
    fn a_name_has_its_first_letters() {
        for (first, last, letters) in [
            ("Jane", "Doe", "JD"),
            ("zoë", "de Vries", "ZD"),
            ("E\u{301}va", "O'Neil", "E\u{301}O"),
            ("Jane", "", "J"),
            (" ", "", ""),
            (DELETED_FIRST_NAME, DELETED_LAST_NAME, ""),
        ] {
            assert_eq!(initials(first, last), letters, "{first} {last}");
        }
    }
}
