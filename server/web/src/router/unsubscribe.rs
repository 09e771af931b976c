//! `POST /unsubscribe/one-click`: a mail program ends mails about a topic (RFC 8058).

use axum::{
    extract::{Query, RawQuery, State},
    http::StatusCode,
    response::Redirect,
};
use serde::Deserialize;
use services::mail::unsubscribe;
use store::MemberId;

use crate::{middleware::RequestContext, state::AppState};

#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    member: i64,
    #[serde(default)]
    topic: String,
    #[serde(default)]
    key: String,
}

/// A person who opens the address gets the page with the button.
pub async fn page(RawQuery(query): RawQuery) -> Redirect {
    Redirect::to(&format!(
        "{}?{}",
        unsubscribe::PAGE,
        query.unwrap_or_default()
    ))
}

/// Unsubscribes the member of the link. 404 if the link is not genuine.
pub async fn one_click(
    State(state): State<AppState>,
    axum::Extension(context): axum::Extension<RequestContext>,
    Query(link): Query<Link>,
) -> StatusCode {
    let (member_id, site) = (MemberId::new(link.member), &context.site);
    let by = (link.topic.as_str(), link.key.as_str());
    match unsubscribe::unsubscribe(&state, site, member_id, by).await {
        Ok(true) => StatusCode::OK,
        Ok(false) => StatusCode::NOT_FOUND,
        Err(error) => {
            tracing::error!("{error:#}");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
