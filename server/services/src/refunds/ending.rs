//! Ends a membership or a plan with its refund, at least once.

use domain::refund::{MembershipEnding, RefundStatus};
use store::{Paid, deletions, entities::refund, paid::PaidRow, refunds, subscriptions};

use super::sums::is_ending_due;
use crate::{
    Engine,
    stripe_customers::{Connection, StepError},
};

/// Tells Stripe how the membership ends, once its refund is on its way. If Stripe does not answer, it stays
/// due. A refund that Stripe refused ends nothing.
///
/// # Errors
/// If the database fails.
pub async fn end(
    engine: &Engine,
    connection: &Connection,
    row: &PaidRow,
    refund: &refund::Model,
) -> anyhow::Result<()> {
    if !is_ending_due(refund) {
        return Ok(());
    }
    let goes_back = match *refund.status {
        RefundStatus::Pending | RefundStatus::RequiresAction | RefundStatus::Succeeded => true,
        RefundStatus::Requested
        | RefundStatus::Refused
        | RefundStatus::Failed
        | RefundStatus::Canceled => false,
    };
    let ending = refund.ending.as_deref().copied().filter(|_| goes_back);
    if let (Some(ending), Some(subscription)) = (ending, row.subscription()) {
        match told(engine, connection, row, subscription, ending).await {
            Ok(()) => {}
            Err(StepError::Stripe(error)) => {
                let refund = refund.id.get();
                tracing::warn!(refund, ?error, "a membership was not ended yet");
                return Ok(());
            }
            Err(StepError::Database(error)) => return Err(error.into()),
        }
    }
    Ok(refunds::set_ending_done(engine.db.writer(), refund.id).await?)
}

async fn told(
    engine: &Engine,
    connection: &Connection,
    row: &PaidRow,
    subscription: &str,
    ending: MembershipEnding,
) -> Result<(), StepError> {
    let gateway = &connection.gateway;
    let there = match ending {
        MembershipEnding::Now => gateway.cancel_subscription(subscription).await?,
        MembershipEnding::AtPeriodEnd => {
            gateway.set_cancel_at_period_end(subscription, true).await?
        }
        MembershipEnding::Keep => return Ok(()),
    };
    // One that Stripe does not have, or that has ended, charges nobody.
    tracing::info!(
        subscription,
        there,
        ?ending,
        "a membership ends with its refund"
    );
    if let (MembershipEnding::Now, Paid::Tenant(id)) = (ending, row.paid()) {
        deletions::set_membership_ended(engine.db.writer(), id, engine.now()).await?;
    }
    // The event says it too, if one comes.
    subscriptions::look_at_purchase(engine.db.writer(), row.paid(), engine.now()).await?;
    Ok(())
}
