//! `POST /unsubscribe/one-click`: a mail program ends mails about a topic (RFC 8058).

use axum::{
    extract::{Query, RawQuery, State},
    http::StatusCode,
    response::Redirect,
};
use serde::Deserialize;
use services::mail::unsubscribe;

use crate::{middleware::RequestContext, state::AppState};

#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    member: String,
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
    let query = unsubscribe::Query {
        member: &link.member,
        topic: &link.topic,
        key: &link.key,
    };
    match unsubscribe::unsubscribe(&state, &context.site, query).await {
        Ok(true) => StatusCode::OK,
        Ok(false) => StatusCode::NOT_FOUND,
        Err(error) => {
            tracing::error!("{error:#}");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
