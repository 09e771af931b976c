//! Receipts, of which a purchase has one; the address from which a site's mail is sent; and how platform
//! referrers sign in: by a link in a mail, for a session of their own.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add, id, index, make, maybe_number, maybe_text, number, points_to, remove, table, text, unique,
    unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "mails", vec![maybe_number("purchase_id")]).await?;
        manager
            .create_index(unique("mails", &["purchase_id"]))
            .await?;
        // `Detroit Arms <hello@detroitarms.com>`; null for the installation's.
        add(manager, "sites", vec![maybe_text("mail_from")]).await?;
        let links = table("referrer_links")
            .col(id())
            .col(number("site_id"))
            // As `platform_referrers.email_account`; perhaps nobody has it.
            .col(text("email_account"))
            .col(number("requested_at"))
            // Null until the link is mailed.
            .col(maybe_number("platform_referrer_id"))
            .col(maybe_text("token_hash"))
            .col(maybe_number("expires_at"))
            .foreign_key(&mut points_to("referrer_links", "site_id", "sites"))
            .foreign_key(&mut points_to(
                "referrer_links",
                "platform_referrer_id",
                "platform_referrers",
            ))
            .take();
        let sessions = table("referrer_sessions")
            .col(text("token_hash").primary_key())
            .col(number("site_id"))
            .col(number("platform_referrer_id"))
            .col(number("signed_in_at"))
            .col(number("expires_at"))
            .foreign_key(&mut points_to("referrer_sessions", "site_id", "sites"))
            .foreign_key(&mut points_to(
                "referrer_sessions",
                "platform_referrer_id",
                "platform_referrers",
            ))
            .take();
        make(
            manager,
            vec![links, sessions],
            vec![
                unique("referrer_links", &["token_hash"]),
                index("referrer_links", &["platform_referrer_id"]),
                index("referrer_links", &["requested_at"]),
                index("referrer_sessions", &["platform_referrer_id"]),
                index("referrer_sessions", &["expires_at"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unmake(manager, &["referrer_sessions", "referrer_links"]).await?;
        remove(manager, "sites", &["mail_from"]).await?;
        let drop = Index::drop()
            .name("ux_mails_purchase_id")
            .table("mails")
            .to_owned();
        manager.drop_index(drop).await?;
        remove(manager, "mails", &["purchase_id"]).await
    }
}
