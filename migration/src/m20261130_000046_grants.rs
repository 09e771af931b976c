//! Credit that staff gives and takes by hand, with the reason, an index for those of a platform
//! referrer, and referrals that an admin voided after they were credited.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_number, maybe_text, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const REFERRALS: [&str; 2] = ["referrals", "platform_referrals"];
/// Partial, so written in SQL: most rows are a member's.
const OF_REFERRER: &str = "CREATE INDEX ix_credits_platform_referrer ON \
    credits (platform_referrer_id, id) WHERE platform_referrer_id IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "credits", vec![maybe_text("reason")]).await?;
        for referrals in REFERRALS {
            add(manager, referrals, vec![maybe_number("voided_at")]).await?;
        }
        let db = manager.get_connection();
        db.execute_unprepared(OF_REFERRER).await?;
        Ok(())
    }

    /// The earlier schema knows no credit by hand. What it did stays at Stripe. A referral that was voided
    /// before it earned anything stays one that never will.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX ix_credits_platform_referrer")
            .await?;
        let by_hand = "(SELECT id FROM credits WHERE kind IN ('granted', 'corrected'))";
        for sentence in [
            // What told of them stays.
            format!("UPDATE notifications SET credit_id = NULL WHERE credit_id IN {by_hand}"),
            format!("DELETE FROM credits WHERE kind = 'restored' AND undoes IN {by_hand}"),
            "DELETE FROM credits WHERE kind IN ('granted', 'corrected')".to_owned(),
        ] {
            db.execute_unprepared(&sentence).await?;
        }
        for referrals in REFERRALS {
            let over = format!(
                "UPDATE {referrals} SET failure_reason = '\"referrer_deleted\"' \
                 WHERE failure_reason LIKE '{{\"voided\"%'"
            );
            db.execute_unprepared(&over).await?;
            remove(manager, referrals, &["voided_at"]).await?;
        }
        remove(manager, "credits", &["reason"]).await
    }
}
