//! Sends a mail of the outbox and records what became of it.

use domain::mail::{AfterMailError, MailError, MailState, after_mail_error};
use mailer::OutgoingMail;
use store::{
    MailId,
    entities::mail,
    mails,
    sites::{self, Site},
};
use time::Duration;

use super::{Body, purpose, receipt};
use crate::{Engine, queue::Job};

/// How long a job has for sending a mail, its turn included. After that, the sweep sends it.
const LEASE: Duration = Duration::minutes(2);

/// Sends the mail, if it is due. A mail whose outcome is unknown is sent again, under the same
/// Message-ID.
///
/// # Errors
/// If the database fails. The sweep then enqueues the mail again.
pub async fn send(engine: &Engine, mail_id: MailId) -> anyhow::Result<()> {
    let Some(mail) = mails::by_id(engine.db.reader(), mail_id).await? else {
        return Ok(());
    };
    let is_early = mail.next_attempt_at.is_none_or(|at| at > engine.now());
    if mail.state != MailState::Due || is_early {
        return Ok(());
    }
    if !mails::claim(engine.db.writer(), &mail, engine.now() + LEASE).await? {
        return Ok(());
    }
    match deliver(engine, &mail).await? {
        Ok(()) => Ok(mails::set_sent(engine.db.writer(), mail.id, engine.now()).await?),
        Err(error) => failed(engine, &mail, &error).await,
    }
}

async fn deliver(engine: &Engine, mail: &mail::Model) -> anyhow::Result<Result<(), MailError>> {
    let Some(site) = sites::by_id(engine.db.reader(), mail.site_id).await? else {
        return Ok(Err(MailError::Refused("the site is gone".to_owned())));
    };
    let body = match body(engine, &site, mail).await? {
        Ok(body) => body,
        Err(error) => return Ok(Err(error)),
    };
    let outgoing = OutgoingMail {
        from_name: &site.row.name,
        reply_to: site.row.support_email.as_deref(),
        from: site.row.mail_from.as_deref(),
        to: &mail.address,
        subject: &mail.subject,
        text: body.text,
        html: body.html,
        token: &mail.token,
        unsubscribe: body.unsubscribe,
    };
    Ok(engine.mailer.send(outgoing).await)
}

/// The texts of the mail.
async fn body(
    engine: &Engine,
    site: &Site,
    mail: &mail::Model,
) -> anyhow::Result<Result<Body, MailError>> {
    if let Some(purchase_id) = mail.purchase_id {
        let receipt = receipt::body(engine, site, purchase_id).await?;
        let gone = || MailError::Refused("the purchase is gone".to_owned());
        return Ok(receipt.ok_or_else(gone));
    }
    let Some(sealed) = mail.sealed_body.as_deref() else {
        return Ok(Err(MailError::Refused("its text is gone".to_owned())));
    };
    Ok(match engine.sealer.open(&purpose(&mail.token), sealed) {
        Ok(body) => Ok(serde_json::from_str(&body)?),
        // Once the right APP_SECRET is back, it can be opened.
        Err(error) => Err(MailError::Unavailable(error.to_string())),
    })
}

async fn failed(engine: &Engine, mail: &mail::Model, error: &MailError) -> anyhow::Result<()> {
    let now = engine.now();
    let attempts = u32::try_from(mail.attempts)?.saturating_add(1);
    let after = after_mail_error(*mail.kind, attempts, now - mail.created_at, error);
    let next = match after {
        AfterMailError::Retry(wait) => Some(now + wait),
        AfterMailError::Fail => None,
    };
    let words = error.words();
    mails::set_error(engine.db.writer(), mail, words, next, now).await?;
    let (mail_id, kind) = (mail.id.get(), mail.kind.code());
    match after {
        AfterMailError::Retry(wait) => {
            tracing::warn!(
                mail_id,
                kind,
                words,
                "a mail was not sent; it is tried again"
            );
            let job = Job::SendMail {
                mail_id: mail.id,
                attempt: mail.attempts + 1,
            };
            engine.queue.enqueue_in(job, wait, now).await;
        }
        AfterMailError::Fail => tracing::error!(mail_id, kind, words, "a mail was given up"),
    }
    Ok(())
}
