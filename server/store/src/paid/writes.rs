//! What refunds and disputes change in both tables of purchases.

use domain::{credit::NoCredit, purchase::CreditCheck, refund::DisputeState};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use super::Paid;
use crate::{
    PlatformPurchaseId, PurchaseId, Timestamp, Write,
    entities::{platform_purchase, purchase},
};

/// What went back of a purchase, added up from its refunds and disputes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Money, in cents of the charged currency.
    pub refunded_cents: i64,
    /// Credit, in cents of the purchase's currency.
    pub credit_cents: i64,
    /// Both, of refunds that are on their way.
    pub pending_cents: i64,
    pub dispute: Option<DisputeState>,
}

/// When Stripe is asked about a payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// The next time; `None` if there is nothing to ask.
    pub at: Option<Timestamp>,
    /// How many looks in a row told nothing new.
    pub made: i64,
    /// Stripe said that something was refunded, and not what.
    pub look: bool,
}

/// An update of the purchase in its own table, with these columns and values.
macro_rules! update {
    ($db:expr, $paid:expr, $($column:ident = $value:expr),* $(,)?) => {
        match $paid {
            Paid::Tenant(id) => {
                use purchase::{Column, Entity};
                Entity::update_many()
                    $(.col_expr(Column::$column, Expr::value($value)))*
                    .filter(Column::Id.eq(id))
                    .exec($db)
                    .await
                    .map(|_| ())
            }
            Paid::Platform(id) => {
                use platform_purchase::{Column, Entity};
                Entity::update_many()
                    $(.col_expr(Column::$column, Expr::value($value)))*
                    .filter(Column::Id.eq(id))
                    .exec($db)
                    .await
                    .map(|_| ())
            }
        }
    };
}

/// Stores the invoice (`in_…`) and the payment (`pi_…`) of a subscription, as far as they are known.
pub async fn set_payment(
    db: &impl Write,
    paid: Paid,
    invoice: Option<&str>,
    payment_intent: Option<&str>,
) -> Result<(), DbErr> {
    if let Some(invoice) = invoice {
        update!(db, paid, InvoiceId = invoice)?;
    }
    if let Some(payment_intent) = payment_intent {
        update!(db, paid, PaymentIntentId = payment_intent)?;
    }
    Ok(())
}

/// Stores the fingerprint of the card that paid, as Stripe said it; `None` if no card did.
pub async fn set_card(db: &impl Write, paid: Paid, fingerprint: Option<&str>) -> Result<(), DbErr> {
    // Of a deleted account it counts as read, and nothing is kept.
    match paid {
        Paid::Tenant(id) => purchase::Entity::update_many()
            .col_expr(
                purchase::Column::CardFingerprint,
                Expr::value(fingerprint.map(str::to_owned)),
            )
            .col_expr(purchase::Column::CardRead, Expr::value(true))
            .filter(purchase::Column::Id.eq(id))
            .filter(purchase::Column::CardRead.eq(false))
            .exec(db)
            .await
            .map(|_| ()),
        Paid::Platform(_) => update!(db, paid, CardFingerprint = fingerprint, CardRead = true),
    }
}

/// Stores what went back.
pub async fn set_sums(db: &impl Write, paid: Paid, sums: &Sums) -> Result<(), DbErr> {
    update!(
        db,
        paid,
        RefundedCents = sums.refunded_cents,
        RefundPendingCents = sums.pending_cents,
        Dispute = sums.dispute.map(DisputeState::code),
    )?;
    let Paid::Tenant(id) = paid else {
        return Ok(());
    };
    purchase::Entity::update_many()
        .col_expr(
            purchase::Column::RefundedCreditCents,
            Expr::value(sums.credit_cents),
        )
        .filter(purchase::Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Stores when Stripe is asked next.
pub async fn set_checks(db: &impl Write, paid: Paid, checks: Checks) -> Result<(), DbErr> {
    update!(
        db,
        paid,
        RefundCheckAt = checks.at,
        RefundChecks = checks.made,
        RefundLook = checks.look,
    )
}

/// Takes the check that was due `at`, and puts it off until `until`, when it is due again if this process
/// dies; `false` if another job took it.
pub async fn take_turn(
    db: &impl Write,
    paid: Paid,
    at: Timestamp,
    until: Timestamp,
) -> Result<bool, DbErr> {
    let taken = match paid {
        Paid::Tenant(id) => {
            use purchase::{Column, Entity};
            let its = Entity::update_many().filter(Column::Id.eq(id));
            its.col_expr(Column::RefundCheckAt, Expr::value(until))
                .filter(Column::RefundCheckAt.eq(at))
                .exec(db)
                .await?
        }
        Paid::Platform(id) => {
            use platform_purchase::{Column, Entity};
            let its = Entity::update_many().filter(Column::Id.eq(id));
            its.col_expr(Column::RefundCheckAt, Expr::value(until))
                .filter(Column::RefundCheckAt.eq(at))
                .exec(db)
                .await?
        }
    };
    Ok(taken.rows_affected > 0)
}

/// Has Stripe asked about all refunds and disputes of the payment, from `now` on.
pub async fn look_at(db: &impl Write, paid: Paid, now: Timestamp) -> Result<(), DbErr> {
    let checks = Checks {
        at: Some(now),
        made: 0,
        look: true,
    };
    set_checks(db, paid, checks).await
}

/// Records that the purchase earns nothing, because of what became of it before the credit was issued.
pub async fn given_up_before_issue(
    db: &impl Write,
    paid: Paid,
    why: NoCredit,
) -> Result<(), DbErr> {
    update!(
        db,
        paid,
        CreditCheck = CreditCheck::Done.code(),
        NoCredit = why.code(),
    )
}

/// Records that `subscriptions` has the row of the purchase.
pub async fn set_subscription_known(db: &impl Write, paid: Paid) -> Result<(), DbErr> {
    update!(db, paid, SubscriptionKnown = true)
}

/// Records when the membership or the plan ended.
pub async fn set_subscription_ended(
    db: &impl Write,
    paid: Paid,
    ended_at: Timestamp,
) -> Result<(), DbErr> {
    update!(db, paid, SubscriptionEndedAt = ended_at)
}

/// Has the credit of a purchase decided again whose refund failed, or whose dispute was won.
pub async fn not_refunded_any_more(db: &impl Write, paid: Paid) -> Result<(), DbErr> {
    update!(
        db,
        paid,
        CreditCheck = CreditCheck::Due.code(),
        NoCredit = None::<String>,
    )
}

/// The purchases about which Stripe is to be asked by `now`, each with the time since when; those that
/// wait longest first.
pub async fn due_checks(
    db: &impl ConnectionTrait,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<(Paid, Timestamp)>, DbErr> {
    let tenant: Vec<(PurchaseId, Timestamp)> = purchase::Entity::find()
        .select_only()
        .columns([purchase::Column::Id, purchase::Column::RefundCheckAt])
        // Both conditions, because SQLite uses a partial index only where its own is written out.
        .filter(purchase::Column::RefundCheckAt.is_not_null())
        .filter(purchase::Column::RefundCheckAt.lte(now))
        .order_by_asc(purchase::Column::RefundCheckAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let platform: Vec<(PlatformPurchaseId, Timestamp)> = platform_purchase::Entity::find()
        .select_only()
        .columns([
            platform_purchase::Column::Id,
            platform_purchase::Column::RefundCheckAt,
        ])
        .filter(platform_purchase::Column::RefundCheckAt.is_not_null())
        .filter(platform_purchase::Column::RefundCheckAt.lte(now))
        .order_by_asc(platform_purchase::Column::RefundCheckAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let tenant = tenant.into_iter().map(|(id, at)| (Paid::Tenant(id), at));
    let platform = platform
        .into_iter()
        .map(|(id, at)| (Paid::Platform(id), at));
    Ok(tenant.chain(platform).collect())
}
