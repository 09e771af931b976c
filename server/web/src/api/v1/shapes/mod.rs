//! The shapes that answers share. Times are RFC 3339 in UTC with whole seconds, but for `starts_at` of a
//! product, which has the site's offset; amounts are whole cents.

mod membership;
mod notification;
mod own_purchase;
mod product;
mod referral;
mod shop;

use domain::{foreign_amount::ForeignAmount, money::Money};
use serde::Serialize;
use utoipa::ToSchema;

pub use self::{
    membership::Membership,
    notification::Notification,
    own_purchase::OwnPurchase,
    product::Product,
    referral::{CreditBalance, Referral, Status},
    shop::{Kind, Purchase},
};
use server_core::dates;
use services::accounts::devices::NewToken;
use store::entities::user;

/// An amount of money.
#[derive(Serialize, ToSchema)]
pub struct Amount {
    /// Whole cents. Of a currency in which no site trades, Stripe's smallest units: yen have no cents.
    #[schema(example = 1000)]
    pub cents: i64,
    /// Three lower-case letters (ISO 4217).
    #[schema(example = "usd", min_length = 3, max_length = 3)]
    pub currency: String,
    /// As a person reads it.
    #[schema(example = "$10.00")]
    pub text: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self {
            cents: money.cents(),
            currency: money.currency().code().to_owned(),
            text: money.to_string(),
        }
    }
}

impl From<ForeignAmount> for Amount {
    fn from(amount: ForeignAmount) -> Self {
        Self {
            cents: amount.units(),
            currency: amount.code().to_owned(),
            text: amount.to_string(),
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
            id: row.id.get(),
            email: row.email.clone(),
            first_name: row.first_name.clone(),
            last_name: row.last_name.clone(),
            date_of_birth: row.date_of_birth.to_string(),
            created_at: dates::iso(row.created_at),
        }
    }
}

/// A token. The app keeps it; the site keeps a hash of it.
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
