//! The kinds of mistakes in a field, for programs: an app says them in its own words and languages
//! (`docs/rules.md` 208).

/// What is wrong with a field. Each rule names its own; none is read from a sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FieldErrorCode {
    /// It is missing or empty.
    Required,
    /// It is of another JSON type.
    WrongType,
    /// It is not written as this field is: an address without an `@`, a day that does not exist.
    Malformed,
    TooShort,
    TooLong,
    /// It is below the least or above the greatest value.
    OutOfRange,
    /// Whoever was born on this day is younger than the site asks.
    TooYoung,
    /// It holds characters or words that are not allowed here.
    NotAllowed,
    /// It is a password that somebody would guess, or that was leaked.
    Guessable,
    /// It belongs to somebody else.
    Taken,
    /// It is what is stored already.
    Unchanged,
    /// It names nothing that is there.
    NotFound,
    /// It is not the member's password.
    WrongPassword,
    /// Only the sentence says it.
    #[default]
    Invalid,
}

impl FieldErrorCode {
    pub const ALL: [Self; 14] = [
        Self::Required,
        Self::WrongType,
        Self::Malformed,
        Self::TooShort,
        Self::TooLong,
        Self::OutOfRange,
        Self::TooYoung,
        Self::NotAllowed,
        Self::Guessable,
        Self::Taken,
        Self::Unchanged,
        Self::NotFound,
        Self::WrongPassword,
        Self::Invalid,
    ];

    /// The value in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::WrongType => "wrong_type",
            Self::Malformed => "malformed",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::OutOfRange => "out_of_range",
            Self::TooYoung => "too_young",
            Self::NotAllowed => "not_allowed",
            Self::Guessable => "guessable",
            Self::Taken => "taken",
            Self::Unchanged => "unchanged",
            Self::NotFound => "not_found",
            Self::WrongPassword => "wrong_password",
            Self::Invalid => "invalid",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_kinds_share_a_code() {
        let codes: BTreeSet<_> = FieldErrorCode::ALL.map(FieldErrorCode::code).into();
        assert_eq!(codes.len(), FieldErrorCode::ALL.len());
        let is_code = |code: &&str| {
            code.bytes()
                .all(|byte| byte == b'_' || byte.is_ascii_lowercase())
        };
        assert!(codes.iter().all(is_code), "{codes:?}");
    }
}
