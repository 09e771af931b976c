//! Refunds and disputes as Stripe has them, what went back of each purchase, and what is taken back of the
//! credit that it earned.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add, flag, id, make, maybe_number, maybe_text, number, points_to, remove, table, text, unique,
    unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The indexes of a part of a table: name, table, and what they are on. Nearly no row has a check, an
/// adjustment or a shortfall that is due.
const PARTIAL: [(&str, &str, &str); 9] = [
    (
        "ix_purchases_payment_intent_id",
        "purchases",
        "purchases (payment_intent_id) WHERE payment_intent_id IS NOT NULL",
    ),
    (
        "ix_platform_purchases_payment_intent_id",
        "platform_purchases",
        "platform_purchases (payment_intent_id) WHERE payment_intent_id IS NOT NULL",
    ),
    (
        "ix_purchases_refund_check_at",
        "purchases",
        "purchases (refund_check_at) WHERE refund_check_at IS NOT NULL",
    ),
    (
        "ix_platform_purchases_refund_check_at",
        "platform_purchases",
        "platform_purchases (refund_check_at) WHERE refund_check_at IS NOT NULL",
    ),
    (
        "ix_referrals_adjust_due",
        "referrals",
        "referrals (id) WHERE adjust_due",
    ),
    (
        "ix_platform_referrals_adjust_due",
        "platform_referrals",
        "platform_referrals (id) WHERE adjust_due",
    ),
    (
        "ix_referrals_shortfall",
        "referrals",
        "referrals (referrer_id, id) WHERE shortfall_cents > 0",
    ),
    (
        "ix_refunds_without_purchase",
        "refunds",
        "refunds (payment_intent_id) WHERE purchase_id IS NULL AND platform_purchase_id IS NULL",
    ),
    (
        "ix_disputes_without_purchase",
        "disputes",
        "disputes (payment_intent_id) WHERE purchase_id IS NULL AND platform_purchase_id IS NULL",
    ),
];

/// One return for each cause, but as many as there are refunds.
const RETURNED: &str = "CREATE UNIQUE INDEX ux_credits_returned ON credits (purchase_id, cause) \
    WHERE kind = 'returned' AND cause <> 'refunded'";
const RETURNED_BEFORE: &str = "CREATE UNIQUE INDEX ux_credits_returned ON credits \
    (purchase_id, cause) WHERE kind = 'returned'";

/// Which payment a subscription was paid by is not known yet.
const LEARN_PAYMENTS: [&str; 2] = [
    "UPDATE purchases SET refund_check_at = 0 WHERE state = 'paid' AND subscription_id IS NOT NULL \
     AND payment_intent_id IS NULL",
    "UPDATE platform_purchases SET refund_check_at = 0 WHERE state = 'paid'",
];

fn refunds() -> TableCreateStatement {
    table("refunds")
        .col(id())
        .col(number("stripe_account_id"))
        // `re_…`; null until Stripe has said it.
        .col(maybe_text("stripe_id"))
        // Null of what was made in Stripe's dashboard.
        .col(maybe_text("token"))
        .col(maybe_text("form_token"))
        // Neither is known of a payment that is not ours, or not yet.
        .col(maybe_number("purchase_id"))
        .col(maybe_number("platform_purchase_id"))
        .col(maybe_text("payment_intent_id"))
        // In the smallest units of `currency`, which is Stripe's code.
        .col(number("amount_cents"))
        .col(text("currency"))
        // What goes back to the balance, in the purchase's currency.
        .col(number("credit_cents"))
        .col(text("status"))
        .col(maybe_text("failure"))
        .col(maybe_text("reason"))
        .col(maybe_number("actor_id"))
        .col(maybe_text("ending"))
        .col(flag("ending_due"))
        .col(number("attempts"))
        .col(number("key_generation"))
        .col(flag("key_replays_error"))
        .col(maybe_number("first_sent_at"))
        .col(maybe_number("last_sent_at"))
        // `stripe_accounts.version` then: the next request may use another secret key.
        .col(maybe_number("stripe_account_version"))
        .col(number("created_at"))
        .foreign_key(&mut points_to(
            "refunds",
            "stripe_account_id",
            "stripe_accounts",
        ))
        .foreign_key(&mut points_to("refunds", "purchase_id", "purchases"))
        .foreign_key(&mut points_to(
            "refunds",
            "platform_purchase_id",
            "platform_purchases",
        ))
        .foreign_key(&mut points_to("refunds", "actor_id", "users"))
        .take()
}

fn disputes() -> TableCreateStatement {
    table("disputes")
        .col(id())
        .col(number("stripe_account_id"))
        // `dp_…` or `du_…`.
        .col(text("stripe_id"))
        .col(maybe_number("purchase_id"))
        .col(maybe_number("platform_purchase_id"))
        .col(maybe_text("payment_intent_id"))
        .col(number("amount_cents"))
        .col(text("currency"))
        .col(text("status"))
        .col(maybe_text("reason"))
        .col(number("created_at"))
        .foreign_key(&mut points_to(
            "disputes",
            "stripe_account_id",
            "stripe_accounts",
        ))
        .foreign_key(&mut points_to("disputes", "purchase_id", "purchases"))
        .foreign_key(&mut points_to(
            "disputes",
            "platform_purchase_id",
            "platform_purchases",
        ))
        .take()
}

/// Cents that are nothing in the rows of before.
fn nothing(name: &'static str) -> ColumnDef {
    number(name).default(0).take()
}

/// What both tables of purchases get.
fn of_purchases() -> Vec<ColumnDef> {
    vec![
        maybe_text("invoice_id"),
        nothing("refunded_cents"),
        nothing("refund_pending_cents"),
        maybe_text("dispute"),
        // When to ask Stripe about the payment and its refunds, and after how many looks that told
        // nothing new.
        maybe_number("refund_check_at"),
        nothing("refund_checks"),
        flag("refund_look"),
    ]
}

/// Their names, the last one first.
const OF_PURCHASES: [&str; 7] = [
    "refund_look",
    "refund_checks",
    "refund_check_at",
    "dispute",
    "refund_pending_cents",
    "refunded_cents",
    "invoice_id",
];

async fn replace_returned(manager: &SchemaManager<'_>, create: &str) -> Result<(), DbErr> {
    let db = manager.get_connection();
    db.execute_unprepared("DROP INDEX ux_credits_returned")
        .await?;
    db.execute_unprepared(create).await?;
    Ok(())
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut indexes = Vec::new();
        for name in ["refunds", "disputes"] {
            indexes.push(unique(name, &["stripe_account_id", "stripe_id"]));
            indexes.push(unique(name, &["purchase_id", "stripe_id"]));
            indexes.push(unique(name, &["platform_purchase_id", "stripe_id"]));
        }
        indexes.push(unique("refunds", &["token"]));
        indexes.push(unique("refunds", &["form_token"]));
        make(manager, vec![refunds(), disputes()], indexes).await?;
        for purchases in ["purchases", "platform_purchases"] {
            add(manager, purchases, of_purchases()).await?;
        }
        let by_refunds = vec![nothing("refunded_credit_cents")];
        add(manager, "purchases", by_refunds).await?;
        let payment = vec![maybe_text("payment_intent_id")];
        add(manager, "platform_purchases", payment).await?;
        for referrals in ["referrals", "platform_referrals"] {
            let taken = vec![
                nothing("shortfall_cents"),
                maybe_text("taken_back_for"),
                flag("adjust_due"),
            ];
            add(manager, referrals, taken).await?;
        }
        add(manager, "credits", vec![maybe_number("frozen_at")]).await?;
        for settings in ["site_settings", "platform_settings"] {
            let partial = vec![flag("partial_refunds_reverse")];
            add(manager, settings, partial).await?;
        }
        // Which list of events the endpoint sends that we created.
        let events = vec![nothing("endpoint_events")];
        add(manager, "stripe_accounts", events).await?;
        replace_returned(manager, RETURNED).await?;
        let db = manager.get_connection();
        for (name, _, on) in PARTIAL {
            db.execute_unprepared(&format!("CREATE INDEX {name} ON {on}"))
                .await?;
        }
        for learn in LEARN_PAYMENTS {
            db.execute_unprepared(learn).await?;
        }
        Ok(())
    }

    /// The earlier schema knows no refunds. What was given back stays so at Stripe.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, _) in PARTIAL {
            let drop = Index::drop().name(name).table(table).to_owned();
            manager.drop_index(drop).await?;
        }
        let db = manager.get_connection();
        db.execute_unprepared("DELETE FROM credits WHERE kind = 'returned' AND cause = 'refunded'")
            .await?;
        for purchases in ["purchases", "platform_purchases"] {
            let unknown =
                format!("UPDATE {purchases} SET no_credit = NULL WHERE no_credit = 'refunded'");
            db.execute_unprepared(&unknown).await?;
        }
        replace_returned(manager, RETURNED_BEFORE).await?;
        remove(manager, "stripe_accounts", &["endpoint_events"]).await?;
        for settings in ["site_settings", "platform_settings"] {
            remove(manager, settings, &["partial_refunds_reverse"]).await?;
        }
        remove(manager, "credits", &["frozen_at"]).await?;
        for referrals in ["referrals", "platform_referrals"] {
            let taken = ["adjust_due", "taken_back_for", "shortfall_cents"];
            remove(manager, referrals, &taken).await?;
        }
        remove(manager, "platform_purchases", &["payment_intent_id"]).await?;
        remove(manager, "purchases", &["refunded_credit_cents"]).await?;
        for purchases in ["purchases", "platform_purchases"] {
            remove(manager, purchases, &OF_PURCHASES).await?;
        }
        unmake(manager, &["disputes", "refunds"]).await
    }
}
