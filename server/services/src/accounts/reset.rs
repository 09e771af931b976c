//! Resets a forgotten password with a link in a mail.

use domain::{
    account::{Email, SecurityEvent},
    forms::FieldError,
    mail::{MAX_RESET_MAILS, MailKind, RESET_LINK_WORKS},
};
use sea_orm::DatabaseTransaction;
use store::{
    PasswordResetId, Timestamp,
    entities::{email_confirmation, password_reset, user},
    mailed_links, password_resets, sites,
    sites::Site,
    stripe_customers, users,
};

use super::{
    Client, confirmed, links::hash, new_password::refused_for, password::replace, security_log,
};
use crate::{
    Engine,
    mail::{self, Letter, Link},
    queue::Job,
};

/// The path of the page that the link opens.
pub const PATH: &str = "/reset-password";

/// The result of resetting a password.
pub enum Reset {
    /// It is changed, and every session and token of the member has ended.
    Done(Box<user::Model>),
    /// The link was used, replaced, or is too old.
    LinkEnded,
    /// What is wrong with the new password.
    Refused(FieldError),
}

/// Records that somebody asks for a link at this address. The job mails it, if somebody has the
/// address: the answer takes as long either way, so that nobody learns who has an account.
///
/// # Errors
/// If the database fails.
pub async fn ask(engine: &Engine, site: &Site, email: &Email) -> anyhow::Result<()> {
    // Whoever asks may have sent any `Host`, so the link does not take its port from there.
    let base_url = engine.base_url(engine.db.reader(), site.id()).await?;
    let (tx, now) = (engine.db.begin().await?, engine.now());
    let account = email.account();
    let id = password_resets::insert(&tx, site.id(), account, &base_url, now).await?;
    let job = Job::MailResetLink {
        password_reset_id: id,
    };
    engine.queue.enqueue(&tx, &job).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(())
}

/// Mails the link of a request, once, if a member has its address and has not got too many.
///
/// # Errors
/// If the database fails.
pub async fn mail_link(engine: &Engine, id: PasswordResetId) -> anyhow::Result<()> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    let Some(request) = mailed_links::lock::<password_reset::Entity>(&tx, id).await? else {
        return Ok(());
    };
    if request.token_hash.is_some() {
        return Ok(());
    }
    let Some((site, member)) = recipient(&tx, &request, now).await? else {
        mailed_links::end::<password_reset::Entity>(&tx, id).await?;
        return Ok(tx.commit().await?);
    };
    let token = engine.random.token();
    let expires_at = now + RESET_LINK_WORKS;
    let token_hash = hash(&token);
    mailed_links::set_link::<password_reset::Entity>(&tx, id, member.id, token_hash, expires_at)
        .await?;
    let letter = link_letter(&site, &member, &request.base_url, &token);
    mail::write(
        engine,
        &tx,
        &site,
        &member,
        MailKind::ResetPassword,
        &letter,
    )
    .await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(())
}

/// The member whom the request's link is mailed to; `None` if there is nobody, or it is too late or
/// too often.
async fn recipient(
    tx: &DatabaseTransaction,
    request: &password_reset::Model,
    now: Timestamp,
) -> anyhow::Result<Option<(Site, user::Model)>> {
    if now - request.requested_at > RESET_LINK_WORKS {
        return Ok(None);
    }
    let Some(site) = sites::by_id(tx, request.site_id).await? else {
        return Ok(None);
    };
    let Some(email) = Email::parse(&request.email_account) else {
        return Ok(None);
    };
    let member = users::by_email(tx, site.id(), &email).await?;
    let Some(member) = member.filter(|member| member.deletion_requested_at.is_none()) else {
        return Ok(None);
    };
    if password_resets::working(tx, member.id, now).await? >= MAX_RESET_MAILS {
        tracing::info!(member = member.id.get(), "enough reset links were mailed");
        return Ok(None);
    }
    Ok(Some((site, member)))
}

/// The member to whom the link with this token was mailed; `None` if it does not work.
///
/// # Errors
/// If the database fails.
pub async fn member_of_link(
    engine: &Engine,
    site: &Site,
    token: &str,
) -> anyhow::Result<Option<user::Model>> {
    let found = of_token(engine, site, token).await?;
    Ok(found.map(|(_, member)| member))
}

/// Takes the address from an account whose member never proved it, for whoever reads its mail and did
/// not register: it is free then. The account keeps its sessions and purchases, and can get another
/// address. `false` if the link does not work, or the address was proven.
///
/// # Errors
/// If the database fails.
pub async fn take_back(
    engine: &Engine,
    site: &Site,
    token: &str,
    client: Client<'_>,
) -> anyhow::Result<bool> {
    let Some((request, member)) = of_token(engine, site, token).await? else {
        return Ok(false);
    };
    let tx = engine.db.begin().await?;
    if !mailed_links::end::<password_reset::Entity>(&tx, request.id).await? {
        return Ok(false);
    }
    let Some(member) = users::by_id(&tx, site.id(), member.id).await? else {
        return Ok(false);
    };
    if !users::release_email(&tx, &member).await? {
        return Ok(false);
    }
    mailed_links::end_all::<password_reset::Entity>(&tx, member.id).await?;
    mailed_links::end_all::<email_confirmation::Entity>(&tx, member.id).await?;
    stripe_customers::set_email_due(&tx, member.id).await?;
    let event = SecurityEvent::AddressTakenBack;
    security_log::write(engine, &tx, &member, event, client).await?;
    tx.commit().await?;
    tracing::info!(
        member = member.id.get(),
        "an address was taken back by its owner"
    );
    Ok(true)
}

/// Changes the password of the member to whom the link was mailed. All their links, sessions and
/// tokens end, and a mail tells them.
///
/// # Errors
/// If the database fails.
pub async fn reset(
    engine: &Engine,
    site: &Site,
    (token, password): (&str, &str),
    client: Client<'_>,
) -> anyhow::Result<Reset> {
    let Some((request, member)) = of_token(engine, site, token).await? else {
        return Ok(Reset::LinkEnded);
    };
    if let Some(complaint) = refused_for(engine, site, &member, password).await? {
        return Ok(Reset::Refused(complaint));
    }
    let password_hash = engine.passwords.hash(password).await?;
    let tx = engine.db.begin().await?;
    // Of two that use the link at once, one finds it.
    if !mailed_links::end::<password_reset::Entity>(&tx, request.id).await? {
        return Ok(Reset::LinkEnded);
    }
    // Whoever has the link reads the mail of this address.
    let waiting = confirmed::set_confirmed(engine, &tx, site, member.id).await?;
    replace(engine, &tx, site, &member, password_hash).await?;
    let event = SecurityEvent::PasswordReset;
    security_log::write(engine, &tx, &member, event, client).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    confirmed::decide(engine, waiting).await;
    Ok(Reset::Done(Box::new(member)))
}

/// The request whose link has this token and works, and the member to whom it was mailed.
async fn of_token(
    engine: &Engine,
    site: &Site,
    token: &str,
) -> anyhow::Result<Option<(password_reset::Model, user::Model)>> {
    let (db, now) = (engine.db.reader(), engine.now());
    let (id, hash) = (site.id(), hash(token));
    let found = mailed_links::by_token::<password_reset::Entity>(db, id, &hash, now).await?;
    let Some((user_id, request)) = found.and_then(|request| Some((request.user_id?, request)))
    else {
        return Ok(None);
    };
    let member = users::by_id(db, site.id(), user_id).await?;
    Ok(member.map(|member| (request, member)))
}

fn link_letter<'a>(
    site: &'a Site,
    member: &'a user::Model,
    base_url: &'a str,
    token: &str,
) -> Letter<'a> {
    Letter {
        subject: "Reset your password",
        first_name: &member.first_name,
        before: vec![format!(
            "Somebody asked for a new password for your account at {}.",
            site.row.name
        )],
        link: Some(Link {
            label: "Choose a new password",
            url: format!("{base_url}{PATH}?token={token}"),
        }),
        after: vec![
            "The link works once, for one hour.".to_owned(),
            "If this was not you, you can ignore this email. Your password stays as it is."
                .to_owned(),
        ],
        site_name: &site.row.name,
        base_url,
        unsubscribe: None,
    }
}
