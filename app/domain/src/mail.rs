//! Mail: its kinds, and whether and when a mail that could not be sent is tried again.

use time::Duration;

use crate::account::team::INVITATION_WORKS;

/// How often a mail is tried before it counts as failed: for about a day.
pub const MAX_ATTEMPTS: u32 = 32;

/// The longest wait between attempts.
pub const MAX_BACKOFF: Duration = Duration::HOUR;

/// How long the link of a mail resets a password.
pub const RESET_LINK_WORKS: Duration = Duration::HOUR;

/// The most mails with a reset link that one account gets within [`RESET_LINK_WORKS`]. A stranger
/// may ask for them.
pub const MAX_RESET_MAILS: u64 = 3;

/// How long the link of a mail confirms an address.
pub const CONFIRM_LINK_WORKS: Duration = Duration::days(3);

/// How long a member waits before another link to confirm an address is mailed.
pub const CONFIRM_AGAIN_AFTER: Duration = Duration::MINUTE;

/// How long the link of a mail signs a platform referrer in.
pub const REFERRER_LINK_WORKS: Duration = Duration::minutes(30);

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailKind {
    /// A link that resets a forgotten password.
    ResetPassword,
    /// The password was changed.
    PasswordChanged,
    /// A link that proves that an address is the member's.
    ConfirmEmail,
    /// The address was changed.
    EmailChanged,
    /// The second factor was turned on or off.
    SecondFactorChanged,
    /// Somebody is invited to the staff.
    Invitation,
    /// The account was deleted.
    AccountDeleted,
    /// A site's connection to Stripe was changed.
    StripeChanged,
    /// An admin signed in.
    AdminSignedIn,
    /// Something needs an admin's attention.
    Attention,
    /// A friend registered through the member's link.
    FriendJoined,
    /// The member earned a credit.
    CreditEarned,
    /// A platform referrer was registered: their link.
    ReferrerWelcome,
    /// A platform referrer earned a credit.
    ReferrerCredit,
    /// A link that signs a platform referrer in.
    ReferrerLink,
    /// A purchase was paid.
    Receipt,
}

/// What a member can decide to get no mail about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTopic {
    /// Friends who join, and credits for them.
    Referrals,
    /// What needs an admin's attention.
    Attention,
}

impl MailTopic {
    pub const ALL: [Self; 2] = [Self::Referrals, Self::Attention];

    /// The word in a link.
    pub fn code(self) -> &'static str {
        match self {
            Self::Referrals => "referrals",
            Self::Attention => "attention",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.code() == code)
    }
}

impl MailKind {
    pub const ALL: [Self; 16] = [
        Self::ResetPassword,
        Self::PasswordChanged,
        Self::ConfirmEmail,
        Self::EmailChanged,
        Self::SecondFactorChanged,
        Self::Invitation,
        Self::AccountDeleted,
        Self::StripeChanged,
        Self::AdminSignedIn,
        Self::Attention,
        Self::FriendJoined,
        Self::CreditEarned,
        Self::ReferrerWelcome,
        Self::ReferrerCredit,
        Self::ReferrerLink,
        Self::Receipt,
    ];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset_password",
            Self::PasswordChanged => "password_changed",
            Self::ConfirmEmail => "confirm_email",
            Self::EmailChanged => "email_changed",
            Self::SecondFactorChanged => "second_factor_changed",
            Self::Invitation => "invitation",
            Self::AccountDeleted => "account_deleted",
            Self::StripeChanged => "stripe_changed",
            Self::AdminSignedIn => "admin_signed_in",
            Self::Attention => "attention",
            Self::FriendJoined => "friend_joined",
            Self::CreditEarned => "credit_earned",
            Self::ReferrerWelcome => "referrer_welcome",
            Self::ReferrerCredit => "referrer_credit",
            Self::ReferrerLink => "referrer_link",
            Self::Receipt => "receipt",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What the member can unsubscribe from; `None` for a mail about security or money paid, or to a
    /// platform referrer.
    pub fn topic(self) -> Option<MailTopic> {
        match self {
            Self::FriendJoined | Self::CreditEarned => Some(MailTopic::Referrals),
            Self::Attention => Some(MailTopic::Attention),
            Self::ResetPassword
            | Self::PasswordChanged
            | Self::ConfirmEmail
            | Self::EmailChanged
            | Self::SecondFactorChanged
            | Self::Invitation
            | Self::AccountDeleted
            | Self::StripeChanged
            | Self::AdminSignedIn
            | Self::ReferrerWelcome
            | Self::ReferrerCredit
            | Self::ReferrerLink
            | Self::Receipt => None,
        }
    }

    /// How long after it was written the mail is worth sending.
    pub fn is_worth_sending_for(self) -> Duration {
        match self {
            Self::ResetPassword => RESET_LINK_WORKS,
            Self::ConfirmEmail => CONFIRM_LINK_WORKS,
            Self::Invitation => INVITATION_WORKS,
            Self::ReferrerLink => REFERRER_LINK_WORKS,
            // The next day's mail says the same.
            Self::Attention => Duration::DAY,
            Self::PasswordChanged
            | Self::EmailChanged
            | Self::SecondFactorChanged
            | Self::AccountDeleted
            | Self::StripeChanged
            | Self::AdminSignedIn
            | Self::FriendJoined
            | Self::CreditEarned
            | Self::ReferrerWelcome
            | Self::ReferrerCredit
            | Self::Receipt => Duration::WEEK,
        }
    }
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// It will be sent.
    Due,
    /// The mail server has taken it.
    Sent,
    /// It was given up.
    Failed,
}

impl MailState {
    pub const ALL: [Self; 3] = [Self::Due, Self::Sent, Self::Failed];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// Why a mail was not sent. Holds the mail server's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailError {
    /// The mail server does not take this mail, now or later (RFC 5321, 4.2.1: a reply 5yz).
    Refused(String),
    /// The mail server does not answer, or takes no mail now. It may have taken this one.
    Unavailable(String),
}

impl MailError {
    pub fn words(&self) -> &str {
        let (Self::Refused(words) | Self::Unavailable(words)) = self;
        words
    }
}

/// What follows from an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterMailError {
    /// Try again after this wait.
    Retry(Duration),
    /// Give up.
    Fail,
}

/// Decides what follows from `error`, the `attempts`th (from 1), when a mail is `age` old. A mail is
/// sent at least once: after an unknown outcome it is sent again.
pub fn after_mail_error(
    kind: MailKind,
    attempts: u32,
    age: Duration,
    error: &MailError,
) -> AfterMailError {
    let wait = backoff(attempts);
    let too_late = age + wait > kind.is_worth_sending_for();
    match error {
        MailError::Refused(_) => AfterMailError::Fail,
        MailError::Unavailable(_) if attempts >= MAX_ATTEMPTS || too_late => AfterMailError::Fail,
        MailError::Unavailable(_) => AfterMailError::Retry(wait),
    }
}

/// The wait after the `attempts`th error: 15 s, 30 s, 1 min … up to [`MAX_BACKOFF`].
fn backoff(attempts: u32) -> Duration {
    let seconds = 15_i64 << attempts.saturating_sub(1).min(20);
    Duration::seconds(seconds).min(MAX_BACKOFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silent() -> MailError {
        MailError::Unavailable("no answer".to_owned())
    }

    #[test]
    fn codes_are_read_back() {
        for kind in MailKind::ALL {
            assert_eq!(MailKind::parse(kind.code()), Some(kind));
        }
        for state in MailState::ALL {
            assert_eq!(MailState::parse(state.code()), Some(state));
        }
        for topic in MailTopic::ALL {
            assert_eq!(MailTopic::parse(topic.code()), Some(topic));
        }
        assert_eq!(MailKind::parse("receipt of nothing"), None);
    }

    #[test]
    fn a_refusal_is_final_and_silence_is_not() {
        let kind = MailKind::PasswordChanged;
        let refused = MailError::Refused("550 no such user".to_owned());
        let after = |error| after_mail_error(kind, 1, Duration::ZERO, error);
        assert_eq!(after(&refused), AfterMailError::Fail);
        assert_eq!(
            after(&silent()),
            AfterMailError::Retry(Duration::seconds(15))
        );
    }

    #[test]
    fn waits_grow_and_end() {
        let mut age = Duration::ZERO;
        let mut before = Duration::ZERO;
        for attempts in 1..MAX_ATTEMPTS {
            let after = after_mail_error(MailKind::PasswordChanged, attempts, age, &silent());
            let AfterMailError::Retry(wait) = after else {
                panic!("given up after {attempts} attempts");
            };
            assert!(wait >= before && wait <= MAX_BACKOFF);
            (age, before) = (age + wait, wait);
        }
        assert!(
            age > Duration::hours(23) && age < Duration::hours(25),
            "{age}"
        );
        let last = after_mail_error(MailKind::PasswordChanged, MAX_ATTEMPTS, age, &silent());
        assert_eq!(last, AfterMailError::Fail);
    }

    #[test]
    fn a_link_that_works_no_more_is_not_sent() {
        let age = RESET_LINK_WORKS - Duration::seconds(10);
        let after = after_mail_error(MailKind::ResetPassword, 1, age, &silent());
        assert_eq!(after, AfterMailError::Fail);
    }
}
