//! Roles of staff, invitations by mail, and members who are kept out.

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
        let columns = vec![
            maybe_text("tenant_role"),
            maybe_text("platform_role"),
            maybe_number("blocked_at"),
        ];
        add(manager, "users", columns).await?;
        // Who could do everything is an owner.
        for (role, was) in [
            ("tenant_role", Expr::col("role").eq("admin")),
            ("platform_role", Expr::col("platform_admin").eq(true)),
        ] {
            let owners = Query::update()
                .table("users")
                .value(role, "owner")
                .and_where(was)
                .to_owned();
            manager.exec_stmt(owners).await?;
        }
        let invitations = table("invitations")
            .col(id())
            .col(number("site_id"))
            // As typed.
            .col(text("email"))
            .col(text("email_key"))
            .col(text("role"))
            .col(text("token_hash"))
            .col(number("invited_by_user_id"))
            .col(number("invited_at"))
            .col(number("expires_at"))
            .foreign_key(&mut points_to("invitations", "site_id", "sites"))
            .foreign_key(&mut points_to("invitations", "invited_by_user_id", "users"))
            .take();
        make(
            manager,
            vec![invitations],
            vec![
                unique("invitations", &["token_hash"]),
                unique("invitations", &["site_id", "email_key", "role"]),
                index("invitations", &["invited_by_user_id"]),
                index("invitations", &["expires_at"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unmake(manager, &["invitations"]).await?;
        remove(
            manager,
            "users",
            &["blocked_at", "platform_role", "tenant_role"],
        )
        .await
    }
}
