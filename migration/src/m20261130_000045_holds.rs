//! Credits on hold, and the terms of each program: days of hold, the least purchase that counts, and the
//! most credits of a referrer in a period. Those of the guide by default.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_number, maybe_text, number, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const SETTINGS: [&str; 2] = ["site_settings", "platform_settings"];
const TERMS: [&str; 5] = [
    "hold_days",
    "least_purchase_cents",
    "cap_credits",
    "cap_period",
    "terms_version",
];
/// Partial, so written in SQL: few rows are on hold, and most sites have no hold.
const ON_HOLD: &str = "CREATE INDEX ix_credits_on_hold ON credits (site_id, held_until) \
    WHERE state = 'due' AND held_until IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for settings in SETTINGS {
            let terms = vec![
                number("hold_days").default(0).take(),
                number("least_purchase_cents").default(0).take(),
                // Both or neither.
                maybe_number("cap_credits"),
                maybe_text("cap_period"),
                // Another form than the one that counts `version`.
                number("terms_version").default(1).take(),
            ];
            add(manager, settings, terms).await?;
        }
        add(manager, "credits", vec![maybe_number("held_until")]).await?;
        let db = manager.get_connection();
        db.execute_unprepared(ON_HOLD).await?;
        Ok(())
    }

    /// The earlier schema knows no hold: what is on hold is issued. What earned nothing by these terms can be
    /// decided again, and what was voided with its program stays over.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX ix_credits_on_hold")
            .await?;
        for purchases in ["purchases", "platform_purchases"] {
            let unknown = format!(
                "UPDATE {purchases} SET no_credit = NULL \
                 WHERE no_credit IN ('below_least', 'cap_reached')"
            );
            db.execute_unprepared(&unknown).await?;
        }
        for referrals in ["referrals", "platform_referrals"] {
            let over = format!(
                "UPDATE {referrals} SET failure_reason = '\"referrer_deleted\"' \
                 WHERE failure_reason = '\"voided_when_off\"'"
            );
            db.execute_unprepared(&over).await?;
        }
        remove(manager, "credits", &["held_until"]).await?;
        for settings in SETTINGS {
            remove(manager, settings, &TERMS).await?;
        }
        Ok(())
    }
}
