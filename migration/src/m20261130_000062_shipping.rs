//! Shop items that ship: Stripe's page asks who buys one for an address.

use sea_orm_migration::prelude::*;

use crate::columns::{add, flag, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const PRODUCTS: &str = "products";
const SHIPS: &str = "ships";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, PRODUCTS, vec![flag(SHIPS)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, PRODUCTS, &[SHIPS]).await
    }
}
