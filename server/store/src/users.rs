//! Members. Every query filters by their site.

mod addresses;
mod pseudonym;
mod spellings;

use std::collections::HashMap;

use domain::{
    account::Email,
    forms::NewMember,
    mail::MailTopic,
    referral::{ReferralCode, Referrer},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Set,
    TryInsertResult,
    sea_query::{Expr, OnConflict},
};

use super::{
    Db,
    entities::user::{ActiveModel, Column, Entity, Model},
    index_hints::no_index,
    notifications,
    prepared::Prepared,
    referral_codes,
    search_words::{self, Subject},
};
use crate::{MemberId, Scope, SiteId, Timestamp, Write, row_lock::RowLock};

pub use addresses::{release_email, set_billing_email, set_confirmed, set_email};
pub use pseudonym::{become_pseudonym, deleted_among};
pub use spellings::{alike, all_without_key, any_alike, by_email, is_held, respell, with_address};

impl Model {
    /// The fields that the attribution rule needs; `None` if the stored address is invalid.
    pub fn as_referrer(&self) -> Option<Referrer<MemberId>> {
        Email::parse(&self.email).map(|email| Referrer {
            member_id: self.id,
            email,
        })
    }
}

impl Model {
    /// Whether the member wants no mail about this topic.
    pub fn mutes(&self, topic: MailTopic) -> bool {
        match topic {
            MailTopic::Referrals => self.mutes_referrals,
            MailTopic::Attention => self.mutes_attention,
        }
    }
}

pub fn of(site_id: SiteId) -> Select<Entity> {
    Entity::find().filter(Column::SiteId.eq(site_id))
}

/// The site's member with this id.
pub async fn by_id(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    id: MemberId,
) -> Result<Option<Model>, DbErr> {
    static FIND: Prepared = Prepared::new();
    let values = vec![site_id.into(), id.into()];
    let find = FIND.with(db.get_database_backend(), values, || {
        of(site_id).filter(Column::Id.eq(id)).into_query()
    });
    Model::find_by_statement(find).one(db).await
}

/// The member and the number of their unread notifications in one query, since every page for
/// members needs both.
pub async fn with_unread(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    id: MemberId,
) -> Result<Option<(Model, u64)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        #[sea_orm(nested)]
        member: Model,
        unread: i64,
    }
    static FIND: Prepared = Prepared::new();
    let find = FIND.with(
        db.get_database_backend(),
        vec![site_id.into(), id.into(), site_id.into(), id.into()],
        || {
            let unread = notifications::count_unread(site_id, id).into();
            of(site_id)
                .filter(Column::Id.eq(id))
                .expr_as(Expr::SubQuery(None, Box::new(unread)), "unread")
                .into_query()
        },
    );
    let row = Row::find_by_statement(find).one(db).await?;
    Ok(row.map(|row| (row.member, row.unread.unsigned_abs())))
}

/// The site's members, newest first: with `before` only older ones, with `ids` only these.
pub async fn page(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    ids: Option<Vec<MemberId>>,
    before: Option<MemberId>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    of(site_id)
        .apply_if(ids, |members, ids| members.filter(Column::Id.is_in(ids)))
        .apply_if(before, |members, id| members.filter(Column::Id.lt(id)))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The site's members among these.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    ids: Vec<MemberId>,
) -> Result<Vec<Model>, DbErr> {
    of(site_id).filter(Column::Id.is_in(ids)).all(db).await
}

/// The names of the site's members among these.
pub async fn named(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    ids: Vec<MemberId>,
) -> Result<HashMap<MemberId, String>, DbErr> {
    let members = by_ids(db, site_id, ids).await?;
    let name = |member: Model| {
        let name = format!("{} {}", member.first_name, member.last_name);
        (member.id, name)
    };
    Ok(members.into_iter().map(name).collect())
}

/// The site's member with this referral code.
pub async fn by_referral_code(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    code: &ReferralCode,
) -> Result<Option<Model>, DbErr> {
    of(site_id)
        .filter(Column::ReferralCode.eq(code.as_str()))
        .filter(Column::BlockedAt.is_null())
        .one(db)
        .await
}

/// The site's members with one of these referral codes, blocked ones too.
pub async fn with_codes(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    codes: &[ReferralCode],
) -> Result<Vec<Model>, DbErr> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    Entity::find()
        .filter(no_index(db.get_database_backend(), Column::SiteId, true).eq(site_id))
        .filter(Column::ReferralCode.is_in(codes.iter().map(ReferralCode::as_str)))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// The site's member with one of these referral codes, a blocked one too; `None` if several have one each.
pub async fn only_one_with(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    codes: &[ReferralCode],
) -> Result<Option<Model>, DbErr> {
    let mut owners = with_codes(db, site_id, codes).await?;
    let owner = owners.pop();
    Ok(owner.filter(|_| owners.is_empty()))
}

/// The newest members of the site whom this one referred.
pub async fn referred_by(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    referrer: MemberId,
    limit: u64,
) -> Result<Vec<MemberId>, DbErr> {
    of(site_id)
        .select_only()
        .column(Column::Id)
        .filter(Column::ReferredByUserId.eq(referrer))
        .order_by_desc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

impl Model {
    /// Whether what began under this `session_version` still signs the member in.
    pub fn accepts(&self, session_version: i64) -> bool {
        self.session_version == session_version && self.blocked_at.is_none()
    }
}

/// Keeps the member out, or lets them in again.
pub async fn set_blocked(
    db: &impl Write,
    member: &Model,
    blocked_at: Option<Timestamp>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::BlockedAt, Expr::value(blocked_at))
        .filter(Column::SiteId.eq(member.site_id))
        .filter(Column::Id.eq(member.id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Adds a member; `None` if the site has a member with the same e-mail address, in any spelling.
/// `token` is the random name by which Stripe knows the member. A conflict does not abort the
/// caller's transaction.
pub async fn insert(
    db: &impl Write,
    site_id: SiteId,
    token: String,
    member: &NewMember,
    password_hash: String,
    referred_by: Option<MemberId>,
    now: Timestamp,
) -> Result<Option<Model>, DbErr> {
    let row = ActiveModel {
        site_id: Set(site_id),
        token: Set(token),
        email: Set(member.email.as_str().to_owned()),
        email_account: Set(member.email.account()),
        email_key: Set(Some(member.email.key())),
        password_hash: Set(password_hash),
        first_name: Set(member.first_name.clone()),
        last_name: Set(member.last_name.clone()),
        date_of_birth: Set(member.date_of_birth),
        role: Set("member".to_owned()),
        referred_by_user_id: Set(referred_by),
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
            let id = inserted.last_insert_id;
            let inserted = by_id(db, site_id, id).await?;
            if let Some(member) = &inserted {
                put_words(db, member).await?;
            }
            Ok(inserted)
        }
        TryInsertResult::Empty | TryInsertResult::Conflicted => Ok(None),
    }
}

/// Keeps what the member said about who referred them.
pub async fn set_referred_by_words(
    db: &impl Write,
    member: &Model,
    words: &str,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ReferredByWords, Expr::value(words))
        .filter(Column::SiteId.eq(member.site_id))
        .filter(Column::Id.eq(member.id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Stores who referred the member; `false` if somebody did before.
pub async fn set_referred_by(
    db: &impl Write,
    member: &Model,
    referrer_id: MemberId,
) -> Result<bool, DbErr> {
    let changed = Entity::update_many()
        .col_expr(Column::ReferredByUserId, Expr::value(referrer_id))
        .filter(Column::SiteId.eq(member.site_id))
        .filter(Column::Id.eq(member.id))
        .filter(Column::ReferredByUserId.is_null())
        .exec(db)
        .await?;
    Ok(changed.rows_affected > 0)
}

/// Sets whether the member wants no mail about this topic; `false` if the site has no such member.
pub async fn set_muted(
    db: &impl Write,
    site_id: SiteId,
    id: MemberId,
    topic: MailTopic,
    muted: bool,
) -> Result<bool, DbErr> {
    let column = match topic {
        MailTopic::Referrals => Column::MutesReferrals,
        MailTopic::Attention => Column::MutesAttention,
    };
    let changed = Entity::update_many()
        .col_expr(column, Expr::value(muted))
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(changed.rows_affected > 0)
}

/// The site's member with this id, locked until the transaction ends.
pub async fn lock(db: &impl Write, site_id: SiteId, id: MemberId) -> Result<Option<Model>, DbErr> {
    of(site_id).filter(Column::Id.eq(id)).locked().one(db).await
}

/// Changes the name.
pub async fn set_name(
    db: &impl Write,
    member: &Model,
    first_name: String,
    last_name: String,
) -> Result<(), DbErr> {
    let mut changed = member.clone().into_active_model();
    changed.first_name = Set(first_name);
    changed.last_name = Set(last_name);
    let changed = changed.update(db).await?;
    put_words(db, &changed).await
}

/// Replaces the words by which the console finds the member.
async fn put_words(db: &impl Write, member: &Model) -> Result<(), DbErr> {
    let code = member.referral_code.as_deref().unwrap_or_default();
    let (first, last) = (member.first_name.as_str(), member.last_name.as_str());
    let texts = [first, last, &member.email, code];
    let scope = Scope::Site(member.site_id);
    search_words::put(db, Subject::Member, scope, member.id.get(), &texts).await
}

/// Replaces the hash of a password that stays the same, unless the password was changed meanwhile.
pub async fn renew_password_hash(
    db: &impl Write,
    member: &Model,
    password_hash: String,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(password_hash))
        .filter(Column::SiteId.eq(member.site_id))
        .filter(Column::Id.eq(member.id))
        .filter(Column::PasswordHash.eq(member.password_hash.as_str()))
        .exec(db)
        .await
        .map(|_| ())
}

/// Assigns a referral code to a member who has none. `false` if the code was assigned before, to a
/// member or a platform referrer; the caller then draws another. Runs in its own transaction.
pub async fn give_code(
    db: &Db,
    site_id: SiteId,
    id: MemberId,
    code: &ReferralCode,
) -> Result<bool, DbErr> {
    let tx = db.begin().await?;
    if !referral_codes::take(&tx, code).await? {
        return Ok(false);
    }
    let given = Entity::update_many()
        .col_expr(Column::ReferralCode, Expr::value(code.as_str()))
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::Id.eq(id))
        .filter(Column::ReferralCode.is_null())
        .exec(&tx)
        .await?;
    if given.rows_affected > 0 {
        let scope = Scope::Site(site_id);
        search_words::add(&tx, Subject::Member, scope, id.get(), code.as_str()).await?;
        tx.commit().await?;
    }
    Ok(true)
}
