//! The member who is signed in, as pages show them.

use domain::{foreign_amount::ForeignAmount, money::Money};
use serde::{Deserialize, Serialize};

/// The signed-in member, without secrets and without ids of other people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub first_name: String,
    pub last_name: String,
    /// As typed at registration.
    pub email: String,
    /// `January 15, 1990`.
    pub date_of_birth: String,
    /// `November 22, 2026`.
    pub joined_on: String,
}

/// A phone that is signed in with the mobile app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub id: i64,
    /// `Jane's iPhone`.
    pub name: String,
    /// `November 22, 2026`.
    pub signed_in_on: String,
    /// ISO 8601, for `<time datetime>`.
    pub signed_in_at: String,
    /// `November 22, 2026`.
    pub last_used_on: String,
    /// ISO 8601, for `<time datetime>`.
    pub last_used_at: String,
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedInBrowser {
    /// Names the session in a form; it opens nothing.
    pub id: String,
    /// `Firefox on Linux`.
    pub name: String,
    /// `Nov 22, 2026, 2:05 PM EST`.
    pub signed_in_on: String,
    /// ISO 8601, for `<time datetime>`.
    pub signed_in_at: String,
    /// The browser that asks.
    pub is_this: bool,
}

/// What a member sees and changes of their own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAccount {
    /// Whether mail can be sent, as to confirm an address.
    pub can_mail: bool,
    /// `November 22, 2026`; `None` if the address was not proven.
    pub email_confirmed_on: Option<String>,
    /// The address that the member wants to have and has not confirmed.
    pub new_email: Option<String>,
    /// The console needs a second factor, which the member does not have.
    pub second_factor_missing: bool,
    /// `November 22, 2026`; `None` if there is no second factor.
    pub second_factor_since: Option<String>,
    /// Whether the member is mailed about referrals.
    pub mails_referrals: bool,
    /// Whether an admin is mailed what needs attention; `None` for who is no admin.
    pub mails_attention: Option<bool>,
    pub browsers: Vec<SignedInBrowser>,
    pub devices: Vec<Device>,
}

/// What a member needs to set up an authenticator app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorSetup {
    /// To be typed where nothing can be scanned: `JBSW Y3DP …`.
    pub secret: String,
    /// A QR code, as an SVG element.
    pub qr_code: String,
    pub recovery_codes: Vec<String>,
}

/// What a member loses with the account, and what its deletion needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// The member has a role in the console, which must be given up first.
    pub has_rights: bool,
    /// A code of the second factor is needed.
    pub needs_code: bool,
    /// The credit; zero if there is none.
    pub credit: Money,
    /// What of it is on hold.
    pub on_hold: Money,
    /// Stripe did not say now how much there is.
    pub uncertain: bool,
    /// Credit in other currencies, and on the balance of former accounts.
    pub elsewhere: Vec<ForeignAmount>,
    /// The names of memberships.
    pub memberships: Vec<String>,
}

/// The form that deletes an account, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeletionForm {
    pub password: String,
    pub code: String,
    /// The cents of credit that the page showed beside the tick; empty without it.
    pub forfeit: String,
}

/// What a link to reset a password opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetLink {
    /// The account's name and the day on which it was registered, if its address was never confirmed:
    /// perhaps somebody else registered it.
    pub unconfirmed: Option<(String, String)>,
}

/// The parts of a link that ends mails about a topic, as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsubscribeLink {
    pub member: String,
    pub topic: String,
    pub key: String,
}
