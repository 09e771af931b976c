//! Links that end mails about a topic, without signing in. They hold a keyed hash, so that nobody
//! can make one for another member.

use domain::mail::MailTopic;
use store::{MemberId, entities::user, sites::Site, users};

use crate::Engine;

/// The path of the page behind the link in a mail.
pub const PAGE: &str = "/unsubscribe";
/// The path to which a mail program posts (RFC 8058).
pub const ONE_CLICK: &str = "/unsubscribe/one-click";

/// The query of both.
pub fn query(engine: &Engine, member: &user::Model, topic: MailTopic) -> String {
    let (id, topic) = (member.id.get(), topic.code());
    let key = key(engine, member.id, topic);
    format!("member={id}&topic={topic}&key={key}")
}

fn key(engine: &Engine, member_id: MemberId, topic: &str) -> String {
    let content = format!("{member_id}:{topic}");
    engine.sealer.fingerprint("unsubscribe", content.as_bytes())
}

/// The topic of a link; `None` if nobody was mailed such a link.
pub fn topic_of(
    engine: &Engine,
    member_id: MemberId,
    topic: &str,
    typed_key: &str,
) -> Option<MailTopic> {
    // Comparing takes as long for every key of the right length as the hash is known to nobody.
    let genuine = key(engine, member_id, topic) == typed_key;
    MailTopic::parse(topic).filter(|_| genuine)
}

/// Ends the mails about the topic of a link. `false` if the link is none of this site.
///
/// # Errors
/// If the database fails.
pub async fn unsubscribe(
    engine: &Engine,
    site: &Site,
    member_id: MemberId,
    (topic, typed_key): (&str, &str),
) -> anyhow::Result<bool> {
    let Some(topic) = topic_of(engine, member_id, topic, typed_key) else {
        return Ok(false);
    };
    let db = engine.db.writer();
    Ok(users::set_muted(db, site.id(), member_id, topic, true).await?)
}
