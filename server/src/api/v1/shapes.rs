//! The shapes that answers share. Moments are RFC 3339 in UTC, amounts whole cents.

use app::types::Balance;
use domain::{Attribution, Ignored, Money, ProductKind, PurchaseState, ReferralStatus};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    db::entities::{notification, purchase, user},
    services::{accounts::devices::NewToken, dates},
};

/// An amount of money.
#[derive(Serialize, ToSchema)]
pub struct Amount {
    /// Whole cents.
    #[schema(example = 1000)]
    pub cents: i64,
    /// Three lower-case letters (ISO 4217).
    #[schema(example = "usd", min_length = 3, max_length = 3)]
    pub currency: &'static str,
    /// As a person reads it.
    #[schema(example = "$10.00")]
    pub text: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self {
            cents: money.cents(),
            currency: money.currency().code(),
            text: money.to_string(),
        }
    }
}

/// The member who is signed in.
#[derive(Serialize, ToSchema)]
pub struct User {
    #[schema(example = 42)]
    pub id: i64,
    #[schema(example = "friend@example.com")]
    pub email: String,
    #[schema(example = "Jane")]
    pub first_name: String,
    #[schema(example = "Doe")]
    pub last_name: String,
    #[schema(format = "date", example = "1990-01-15")]
    pub date_of_birth: String,
    /// When the member registered.
    #[schema(format = "date-time", example = "2026-11-22T14:05:00Z")]
    pub created_at: String,
}

impl From<&user::Model> for User {
    fn from(row: &user::Model) -> Self {
        Self {
            id: row.id,
            email: row.email.clone(),
            first_name: row.first_name.clone(),
            last_name: row.last_name.clone(),
            date_of_birth: row.date_of_birth.to_string(),
            created_at: dates::iso(row.created_at),
        }
    }
}

/// A token: shown once, and kept by nobody but the app.
#[derive(Serialize, ToSchema)]
pub struct Token {
    /// To be sent as `Authorization: Bearer …`.
    #[schema(example = "pewpros_1f0c5e0d6a3b4c7d8e9fa0b1c2d3e4f51f0c5e0d6a3b4c7d8e9fa0b1c2d3e4f5")]
    pub token: String,
    /// When it ends. Using it puts that off: it ends 90 days after it was last used.
    #[schema(format = "date-time", example = "2027-02-20T14:05:00Z")]
    pub token_expires_at: String,
}

impl From<NewToken> for Token {
    fn from(new: NewToken) -> Self {
        Self {
            token: new.token,
            token_expires_at: dates::iso(new.expires_at),
        }
    }
}

/// What became of the referral code of a registration.
#[derive(Serialize, ToSchema)]
pub struct Referral {
    pub status: Linking,
    /// Why the code was ignored; null otherwise.
    #[schema(required)]
    pub reason: Option<IgnoredReason>,
}

/// Whether the new member counts as referred.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Linking {
    /// The owner of the code is the referrer.
    Linked,
    /// A code came and counts for nothing; the registration stands.
    Ignored,
    /// No code came.
    None,
}

/// Why a code was ignored.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IgnoredReason {
    /// It is no code of this site.
    UnknownCode,
    /// It is the new member's own.
    SelfReferral,
}

impl From<&Attribution> for Referral {
    fn from(attribution: &Attribution) -> Self {
        let reason = match attribution {
            Attribution::Ignored(Ignored::UnknownCode) => Some(IgnoredReason::UnknownCode),
            Attribution::Ignored(Ignored::SelfReferral) => Some(IgnoredReason::SelfReferral),
            Attribution::None | Attribution::Linked { .. } => None,
        };
        let status = match attribution {
            Attribution::Linked { .. } => Linking::Linked,
            Attribution::Ignored(_) => Linking::Ignored,
            Attribution::None => Linking::None,
        };
        Self { status, reason }
    }
}

/// Where a referral stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReferralStatus)]
pub enum Status {
    /// The friend registered but has not made a purchase yet.
    Pending,
    /// The credit is on the Stripe balance.
    Credited,
    /// The credit could not be applied.
    Failed,
}

impl From<ReferralStatus> for Status {
    fn from(status: ReferralStatus) -> Self {
        match status {
            ReferralStatus::Pending => Self::Pending,
            ReferralStatus::Credited => Self::Credited,
            ReferralStatus::Failed => Self::Failed,
        }
    }
}

/// What kind of product it is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProductKind)]
pub enum Kind {
    EventTicket,
    Course,
    /// Paid every month. The only kind that Stripe pays from the balance.
    Membership,
    ShopItem,
}

impl From<ProductKind> for Kind {
    fn from(kind: ProductKind) -> Self {
        match kind {
            ProductKind::EventTicket => Self::EventTicket,
            ProductKind::Course => Self::Course,
            ProductKind::Membership => Self::Membership,
            ProductKind::ShopItem => Self::ShopItem,
        }
    }
}

/// A purchase.
#[derive(Serialize, ToSchema)]
pub struct Purchase {
    #[schema(example = 7)]
    pub id: i64,
    pub status: PurchaseStatus,
    /// The product's name when it was bought.
    #[schema(example = "Ladies' Night at the Range")]
    pub product_name: String,
    pub kind: Kind,
    /// What was asked, before any balance.
    pub price: Amount,
    #[schema(format = "date-time", example = "2026-11-22T14:05:00Z")]
    pub created_at: String,
}

/// Where a purchase stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseStatus {
    /// Stripe's page waits for the buyer.
    Open,
    /// The buyer chose a slow payment method; the money is on its way.
    Processing,
    Paid,
    /// The slow payment was refused.
    Failed,
    /// Stripe's page was left unpaid and has closed.
    Expired,
}

impl From<&purchase::Model> for Purchase {
    fn from(row: &purchase::Model) -> Self {
        Self {
            id: row.id,
            status: match row.purchase_state() {
                PurchaseState::Open => PurchaseStatus::Open,
                PurchaseState::Processing => PurchaseStatus::Processing,
                PurchaseState::Paid => PurchaseStatus::Paid,
                PurchaseState::Failed => PurchaseStatus::Failed,
                PurchaseState::Expired => PurchaseStatus::Expired,
            },
            product_name: row.product_name.clone(),
            kind: row.product_kind().into(),
            price: row.money(row.price_cents).into(),
            created_at: dates::iso(row.created_at),
        }
    }
}

/// A sentence to the member.
#[derive(Serialize, ToSchema)]
pub struct Notification {
    #[schema(example = 3)]
    pub id: i64,
    #[schema(example = "You earned a $10.00 credit from your referral")]
    pub text: String,
    #[schema(format = "date-time", example = "2026-11-22T14:05:00Z")]
    pub created_at: String,
    /// When it was read; null until then.
    #[schema(required, format = "date-time")]
    pub read_at: Option<String>,
}

impl From<notification::Model> for Notification {
    fn from(row: notification::Model) -> Self {
        Self {
            id: row.id,
            text: row.text,
            created_at: dates::iso(row.created_at),
            read_at: row.read_at.map(dates::iso),
        }
    }
}

/// The credit on the member's Stripe balance.
#[derive(Serialize, ToSchema)]
pub struct CreditBalance {
    pub status: BalanceStatus,
    /// The credit, where there is one to tell of.
    #[schema(required)]
    pub amount: Option<Amount>,
    /// What it pays, and what not.
    #[schema(
        example = "Credit on your balance: $10.00. Stripe applies it automatically to your \
                        next membership payment. Tickets, courses and shop items are paid in full."
    )]
    pub text: String,
}

/// How much of the balance is known.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BalanceStatus {
    /// Nothing was ever credited, or it is spent.
    Empty,
    /// As Stripe has it.
    Credit,
    /// Stripe does not answer; this is what it said last.
    LastKnown,
    /// Stripe does not answer, and never has.
    Unknown,
    /// The site has no Stripe account.
    NotConnected,
}

impl From<Balance> for CreditBalance {
    fn from(balance: Balance) -> Self {
        let (status, amount) = match balance {
            Balance::Empty => (BalanceStatus::Empty, None),
            Balance::Credit(credit) => (BalanceStatus::Credit, Some(credit)),
            Balance::LastKnown(credit) => (BalanceStatus::LastKnown, Some(credit)),
            Balance::Unknown => (BalanceStatus::Unknown, None),
            Balance::NotConnected => (BalanceStatus::NotConnected, None),
        };
        Self {
            status,
            amount: amount.map(Amount::from),
            text: balance.sentence(),
        }
    }
}
