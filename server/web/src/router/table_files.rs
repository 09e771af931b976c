//! `GET /admin/….csv`: a table of the console as a file, with the filter of the page from which it is asked for
//! (`docs/rules.md` 162 and 175).

mod members;
mod orders;
mod referrals;
mod subscriptions;

use axum::{
    Extension,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, Uri, header::REFERER},
    response::{IntoResponse, Response},
};
use domain::{account::Permission, credit::Program, money::Money};
use store::audit_log::{self, Change, Field};

use crate::{
    csv_file::{self, Page},
    error_page,
    middleware::RequestContext,
    ports::Services,
    state::AppState,
};

pub use members::Members;
pub use orders::Orders;
pub use referrals::Referrals;
pub use subscriptions::Subscriptions;

/// A table of the console.
pub trait Table: 'static {
    /// The path of its page.
    const PAGE: &'static str;
    /// The name of the file.
    const FILE: &'static str;
    /// What the audit log calls it.
    const SUBJECT: &'static str;
    /// The column heads.
    const HEADS: &'static [&'static str];
    /// The programs that have the table.
    const PROGRAMS: &'static [Program] = &[Program::Tenant, Program::Platform];
    /// A filter, and where a page of it begins.
    type Place: Clone + Send + Sync + 'static;

    /// The first page of what the query asks for.
    fn first(program: Program, query: &str) -> Self::Place;

    /// The page at a place; `goes_on` of all but the first.
    fn read(
        services: &Services,
        place: Self::Place,
        goes_on: bool,
    ) -> impl Future<Output = anyhow::Result<Page<Self::Place>>> + Send;
}

/// The file of a table, for who sees its page.
pub async fn file<T: Table>(
    State(state): State<AppState>,
    Extension(context): Extension<RequestContext>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let services = Services { state, context };
    let query = asked(T::PAGE, query, &headers);
    let Some(program) = program(&services, T::PROGRAMS, &query) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    if let Err(error) = note(&services, program, T::SUBJECT).await {
        return error_page::internal_error(&error);
    }
    let first = T::first(program, &query);
    let read = move |place: Option<T::Place>| {
        let (services, first) = (services.clone(), first.clone());
        Box::pin(async move {
            let goes_on = place.is_some();
            T::read(&services, place.unwrap_or(first), goes_on).await
        }) as _
    };
    csv_file::answer(T::FILE, T::HEADS, Box::new(read))
}

/// The query of the page `path` from which the file is asked for: in the browser its filter changes without
/// the page being loaded again, so the link may have an older one. The link's own where the browser does not
/// tell the page.
fn asked(path: &str, own: Option<String>, headers: &HeaderMap) -> String {
    let referer = headers.get(REFERER).and_then(|value| value.to_str().ok());
    let page = referer.and_then(|address| address.parse::<Uri>().ok());
    match page.filter(|page| page.path() == path) {
        Some(page) => page.query().unwrap_or_default().to_owned(),
        None => own.unwrap_or_default(),
    }
}

/// The program in the query, or the first of these that the viewer may see; `None` without the right to it.
fn program(services: &Services, of: &[Program], query: &str) -> Option<Program> {
    let rights = services.context.rights();
    let tab = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "tab");
    let asked = tab.and_then(|(_, value)| Program::parse(&value));
    let mut of = of.iter().copied();
    of.find(|program| {
        asked.is_none_or(|asked| asked == *program) && rights.may(*program, Permission::See)
    })
}

/// Writes into the audit log who took the file. The filter stays out: it may name a person.
async fn note(services: &Services, program: Program, table: &str) -> anyhow::Result<()> {
    let context = &services.context;
    let site_id = (program == Program::Tenant).then(|| context.site.id());
    let change = Change {
        site_id,
        actor: context.user.as_deref(),
        subject: table,
        now: services.state.now(),
    };
    let field = Field {
        name: "CSV file",
        old: None,
        new: Some("Downloaded".to_owned()),
    };
    audit_log::write(services.state.db.writer(), &change, [field]).await?;
    Ok(())
}

/// Cents and currency, each in a cell.
fn cells(amount: Option<Money>) -> [String; 2] {
    match amount {
        Some(amount) => [
            amount.cents().to_string(),
            amount.currency().code().to_uppercase(),
        ],
        None => [String::new(), String::new()],
    }
}

#[cfg(test)]
mod tests {
    use domain::referral::REFERRALS_PATH;

    use super::*;

    #[test]
    fn the_filter_is_that_of_the_page() {
        let own = || Some("status=failed".to_owned());
        let from = |address: &str| {
            let headers = [(REFERER, address.parse().unwrap())];
            asked(REFERRALS_PATH, own(), &headers.into_iter().collect())
        };
        let page = "https://detroitarms.com/admin/referrals?status=pending&q=mia";
        assert_eq!(from(page), "status=pending&q=mia");
        assert_eq!(from("https://detroitarms.com/admin/referrals"), "");
        assert_eq!(
            from("https://detroitarms.com/admin/orders"),
            "status=failed"
        );
        assert_eq!(
            asked(REFERRALS_PATH, own(), &HeaderMap::new()),
            "status=failed"
        );
    }
}
