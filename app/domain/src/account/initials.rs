//! The initials that stand where there is no picture of a person.

/// The first letters of both names, as capitals, without accents that are characters of their own.
/// A name without a letter has none.
pub fn initials(first_name: &str, last_name: &str) -> String {
    [first_name, last_name]
        .into_iter()
        .filter_map(|name| name.chars().find(|letter| letter.is_alphabetic()))
        .filter_map(|letter| letter.to_uppercase().next())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn are_the_first_letters_of_both_names() {
        let table = [
            ("Jane", "Doe", "JD"),
            ("éloïse", "de la Tour", "ÉD"),
            ("(Bob)", "O'Neil", "BO"),
            ("ليلى", "حداد", "لح"),
            ("Cher", "", "C"),
            ("7", "-", ""),
        ];
        for (first, last, shown) in table {
            assert_eq!(initials(first, last), shown, "{first} {last}");
        }
    }
}
