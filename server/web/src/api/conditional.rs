//! Entity tags of answers that may be kept for a while: who has one already is answered `304` (`docs/rules.md` 214).

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::Answer;
use crate::if_none_match::is_known;

/// The `Cache-Control` of an answer that may be kept: what a site sells changes seldom, and somebody waits for it.
pub const A_MINUTE: &str = "private, max-age=60";

/// Tags the answers that say [`A_MINUTE`].
pub async fn tag(request: Request, next: Next) -> Response {
    let asked = request.headers().clone();
    let response = next.run(request).await;
    let caching = response.headers().get(CACHE_CONTROL);
    let is_kept = caching.is_some_and(|said| said == A_MINUTE);
    if !is_kept || response.status() != StatusCode::OK {
        return response;
    }
    let tagged = tagged(&asked, response).await;
    tagged.unwrap_or_else(IntoResponse::into_response)
}

async fn tagged(asked: &HeaderMap, response: Response) -> Answer<Response> {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX)
        .await
        .map_err(anyhow::Error::from)?;
    let hash = hex::encode(Sha256::digest(&body));
    // Weak, since the answer may be compressed on its way.
    let tag = format!("W/\"{hash}\"");
    let header = HeaderValue::from_str(&tag).map_err(anyhow::Error::from)?;
    parts.headers.insert(ETAG, header);
    if !is_known(asked, &tag) {
        return Ok(Response::from_parts(parts, Body::from(body)));
    }
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    Ok((StatusCode::NOT_MODIFIED, parts.headers).into_response())
}
