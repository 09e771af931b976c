//! Mails about referrals: to members, and to platform referrers, who have no account.

use domain::{mail::MailKind, money::Money, referral::ReferralCode};
use sea_orm::DatabaseTransaction;
use store::{
    PlatformReferrerId, SiteId,
    entities::{platform_referrer, user},
    platform_referrers,
    sites::{self, Site},
    users,
};

use crate::{
    Engine,
    mail::{self, Letter, Link, Recipient},
    platform_referrers::sign_in::PAGE,
};

/// Tells a referrer that `friend` registered through their link, or that they were linked afterwards.
///
/// # Errors
/// If the database fails.
pub async fn friend_joined(
    engine: &Engine,
    tx: &DatabaseTransaction,
    site: &Site,
    referrer: &user::Model,
    (friend, came_with_it): (&str, bool),
) -> anyhow::Result<()> {
    let reward = site.tenant_credit();
    if !engine.mailer.can_send() || !reward.is_positive() {
        return Ok(());
    }
    let first = site.settings.terms()?.first_purchase();
    let base_url = engine.base_url(tx, site.id()).await?;
    let name = &site.row.name;
    let (subject, what) = match came_with_it {
        true => (
            "A friend joined through your link",
            format!("{friend} registered at {name} through your link."),
        ),
        false => (
            "A friend was added to your referrals",
            format!("{friend} is a member of {name} and was added to your referrals."),
        ),
    };
    let letter = Letter {
        subject,
        first_name: &referrer.first_name,
        before: vec![what, format!("You earn {reward} when they make {first}.")],
        link: Some(Link {
            label: "See your referrals",
            url: format!("{base_url}/dashboard"),
        }),
        after: Vec::new(),
        site_name: &site.row.name,
        base_url: &base_url,
        unsubscribe: None,
    };
    mail::write(engine, tx, site, referrer, MailKind::FriendJoined, &letter).await
}

/// Tells a member that they earned `given`.
///
/// # Errors
/// If the database fails.
pub async fn credit_earned(
    engine: &Engine,
    tx: &DatabaseTransaction,
    site: &Site,
    member_id: store::MemberId,
    given: Money,
) -> anyhow::Result<()> {
    let words = |site: &str| {
        vec![format!(
            "You earned a {given} credit from your referral. You can use it for your next purchase \
             at {site}."
        )]
    };
    let subject = "You earned a credit";
    about_credit(engine, tx, (site, member_id), subject, words).await
}

/// Tells a member that the staff gave them a credit, and why.
///
/// # Errors
/// If the database fails.
pub async fn credit_given(
    engine: &Engine,
    tx: &DatabaseTransaction,
    site_id: SiteId,
    member_id: store::MemberId,
    (given, reason): (Money, &str),
) -> anyhow::Result<()> {
    if !engine.mailer.can_send() {
        return Ok(());
    }
    let Some(site) = sites::by_id(tx, site_id).await? else {
        return Ok(());
    };
    let words = |site: &str| {
        vec![
            format!("{site} gave you a {given} credit: {reason}"),
            format!("You can use it for your next purchase at {site}."),
        ]
    };
    let subject = "You have a credit";
    about_credit(engine, tx, (&site, member_id), subject, words).await
}

/// Mails a member the words for the name of the site, with a link to their credit.
async fn about_credit(
    engine: &Engine,
    tx: &DatabaseTransaction,
    (site, member_id): (&Site, store::MemberId),
    subject: &str,
    words: impl FnOnce(&str) -> Vec<String>,
) -> anyhow::Result<()> {
    if !engine.mailer.can_send() {
        return Ok(());
    }
    let Some(member) = users::by_id(tx, site.id(), member_id).await? else {
        return Ok(());
    };
    let base_url = engine.base_url(tx, site.id()).await?;
    let letter = Letter {
        subject,
        first_name: &member.first_name,
        before: words(&site.row.name),
        link: Some(Link {
            label: "See your credit",
            url: format!("{base_url}/credits"),
        }),
        after: Vec::new(),
        site_name: &site.row.name,
        base_url: &base_url,
        unsubscribe: None,
    };
    mail::write(engine, tx, site, &member, MailKind::CreditEarned, &letter).await
}

/// Welcomes a platform referrer, with their link to each brand's pricing page.
///
/// # Errors
/// If the database fails.
pub async fn welcome(
    engine: &Engine,
    tx: &DatabaseTransaction,
    referrer: &platform_referrer::Model,
    code: &ReferralCode,
) -> anyhow::Result<()> {
    let Some((site, base_url)) = first_brand(engine, tx).await? else {
        return Ok(());
    };
    let mut after = Vec::new();
    for (brand, host) in sites::brands(tx).await?.into_iter().skip(1) {
        let link = format!("{}/pricing?ref={code}", engine.config.base_url(&host));
        after.push(format!("For {}: {link}", brand.name));
    }
    after.push("When somebody subscribes through your link, you earn a credit.".to_owned());
    after.push(format!(
        "See your referrals and credits at any time: {base_url}{PAGE}"
    ));
    let letter = Letter {
        subject: "Your referral link",
        first_name: &referrer.name,
        before: vec![format!("You can now refer people to {}.", site.row.name)],
        link: Some(Link {
            label: "Your link",
            url: format!("{base_url}/pricing?ref={code}"),
        }),
        after,
        site_name: &site.row.name,
        base_url: &base_url,
        unsubscribe: None,
    };
    let kind = MailKind::ReferrerWelcome;
    mail::write_to(engine, tx, &site, at(referrer), kind, &letter).await
}

/// Tells a platform referrer that they earned `given`.
///
/// # Errors
/// If the database fails.
pub async fn referrer_earned(
    engine: &Engine,
    tx: &DatabaseTransaction,
    id: PlatformReferrerId,
    given: Money,
) -> anyhow::Result<()> {
    let words = |_: &str| {
        format!("Somebody subscribed through your link, and you earned a {given} credit.")
    };
    about_referrers_credit(engine, tx, id, "You earned a credit", words).await
}

/// Tells a platform referrer that the staff gave them a credit, and why.
///
/// # Errors
/// If the database fails.
pub async fn referrer_given(
    engine: &Engine,
    tx: &DatabaseTransaction,
    id: PlatformReferrerId,
    (given, reason): (Money, &str),
) -> anyhow::Result<()> {
    let words = |brand: &str| format!("{brand} gave you a {given} credit: {reason}");
    about_referrers_credit(engine, tx, id, "You have a credit", words).await
}

/// Mails a platform referrer the words for the name of the brand, with a link to their page.
async fn about_referrers_credit(
    engine: &Engine,
    tx: &DatabaseTransaction,
    id: PlatformReferrerId,
    subject: &str,
    words: impl FnOnce(&str) -> String,
) -> anyhow::Result<()> {
    let referrer = platform_referrers::by_id(tx, id).await?;
    let brand = first_brand(engine, tx).await?;
    let Some((referrer, (site, base_url))) = referrer.zip(brand) else {
        return Ok(());
    };
    let letter = Letter {
        subject,
        first_name: &referrer.name,
        before: vec![words(&site.row.name)],
        link: Some(Link {
            label: "See your credits",
            url: format!("{base_url}{PAGE}"),
        }),
        after: Vec::new(),
        site_name: &site.row.name,
        base_url: &base_url,
        unsubscribe: None,
    };
    let kind = MailKind::ReferrerCredit;
    mail::write_to(engine, tx, &site, at(&referrer), kind, &letter).await
}

fn at(referrer: &platform_referrer::Model) -> Recipient<'_> {
    Recipient {
        user_id: None,
        address: &referrer.email,
    }
}

/// The oldest brand, in whose name platform referrers are mailed, and its root URL; `None` where there
/// is none, or no mail can be sent.
async fn first_brand(
    engine: &Engine,
    tx: &DatabaseTransaction,
) -> anyhow::Result<Option<(Site, String)>> {
    if !engine.mailer.can_send() {
        return Ok(None);
    }
    let Some((brand, host)) = sites::brands(tx).await?.into_iter().next() else {
        return Ok(None);
    };
    let site = sites::by_id(tx, brand.id).await?;
    Ok(site.map(|site| (site, engine.config.base_url(&host))))
}
