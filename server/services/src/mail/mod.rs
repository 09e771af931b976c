//! Mail: written into the outbox in the transaction of what it tells, and sent by a job, at least
//! once.

mod letter;
mod send;

use domain::mail::MailKind;
use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};
use store::{
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
}

/// Puts a mail to `member` into the outbox, with its job; nothing where no mail can be sent. Call `wake_workers` after the commit.
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
    if !engine.mailer.can_send() {
        return Ok(());
    }
    let token = engine.random.token();
    let body = Body {
        text: letter.text()?,
        html: letter.html()?,
    };
    let sealed = engine
        .sealer
        .seal(&purpose(&token), &serde_json::to_string(&body)?)?;
    let new = NewMail {
        site_id: site.id(),
        user_id: Some(member.id),
        kind,
        address: &member.email,
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
