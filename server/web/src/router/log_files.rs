//! `GET /admin/settings/audit.csv` and `security.csv`: a log as a file, with the filter of its page.

use axum::{
    Extension,
    extract::{RawQuery, State},
    response::Response,
};
use domain::log_filter::LogFilter;

use crate::{
    csv_file::{self, Page},
    middleware::RequestContext,
    ports::{
        Services,
        admin::settings::{audit, security},
    },
    state::AppState,
};

/// The column heads of the security log.
const SECURITY: [&str; 6] = ["When (UTC)", "Account", "What", "Times", "Network", "With"];

/// The audit log.
pub async fn audit(
    State(state): State<AppState>,
    Extension(context): Extension<RequestContext>,
    RawQuery(query): RawQuery,
) -> Response {
    let services = Services { state, context };
    let filter = LogFilter::from_query(query.as_deref().unwrap_or_default());
    let heads = [
        "When (UTC)",
        "Who",
        "What",
        "Field",
        "From",
        "To",
        "Program",
    ];
    let read = move |before: Option<i64>| {
        let (services, filter) = (services.clone(), filter.clone());
        Box::pin(async move {
            let page = audit::page(&services, &filter, before).await?;
            let rows = page.entries.into_iter().map(|entry| {
                let program = if entry.platform { "platform" } else { "site" };
                vec![
                    entry.at,
                    entry.actor,
                    entry.subject,
                    entry.field,
                    entry.old.unwrap_or_default(),
                    entry.new.unwrap_or_default(),
                    program.to_owned(),
                ]
            });
            Ok::<Page, anyhow::Error>((rows.collect(), page.older))
        }) as _
    };
    csv_file::answer("audit-log.csv", &heads, Box::new(read))
}

/// The security log; what the search leaves out is said in its first row.
pub async fn security(
    State(state): State<AppState>,
    Extension(context): Extension<RequestContext>,
    RawQuery(query): RawQuery,
) -> Response {
    let services = Services { state, context };
    let filter = LogFilter::from_query(query.as_deref().unwrap_or_default());
    let read = move |before: Option<i64>| {
        let (services, filter) = (services.clone(), filter.clone());
        Box::pin(async move {
            let page = security::page(&services, &filter, before).await?;
            // In the first row, where nobody overlooks it.
            let left_out = page.left_out.filter(|_| before.is_none()).map(|words| {
                let mut row = vec![words];
                row.resize(SECURITY.len(), String::new());
                row
            });
            let rows = page.entries.into_iter().map(|entry| {
                vec![
                    entry.at,
                    entry.member,
                    entry.event,
                    entry.times.to_string(),
                    entry.network,
                    entry.device,
                ]
            });
            let rows = left_out.into_iter().chain(rows);
            Ok::<Page, anyhow::Error>((rows.collect(), page.older))
        }) as _
    };
    csv_file::answer("security-log.csv", &SECURITY, Box::new(read))
}
