//! `GET /api/v1/me/export`: everything that the site keeps about the member, as one JSON document. The
//! account's page hands out the same file.

mod head;
mod shapes;
mod source;

use axum::{
    body::Body,
    extract::State,
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::Response,
};
use futures::{StreamExt, stream};
use serde::Serialize;
use utoipa::ToSchema;

use self::{
    head::Head,
    shapes::{ExportedMail, ExportedPurchase, ExportedSecurityEntry},
};
use super::{referrals::ReferralEntry, shapes::Notification};
use crate::{
    api::{Answer, Caller},
    state::AppState,
};

pub use source::Source;

/// Everything that the site keeps about the member.
#[derive(Serialize, ToSchema)]
pub struct Export {
    #[serde(flatten)]
    head: Head,
    /// The friends whom the member referred, newest first.
    referrals: Vec<ReferralEntry>,
    /// Newest first, those too that were not paid.
    purchases: Vec<ExportedPurchase>,
    /// Newest first.
    notifications: Vec<Notification>,
    /// The mails to the member, newest first.
    mails: Vec<ExportedMail>,
    /// What happened to the account, newest first.
    security_log: Vec<ExportedSecurityEntry>,
}

/// Everything about the member
///
/// One JSON document with what the site keeps about the member: profile, choices, browsers and phones,
/// purchases, memberships, credit, referrals, notifications, mails and the security log. Of other people it has what
/// the app shows the member.
#[utoipa::path(
    get,
    path = "/api/v1/me/export",
    operation_id = "export_me",
    tag = "Member",
    security(("bearer" = [])),
    responses((status = 200, description = "The document", body = Export))
)]
pub async fn export(State(state): State<AppState>, caller: Caller) -> Answer<Response> {
    let source = Source {
        state,
        site: caller.place.site.clone(),
        member: caller.user.into(),
        base_url: caller.place.base_url.clone(),
    };
    Ok(download(source).await?)
}

/// The document as a file, which is read from the database while it is sent. An error after the first
/// part breaks the connection off, so that nobody takes a part for the whole.
///
/// # Errors
/// If the first part cannot be read.
pub async fn download(source: Source) -> anyhow::Result<Response> {
    let name = format!(
        "{}-data-{}.json",
        source.site.row.key,
        source.state.clock.now().date()
    );
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))?;
    let (first, at) = source.head().await?;
    let rest = stream::try_unfold((source, at), |(source, at)| async move {
        let next = source.next(at).await?;
        anyhow::Ok(next.map(|(part, at)| (part, (source, at))))
    });
    let parts = stream::iter([Ok(first)]).chain(rest);
    let mut response = Response::new(Body::from_stream(parts));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_DISPOSITION, disposition);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
