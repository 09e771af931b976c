//! Platform referrers, whom an admin registers, and their codes.

mod spellings;

use domain::{
    account::Email,
    referral::{ListPlace, ReferralCode},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, Set, TryInsertResult,
    sea_query::{Expr, OnConflict},
};

use super::{
    entities::platform_referrer::{ActiveModel, Column, Entity, Model},
    is_taken,
    search_words::{self, Subject},
    stripe_customers,
};
use crate::{PlatformReferrerId, Scope, Timestamp, Write, row_lock::RowLock};

pub use spellings::{alike, any_alike, by_email, is_held, respell};

impl Model {
    /// The fields that the attribution rule needs.
    pub fn as_attributed(&self) -> domain::referral::PlatformReferrer<PlatformReferrerId> {
        domain::referral::PlatformReferrer {
            id: self.id,
            email: self.email.clone(),
            disabled: self.disabled_at.is_some(),
        }
    }
}

/// At most `limit` platform referrers at this place of their list, newest first; with `ids` only these.
///
/// # Errors
/// If the database fails.
pub async fn page(
    db: &impl ConnectionTrait,
    ids: Option<&[PlatformReferrerId]>,
    place: Option<ListPlace>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let listed = among_ids(ids).limit(limit);
    let newest_first = match place {
        None => listed.order_by_desc(Column::Id),
        Some(ListPlace::Older(id)) => listed.filter(Column::Id.lt(id)).order_by_desc(Column::Id),
        Some(ListPlace::Newer(id)) => {
            let next = listed.filter(Column::Id.gt(id)).order_by_asc(Column::Id);
            let mut rows = next.all(db).await?;
            rows.reverse();
            return Ok(rows);
        }
    };
    newest_first.all(db).await
}

/// How many platform referrers there are; with `ids` of these, with `newer` of those after it.
///
/// # Errors
/// If the database fails.
pub async fn count(
    db: &impl ConnectionTrait,
    ids: Option<&[PlatformReferrerId]>,
    newer: Option<PlatformReferrerId>,
) -> Result<u64, DbErr> {
    among_ids(ids)
        .apply_if(newer, |rows, id| rows.filter(Column::Id.gt(id)))
        .count(db)
        .await
}

fn among_ids(ids: Option<&[PlatformReferrerId]>) -> Select<Entity> {
    Entity::find().apply_if(ids, |rows, ids| {
        rows.filter(Column::Id.is_in(ids.iter().copied()))
    })
}

/// How many platform referrers have this very name.
///
/// # Errors
/// If the database fails.
pub async fn count_named(db: &impl ConnectionTrait, name: &str) -> Result<u64, DbErr> {
    let named = Entity::find().filter(Column::Name.eq(name));
    named.count(db).await
}

pub async fn by_id(
    db: &impl ConnectionTrait,
    id: PlatformReferrerId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The platform referrers with these ids.
pub async fn among(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = PlatformReferrerId>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Id.is_in(ids)).all(db).await
}

/// Locks the platform referrer until the transaction ends.
pub async fn lock(db: &impl Write, id: PlatformReferrerId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).locked().one(db).await
}

/// The platform referrer with this code, disabled or not.
pub async fn by_code(
    db: &impl ConnectionTrait,
    code: &ReferralCode,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::Code.eq(code.as_str()))
        .one(db)
        .await
}

/// The platform referrers with one of these codes, disabled ones too.
///
/// # Errors
/// If the database fails.
pub async fn with_codes(
    db: &impl ConnectionTrait,
    codes: &[ReferralCode],
) -> Result<Vec<Model>, DbErr> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    Entity::find()
        .filter(Column::Code.is_in(codes.iter().map(ReferralCode::as_str)))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// Adds a platform referrer; `None` if one has this address. `token` is the random name by which
/// Stripe knows the referrer, and the caller has taken `code` in the same transaction. A conflict
/// does not abort the caller's transaction.
pub async fn insert(
    db: &impl Write,
    token: String,
    name: &str,
    email: &Email,
    code: &ReferralCode,
    now: Timestamp,
) -> Result<Option<Model>, DbErr> {
    let row = ActiveModel {
        token: Set(token),
        name: Set(name.to_owned()),
        email: Set(email.as_str().to_owned()),
        email_account: Set(email.account()),
        email_key: Set(Some(email.key())),
        code: Set(code.as_str().to_owned()),
        version: Set(1),
        created_at: Set(now),
        ..Default::default()
    };
    // On a conflict `exec_with_returning` fails, while `exec` returns a result.
    let inserted = Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec(db)
        .await?;
    match inserted {
        TryInsertResult::Inserted(inserted) => {
            put_words(db, inserted.last_insert_id, name, email, code.as_str()).await?;
            by_id(db, inserted.last_insert_id).await
        }
        TryInsertResult::Empty | TryInsertResult::Conflicted => Ok(None),
    }
}

/// Changes the name and address of a locked platform referrer and adapts their Stripe customers
/// ([`stripe_customers::partner_changed`]). `false` if another platform referrer has the address;
/// PostgreSQL then refuses every further statement in the transaction.
pub async fn set_name_and_email(
    db: &impl Write,
    referrer: &Model,
    name: &str,
    email: &Email,
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Name, Expr::value(name))
        .col_expr(Column::Email, Expr::value(email.as_str()))
        .col_expr(Column::EmailAccount, Expr::value(email.account()))
        .col_expr(Column::EmailKey, Expr::value(email.key()))
        .col_expr(Column::EmailAlike, Expr::value(false))
        .col_expr(Column::Version, Expr::value(referrer.version + 1))
        .filter(Column::Id.eq(referrer.id));
    match update.exec(db).await {
        Ok(_) => {
            let address = referrer.email_account != email.account();
            stripe_customers::platform_referrer_changed(db, referrer.id, address).await?;
            if referrer.email_key != Some(email.key()) {
                spellings::hand_on_key(db, referrer).await?;
            }
            put_words(db, referrer.id, name, email, &referrer.code).await?;
            Ok(true)
        }
        Err(error) if is_taken(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Stores the words by which a search finds the platform referrer.
async fn put_words(
    db: &impl Write,
    id: PlatformReferrerId,
    name: &str,
    email: &Email,
    code: &str,
) -> Result<(), DbErr> {
    let texts = [name, email.as_str(), code];
    search_words::put(
        db,
        Subject::PlatformReferrer,
        Scope::Platform,
        id.get(),
        &texts,
    )
    .await
}

/// Disables the code of a locked platform referrer from this time on, or enables it.
pub async fn set_disabled(
    db: &impl Write,
    referrer: &Model,
    disabled_at: Option<Timestamp>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::DisabledAt, Expr::value(disabled_at))
        .col_expr(Column::Version, Expr::value(referrer.version + 1))
        .filter(Column::Id.eq(referrer.id))
        .exec(db)
        .await
        .map(|_| ())
}
