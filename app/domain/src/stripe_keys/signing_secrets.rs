//! The signing secrets in force: how pages tell them apart, and taking one of them out of force.

/// Secrets at least this long are told apart by their last characters; Stripe's have 38.
const TELLING: usize = 24;

/// Why a signing secret stays in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretStays {
    /// None was chosen, or there is none at that place.
    NotChosen,
    /// It is the only one.
    Last,
}

impl SecretStays {
    /// Why, and what to do.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotChosen => "Choose the signing secret to remove.",
            Self::Last => {
                "This is the only signing secret. Without one, no event from Stripe can be verified. \
                 Add another one first."
            }
        }
    }
}

/// The last four characters; `None` of a short one, of which they would say too much.
fn end_of(secret: &str) -> Option<&str> {
    let from = secret.len().checked_sub(4)?;
    let is_long = secret.len() >= TELLING;
    secret.get(from..).filter(|_| is_long)
}

/// How many signing secrets are in force, and how they end: `2, ending in 3kQ9 and 77ab`.
pub fn secrets_in_force(secrets: &[String]) -> String {
    let ends: Vec<_> = secrets.iter().filter_map(|one| end_of(one)).collect();
    match secrets.len() {
        0 => "None".to_owned(),
        count if count == ends.len() => format!("{count}, ending in {}", ends.join(" and ")),
        count => count.to_string(),
    }
}

/// What each of them is called where one is chosen: `1 of 2, ending in 3kQ9`.
pub fn secret_names(secrets: &[String]) -> Vec<String> {
    let count = secrets.len();
    let named = secrets.iter().zip(1..).map(|(secret, number)| {
        let end = end_of(secret).map_or_else(String::new, |end| format!(", ending in {end}"));
        format!("{number} of {count}{end}")
    });
    named.collect()
}

/// Those that stay in force without the one at `place`, counted from 0.
///
/// # Errors
/// If there is none at that place, or no other.
pub fn secrets_without(
    secrets: &[String],
    place: Option<usize>,
) -> Result<Vec<String>, SecretStays> {
    let place = place.filter(|place| *place < secrets.len());
    let place = place.ok_or(SecretStays::NotChosen)?;
    let others = secrets.iter().enumerate().filter(|(at, _)| *at != place);
    let others: Vec<_> = others.map(|(_, secret)| secret.clone()).collect();
    match others.is_empty() {
        true => Err(SecretStays::Last),
        false => Ok(others),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "whsec_0123456789abcdef3kQ9";
    const OTHER: &str = "whsec_0123456789abcdef77ab";
    const SHORT: &str = "whsec_123456";

    fn list(secrets: &[&str]) -> Vec<String> {
        secrets.iter().map(|&one| one.to_owned()).collect()
    }

    #[test]
    fn long_secrets_are_told_apart_by_their_ends() {
        let told = |secrets: &[&str]| secrets_in_force(&list(secrets));
        assert_eq!(told(&[]), "None");
        assert_eq!(told(&[ONE]), "1, ending in 3kQ9");
        assert_eq!(told(&[ONE, OTHER]), "2, ending in 3kQ9 and 77ab");
        assert_eq!(told(&[SHORT, ONE]), "2");
        let names = secret_names(&list(&[ONE, SHORT, "é"]));
        assert_eq!(names, ["1 of 3, ending in 3kQ9", "2 of 3", "3 of 3"]);
    }

    #[test]
    fn one_of_several_is_taken_and_the_last_one_stays() {
        let both = list(&[ONE, OTHER]);
        assert_eq!(secrets_without(&both, Some(0)), Ok(list(&[OTHER])));
        assert_eq!(secrets_without(&both, Some(1)), Ok(list(&[ONE])));
        for nowhere in [None, Some(2)] {
            let refused = secrets_without(&both, nowhere);
            assert_eq!(refused, Err(SecretStays::NotChosen), "{nowhere:?}");
        }
        assert_eq!(
            secrets_without(&list(&[ONE]), Some(0)),
            Err(SecretStays::Last)
        );
    }
}
