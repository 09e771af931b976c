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

/// The security log.
pub async fn security(
    State(state): State<AppState>,
    Extension(context): Extension<RequestContext>,
    RawQuery(query): RawQuery,
) -> Response {
    let services = Services { state, context };
    let filter = LogFilter::from_query(query.as_deref().unwrap_or_default());
    let heads = ["When (UTC)", "Account", "What", "Times", "Network", "With"];
    let read = move |before: Option<i64>| {
        let (services, filter) = (services.clone(), filter.clone());
        Box::pin(async move {
            let page = security::page(&services, &filter, before).await?;
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
            Ok::<Page, anyhow::Error>((rows.collect(), page.older))
        }) as _
    };
    csv_file::answer("security-log.csv", &heads, Box::new(read))
}
