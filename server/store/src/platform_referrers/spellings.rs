//! Platform referrers by their e-mail address in any spelling (`docs/rules.md` 76).

use domain::{account::Email, search::is_plain};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};

use super::put_words;
use crate::{
    PlatformReferrerId, Write,
    entities::platform_referrer::{Column, Entity, Model},
};

/// Whether a platform referrer other than `except` has this e-mail address, in any spelling.
pub async fn is_held(
    db: &impl ConnectionTrait,
    email: &Email,
    except: Option<PlatformReferrerId>,
) -> Result<bool, DbErr> {
    let any = Condition::any()
        .add(Column::EmailAccount.is_in([email.account(), email.key()]))
        .add(Column::EmailKey.eq(email.key()));
    let mut holders = Entity::find().filter(any).all(db).await?;
    let others = all_without_key(db).await?;
    holders.extend(
        others
            .into_iter()
            .filter(|other| key(other) == Some(email.key())),
    );
    Ok(holders.iter().any(|holder| Some(holder.id) != except))
}

/// The platform referrer with this e-mail address: as it is spelled here, or in another spelling.
pub async fn by_email(db: &impl ConnectionTrait, email: &Email) -> Result<Option<Model>, DbErr> {
    let exact = Entity::find().filter(Column::EmailAccount.eq(email.account()));
    match exact.one(db).await? {
        Some(referrer) => Ok(Some(referrer)),
        None => {
            let alike = Entity::find().filter(Column::EmailKey.eq(email.key()));
            alike.one(db).await
        }
    }
}

/// The platform referrers whose address is a spelling of another one's, oldest first.
pub async fn alike(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    all_without_key(db).await
}

async fn all_without_key(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Expr::cust("email_alike"))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

fn key(referrer: &Model) -> Option<String> {
    Email::parse(&referrer.email).map(|email| email.key())
}

/// Gives the platform referrers after this id their keys, and the words of today where they differ,
/// and returns the last one's id. Reads at most `limit` of them.
pub async fn respell(db: &impl Write, after: i64, limit: u64) -> Result<Option<i64>, DbErr> {
    let referrers = Entity::find()
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    for referrer in &referrers {
        let Some(email) = Email::parse(&referrer.email) else {
            continue;
        };
        if referrer.email_key.is_none() && !referrer.email_alike {
            let holder = Entity::find().filter(Column::EmailKey.eq(email.key()));
            let is_free = holder.one(db).await?.is_none();
            Entity::update_many()
                .col_expr(Column::EmailKey, Expr::value(is_free.then(|| email.key())))
                .col_expr(Column::EmailAlike, Expr::value(!is_free))
                .filter(Column::Id.eq(referrer.id))
                .exec(db)
                .await?;
        }
        if !is_plain(&[&referrer.name, &referrer.email]) {
            put_words(db, referrer.id, &referrer.name, &email, &referrer.code).await?;
        }
    }
    Ok(referrers.last().map(|referrer| referrer.id.get()))
}
