//! Finds members by name or e-mail address.

use app::types::admin::MembersPage;
use domain::search::beginnings;
use services::rights::See;
use store::{
    MemberId, Scope,
    entities::user,
    search_words::{self, Subject},
    users,
};

use crate::ports::Services;

/// Members on a page.
const PAGE: usize = 25;
/// The longest search text, in characters.
const TEXT_MAX: usize = 200;

/// A page of members.
pub struct Found {
    pub members: Vec<user::Model>,
    /// The last of them, if there are more.
    pub last: Option<i64>,
    /// What was searched for.
    pub text: String,
    /// The search finds more members than it returns.
    pub too_many: bool,
}

/// Members of the site whose names or e-mail addresses begin with `text`, newest first, after the member
/// `before`; `None` without the right to see them.
///
/// # Errors
/// If the database fails.
pub async fn found(
    services: &Services,
    text: &str,
    before: Option<i64>,
) -> anyhow::Result<Option<Found>> {
    let Some(staff) = services.context.tenant_staff::<See>() else {
        return Ok(None);
    };
    let (db, site_id) = (services.state.db.reader(), staff.site.id());
    let text: String = text.trim().chars().take(TEXT_MAX).collect();
    let beginnings = beginnings(&text);
    let (ids, too_many) = if beginnings.is_empty() {
        (None, false)
    } else {
        let found =
            search_words::find(db, Subject::Member, Scope::Site(site_id), &beginnings).await?;
        (
            Some(found.ids.into_iter().map(MemberId::new).collect()),
            found.more,
        )
    };
    // One row more than the page shows tells whether there is a next page.
    let mut members =
        users::page(db, site_id, ids, before.map(MemberId::new), PAGE as u64 + 1).await?;
    let more = members.len() > PAGE;
    members.truncate(PAGE);
    let last = members.last().filter(|_| more);
    Ok(Some(Found {
        last: last.map(|last| last.id.get()),
        members,
        text,
        too_many,
    }))
}

/// The same as the page shows them.
///
/// # Errors
/// If the database fails.
pub async fn page(
    services: &Services,
    text: &str,
    before: Option<i64>,
) -> anyhow::Result<MembersPage> {
    let Some(found) = found(services, text, before).await? else {
        return Ok(MembersPage::default());
    };
    Ok(MembersPage {
        next: found.last.map(|last| query(&found.text, last)),
        members: found
            .members
            .iter()
            .map(|member| super::row(member, services.zone()))
            .collect(),
        text: found.text,
        too_many: found.too_many,
    })
}

fn query(text: &str, before: i64) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if !text.is_empty() {
        query.append_pair("q", text);
    }
    query.append_pair("before", &before.to_string()).finish()
}
