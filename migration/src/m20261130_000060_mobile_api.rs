//! What the mobile API tells and asks: when an event begins; and of a site, which addresses of its apps Stripe's page may
//! lead back to, and which apps open its links. Each text has one entry in a line.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_number, maybe_text, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const PRODUCTS: &str = "products";
const STARTS_AT: &str = "starts_at";
const SITES: &str = "sites";
const APPS: [&str; 3] = ["app_return_addresses", "ios_apps", "android_apps"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, PRODUCTS, vec![maybe_number(STARTS_AT)]).await?;
        add(manager, SITES, APPS.map(maybe_text).to_vec()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, SITES, &APPS).await?;
        remove(manager, PRODUCTS, &[STARTS_AT]).await
    }
}
