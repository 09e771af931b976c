//! Stripe's events about subscriptions: each has the subscription read.

use sea_orm::DatabaseTransaction;
use store::{StripeAccountId, stripe_accounts, subscriptions};
use stripe_gateway::Subscription;

use crate::{
    purchases::applied::{Applied, Source},
    queue::{FollowUps, Job},
};

/// Applies `customer.subscription.…`. One that is not ours stays without effect, and so does one whose
/// purchase is not known yet: once it is, the subscription is read.
///
/// # Errors
/// If the database fails.
pub async fn apply(
    tx: &DatabaseTransaction,
    source: Source,
    told: &Subscription,
) -> anyhow::Result<Applied> {
    for row in subscriptions::by_stripe_id(tx, &told.id).await? {
        if !is_same_owner(tx, source.stripe_account_id, row.stripe_account_id).await? {
            continue;
        }
        subscriptions::look_at(tx, row.id, source.now).await?;
        let mut follow_ups = FollowUps::default();
        follow_ups.add(Job::ReadSubscription {
            subscription_id: row.id,
            due_at: source.now,
        });
        return Ok(Applied {
            follow_ups,
            ..Applied::nothing(format!("subscription {} is read", row.id))
        });
    }
    Ok(Applied::nothing("no purchase has this subscription"))
}

/// Whether both accounts are of one site, or the platform's: one may have been connected twice.
async fn is_same_owner(
    tx: &DatabaseTransaction,
    one: StripeAccountId,
    other: StripeAccountId,
) -> anyhow::Result<bool> {
    if one == other {
        return Ok(true);
    }
    let rows = (
        stripe_accounts::row(tx, one).await?,
        stripe_accounts::row(tx, other).await?,
    );
    let (Some(one), Some(other)) = rows else {
        return Ok(false);
    };
    Ok(one.platform == other.platform && one.site_id == other.site_id)
}
