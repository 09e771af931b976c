//! The shapes of the document. Times are RFC 3339 in UTC, amounts whole cents with their currency.

use domain::sharing::Reached;
use serde::Serialize;
use server_core::dates;
use store::entities::{mail, purchase, security_entry};
use utoipa::ToSchema;

use super::super::shapes::{Amount, Purchase, User};

/// Who the member is.
#[derive(Serialize, ToSchema)]
pub struct ExportedProfile {
    #[serde(flatten)]
    pub user: User,
    /// When the member proved that the address is theirs; null if they did not.
    #[schema(required, format = "date-time")]
    pub email_confirmed_at: Option<String>,
    /// Where Stripe reaches the member, if not at the address above; null otherwise.
    #[schema(required)]
    pub billing_email: Option<String>,
    /// Since when signing in needs a second factor; null if it does not.
    #[schema(required, format = "date-time")]
    pub second_factor_since: Option<String>,
}

/// The mails that the member wants.
#[derive(Serialize, ToSchema)]
pub struct MailPreferences {
    /// About referrals.
    pub referrals: bool,
    /// About what needs an admin's attention.
    pub attention: bool,
}

/// A browser in which the member is signed in.
#[derive(Serialize, ToSchema)]
pub struct ExportedBrowser {
    #[schema(example = "Firefox on Linux")]
    pub name: String,
    #[schema(format = "date-time")]
    pub signed_in_at: String,
}

/// A phone on which the member is signed in.
#[derive(Serialize, ToSchema)]
pub struct ExportedPhone {
    #[schema(example = "Jane's phone")]
    pub name: String,
    #[schema(format = "date-time")]
    pub signed_in_at: String,
    #[schema(format = "date-time")]
    pub last_used_at: String,
}

/// Who referred the member.
#[derive(Serialize, ToSchema)]
pub struct ReferredBy {
    /// The first name, as the app shows it of a code; null if the account was deleted.
    #[schema(required)]
    pub first_name: Option<String>,
    #[schema(format = "date-time")]
    pub registered_at: String,
}

/// What the member can share.
#[derive(Serialize, ToSchema)]
pub struct ExportedCode {
    #[schema(example = "ab3kx7mn")]
    pub code: String,
    #[schema(example = "https://detroitarms.com?ref=ab3kx7mn")]
    pub link: String,
}

/// Who came by the member's link on one channel.
#[derive(Serialize, ToSchema)]
pub struct ExportedChannel {
    /// `link` is the link as it stands.
    #[schema(example = "whatsapp")]
    channel: &'static str,
    /// How often it was opened.
    #[schema(example = 12, minimum = 0)]
    clicks: i64,
    /// How many registered.
    #[schema(example = 3, minimum = 0)]
    joined: i64,
}

impl From<Reached> for ExportedChannel {
    fn from(reached: Reached) -> Self {
        Self {
            channel: reached.channel.code(),
            clicks: reached.clicks,
            joined: reached.joined,
        }
    }
}

/// A purchase.
#[derive(Serialize, ToSchema)]
pub struct ExportedPurchase {
    #[serde(flatten)]
    purchase: Purchase,
    /// What was paid, credit included; null if nothing was, or not in the currency of the site.
    #[schema(required)]
    paid: Option<Amount>,
    /// The part of it that credit paid; null where that is not known.
    #[schema(required)]
    credit_used: Option<Amount>,
    /// Stripe's fingerprint of the card, where the site compares cards; null otherwise. It names the card to
    /// nobody but Stripe.
    #[schema(required, example = "Xt5EWLLDS7FJjR1c")]
    card_fingerprint: Option<String>,
    /// It was a sale at the counter.
    in_person: bool,
    #[schema(required, format = "date-time")]
    paid_at: Option<String>,
    #[schema(required, format = "date-time")]
    undone_at: Option<String>,
}

impl From<&purchase::Model> for ExportedPurchase {
    fn from(row: &purchase::Model) -> Self {
        let amount = |cents: i64| Amount::from(row.money(cents));
        Self {
            purchase: row.into(),
            paid: row.paid_cents.map(amount),
            credit_used: row.credit_used_cents.map(amount),
            card_fingerprint: row.card_fingerprint.clone(),
            in_person: row.in_person,
            paid_at: row.paid_at.map(dates::iso),
            undone_at: row.undone_at.map(dates::iso),
        }
    }
}

/// A mail to the member.
#[derive(Serialize, ToSchema)]
pub struct ExportedMail {
    /// What it was about: `reset_password`, `credit_earned`.
    #[schema(example = "credit_earned")]
    kind: &'static str,
    /// Where it went.
    address: String,
    #[schema(format = "date-time")]
    created_at: String,
    /// When the mail server took it; null if it did not.
    #[schema(required, format = "date-time")]
    sent_at: Option<String>,
}

impl From<&mail::Model> for ExportedMail {
    fn from(row: &mail::Model) -> Self {
        let sent = *row.state == domain::mail::MailState::Sent;
        Self {
            kind: row.kind.code(),
            address: row.address.clone(),
            created_at: dates::iso(row.created_at),
            sent_at: row.ended_at.filter(|_| sent).map(dates::iso),
        }
    }
}

/// What happened to the account, once or a few times within an hour.
#[derive(Serialize, ToSchema)]
pub struct ExportedSecurityEntry {
    /// `signed_in`, `wrong_password`.
    #[schema(example = "signed_in")]
    event: &'static str,
    /// The network from which it came.
    #[schema(example = "203.0.113.7")]
    network: String,
    #[schema(example = "Firefox on Linux")]
    device: String,
    #[schema(example = 1, minimum = 1)]
    times: i64,
    #[schema(format = "date-time")]
    first_at: String,
    #[schema(format = "date-time")]
    last_at: String,
}

impl From<&security_entry::Model> for ExportedSecurityEntry {
    fn from(row: &security_entry::Model) -> Self {
        Self {
            event: row.event.code(),
            network: row.network.clone(),
            device: row.device.clone(),
            times: row.times,
            first_at: dates::iso(row.first_at),
            last_at: dates::iso(row.last_at),
        }
    }
}
