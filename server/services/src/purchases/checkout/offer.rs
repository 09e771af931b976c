//! The credit that a member can use for a product, as its page shows it before the member buys.

use domain::{
    credit::{Balance, credit_to_spend},
    money::Money,
    purchase::left_to_pay,
};
use store::{
    entities::{checkout_session, product, user},
    sites::Site,
};

use super::row::asked_for;
use crate::{Engine, stripe_customers::balance};

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

/// The credit that the member can use for the product now, by the balance as it was last read;
/// `None` if there is none, and for memberships, for which Stripe uses the balance by itself.
pub async fn offer(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    product: &product::Model,
    held: Option<Money>,
) -> anyhow::Result<Option<Offer>> {
    let price = product.price();
    if product.kind.spends_balance() {
        return Ok(None);
    }
    if let Some(held) = held {
        return Ok(Offer::new(price, held));
    }
    let available = match balance::of(engine, site, member).await?.now {
        Balance::Credit(available) | Balance::LastKnown(available) => available,
        Balance::Empty | Balance::Unknown | Balance::NotConnected => return Ok(None),
    };
    let pays = credit_to_spend(price, available);
    Ok(pays.and_then(|pays| Offer::new(price, pays)))
}
