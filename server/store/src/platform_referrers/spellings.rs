//! Platform referrers by their e-mail address in any spelling (`docs/rules.md` 76).

use domain::{account::Email, search::is_plain};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};

use super::put_words;
use crate::{
    PlatformReferrerId, Write,
    alike::{Addressed, Alike, grouped, with_holders},
    entities::platform_referrer::{Column, Entity, Model},
};

impl Addressed for Model {
    fn number(&self) -> i64 {
        self.id.get()
    }

    /// The address itself if it cannot be read.
    fn shared_key(&self) -> String {
        Email::parse(&self.email).map_or_else(|| self.email_account.clone(), |email| email.key())
    }

    fn held_key(&self) -> Option<&str> {
        self.email_key.as_deref()
    }
}

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
            .filter(|other| other.shared_key() == email.key()),
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

/// The platform referrers who share an address in different spellings: at most `limit` groups after the
/// one whose [`Alike::first`] is `after`.
pub async fn alike(
    db: &impl ConnectionTrait,
    after: Option<i64>,
    limit: usize,
) -> Result<Vec<Alike<Model>>, DbErr> {
    let groups = grouped(all_without_key(db).await?, after, limit);
    let keys = groups.iter().map(|(key, _)| key.as_str());
    let holders = Entity::find().filter(Column::EmailKey.is_in(keys)).all(db);
    Ok(with_holders(groups, holders.await?))
}

/// Whether platform referrers share an address in different spellings.
pub async fn any_alike(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(!all_without_key(db).await?.is_empty())
}

/// Gives the key that `former` had to the oldest of those who share it, so that nobody else takes it.
pub(super) async fn hand_on_key(db: &impl Write, former: &Model) -> Result<(), DbErr> {
    let Some(former_key) = &former.email_key else {
        return Ok(());
    };
    let others = all_without_key(db).await?;
    let heir = others
        .into_iter()
        .find(|other| other.shared_key() == *former_key);
    match heir {
        Some(heir) => set_key(db, heir.id, Some(former_key)).await,
        None => Ok(()),
    }
}

async fn set_key(
    db: &impl Write,
    id: PlatformReferrerId,
    key: Option<&String>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::EmailKey, Expr::value(key.cloned()))
        .col_expr(Column::EmailAlike, Expr::value(key.is_none()))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

async fn all_without_key(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Expr::cust("email_alike"))
        .order_by_asc(Column::Id)
        .all(db)
        .await
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
            set_key(db, referrer.id, is_free.then(|| email.key()).as_ref()).await?;
        }
        if !is_plain(&[&referrer.name, &referrer.email]) {
            put_words(db, referrer.id, &referrer.name, &email, &referrer.code).await?;
        }
    }
    Ok(referrers.last().map(|referrer| referrer.id.get()))
}
