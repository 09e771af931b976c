//! What in a program needs an admin's attention.

use domain::{
    attention::{Attention, MOST_TOLD},
    credit::Program,
    stripe_keys::Health,
};
use store::{
    PurchaseId, Scope, StripeAccountId, credits, orders, reconciliations, stripe_accounts,
    stripe_events,
};
use time::Duration;

use crate::{Engine, stripe_events::payment_in};

/// How long a return may wait for Stripe before a person should look.
const PATIENCE: Duration = Duration::hours(1);
/// How long a purchase that was not paid may hold credit: no page is open that long.
const HELD_AT_MOST: Duration = Duration::days(2);
/// How long an order that was paid with another amount is told.
const TOLD_FOR: Duration = Duration::days(30);
/// The most of a kind that are counted: one more than are told by number.
pub const MOST: u64 = MOST_TOLD + 1;

/// What needs attention in the program of `scope`, which is connected to `account`.
///
/// # Errors
/// If the database fails.
pub async fn of(
    engine: &Engine,
    scope: Scope,
    account: Option<StripeAccountId>,
) -> anyhow::Result<Attention> {
    let (db, now) = (engine.db.reader(), engine.now());
    let program = match scope {
        Scope::Site(_) => Program::Tenant,
        Scope::Platform => Program::Platform,
    };
    let health = match account {
        None => None,
        Some(_) => Some(health(engine, account).await?),
    };
    let unmatched = stripe_events::unmatched_of(db, scope.site(), MOST).await?;
    // Site Settings lists the payments among them.
    let unmatched = unmatched.iter().filter(|one| payment_in(one).is_some());
    let (other_amounts, held) = match scope {
        Scope::Site(site_id) => (
            orders::with_other_amount(db, site_id, now - TOLD_FOR, MOST).await?,
            credits::held_since(db, site_id, now - HELD_AT_MOST, MOST).await?,
        ),
        // Nobody pays for a plan with credit of ours, and Orders tells each amount.
        Scope::Platform => (Vec::new(), 0),
    };
    let returns = credits::returns_since(db, scope, now - PATIENCE, MOST).await?;
    Ok(Attention {
        program,
        failed: credits::failed_in(db, scope, MOST).await?,
        unmatched: unmatched.count() as u64,
        other_amounts: other_amounts.len() as u64,
        newest_other_amount: other_amounts
            .first()
            .map_or(0, |newest: &PurchaseId| newest.get()),
        waiting: (returns + held).min(MOST),
        differences: differences(engine, scope).await?,
        reviews: credits::reviews::count(db, scope, MOST).await?,
        health,
    })
}

async fn differences(engine: &Engine, scope: Scope) -> anyhow::Result<u64> {
    let db = engine.db.reader();
    match reconciliations::last(db, scope, true).await? {
        Some(last) => Ok(reconciliations::count_open(db, last.id, MOST).await?),
        None => Ok(0),
    }
}

async fn health(engine: &Engine, account: Option<StripeAccountId>) -> anyhow::Result<Health> {
    let account = stripe_accounts::usable(engine.db.reader(), &engine.sealer, account).await?;
    Ok(match account {
        Some(account) => {
            let known = account.notes.known(account.webhook_secrets.len());
            Health::of(known, engine.clock.now())
        }
        None => Health::Unreadable,
    })
}
