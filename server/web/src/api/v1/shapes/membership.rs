//! A membership, with how it stands at Stripe.

use domain::purchase::Standing;
use serde::Serialize;
use server_core::dates;
use store::entities::{purchase, subscription};
use utoipa::ToSchema;

/// A membership, after its purchase.
#[derive(Serialize, ToSchema)]
pub struct Membership {
    /// The purchase that began it.
    #[schema(example = 7)]
    pub id: i64,
    /// The product's name when it was bought.
    #[schema(example = "Range Membership")]
    pub product_name: String,
    /// How it stands, as a person reads it; null until Stripe has said it.
    #[schema(required, example = "Active")]
    pub status_text: Option<&'static str>,
    /// When it is paid next; null if it is not.
    #[schema(required, format = "date-time")]
    pub next_payment_at: Option<String>,
    /// When it ends, of one that is set to end; null otherwise.
    #[schema(required, format = "date-time")]
    pub ends_at: Option<String>,
    /// When it ended; null if it goes on.
    #[schema(required, format = "date-time")]
    pub ended_at: Option<String>,
}

impl Membership {
    pub fn of(purchase: &purchase::Model, row: &subscription::Model) -> Self {
        let standing = row.subscribed().map(|subscribed| subscribed.standing());
        let (mut next, mut ends, mut ended) = (None, None, None);
        match standing {
            Some(Standing::Active(at)) => next = at,
            Some(Standing::Ends(at)) => ends = at,
            Some(Standing::Ended(at)) => ended = at,
            Some(Standing::PastDue | Standing::Paused) | None => {}
        }
        Self {
            id: purchase.id.get(),
            product_name: purchase.product_name.clone(),
            status_text: standing.map(Standing::label),
            next_payment_at: next.map(dates::iso),
            ends_at: ends.map(dates::iso),
            ended_at: ended.map(dates::iso),
        }
    }
}
