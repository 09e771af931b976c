//! An admin moves what an earlier customer still has to the present one (`docs/rules.md` 54).

use domain::{credit::StripeError, forms::Refusal, money::Money};
use store::{
    PlatformReferrerId, audit_log::Change, entities::user, platform_referrers,
    stripe_customers::HolderId,
};

use super::{Connection, StepError, connection, platform_connection};
use crate::{
    Engine,
    credits::{self, Elsewhere},
    rights::{ManageCredits, PlatformStaff, TenantStaff},
};

const NOTHING: &str = "There is nothing to move anymore.";
const NOT_CONNECTED: &str = "Stripe is not connected, so nothing was moved.";
const UNANSWERED: &str = "Stripe does not answer right now, so nothing was moved. Try again.";

/// What a member has on earlier customers; empty where Stripe is not connected or does not answer.
///
/// # Errors
/// If the database fails.
pub async fn of_member(
    engine: &Engine,
    admin: &TenantStaff<ManageCredits>,
    member: &user::Model,
) -> anyhow::Result<Vec<Elsewhere>> {
    let Some(connection) = connection(engine, &admin.site).await? else {
        return Ok(Vec::new());
    };
    let holder = HolderId::Member(member.id);
    match credits::elsewhere(engine, &connection, holder).await {
        Ok(found) => Ok(found),
        Err(StepError::Stripe(_)) => Ok(Vec::new()),
        Err(StepError::Database(error)) => Err(error.into()),
    }
}

/// Moves what the customer `from` has of the member to their present one, and returns the sentence
/// that says what was moved.
///
/// # Errors
/// If the database fails.
pub async fn move_of_member(
    engine: &Engine,
    admin: &TenantStaff<ManageCredits>,
    member: &user::Model,
    from: &str,
) -> anyhow::Result<Result<String, Refusal>> {
    let connection = connection(engine, &admin.site).await?;
    let change = Change {
        site_id: Some(admin.site.id()),
        actor: Some(&admin.user),
        subject: &format!("Member {}", member.id),
        now: engine.now(),
    };
    run(
        engine,
        connection,
        HolderId::Member(member.id),
        from,
        &change,
    )
    .await
}

/// The same for a platform referrer.
///
/// # Errors
/// If the database fails.
pub async fn move_of_platform_referrer(
    engine: &Engine,
    admin: &PlatformStaff<ManageCredits>,
    id: PlatformReferrerId,
    from: &str,
) -> anyhow::Result<Result<String, Refusal>> {
    let Some(referrer) = platform_referrers::by_id(engine.db.reader(), id).await? else {
        return Ok(Err(Refusal::message("There is no such referrer.")));
    };
    let connection = platform_connection(engine).await?;
    let change = Change {
        site_id: None,
        actor: Some(&admin.user),
        subject: &format!("Platform referrer {}", referrer.name),
        now: engine.now(),
    };
    run(
        engine,
        connection,
        HolderId::PlatformReferrer(id),
        from,
        &change,
    )
    .await
}

async fn run(
    engine: &Engine,
    connection: Option<Connection>,
    holder: HolderId,
    from: &str,
    change: &Change<'_>,
) -> anyhow::Result<Result<String, Refusal>> {
    let refused = |text: &str| Ok(Err(Refusal::message(text)));
    let Some(connection) = connection else {
        return refused(NOT_CONNECTED);
    };
    match credits::move_here(engine, &connection, holder, from, change).await? {
        Ok(moved) if moved.is_empty() => refused(NOTHING),
        Ok(moved) => Ok(Ok(sentence(&sum(&moved)))),
        Err(StepError::Stripe(StripeError::NotConnected)) => refused(NOT_CONNECTED),
        Err(StepError::Stripe(error)) => {
            connection.note_key::<()>(engine, Err(&error)).await;
            refused(UNANSWERED)
        }
        Err(StepError::Database(error)) => Err(error.into()),
    }
}

/// The amounts in words, one for each currency.
fn sum(moved: &[Money]) -> String {
    let mut sums: Vec<Money> = Vec::new();
    for amount in moved {
        match sums
            .iter_mut()
            .find(|sum| sum.currency() == amount.currency())
        {
            Some(sum) => *sum = Money::new(sum.cents() + amount.cents(), sum.currency()),
            None => sums.push(*amount),
        }
    }
    let words: Vec<_> = sums.iter().map(Money::to_string).collect();
    words.join(" and ")
}

fn sentence(sum: &str) -> String {
    format!("{sum} moves to the present customer.")
}
