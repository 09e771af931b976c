//! Members by their e-mail address in any spelling (`docs/rules.md` 76).
//!
//! `users.email_key` has the spelling that all spellings share, and is unique within a site. Members
//! whose addresses became the same when it was added (`email_alike`) go on with their exact ones.

use domain::{account::Email, search::is_plain};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, sea_query::Expr,
};

use super::{of, put_words};
use crate::{
    MemberId, SiteId, Write,
    alike::{Addressed, Alike, grouped, with_holders},
    entities::user::{Column, Entity, Model},
};

impl Model {
    /// `Email::key` of the address; the address itself if it cannot be read.
    pub fn key(&self) -> String {
        Email::parse(&self.email).map_or_else(|| self.email_account.clone(), |email| email.key())
    }
}

impl Addressed for Model {
    fn number(&self) -> i64 {
        self.id.get()
    }

    fn shared_key(&self) -> String {
        self.key()
    }

    fn held_key(&self) -> Option<&str> {
        self.email_key.as_deref()
    }
}

/// The site's member with this e-mail address: the one with this exact spelling but for case, or else
/// the one with another spelling of it. Nobody if two have other spellings of it.
pub async fn by_email(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    email: &Email,
) -> Result<Option<Model>, DbErr> {
    let account = email.account();
    let mut holders = holders(db, site_id, email).await?;
    let exact = holders
        .iter()
        .position(|member| member.email_account == account);
    if let Some(exact) = exact {
        return Ok(Some(holders.swap_remove(exact)));
    }
    let Some(holder) = holders.pop() else {
        return Ok(None);
    };
    let others = without_key(db, site_id, &email.key()).await?;
    Ok(others.is_empty().then_some(holder))
}

/// Whether a member of the site other than `except` has this e-mail address, in any spelling.
pub async fn is_held(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    email: &Email,
    except: Option<MemberId>,
) -> Result<bool, DbErr> {
    let mut holders = holders(db, site_id, email).await?;
    holders.extend(without_key(db, site_id, &email.key()).await?);
    Ok(holders.iter().any(|member| Some(member.id) != except))
}

async fn holders(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    email: &Email,
) -> Result<Vec<Model>, DbErr> {
    with_address(site_id, email).all(db).await
}

/// The query for the members of the site who have this address by its exact spelling or by its key. A
/// part for each index, each with the site: SQLite uses no index for a part that lacks it.
pub fn with_address(site_id: SiteId, email: &Email) -> Select<Entity> {
    let here = |column: Column, value: String| {
        Condition::all()
            .add(Column::SiteId.eq(site_id))
            .add(column.eq(value))
    };
    let any = Condition::any()
        .add(here(Column::EmailAccount, email.account()))
        .add(here(Column::EmailAccount, email.key()))
        .add(here(Column::EmailKey, email.key()));
    Entity::find().filter(any)
}

/// The members of the site whose address has this key, which another one got. There are few.
async fn without_key(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    key: &str,
) -> Result<Vec<Model>, DbErr> {
    let mut others = all_without_key(site_id).all(db).await?;
    others.retain(|member| member.key() == key);
    Ok(others)
}

/// The query for the members of the site whose address another one has in another spelling.
pub fn all_without_key(site_id: SiteId) -> Select<Entity> {
    of(site_id)
        .filter(Expr::cust("email_alike"))
        .order_by_asc(Column::Id)
}

/// The members of the site who share an address in different spellings: at most `limit` groups after
/// the one whose [`Alike::first`] is `after`.
pub async fn alike(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    after: Option<i64>,
    limit: usize,
) -> Result<Vec<Alike<Model>>, DbErr> {
    let groups = grouped(all_without_key(site_id).all(db).await?, after, limit);
    let keys = groups.iter().map(|(key, _)| key.as_str());
    let holders = of(site_id).filter(Column::EmailKey.is_in(keys)).all(db);
    Ok(with_holders(groups, holders.await?))
}

/// Whether members of the site share an address in different spellings.
pub async fn any_alike(db: &impl ConnectionTrait, site_id: SiteId) -> Result<bool, DbErr> {
    let alike = all_without_key(site_id).one(db).await?;
    Ok(alike.is_some())
}

/// Gives the key that `former` had to the oldest of the members who share it, so that nobody else
/// takes it.
pub(super) async fn hand_on_key(db: &impl Write, former: &Model) -> Result<(), DbErr> {
    let Some(key) = &former.email_key else {
        return Ok(());
    };
    let heirs = without_key(db, former.site_id, key).await?;
    match heirs.first() {
        Some(heir) => set_key(db, heir, Some(key)).await,
        None => Ok(()),
    }
}

/// Gives the members after this id their keys, and the words of today where they differ, and returns
/// the last one's id. Reads at most `limit` members.
pub async fn respell(db: &impl Write, after: i64, limit: u64) -> Result<Option<i64>, DbErr> {
    let members = Entity::find()
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    for member in &members {
        if member.email_key.is_none() && !member.email_alike {
            let key = member.key();
            let holder = of(member.site_id).filter(Column::EmailKey.eq(key.as_str()));
            let is_free = holder.one(db).await?.is_none();
            set_key(db, member, is_free.then_some(&key)).await?;
        }
        if !is_plain(&[&member.first_name, &member.last_name, &member.email]) {
            put_words(db, member).await?;
        }
    }
    Ok(members.last().map(|member| member.id.get()))
}

async fn set_key(db: &impl Write, member: &Model, key: Option<&String>) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::EmailKey, Expr::value(key.cloned()))
        .col_expr(Column::EmailAlike, Expr::value(key.is_none()))
        .filter(Column::SiteId.eq(member.site_id))
        .filter(Column::Id.eq(member.id))
        .exec(db)
        .await
        .map(|_| ())
}
