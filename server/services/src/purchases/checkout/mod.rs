//! Buying a product through Stripe Checkout, for the web and the mobile app. A member has at most
//! one open Checkout session for a product, and one for all memberships together.

pub mod apply;
mod begin;
mod coupons;
mod end;
mod free;
mod offer;
mod open_pages;
mod request;
mod reserve;
pub mod retrieve;
pub mod row;
mod spend;

use domain::{
    credit::StripeError,
    money::Money,
    purchase::{EVENT_BEGUN, PurchaseState},
};
use store::{
    MemberId, PurchaseId, checkout_sessions,
    entities::{checkout_session, product, purchase, user},
    purchases,
    sites::Site,
};

use crate::Engine;

pub use begin::begin;
pub use coupons::{delete_coupons, try_coupons};
pub use end::{Reused, end, reuse};
pub use offer::{Offer, held, offer};
pub use open_pages::{LostPages, close_lost};
pub use request::send;

/// The metadata key under which a session carries the path of its product's page.
pub const PRODUCT: &str = "product";

/// The message for a product that is no longer sold.
pub const GONE: &str = "This is no longer available.";

/// The buyer, and the site that Stripe sends them back to.
#[derive(Clone, Copy)]
pub struct Buyer<'a> {
    pub site: &'a Site,
    pub user: &'a user::Model,
    /// The root URL of the site as the buyer reached it, without a trailing slash.
    pub base_url: &'a str,
}

/// What the buyer asks for.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub product: &'a product::Model,
    /// The buyer wants another membership although they already have this one.
    pub another: bool,
    /// The buyer wants to use credit; without effect for a membership, for which Stripe uses it.
    pub credit: Option<UseCredit>,
    /// Random: the same form makes no second purchase that is free or that the credit covers.
    pub form_token: Option<&'a str>,
    /// The page of the site to which Stripe's page leads back; `None` for the purchase's, or the product's. An open
    /// page that leads elsewhere is closed, and another one opened.
    pub return_url: Option<&'a str>,
}

/// The wish to pay with credit as far as there is any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UseCredit {
    /// What the page said would be left to pay; `None` if nothing was said. The purchase does not
    /// go on at a higher price.
    pub shown: Option<Money>,
}

/// The result of beginning a purchase.
pub enum Begun {
    /// The buyer can pay on Stripe's Checkout page.
    Checkout {
        purchase: Box<purchase::Model>,
        /// The address of the Checkout page.
        url: String,
    },
    /// The product is free or the credit covers it, or the session that was open is paid or its
    /// payment is being processed.
    Bought(Box<purchase::Model>),
    /// The credit changed since the page was shown. Nothing was charged; the buyer is asked again.
    Changed {
        /// What would be left to pay now.
        to_pay: Money,
    },
    /// There is no Checkout session, and nothing was charged.
    Refused(NoCheckout),
}

/// Why there is no Checkout session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCheckout {
    NotConnected,
    /// Stripe refused the request.
    NotAccepted,
    /// Stripe does not charge so little as the credit leaves to pay.
    TooSmall,
    /// Stripe did not answer, or its answer does not say what happened. A later request may
    /// succeed.
    Unanswered,
    /// The buyer already has this membership.
    AlreadyMember,
    /// Another purchase of the buyer is using the credit right now.
    CreditInUse,
    /// The event has begun.
    EventBegun,
    /// The buyer's account is being deleted.
    AccountDeleted,
}

impl NoCheckout {
    /// The message to the buyer.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotConnected => {
                "Online payment is not set up here yet. You can buy this at the counter."
            }
            Self::NotAccepted => {
                "This payment was not accepted. Nothing was charged. Please contact us."
            }
            Self::TooSmall => {
                "What your credit leaves to pay is too little for a card payment. Nothing was charged. \
                 Buy it without your credit."
            }
            Self::Unanswered => {
                "Our payment system is not answering right now. Nothing was charged. Try again in \
                 a minute."
            }
            Self::AlreadyMember => {
                "You already have this membership, or its payment is being processed. Nothing was \
                 charged. You can buy another one for someone else."
            }
            Self::CreditInUse => {
                "Another purchase of yours is using your credit right now. Nothing was charged. \
                 Try again in a minute."
            }
            Self::EventBegun => EVENT_BEGUN,
            Self::AccountDeleted => "This account is being deleted. Nothing was charged.",
        }
    }
}

impl From<&StripeError> for NoCheckout {
    fn from(error: &StripeError) -> Self {
        match error.outcome_is_unknown() {
            true => Self::Unanswered,
            false => Self::NotAccepted,
        }
    }
}

/// The open session of a member for a product: at the Stripe account that sells now, otherwise at
/// an account that the site had before.
pub async fn open_session(
    engine: &Engine,
    site: &Site,
    user_id: MemberId,
    product: &product::Model,
) -> anyhow::Result<Option<checkout_session::Model>> {
    let db = engine.db.reader();
    let open_for = begin::open_for(user_id, *product.kind, product.id);
    if let Some(account) = site.row.stripe_account_id
        && let Some(open) = checkout_sessions::open_at(db, account, &open_for).await?
    {
        return Ok(Some(open));
    }
    Ok(checkout_sessions::open_anywhere(db, &open_for).await?)
}

/// The session of a member's purchase that is not paid, whatever became of the product.
pub async fn session_of(
    engine: &Engine,
    user: &user::Model,
    id: PurchaseId,
) -> anyhow::Result<Option<checkout_session::Model>> {
    let db = engine.db.reader();
    let bought = purchases::one_of_buyer(db, user.site_id, user.id, id).await?;
    let is_open = bought.is_some_and(|bought| *bought.purchase.state == PurchaseState::Open);
    match is_open {
        true => Ok(checkout_sessions::of_purchase(db, id).await?),
        false => Ok(None),
    }
}
