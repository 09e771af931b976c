//! The Stripe customers of members and platform referrers: one row for each account and person,
//! with the last known balance.

pub mod claims;
mod email_due;
mod writes;

use domain::money::{Currency, Money};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Set, sea_query::OnConflict,
};

use super::entities::{
    platform_referrer, stripe_account,
    stripe_customer::{ActiveModel, Column, Entity, Model},
    user,
};
use crate::{MemberId, PlatformReferrerId, SiteId, StripeAccountId, StripeCustomerRowId, Write};

pub use email_due::{email_due, email_told, set_email_due};
pub use writes::{
    Known, adopt, balance_changed, choose, forget_balance, forget_customer, next_generation,
    platform_referrer_changed, set_balance, set_customer, set_marked,
};

impl Model {
    /// The balance as Stripe had it last, above zero in the customer's favor; `None` if it was never
    /// read. Stripe keeps it in the currency of the customer, even if the site uses another one now;
    /// `of_site` stands in where the row names none.
    pub fn balance(&self, of_site: Currency) -> Option<Money> {
        let currency = self.balance_currency.as_deref().copied();
        let currency = currency.unwrap_or(of_site);
        self.balance_cents.map(|cents| Money::new(cents, currency))
    }
}

/// The person whom a Stripe customer stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderId {
    Member(MemberId),
    PlatformReferrer(PlatformReferrerId),
}

impl HolderId {
    /// Whose a row is; `None` if it names nobody.
    pub fn of_row(row: &Model) -> Option<Self> {
        let member = row.user_id.map(Self::Member);
        member.or_else(|| row.platform_referrer_id.map(Self::PlatformReferrer))
    }

    fn column(self) -> Column {
        match self {
            Self::Member(_) => Column::UserId,
            Self::PlatformReferrer(_) => Column::PlatformReferrerId,
        }
    }

    fn id(self) -> i64 {
        match self {
            Self::Member(id) => id.get(),
            Self::PlatformReferrer(id) => id.get(),
        }
    }
}

/// The site's member with this id.
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

/// The person's row at this account.
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

/// The person's row at this account, inserted if missing. `key_token` becomes part of the
/// idempotency keys under which the person's customers are created.
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
        balance_version: Set(0),
        ..Default::default()
    };
    match holder {
        HolderId::Member(id) => row.user_id = Set(Some(id)),
        HolderId::PlatformReferrer(id) => row.platform_referrer_id = Set(Some(id)),
    }
    row
}

/// Inserts a row unless the person has one at the account; returns whether it did.
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

/// The person's customers at other accounts of this mode, newest first.
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

/// Whose customer this is at the account; `None` if nobody's.
pub async fn holder_of(
    db: &impl ConnectionTrait,
    account_id: StripeAccountId,
    customer_id: &str,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::StripeAccountId.eq(account_id))
        .filter(Column::CustomerId.eq(customer_id))
        .one(db)
        .await
}

/// The rows of these customers at the account.
pub async fn holders_of(
    db: &impl ConnectionTrait,
    account_id: StripeAccountId,
    customers: &[String],
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::StripeAccountId.eq(account_id))
        .filter(Column::CustomerId.is_in(customers))
        .all(db)
        .await
}

/// The platform referrers without a customer at this account, oldest first.
pub async fn platform_referrers_without(
    db: &impl ConnectionTrait,
    account_id: StripeAccountId,
    limit: u64,
) -> Result<Vec<PlatformReferrerId>, DbErr> {
    let with = Entity::find()
        .select_only()
        .column(Column::PlatformReferrerId)
        .filter(Column::StripeAccountId.eq(account_id))
        .filter(Column::PlatformReferrerId.is_not_null())
        .filter(Column::CustomerId.is_not_null())
        .into_query();
    platform_referrer::Entity::find()
        .select_only()
        .column(platform_referrer::Column::Id)
        .filter(platform_referrer::Column::Id.not_in_subquery(with))
        .order_by_asc(platform_referrer::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// The member's rows at every account, each with whether the account is in live mode.
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

/// Customers whose metadata we have not set yet, with rows after `after`.
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
