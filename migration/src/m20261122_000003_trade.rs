//! Products, purchases, and Stripe's events.

use sea_orm_migration::prelude::*;

use crate::columns::{
    flag, id, index, make, maybe_number, maybe_text, number, points_to, table, text, unique, unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        make(
            manager,
            vec![products(), purchases(), stripe_events()],
            vec![
                unique("products", &["site_id", "kind", "slug"]),
                index("products", &["site_id", "position"]),
                unique("purchases", &["checkout_session_id"]),
                index("purchases", &["buyer_id", "id"]),
                index("purchases", &["credit_check", "paid_at"]),
                unique("stripe_events", &["stripe_account_id", "event_id"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unmake(manager, &["stripe_events", "purchases", "products"]).await
    }
}

fn products() -> TableCreateStatement {
    table("products")
        .col(id())
        .col(number("site_id"))
        .col(text("kind"))
        .col(text("slug"))
        .col(text("name"))
        .col(text("summary"))
        .col(text("description"))
        .col(text("detail"))
        .col(number("price_cents"))
        .col(text("currency"))
        .col(text("picture"))
        .col(number("position"))
        .col(maybe_number("withdrawn_at"))
        .foreign_key(&mut points_to("products", "site_id", "sites"))
        .take()
}

fn purchases() -> TableCreateStatement {
    table("purchases")
        .col(id())
        .col(number("site_id"))
        .col(number("buyer_id"))
        .col(number("product_id"))
        .col(text("product_name"))
        .col(text("kind"))
        .col(number("price_cents"))
        .col(text("currency"))
        .col(maybe_number("paid_cents"))
        .col(maybe_number("credit_used_cents"))
        .col(text("state"))
        .col(flag("in_person"))
        .col(maybe_number("stripe_account_id"))
        .col(maybe_text("checkout_session_id"))
        .col(maybe_text("payment_intent_id"))
        .col(maybe_text("subscription_id"))
        .col(text("credit_check"))
        .col(number("created_at"))
        .col(maybe_number("paid_at"))
        .foreign_key(&mut points_to("purchases", "site_id", "sites"))
        .foreign_key(&mut points_to("purchases", "buyer_id", "users"))
        .foreign_key(&mut points_to("purchases", "product_id", "products"))
        .foreign_key(&mut points_to(
            "purchases",
            "stripe_account_id",
            "stripe_accounts",
        ))
        .take()
}

fn stripe_events() -> TableCreateStatement {
    table("stripe_events")
        .col(id())
        .col(number("stripe_account_id"))
        .col(text("event_id"))
        .col(text("type"))
        .col(text("body"))
        .col(text("outcome"))
        .col(number("received_at"))
        .foreign_key(&mut points_to(
            "stripe_events",
            "stripe_account_id",
            "stripe_accounts",
        ))
        .take()
}
