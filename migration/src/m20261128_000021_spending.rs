//! Credit that is spent on purchases: the ledger learns debits and returns, a customer can be
//! reserved by one purchase at a time, and a Checkout session knows its coupon.

use sea_orm_migration::prelude::*;

use crate::columns::{add, index, maybe_number, maybe_text, remove, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// One debit for each purchase, and one return for each cause. A customer has one debit at a time
/// whose outcome is open: the next one needs the balance that this one leaves.
const UNIQUE: [(&str, &str); 3] = [
    (
        "ux_credits_spent",
        "credits (purchase_id) WHERE kind = 'spent'",
    ),
    (
        "ux_credits_returned",
        "credits (purchase_id, cause) WHERE kind = 'returned'",
    ),
    (
        "ux_credits_debit_due",
        "credits (stripe_account_id, beneficiary_id) WHERE kind = 'spent' AND state = 'due'",
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kind = text("kind").default("earned").take();
        let of_a_purchase = vec![kind, maybe_number("purchase_id"), maybe_text("cause")];
        add(manager, "credits", of_a_purchase).await?;
        let claim = vec![maybe_text("claim_token"), maybe_number("claimed_until")];
        add(manager, "stripe_customers", claim).await?;
        add(manager, "checkout_sessions", vec![maybe_text("coupon")]).await?;
        let of_a_member = index("credits", &["beneficiary_id", "id"]);
        manager.create_index(of_a_member).await?;
        for (name, on) in UNIQUE {
            let create = format!("CREATE UNIQUE INDEX {name} ON {on}");
            manager.get_connection().execute_unprepared(&create).await?;
        }
        Ok(())
    }

    /// Debits and returns have no place in the earlier ledger, where each row was earned.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for (name, _) in UNIQUE {
            db.execute_unprepared(&format!("DROP INDEX {name}")).await?;
        }
        db.execute_unprepared("DROP INDEX ix_credits_beneficiary_id_id")
            .await?;
        db.execute_unprepared("DELETE FROM credits WHERE kind <> 'earned'")
            .await?;
        remove(manager, "checkout_sessions", &["coupon"]).await?;
        remove(
            manager,
            "stripe_customers",
            &["claimed_until", "claim_token"],
        )
        .await?;
        remove(manager, "credits", &["cause", "purchase_id", "kind"]).await
    }
}
