//! Which members proved that their e-mail address is theirs, the links by which they do, whose a
//! browser session is, who wants no mail about referrals, customers at Stripe that still have a member's former address, and mails that
//! were given up, by site.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add, flag, id, index, make, maybe_number, number, points_to, remove, table, text, unique,
    unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = vec![maybe_number("email_confirmed_at"), flag("mutes_referrals")];
        add(manager, "users", columns).await?;
        // An operator made the admins.
        let admins = Query::update()
            .table("users")
            .value("email_confirmed_at", Expr::col("created_at"))
            .cond_where(
                Cond::any()
                    .add(Expr::col("role").eq("admin"))
                    .add(Expr::col("platform_admin").eq(true)),
            )
            .to_owned();
        manager.exec_stmt(admins).await?;
        // Sessions from before do not say when they began, and so would never end.
        let sessions = Query::delete().from_table("sessions").to_owned();
        manager.exec_stmt(sessions).await?;
        add(manager, "sessions", vec![maybe_number("user_id")]).await?;
        manager
            .create_index(index("sessions", &["user_id"]))
            .await?;
        add(manager, "stripe_customers", vec![flag("email_due")]).await?;
        manager
            .create_index(index("mails", &["site_id", "state"]))
            .await?;
        let confirmations = table("email_confirmations")
            .col(id())
            .col(number("site_id"))
            .col(number("user_id"))
            // As typed: the member's address, or the one that they want to have.
            .col(text("email"))
            .col(text("token_hash"))
            .col(number("requested_at"))
            .col(number("expires_at"))
            .foreign_key(&mut points_to("email_confirmations", "site_id", "sites"))
            .foreign_key(&mut points_to("email_confirmations", "user_id", "users"))
            .take();
        make(
            manager,
            vec![confirmations],
            vec![
                unique("email_confirmations", &["user_id"]),
                unique("email_confirmations", &["token_hash"]),
                index("email_confirmations", &["expires_at"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unmake(manager, &["email_confirmations"]).await?;
        remove(manager, "stripe_customers", &["email_due"]).await?;
        for (name, table) in [
            ("ix_mails_site_id_state", "mails"),
            ("ix_sessions_user_id", "sessions"),
        ] {
            let drop = Index::drop().name(name).table(table).to_owned();
            manager.drop_index(drop).await?;
        }
        remove(manager, "sessions", &["user_id"]).await?;
        remove(manager, "users", &["mutes_referrals", "email_confirmed_at"]).await
    }
}
