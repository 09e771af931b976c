//! Mail: written into the outbox in the transaction of what it tells, and sent by a job, at least
//! once.

mod letter;
mod send;
pub mod unsubscribe;

use domain::{account::is_released, mail::MailKind};
use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};
use store::{
    MemberId,
    entities::user,
    mails::{self, NewMail},
    sites::Site,
};

pub use letter::{Letter, Link};
pub use send::send;

use crate::{Engine, queue::Job};

/// The texts of a mail, as they are sealed.
#[derive(Serialize, Deserialize)]
struct Body {
    text: String,
    html: String,
    /// The address to which a mail program posts to unsubscribe the member.
    #[serde(default)]
    unsubscribe: Option<String>,
}

/// To whom a mail goes.
#[derive(Clone, Copy)]
pub struct Recipient<'a> {
    /// `None` for somebody without an account.
    pub user_id: Option<MemberId>,
    /// As it was typed.
    pub address: &'a str,
}

/// Puts a mail to `member` into the outbox, with its job; nothing where no mail can be sent, or the
/// member wants none of this kind. Call `wake_workers` after the commit.
///
/// # Errors
/// If the database fails.
pub async fn write(
    engine: &Engine,
    tx: &DatabaseTransaction,
    site: &Site,
    member: &user::Model,
    kind: MailKind,
    letter: &Letter<'_>,
) -> anyhow::Result<()> {
    let to = Recipient {
        user_id: Some(member.id),
        address: &member.email,
    };
    let Some(topic) = kind.topic() else {
        return write_to(engine, tx, site, to, kind, letter).await;
    };
    if member.mutes(topic) {
        return Ok(());
    }
    let letter = Letter {
        unsubscribe: Some(unsubscribe::query(engine, member, topic)),
        ..letter.clone()
    };
    write_to(engine, tx, site, to, kind, &letter).await
}

/// Like [`write`], to anybody: somebody without an account, or a member at another address.
///
/// # Errors
/// If the database fails.
pub async fn write_to(
    engine: &Engine,
    tx: &DatabaseTransaction,
    site: &Site,
    to: Recipient<'_>,
    kind: MailKind,
    letter: &Letter<'_>,
) -> anyhow::Result<()> {
    if !engine.mailer.can_send() || is_released(to.address) {
        return Ok(());
    }
    let token = engine.random.token();
    let support = site.row.support_email.as_deref();
    let body = Body {
        text: letter.text(support)?,
        html: letter.html(support)?,
        unsubscribe: letter.one_click(),
    };
    let sealed = engine
        .sealer
        .seal(&purpose(&token), &serde_json::to_string(&body)?)?;
    let new = NewMail {
        site_id: site.id(),
        user_id: to.user_id,
        kind,
        address: to.address,
        subject: letter.subject,
        sealed_body: sealed,
        token,
    };
    let mail_id = mails::insert(tx, new, engine.now()).await?;
    let job = Job::SendMail {
        mail_id,
        attempt: 0,
    };
    engine.queue.enqueue(tx, &job).await?;
    Ok(())
}

/// What a mail's texts are sealed for.
fn purpose(token: &str) -> String {
    format!("mail {token}")
}
