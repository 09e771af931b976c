//! Partners: whom an admin registered, with their codes and their Stripe customers.

use domain::{account::Email, referral::ReferralCode};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    TryInsertResult, sea_query::Expr,
};

use super::{
    entities::platform_referrer::{ActiveModel, Column, Entity, Model},
    is_taken,
    search_words::{self, Subject},
    stripe_customers,
};
use crate::{PlatformReferrerId, Timestamp};
use crate::{Scope, Write};

impl Model {
    /// As the rule of attribution needs it.
    pub fn as_attributed(&self) -> domain::referral::PlatformReferrer<PlatformReferrerId> {
        domain::referral::PlatformReferrer {
            id: self.id,
            email: self.email.clone(),
            disabled: self.disabled_at.is_some(),
        }
    }
}

/// Everybody, newest first.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().order_by_desc(Column::Id).all(db).await
}

/// The partner with this id.
pub async fn by_id(
    db: &impl ConnectionTrait,
    id: PlatformReferrerId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The same, locked until the transaction ends.
pub async fn lock(db: &impl Write, id: PlatformReferrerId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(db).await
}

/// The partner whose code it is, disabled or not.
pub async fn by_code(
    db: &impl ConnectionTrait,
    code: &ReferralCode,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::Code.eq(code.as_str()))
        .one(db)
        .await
}

/// The partner with this address, whatever its case.
pub async fn by_email(db: &impl ConnectionTrait, email: &Email) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::EmailAccount.eq(email.account()))
        .one(db)
        .await
}

/// Writes a new partner, named at Stripe by the random `token`, whose code was taken in the same
/// transaction; `None` if there is one with this address. Safe inside a transaction.
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
        code: Set(code.as_str().to_owned()),
        version: Set(1),
        created_at: Set(now),
        ..Default::default()
    };
    // `exec_with_returning` calls a conflict an error, `exec` a result.
    let inserted = Entity::insert(row)
        .on_conflict_do_nothing_on([Column::EmailAccount])
        .exec(db)
        .await?;
    match inserted {
        TryInsertResult::Inserted(inserted) => {
            put_words(db, inserted.last_insert_id, name, email).await?;
            by_id(db, inserted.last_insert_id).await
        }
        TryInsertResult::Empty | TryInsertResult::Conflicted => Ok(None),
    }
}

/// Gives a locked partner another name and address ([`stripe_customers::partner_changed`]). `false` if another partner has the address: then the transaction is spoilt.
pub async fn set_name_and_email(
    db: &impl Write,
    partner: &Model,
    name: &str,
    email: &Email,
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Name, Expr::value(name))
        .col_expr(Column::Email, Expr::value(email.as_str()))
        .col_expr(Column::EmailAccount, Expr::value(email.account()))
        .col_expr(Column::Version, Expr::value(partner.version + 1))
        .filter(Column::Id.eq(partner.id));
    match update.exec(db).await {
        Ok(_) => {
            let address = partner.email_account != email.account();
            stripe_customers::partner_changed(db, partner.id, address).await?;
            put_words(db, partner.id, name, email).await.map(|()| true)
        }
        Err(error) if is_taken(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// By which words the partner is found.
async fn put_words(
    db: &impl Write,
    id: PlatformReferrerId,
    name: &str,
    email: &Email,
) -> Result<(), DbErr> {
    let texts = [name, email.as_str()];
    search_words::put(db, Subject::Partner, Scope::Platform, id.get(), &texts).await
}

/// Switches a locked partner's code off at this moment, or on again.
pub async fn set_disabled(
    db: &impl Write,
    partner: &Model,
    disabled_at: Option<Timestamp>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::DisabledAt, Expr::value(disabled_at))
        .col_expr(Column::Version, Expr::value(partner.version + 1))
        .filter(Column::Id.eq(partner.id))
        .exec(db)
        .await
        .map(|_| ())
}
