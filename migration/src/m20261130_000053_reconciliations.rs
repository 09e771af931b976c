//! The books: each comparison of Stripe's balances with the ledger, what differed, and which customers were
//! compared.

use sea_orm_migration::prelude::*;

use crate::columns::{
    id, index, make, maybe_number, maybe_text, number, points_to, table, text, unique, unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Partial, so written in SQL: one comparison of a program at a time.
const ONE_AT_A_TIME: &str = "CREATE UNIQUE INDEX ux_reconciliations_unfinished ON \
    reconciliations (program, site_id) WHERE finished_at IS NULL";

/// The ledger of a customer, and the customers of an account.
const OF_CUSTOMER: &str = "CREATE INDEX ix_credits_stripe_customer ON \
    credits (stripe_account_id, stripe_customer_id) WHERE stripe_customer_id IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        make(
            manager,
            vec![reconciliations(), differences(), customers()],
            vec![
                index("reconciliations", &["program", "site_id", "id"]),
                index("reconciliations", &["started_at"]),
                index("reconciliation_differences", &["reconciliation_id", "id"]),
                index(
                    "reconciliation_differences",
                    &["reconciliation_id", "state", "id"],
                ),
                unique(
                    "reconciled_customers",
                    &["stripe_account_id", "customer_id"],
                ),
            ],
        )
        .await?;
        let db = manager.get_connection();
        db.execute_unprepared(ONE_AT_A_TIME).await?;
        db.execute_unprepared(OF_CUSTOMER).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX ix_credits_stripe_customer")
            .await?;
        let tables = [
            "reconciled_customers",
            "reconciliation_differences",
            "reconciliations",
        ];
        unmake(manager, &tables).await
    }
}

fn reconciliations() -> TableCreateStatement {
    table("reconciliations")
        .col(id())
        .col(text("program"))
        // 0 for the platform program.
        .col(number("site_id"))
        // Null if Stripe was not connected.
        .col(maybe_number("stripe_account_id"))
        .col(number("started_at"))
        .col(maybe_number("finished_at"))
        .col(maybe_text("outcome"))
        // `cus_…`: after which the next page begins.
        .col(maybe_text("page_after"))
        // The pages that were read.
        .col(number("pages"))
        .col(number("customers"))
        .col(maybe_text("claim_token"))
        .col(maybe_number("claimed_until"))
        .foreign_key(&mut points_to(
            "reconciliations",
            "stripe_account_id",
            "stripe_accounts",
        ))
        .take()
}

fn differences() -> TableCreateStatement {
    table("reconciliation_differences")
        .col(id())
        .col(number("reconciliation_id"))
        .col(text("customer_id"))
        // Whose customer it is; null if nobody's any more.
        .col(maybe_number("user_id"))
        .col(maybe_number("platform_referrer_id"))
        .col(text("kind"))
        .col(text("state"))
        .col(text("reference"))
        .col(number("amount_cents"))
        .col(number("stripe_cents"))
        .col(number("ledger_cents"))
        .col(text("currency"))
        .foreign_key(&mut points_to(
            "reconciliation_differences",
            "reconciliation_id",
            "reconciliations",
        ))
        .take()
}

fn customers() -> TableCreateStatement {
    table("reconciled_customers")
        .col(id())
        .col(number("stripe_account_id"))
        // `cus_…`.
        .col(text("customer_id"))
        // The last comparison that saw it at Stripe.
        .col(number("reconciliation_id"))
        // How many rows the ledger had of it; -1 if its entries are to be read again.
        .col(number("entries"))
        .foreign_key(&mut points_to(
            "reconciled_customers",
            "stripe_account_id",
            "stripe_accounts",
        ))
        .take()
}
