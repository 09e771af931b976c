//! The customers of members and partners, one for each account and holder, with the balance as last
//! read.

mod writes;

use crate::PlatformReferrerId;
use crate::StripeCustomerRowId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::OnConflict,
};

use super::entities::{
    stripe_account,
    stripe_customer::{ActiveModel, Column, Entity, Model},
    user,
};
use crate::Write;
use crate::{MemberId, SiteId, StripeAccountId};

pub use writes::{
    adopt, forget_balance, forget_customer, next_generation, partner_changed, set_balance,
    set_customer, set_marked,
};

/// Whose customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderId {
    /// Our id of a member.
    Member(MemberId),
    /// Our id of a partner.
    Partner(PlatformReferrerId),
}

impl HolderId {
    fn column(self) -> Column {
        match self {
            Self::Member(_) => Column::UserId,
            Self::Partner(_) => Column::PlatformReferrerId,
        }
    }

    fn id(self) -> i64 {
        match self {
            Self::Member(id) => id.get(),
            Self::Partner(id) => id.get(),
        }
    }
}

/// The member with this id, on this site.
pub async fn member(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    user_id: MemberId,
) -> Result<Option<user::Model>, DbErr> {
    user::Entity::find_by_id(user_id)
        .filter(user::Column::SiteId.eq(site_id))
        .one(db)
        .await
}

/// What is known of the holder at this account.
pub async fn get(
    db: &impl ConnectionTrait,
    account_id: StripeAccountId,
    holder: HolderId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::StripeAccountId.eq(account_id))
        .filter(holder.column().eq(holder.id()))
        .one(db)
        .await
}

/// The same, with a row if there was none; `key_token` goes into the keys under which its customers
/// are made.
pub async fn get_or_insert(
    db: &impl Write,
    account_id: StripeAccountId,
    holder: HolderId,
    key_token: &str,
) -> Result<Model, DbErr> {
    if let Some(row) = get(db, account_id, holder).await? {
        return Ok(row);
    }
    let row = ActiveModel {
        key_token: Set(Some(key_token.to_owned())),
        ..new_row(account_id, holder)
    };
    insert(db, row, holder).await?;
    let row = get(db, account_id, holder).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("a customer's row that was just written".to_owned()))
}

fn new_row(account_id: StripeAccountId, holder: HolderId) -> ActiveModel {
    let mut row = ActiveModel {
        stripe_account_id: Set(account_id),
        marked: Set(false),
        generation: Set(0),
        ..Default::default()
    };
    match holder {
        HolderId::Member(id) => row.user_id = Set(Some(id)),
        HolderId::Partner(id) => row.platform_referrer_id = Set(Some(id)),
    }
    row
}

/// Writes a row unless the holder has one at the account; answers whether it did.
async fn insert(db: &impl Write, row: ActiveModel, holder: HolderId) -> Result<bool, DbErr> {
    let once = OnConflict::columns([Column::StripeAccountId, holder.column()])
        .do_nothing()
        .to_owned();
    let inserted = Entity::insert(row)
        .on_conflict(once)
        .exec_without_returning(db)
        .await?;
    Ok(inserted > 0)
}

/// Customers of the holder at other accounts of this mode, the newest first.
pub async fn elsewhere(
    db: &impl ConnectionTrait,
    account_id: StripeAccountId,
    livemode: bool,
    holder: HolderId,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .inner_join(stripe_account::Entity)
        .filter(holder.column().eq(holder.id()))
        .filter(Column::StripeAccountId.ne(account_id))
        .filter(Column::CustomerId.is_not_null())
        .filter(stripe_account::Column::Livemode.eq(livemode))
        .order_by_desc(Column::Id)
        .all(db)
        .await
}

/// What is known of a member at every account, with whether that is of live mode.
pub async fn everywhere(
    db: &impl ConnectionTrait,
    user_id: MemberId,
) -> Result<Vec<(Model, bool)>, DbErr> {
    let rows = Entity::find()
        .find_also_related(stripe_account::Entity)
        .filter(Column::UserId.eq(user_id))
        .order_by_desc(Column::Id)
        .all(db)
        .await?;
    let with_mode = |(row, account): (Model, Option<stripe_account::Model>)| {
        (row, account.is_some_and(|account| account.livemode))
    };
    Ok(rows.into_iter().map(with_mode).collect())
}

/// Customers that have yet to get our metadata, after the row `after`.
pub async fn unmarked(
    db: &impl ConnectionTrait,
    after: StripeCustomerRowId,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Id.gt(after))
        .filter(Column::Marked.eq(false))
        .filter(Column::CustomerId.is_not_null())
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}
