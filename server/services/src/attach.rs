//! Links a member who came without a referral to who referred them, afterwards (`docs/rules.md` 191 to 193).

use anyhow::{Context, ensure};
use domain::{
    account::{Email, had_first_purchase},
    referral::{
        AttachedBy, Friend, Named, NotAttached, Referrer, attach as decide, codes_in,
        may_attach as may,
    },
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use store::{
    MemberId, Scope, SiteId, admins,
    audit_log::{self, Change, Field},
    entities::user,
    paid_purchases, purchases, referrals,
    sites::Site,
    users,
};

use crate::{
    Engine,
    new_referral::{self, NewReferral},
    privacy::erased,
    rights::{Sell, TenantStaff},
};

/// The reason in the audit log where the member named the referrer.
pub const NAMED_BY_MEMBER: &str = "Named by the member";

/// Who links the member.
#[derive(Clone, Copy)]
pub enum By<'a> {
    /// One of the staff. The referrer is named by code, link or email address.
    Staff(&'a TenantStaff<Sell>),
    /// The member, by code or link, within the days that the site gives them.
    Friend,
}

/// What was typed.
#[derive(Clone, Copy)]
pub struct Typed<'a> {
    /// Who the referrer is.
    pub referrer: &'a str,
    /// For the audit log.
    pub reason: &'a str,
}

/// Nobody was linked.
#[derive(Clone, Debug)]
pub struct Refused {
    pub why: NotAttached,
    /// The member who was found for what was typed; `None` also if nobody was looked for.
    pub found: Option<Box<user::Model>>,
}

/// Links the member `friend_id` of `site` to who was typed, and returns the referrer; `None` if the site has no
/// such member.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn attach(
    engine: &Engine,
    site: &Site,
    friend_id: MemberId,
    by: By<'_>,
    typed: Typed<'_>,
) -> anyhow::Result<Option<Result<user::Model, Refused>>> {
    let friend = users::by_id(engine.db.reader(), site.id(), friend_id).await?;
    let Some(friend) = friend else {
        return Ok(None);
    };
    // Most who cannot be linked are refused before anybody is locked.
    if let Err(why) = may_attach(engine, site, &friend, by).await? {
        return Ok(Some(Err(Refused { why, found: None })));
    }
    let tx = engine.db.begin().await?;
    let by_address = matches!(by, By::Staff(_));
    let found = find(&tx, site.id(), typed.referrer, by_address).await?;
    let found = found.map(|found| found.id);
    let (friend, found) = lock(&tx, site.id(), friend_id, found).await?;
    let Some(friend) = friend else {
        return Ok(None);
    };
    // None of the friend's purchases becomes paid until the referral is written.
    purchases::lock_unpaid_of_buyer(&tx, site.id(), friend_id).await?;
    let asked = read(engine, &tx, &friend).await?;
    let named = found.as_ref().map(|found| named(found, &friend));
    let named = named.transpose()?;
    let referrer_id = match decide(&asked, named.as_ref(), &by.in_domain(engine, site)?) {
        Ok(referrer_id) => referrer_id,
        Err(why) => {
            let found = found.map(Box::new);
            return Ok(Some(Err(Refused { why, found })));
        }
    };
    let saved = users::set_referred_by(&tx, &friend, referrer_id).await?;
    ensure!(saved, "the friend was locked and referred all the same");
    let new = NewReferral {
        friend: &friend,
        referrer_id,
        clicked_at: None,
        came_with_it: false,
        via: None,
    };
    new_referral::write(engine, &tx, site, &new).await?;
    trace(engine, &tx, (&friend, referrer_id), (by, typed.reason)).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    engine.console_changed(Scope::Site(site.id()));
    engine.live.member_changed(&engine.db, referrer_id).await;
    let referrer = found.context("the referrer who was decided")?;
    Ok(Some(Ok(referrer)))
}

/// Whether the member can still be linked to somebody, whoever that is.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn may_attach(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    by: By<'_>,
) -> anyhow::Result<Result<(), NotAttached>> {
    let by = by.in_domain(engine, site)?;
    // Nothing is read where the answer is known: on most sites, and of most members.
    if let Err(why) = may(&friend(member, (false, false))?, &by) {
        return Ok(Err(why));
    }
    let friend = as_friend(engine, member).await?;
    Ok(may(&friend, &by))
}

/// What is known of the member who was referred, where nothing is written.
pub(crate) async fn as_friend(
    engine: &Engine,
    member: &user::Model,
) -> anyhow::Result<Friend<MemberId>> {
    read(engine, engine.db.reader(), member).await
}

async fn read(
    engine: &Engine,
    db: &impl ConnectionTrait,
    member: &user::Model,
) -> anyhow::Result<Friend<MemberId>> {
    let paid = paid_purchases::of_buyer(db, member.site_id, member.id).await?;
    let has_bought =
        had_first_purchase(&paid) || erased::had_first_purchase(engine, db, member).await?;
    let referral = referrals::of_referred(db, member.site_id, member.id).await?;
    friend(member, (referral.is_some(), has_bought))
}

/// The member of the site whom the text names: by code or link, or also by email address.
///
/// # Errors
/// If the database fails.
pub async fn find(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    typed: &str,
    by_address: bool,
) -> Result<Option<user::Model>, DbErr> {
    if by_address && let Some(email) = Email::parse(typed) {
        return users::by_email(db, site_id, &email).await;
    }
    users::only_one_with(db, site_id, &codes_in(typed)).await
}

/// Locks both members in the order of their ids: two who are linked to each other at once do not wait for each other.
async fn lock(
    tx: &DatabaseTransaction,
    site_id: SiteId,
    friend_id: MemberId,
    found: Option<MemberId>,
) -> Result<(Option<user::Model>, Option<user::Model>), DbErr> {
    let Some(found) = found.filter(|found| *found != friend_id) else {
        let friend = admins::lock(tx, site_id, friend_id).await?;
        let same = found.and(friend.clone());
        return Ok((friend, same));
    };
    let first = admins::lock(tx, site_id, friend_id.min(found)).await?;
    let second = admins::lock(tx, site_id, friend_id.max(found)).await?;
    Ok(match friend_id < found {
        true => (first, second),
        false => (second, first),
    })
}

fn friend(
    member: &user::Model,
    (has_referral, has_bought): (bool, bool),
) -> anyhow::Result<Friend<MemberId>> {
    let Referrer { member_id, email } = person(member)?;
    Ok(Friend {
        member_id,
        email,
        is_referred: has_referral || member.referred_by_user_id.is_some(),
        has_bought,
        is_leaving: member.deletion_requested_at.is_some(),
        registered_at: member.created_at.moment(),
    })
}

fn named(found: &user::Model, friend: &user::Model) -> anyhow::Result<Named<MemberId>> {
    Ok(Named {
        referrer: person(found)?,
        is_blocked: found.blocked_at.is_some(),
        is_leaving: found.deletion_requested_at.is_some(),
        is_friends_friend: found.referred_by_user_id == Some(friend.id),
    })
}

fn person(member: &user::Model) -> anyhow::Result<Referrer<MemberId>> {
    member.as_referrer().context("a member's address")
}

impl By<'_> {
    fn in_domain(self, engine: &Engine, site: &Site) -> anyhow::Result<AttachedBy<MemberId>> {
        Ok(match self {
            Self::Staff(staff) => AttachedBy::Staff(person(&staff.user)?),
            Self::Friend => AttachedBy::Friend {
                days: site.row.referrer_days,
                now: engine.now().moment(),
            },
        })
    }
}

/// Writes it to the audit log, under the name of the referral. The referrer is told by number: what is erased of them
/// later is not to be found in a sentence.
async fn trace(
    engine: &Engine,
    tx: &DatabaseTransaction,
    (friend, referrer_id): (&user::Model, MemberId),
    (by, reason): (By<'_>, &str),
) -> anyhow::Result<()> {
    let referral = referrals::of_referred(tx, friend.site_id, friend.id).await?;
    let referral = referral.context("the referral that was just written")?;
    let name = format!("{} {}", friend.first_name, friend.last_name);
    let actor = match by {
        By::Staff(staff) => &staff.user,
        By::Friend => friend,
    };
    let change = Change {
        site_id: Some(friend.site_id),
        actor: Some(actor),
        subject: &audit_log::referral_subject(referral.id.get(), &name),
        now: engine.now(),
    };
    let field = Field {
        name: audit_log::REFERRED_BY,
        old: None,
        new: Some(format!("Member {referrer_id}: {reason}")),
    };
    Ok(audit_log::write(tx, &change, [field]).await?)
}
