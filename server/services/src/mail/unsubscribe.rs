//! Links that end mails about a topic, without signing in. They hold a keyed hash, so that nobody
//! can make one for another member.

use domain::mail::MailTopic;
use store::{MemberId, entities::user, sites::Site, users};

use crate::Engine;

/// The path of the page behind the link in a mail.
pub const PAGE: &str = "/unsubscribe";
/// The path to which a mail program posts (RFC 8058).
pub const ONE_CLICK: &str = "/unsubscribe/one-click";

/// What the hashes are made for.
const PURPOSE: &str = "unsubscribe";

/// The parts of a link's query, as they were sent.
#[derive(Clone, Copy)]
pub struct Query<'a> {
    pub member: &'a str,
    pub topic: &'a str,
    pub key: &'a str,
}

/// The query of both addresses.
pub fn query(engine: &Engine, member: &user::Model, topic: MailTopic) -> String {
    let key = engine
        .sealer
        .fingerprint(PURPOSE, hashed(member, topic).as_bytes());
    let (id, topic) = (member.id.get(), topic.code());
    format!("member={id}&topic={topic}&key={key}")
}

/// The member's random token, not the id: once a backup was restored, somebody else may get that id.
fn hashed(member: &user::Model, topic: MailTopic) -> String {
    format!("{}:{}", member.token, topic.code())
}

/// The member and the topic of a link; `None` if nobody of this site was mailed such a link.
///
/// # Errors
/// If the database fails.
pub async fn find(
    engine: &Engine,
    site: &Site,
    query: Query<'_>,
) -> anyhow::Result<Option<(user::Model, MailTopic)>> {
    let topic = MailTopic::parse(query.topic);
    let id = query.member.parse().ok().map(MemberId::new);
    let Some((id, topic)) = id.zip(topic) else {
        return Ok(None);
    };
    let member = users::by_id(engine.db.reader(), site.id(), id).await?;
    Ok(member.zip(Some(topic)).filter(|(member, topic)| {
        let hashed = hashed(member, *topic);
        engine
            .sealer
            .is_fingerprint(PURPOSE, hashed.as_bytes(), query.key)
    }))
}

/// Ends the mails about the topic of a link. `false` if nobody of this site was mailed such a link.
///
/// # Errors
/// If the database fails.
pub async fn unsubscribe(engine: &Engine, site: &Site, query: Query<'_>) -> anyhow::Result<bool> {
    let Some((member, topic)) = find(engine, site, query).await? else {
        return Ok(false);
    };
    let db = engine.db.writer();
    Ok(users::set_muted(db, site.id(), member.id, topic, true).await?)
}
