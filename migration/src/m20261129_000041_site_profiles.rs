//! The canonical host of each site, and what a site says of itself: accent, logo, time zone, address, hours
//! and support address.

use sea_orm_migration::prelude::*;

use crate::columns::{add, flag, make, maybe_text, number, points_to, remove, table, text, unmake};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Partial, so written in SQL.
const ONE_CANONICAL: &str =
    "CREATE UNIQUE INDEX ux_site_hosts_canonical ON site_hosts (site_id) WHERE canonical";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "site_hosts", vec![flag("canonical")]).await?;
        let db = manager.get_connection();
        db.execute_unprepared(
            "UPDATE site_hosts SET canonical = true WHERE host = \
             (SELECT MIN(one.host) FROM site_hosts AS one WHERE one.site_id = site_hosts.site_id)",
        )
        .await?;
        db.execute_unprepared(ONE_CANONICAL).await?;
        let version = number("profile_version").default(1).take();
        let columns = vec![
            text("time_zone").default("UTC").take(),
            maybe_text("accent"),
            text("postal_address").default("").take(),
            text("opening_hours").default("").take(),
            maybe_text("support_email"),
            maybe_text("logo_hash"),
            version,
        ];
        add(manager, "sites", columns).await?;
        let logos = table("site_logos")
            .col(number("site_id").primary_key())
            .col(text("media_type"))
            .col(
                ColumnDef::new(Alias::new("content"))
                    .binary()
                    .not_null()
                    .take(),
            )
            .foreign_key(&mut points_to("site_logos", "site_id", "sites"))
            .take();
        make(manager, vec![logos], Vec::new()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unmake(manager, &["site_logos"]).await?;
        let columns = [
            "time_zone",
            "accent",
            "postal_address",
            "opening_hours",
            "support_email",
            "logo_hash",
            "profile_version",
        ];
        remove(manager, "sites", &columns).await?;
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX ux_site_hosts_canonical")
            .await?;
        remove(manager, "site_hosts", &["canonical"]).await
    }
}
