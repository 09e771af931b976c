//! The security log, as an admin reads it.

use app::types::admin::{SecurityEntry, SecurityPage};
use domain::{account::Permission, log_filter::LogFilter, search::beginnings};
use server_core::dates;
use services::rights::ManageSettings;
use store::{
    MemberId, Reader, Scope, SecurityEntryId, SiteId,
    entities::security_entry,
    referral_days::Days,
    search_words::{self, Subject},
    security_log::{self, Wanted},
    users,
};

use crate::ports::{Services, admin::mail::own_site};

/// Entries on a page.
const PAGE: usize = 50;

/// A page of what happened to accounts of the site that the viewer runs.
pub async fn page(
    services: &Services,
    filter: &LogFilter,
    before: Option<i64>,
) -> anyhow::Result<SecurityPage> {
    let context = &services.context;
    let links = context.tenant_staff::<ManageSettings>().is_some();
    let Some(site_id) = own_site(context, Permission::ManageSettings) else {
        return Ok(SecurityPage {
            second_factor_required: None,
            confirmed_friends_only: None,
            api_docs: None,
            entries: Vec::new(),
            left_out: None,
            links,
            older: None,
        });
    };
    let db = services.state.db.reader();
    let (members, left_out) = members(db, site_id, &filter.text).await?;
    // One row more than the page shows tells whether there are older ones.
    let wanted = Wanted {
        members,
        event: filter.event,
        days: Days::between(filter.from, filter.to, services.zone()),
        before: before.map(SecurityEntryId::new),
        limit: PAGE as u64 + 1,
    };
    let mut rows = security_log::list(db, site_id, wanted).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let shown = rows.iter().map(|row| row.user_id).collect();
    let names = users::named(db, site_id, shown).await?;
    let entry = |row: security_entry::Model| SecurityEntry {
        member: names.get(&row.user_id).cloned().unwrap_or_default(),
        member_id: row.user_id.get(),
        event: row.event.label().to_owned(),
        times: row.times,
        network: row.network,
        device: row.device,
        on: dates::minute(row.first_at, services.zone()),
        at: dates::iso(row.first_at),
    };
    let site = &services.context.site.row;
    Ok(SecurityPage {
        confirmed_friends_only: links.then_some(site.confirmed_friends_only),
        api_docs: links.then_some(site.api_docs),
        second_factor_required: own_site(context, Permission::ManageTeam)
            .map(|_| site.second_factor_required),
        links,
        older: rows.last().filter(|_| more).map(|row| row.id.get()),
        entries: rows.into_iter().map(entry).collect(),
        left_out,
    })
}

/// The members whose names or addresses begin with `text`, with a sentence if there are more; `None`
/// for an empty text, which leaves nobody out.
async fn members(
    db: &Reader,
    site_id: SiteId,
    text: &str,
) -> anyhow::Result<(Option<Vec<MemberId>>, Option<String>)> {
    let beginnings = beginnings(text);
    if beginnings.is_empty() {
        return Ok((None, None));
    }
    let scope = Scope::Site(site_id);
    let found = search_words::find(db, Subject::Member, scope, &beginnings).await?;
    let number = found.ids.len();
    let left_out = found.more.then(|| {
        format!(
            "More than {number} members match, so some entries are left out. Narrow the search."
        )
    });
    let ids = found.ids.into_iter().map(MemberId::new).collect();
    Ok((Some(ids), left_out))
}
