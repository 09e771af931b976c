//! Buying, one way for the web and for the mobile app: from a product to the address of Stripe's
//! page. A member has at most one page open for a product, and one for all memberships together.

mod begin;
mod end;
mod open_pages;
mod request;
pub mod retrieve;
pub mod row;
pub mod told;

use domain::credit::Fault;
use store::MemberId;
use store::{
    checkout_sessions,
    entities::{checkout_session, product, purchase, user},
    sites::Site,
};

use crate::Engine;

pub use begin::begin;
pub use end::{TakenUp, end, take_up};
pub use request::send;

/// The metadata under which a session carries the path of its product's page.
pub const PRODUCT: &str = "product";

/// What is said of a product that is not on offer.
pub const GONE: &str = "This is no longer on offer.";

/// Who buys, and where Stripe sends them afterwards.
#[derive(Clone, Copy)]
pub struct Buyer<'a> {
    /// The tenant.
    pub site: &'a Site,
    /// A member of it.
    pub user: &'a user::Model,
    /// The root of the site as the buyer reached it, without a slash.
    pub base_url: &'a str,
}

/// What is bought.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    /// The product.
    pub product: &'a product::Model,
    /// A membership that the buyer has already is wanted once more.
    pub another: bool,
}

/// What became of beginning a purchase.
pub enum Begun {
    /// Stripe's page waits for the buyer.
    Checkout {
        /// The purchase.
        purchase: Box<purchase::Model>,
        /// Stripe's page.
        url: String,
    },
    /// The page that was open is paid, or its payment is on its way.
    Bought(Box<purchase::Model>),
    /// There is no page to pay on, and nothing was charged.
    Refused(NoCheckout),
}

/// Why there is no page to pay on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCheckout {
    /// The site has no Stripe account.
    NotConnected,
    /// Stripe said no.
    NotAccepted,
    /// Stripe did not say anything that counts: later it may.
    Unanswered,
    /// The buyer has this membership.
    AlreadyMember,
}

impl NoCheckout {
    /// What the buyer is told.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotConnected => {
                "Online payment is not set up here yet. You can buy this at the counter."
            }
            Self::NotAccepted => {
                "Stripe did not accept this payment. Nothing was charged. Please tell us about it."
            }
            Self::Unanswered => {
                "Stripe does not answer right now. Nothing was charged. Try again in a minute."
            }
            Self::AlreadyMember => {
                "You already have this membership, or its payment is on its way. Nothing was charged. \
                 You can buy it once more, for somebody else."
            }
        }
    }
}

impl From<&Fault> for NoCheckout {
    fn from(fault: &Fault) -> Self {
        match fault.outcome_is_unknown() {
            true => Self::Unanswered,
            false => Self::NotAccepted,
        }
    }
}

/// The session that a member has open for a product: at the account that sells now, else at one of
/// before.
///
/// # Errors
/// If the database fails.
pub async fn open_session(
    state: &Engine,
    site: &Site,
    user_id: MemberId,
    product: &product::Model,
) -> anyhow::Result<Option<checkout_session::Model>> {
    let db = state.db.reader();
    let open_for = begin::open_for(user_id, *product.kind, product.id);
    if let Some(account) = site.row.stripe_account_id
        && let Some(open) = checkout_sessions::open_at(db, account, &open_for).await?
    {
        return Ok(Some(open));
    }
    Ok(checkout_sessions::open_anywhere(db, &open_for).await?)
}
