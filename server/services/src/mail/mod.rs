//! Mail: written into the outbox in the transaction of what it tells, and sent by a job, at least
//! once.

mod letter;
mod receipt;
mod send;
pub mod unsubscribe;

use domain::{account::is_released, mail::MailKind};
use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};
use store::{
    MemberId,
    entities::{purchase, user},
    mails::{self, NewMail},
    sites::Site,
    users,
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

impl Body {
    fn of(letter: &Letter<'_>, site: &Site) -> anyhow::Result<Self> {
        let support = site.row.support_email.as_deref();
        Ok(Self {
            text: letter.text(support)?,
            html: letter.html(support)?,
            unsubscribe: letter.one_click(),
        })
    }
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
    // Whoever leaves hears of that alone.
    if member.deletion_requested_at.is_some() {
        return Ok(());
    }
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
    let body = Body::of(letter, site)?;
    let sealed = engine
        .sealer
        .seal(&purpose(&token), &serde_json::to_string(&body)?)?;
    let new = NewMail {
        site_id: site.id(),
        user_id: to.user_id,
        kind,
        address: to.address,
        subject: letter.subject,
        purchase_id: None,
        sealed_body: Some(sealed),
        token,
    };
    put(engine, tx, new).await
}

/// Puts the receipt of a purchase that was just paid into the outbox, once. Its buyer cannot mute it.
/// It is written when it is sent, because only Stripe knows what the balance paid of a membership.
///
/// # Errors
/// If the database fails.
pub async fn write_receipt(
    engine: &Engine,
    tx: &DatabaseTransaction,
    purchase: &purchase::Model,
) -> anyhow::Result<()> {
    if !engine.mailer.can_send() {
        return Ok(());
    }
    let buyer = users::by_id(tx, purchase.site_id, purchase.buyer_id).await?;
    let Some(buyer) = buyer.filter(|buyer| !is_released(&buyer.email)) else {
        return Ok(());
    };
    let subject = receipt_subject(purchase);
    let new = NewMail {
        site_id: purchase.site_id,
        user_id: Some(buyer.id),
        kind: MailKind::Receipt,
        address: &buyer.email,
        subject: &subject,
        purchase_id: Some(purchase.id),
        sealed_body: None,
        token: engine.random.token(),
    };
    put(engine, tx, new).await
}

/// `Your receipt: Steel Challenge`.
fn receipt_subject(purchase: &purchase::Model) -> String {
    format!("Your receipt: {}", purchase.product_name)
}

/// Writes the row of a mail and enqueues its job.
async fn put(engine: &Engine, tx: &DatabaseTransaction, new: NewMail<'_>) -> anyhow::Result<()> {
    let Some(mail_id) = mails::insert(tx, new, engine.now()).await? else {
        return Ok(());
    };
    let job = Job::SendMail {
        mail_id,
        attempt: 0,
    };
    engine.queue.enqueue(tx, &job).await?;
    Ok(())
}

/// What the texts of the mail with this token are sealed for.
pub fn purpose(token: &str) -> String {
    format!("mail {token}")
}
