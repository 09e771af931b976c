//! On which channel friends came: clicks on a member's link as sums of each day, and for each referral the channel of
//! its link.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add, id, make, maybe_text, number, points_to, remove, table, text, unique, unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

const CLICKS: &str = "referral_clicks";
const REFERRALS: &str = "referrals";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let clicks = table(CLICKS)
            .col(id())
            .col(number("site_id"))
            .col(number("referrer_id"))
            .col(text("channel"))
            // UTC, in days since 1970.
            .col(number("day"))
            .col(number("clicks"))
            .foreign_key(&mut points_to(CLICKS, "site_id", "sites"))
            .foreign_key(&mut points_to(CLICKS, "referrer_id", "users"))
            .take();
        // The sums of one member are read by it too.
        let once = unique(CLICKS, &["site_id", "referrer_id", "channel", "day"]);
        make(manager, vec![clicks], vec![once]).await?;
        // Null of who clicked no link, and in rows of before.
        add(manager, REFERRALS, vec![maybe_text("via")]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, REFERRALS, &["via"]).await?;
        unmake(manager, &[CLICKS]).await
    }
}
