//! The billing portal that we configured at an account.

use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    StripeAccountId, Write,
    entities::stripe_account::{Column, Entity},
};

/// Stores the configuration (`bpc_…`), and the address of its login page if it has one.
pub async fn set_portal(
    db: &impl Write,
    id: StripeAccountId,
    configuration: &str,
    login_url: Option<&str>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PortalConfiguration, Expr::value(configuration))
        .col_expr(Column::PortalLoginUrl, Expr::value(login_url))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}
