//! A platform referrer signs in by a link in a mail (`docs/rules.md` 112).

use domain::{
    account::{Email, SessionLimits, Throttle},
    mail::{MailKind, REFERRER_LINK_WORKS},
};
use store::{
    ReferrerLinkId, Timestamp,
    entities::{
        platform_referrer::Model,
        referrer_link::{self, Entity as Links},
        referrer_session::{self, Model as Session},
    },
    mailed_links, platform_referrers, referrer_links, referrer_sessions,
    sites::{self, Site},
};
use time::Duration;

use crate::{
    Engine,
    accounts::{
        links::hash,
        throttle::{self, Limit},
    },
    mail::{self, Letter, Link, Recipient},
    queue::Job,
};

/// The platform referrer's page.
pub const PAGE: &str = "/referrer";
/// The path of the page that the link opens.
pub const LINK_PAGE: &str = "/referrer/sign-in";

/// A session's use is written down once in this part of its idle time.
const NOTED_PART: i32 = 24;

/// Records that somebody asks for a link at this address. The job mails it, if a platform referrer has
/// the address: the answer takes as long either way, so that nobody learns who is one.
///
/// # Errors
/// If the database fails.
pub async fn ask(engine: &Engine, site: &Site, email: &Email) -> anyhow::Result<()> {
    let (tx, now) = (engine.db.begin().await?, engine.now());
    let id = referrer_links::insert(&tx, site.id(), email.account(), now).await?;
    let job = Job::MailReferrerLink {
        referrer_link_id: id,
    };
    engine.queue.enqueue(&tx, &job).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(())
}

/// Mails the link of a request, once, if a platform referrer has its address and has not got too many.
///
/// # Errors
/// If the database fails.
pub async fn mail_link(engine: &Engine, id: ReferrerLinkId) -> anyhow::Result<()> {
    let now = engine.now();
    let Some(request) = referrer_links::by_id(engine.db.reader(), id).await? else {
        return Ok(());
    };
    if request.token_hash.is_some() {
        return Ok(());
    }
    let Some((site, referrer)) = recipient(engine, &request, now).await? else {
        mailed_links::end::<Links>(engine.db.writer(), id).await?;
        return Ok(());
    };
    // A host that was sent with the request may be anybody's, so it is not in the link.
    let base_url = engine.base_url(engine.db.reader(), site.id()).await?;
    let token = engine.random.token();
    let letter = letter(&site, &referrer, &base_url, &token);
    let to = Recipient {
        user_id: None,
        address: &referrer.email,
    };
    let tx = engine.db.begin().await?;
    // Of two jobs at once, one finds it without a link.
    let locked = mailed_links::lock::<Links>(&tx, id).await?;
    if locked.is_none_or(|request| request.token_hash.is_some()) {
        return Ok(());
    }
    let expires_at = now + REFERRER_LINK_WORKS;
    mailed_links::set_link::<Links>(&tx, id, referrer.id, hash(&token), expires_at).await?;
    mail::write_to(engine, &tx, &site, to, MailKind::ReferrerLink, &letter).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(())
}

/// The platform referrer whom the request's link is mailed to; `None` if there is nobody, or it is too
/// late or too often.
async fn recipient(
    engine: &Engine,
    request: &referrer_link::Model,
    now: Timestamp,
) -> anyhow::Result<Option<(Site, Model)>> {
    if now - request.requested_at > REFERRER_LINK_WORKS {
        return Ok(None);
    }
    let db = engine.db.reader();
    let (site, email) = (
        sites::by_id(db, request.site_id).await?,
        Email::parse(&request.email_account),
    );
    let Some((site, email)) = site.zip(email) else {
        return Ok(None);
    };
    let Some(referrer) = platform_referrers::by_email(db, &email).await? else {
        return Ok(None);
    };
    let name = format!("referrer links:{}", referrer.id);
    let limit = Limit::new(engine, &name, (Throttle::REFERRER_LINKS, false));
    if throttle::count(engine, &[limit]).await?.is_err() {
        tracing::info!(referrer = referrer.id.get(), "enough links were mailed");
        return Ok(None);
    }
    Ok(Some((site, referrer)))
}

fn letter<'a>(site: &'a Site, referrer: &'a Model, base_url: &'a str, token: &str) -> Letter<'a> {
    Letter {
        subject: "Sign in to your referrals",
        first_name: &referrer.name,
        before: vec![format!(
            "Somebody asked to see your referrals at {}.",
            site.row.name
        )],
        link: Some(Link {
            label: "Sign in",
            url: format!("{base_url}{LINK_PAGE}?token={token}"),
        }),
        after: vec![
            "The link works once, for 30 minutes.".to_owned(),
            "If this was not you, you can ignore this email. Nobody else can use the link."
                .to_owned(),
        ],
        site_name: &site.row.name,
        base_url,
        unsubscribe: None,
    }
}

/// Whether the link with this token works.
///
/// # Errors
/// If the database fails.
pub async fn is_link(engine: &Engine, site: &Site, token: &str) -> anyhow::Result<bool> {
    let (db, now) = (engine.db.reader(), engine.now());
    let found = mailed_links::by_token::<Links>(db, site.id(), &hash(token), now).await?;
    Ok(found.is_some())
}

/// Signs in whoever was mailed the link, once, and ends their other links. Returns the token of the
/// session, for a cookie; `None` if the link does not work.
///
/// # Errors
/// If the database fails.
pub async fn sign_in(engine: &Engine, site: &Site, token: &str) -> anyhow::Result<Option<String>> {
    let (db, now) = (engine.db.reader(), engine.now());
    let link = mailed_links::by_token::<Links>(db, site.id(), &hash(token), now).await?;
    let Some((link, referrer_id)) = link.and_then(|link| {
        let referrer_id = link.platform_referrer_id?;
        Some((link, referrer_id))
    }) else {
        return Ok(None);
    };
    let tx = engine.db.begin().await?;
    // Of two that use the link at once, one finds it.
    if !mailed_links::end::<Links>(&tx, link.id).await? {
        return Ok(None);
    }
    mailed_links::end_all::<Links>(&tx, referrer_id).await?;
    let token = engine.random.token();
    let session = Session {
        token_hash: hash(&token),
        site_id: site.id(),
        platform_referrer_id: referrer_id,
        signed_in_at: now,
        expires_at: now + SessionLimits::REFERRER.left(Duration::ZERO),
    };
    referrer_sessions::insert(&tx, session).await?;
    tx.commit().await?;
    tracing::info!(
        referrer = referrer_id.get(),
        "a platform referrer signed in"
    );
    Ok(Some(token))
}

/// The platform referrer whose session has this token.
///
/// # Errors
/// If the database fails.
pub async fn signed_in(engine: &Engine, site: &Site, token: &str) -> anyhow::Result<Option<Model>> {
    let (db, now) = (engine.db.reader(), engine.now());
    let session = referrer_sessions::find(db, site.id(), &hash(token), now).await?;
    let Some(session) = session else {
        return Ok(None);
    };
    prolong(engine, &session, now).await?;
    Ok(platform_referrers::by_id(db, session.platform_referrer_id).await?)
}

async fn prolong(
    engine: &Engine,
    session: &referrer_session::Model,
    now: Timestamp,
) -> anyhow::Result<()> {
    let limits = SessionLimits::REFERRER;
    let expires_at = now + limits.left(now - session.signed_in_at);
    if expires_at - session.expires_at > limits.idle / NOTED_PART {
        let db = engine.db.writer();
        referrer_sessions::prolong(db, &session.token_hash, expires_at).await?;
    }
    Ok(())
}

/// Ends the session with this token.
///
/// # Errors
/// If the database fails.
pub async fn sign_out(engine: &Engine, site: &Site, token: &str) -> anyhow::Result<()> {
    Ok(referrer_sessions::end(engine.db.writer(), site.id(), &hash(token)).await?)
}
