//! What a log keeps about the safety of accounts (`docs/rules.md` 70).

use time::Duration;

/// How long the same from the same place is one entry, with the number of times: nobody fills the log.
pub const SAME_ENTRY_FOR: Duration = Duration::HOUR;

/// What happened to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityEvent {
    /// The account was made.
    Registered,
    /// Somebody signed in, in a browser or on a phone where the member had not signed in before.
    SignedInAnew,
    /// The same, where the member had.
    SignedIn,
    /// A wrong password was typed.
    WrongPassword,
    /// The right password was typed, and the code of the second factor is awaited.
    CodeAsked,
    /// The right password was typed, and then a wrong code of the second factor.
    WrongCode,
    /// A password was not even looked at, since there were too many wrong ones.
    TooManyAttempts,
    /// The password was changed by somebody who knew it.
    PasswordChanged,
    /// The password was replaced by the link in a mail.
    PasswordReset,
    /// The e-mail address was changed.
    EmailChanged,
    /// The address went back to whoever reads its mail.
    AddressTakenBack,
    /// The second factor was turned on.
    SecondFactorOn,
    /// The second factor was turned off.
    SecondFactorOff,
    /// A role was given, changed or taken.
    RightsChanged,
    /// Staff keeps the member out.
    Blocked,
    /// Staff lets the member in again.
    Unblocked,
    /// Staff ended the member's sessions.
    SignedOut,
    /// The keys of Stripe were changed by this account.
    KeysChanged,
    /// The member asked for something that the account may not do.
    NotAllowed,
}

impl SecurityEvent {
    pub const ALL: [Self; 19] = [
        Self::Registered,
        Self::SignedInAnew,
        Self::SignedIn,
        Self::WrongPassword,
        Self::CodeAsked,
        Self::WrongCode,
        Self::TooManyAttempts,
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::EmailChanged,
        Self::AddressTakenBack,
        Self::SecondFactorOn,
        Self::SecondFactorOff,
        Self::RightsChanged,
        Self::Blocked,
        Self::Unblocked,
        Self::SignedOut,
        Self::KeysChanged,
        Self::NotAllowed,
    ];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::SignedInAnew => "signed_in_anew",
            Self::SignedIn => "signed_in",
            Self::WrongPassword => "wrong_password",
            Self::CodeAsked => "code_asked",
            Self::WrongCode => "wrong_code",
            Self::TooManyAttempts => "too_many_attempts",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::EmailChanged => "email_changed",
            Self::AddressTakenBack => "address_taken_back",
            Self::SecondFactorOn => "second_factor_on",
            Self::SecondFactorOff => "second_factor_off",
            Self::RightsChanged => "rights_changed",
            Self::Blocked => "blocked",
            Self::Unblocked => "unblocked",
            Self::SignedOut => "signed_out",
            Self::KeysChanged => "keys_changed",
            Self::NotAllowed => "not_allowed",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.code() == code)
    }

    /// As an admin reads it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Registered => "Registered",
            Self::SignedInAnew => "Signed in, new browser or phone",
            Self::SignedIn => "Signed in",
            Self::WrongPassword => "Wrong password",
            Self::CodeAsked => "Right password, asked for the code",
            Self::WrongCode => "Right password, wrong code",
            Self::TooManyAttempts => "Too many attempts",
            Self::PasswordChanged => "Password changed",
            Self::PasswordReset => "Password reset by email",
            Self::EmailChanged => "Email address changed",
            Self::AddressTakenBack => "Email address taken back by its owner",
            Self::SecondFactorOn => "Second factor turned on",
            Self::SecondFactorOff => "Second factor turned off",
            Self::RightsChanged => "Role changed",
            Self::Blocked => "Blocked",
            Self::Unblocked => "Unblocked",
            Self::SignedOut => "Signed out everywhere by staff",
            Self::KeysChanged => "Changed the Stripe connection",
            Self::NotAllowed => "Asked for a page or an action without the right",
        }
    }

    /// Whether the same from another browser is another entry. A guesser may name any browser, so
    /// that their attempts are told apart by network alone.
    pub fn tells_devices_apart(self) -> bool {
        match self {
            Self::WrongPassword
            | Self::CodeAsked
            | Self::WrongCode
            | Self::TooManyAttempts
            | Self::NotAllowed => false,
            Self::Registered
            | Self::SignedInAnew
            | Self::SignedIn
            | Self::PasswordChanged
            | Self::PasswordReset
            | Self::EmailChanged
            | Self::AddressTakenBack
            | Self::SecondFactorOn
            | Self::SecondFactorOff
            | Self::RightsChanged
            | Self::Blocked
            | Self::Unblocked
            | Self::SignedOut
            | Self::KeysChanged => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back() {
        for event in SecurityEvent::ALL {
            assert_eq!(SecurityEvent::parse(event.code()), Some(event));
        }
        assert_eq!(SecurityEvent::parse("signed out"), None);
    }
}
