//! The credit that a member can use for a product, as its page shows it before the member buys.

use domain::{credit::credit_to_spend, money::Money, purchase::left_to_pay};
use store::entities::{checkout_session, product};

use super::row::asked_for;

/// The credit that pays for a part of a price or for all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    pub pays: Money,
    pub to_pay: Money,
}

impl Offer {
    /// `None` if the credit is more than the price, as when the price was lowered meanwhile.
    fn new(price: Money, pays: Money) -> Option<Self> {
        let to_pay = left_to_pay(price, pays)?;
        Some(Self { pays, to_pay })
    }
}

/// What an open session holds of the buyer's credit.
pub fn held(open: &checkout_session::Model) -> anyhow::Result<Option<Money>> {
    let asked = asked_for(open)?;
    Ok(asked
        .and_then(|asked| asked.discount)
        .map(|held| held.amount))
}

/// How credit pays for the product, if the member uses it: what an open session holds of it, or what
/// is `available`. `None` if there is none, and for memberships, for which Stripe uses the balance by
/// itself.
pub fn offer(
    product: &product::Model,
    held: Option<Money>,
    available: Option<Money>,
) -> Option<Offer> {
    let price = product.price();
    if product.kind.spends_balance() {
        return None;
    }
    let pays = held.or_else(|| credit_to_spend(price, available?))?;
    Offer::new(price, pays)
}
