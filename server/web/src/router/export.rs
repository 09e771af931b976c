//! `GET /account/export`: the member downloads what the site keeps about them.

use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    api::v1::export::{Source, download},
    error_page,
    middleware::RequestContext,
    state::AppState,
};

/// The path of the file.
pub const PATH: &str = "/account/export";

pub async fn file(
    Extension(context): Extension<RequestContext>,
    State(state): State<AppState>,
) -> Response {
    let Some(member) = context.user else {
        return Redirect::to("/sign-in?next=/account").into_response();
    };
    let source = Source {
        state,
        site: context.site,
        member,
        base_url: context.base_url,
    };
    match download(source).await {
        Ok(file) => file,
        Err(error) => error_page::internal_error(&error),
    }
}
