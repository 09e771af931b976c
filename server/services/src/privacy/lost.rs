//! What a member loses with the account.

use domain::{
    account::forfeited,
    credit::{Balance, MemberBalance},
    foreign_amount::ForeignAmount,
    money::Money,
};
use store::{credits::holds, deletions, entities::user, sites::Site};

use crate::{
    Engine,
    stripe_customers::{balance, statement::statement},
};

/// What ends with an account.
pub struct Lost {
    /// The credit, what open purchases hold of it and what is on hold included, as far as it is known.
    pub credit: Money,
    /// What of it is on hold.
    pub on_hold: Money,
    /// Stripe did not say now how much is on the balance.
    pub uncertain: bool,
    /// Credit elsewhere: in other currencies, on hold too, and at accounts that the site had before.
    pub elsewhere: Vec<ForeignAmount>,
    /// The names of memberships.
    pub memberships: Vec<String>,
}

/// Reads what the member would lose.
///
/// # Errors
/// If the database fails.
pub async fn lost(engine: &Engine, site: &Site, member: &user::Model) -> anyhow::Result<Lost> {
    let statement = statement(engine, site, member).await?;
    let MemberBalance { now, former, .. } = balance::of(engine, site, member).await?;
    // The statement is as new as can be; the balance may be a minute old.
    let there = match statement.available {
        Some(available) => Balance::Credit(available),
        None => now,
    };
    let db = engine.db.reader();
    let memberships = deletions::running_memberships(db, member).await?;
    let held = holds::of_member(db, site.id(), member.id, engine.now()).await?;
    let (here, held): (Vec<_>, Vec<_>) = held
        .into_iter()
        .map(|held| held.amount)
        .partition(|amount| amount.currency() == site.currency());
    let on_hold = here.into_iter().map(Money::cents).sum();
    let on_hold = Money::new(on_hold, site.currency());
    let others = statement.other_currencies.into_iter();
    let elsewhere = held.into_iter().chain(former);
    let elsewhere = others.chain(elsewhere.map(ForeignAmount::from));
    Ok(Lost {
        credit: forfeited(&there, statement.reserved.total(), on_hold),
        on_hold,
        uncertain: matches!(there, Balance::LastKnown(_) | Balance::Unknown),
        elsewhere: elsewhere.collect(),
        memberships: memberships
            .into_iter()
            .map(|membership| membership.product_name)
            .collect(),
    })
}
