//! Lists our objects at an account: a secret key that can read one of them is of the same account.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::{
    StripeAccountId,
    entities::{credit, platform_purchase, purchase},
};

/// Ids of objects at Stripe, newest first.
pub struct Objects {
    /// `cus_…`.
    pub customers: Vec<String>,
    /// `cs_…`.
    pub sessions: Vec<String>,
}

/// Our newest customers and Checkout sessions at this account, at most `limit` of each table.
pub async fn objects_of(
    db: &impl ConnectionTrait,
    account_id: StripeAccountId,
    limit: u64,
) -> Result<Objects, DbErr> {
    let mut customers: Vec<String> = credit::Entity::find()
        .select_only()
        .column(credit::Column::StripeCustomerId)
        .filter(credit::Column::StripeAccountId.eq(account_id))
        .filter(credit::Column::StripeCustomerId.is_not_null())
        .order_by_desc(credit::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    customers.dedup();
    let mut sessions: Vec<String> = purchase::Entity::find()
        .select_only()
        .column(purchase::Column::CheckoutSessionId)
        .filter(purchase::Column::StripeAccountId.eq(account_id))
        .filter(purchase::Column::CheckoutSessionId.is_not_null())
        .order_by_desc(purchase::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let platform: Vec<String> = platform_purchase::Entity::find()
        .select_only()
        .column(platform_purchase::Column::CheckoutSessionId)
        .filter(platform_purchase::Column::StripeAccountId.eq(account_id))
        .order_by_desc(platform_purchase::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    sessions.extend(platform);
    Ok(Objects {
        customers,
        sessions,
    })
}
