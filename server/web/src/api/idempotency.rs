//! `Idempotency-Key`: a phone that lost the answer repeats the call, and gets the same answer.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use services::idempotency::{self, Call, Claim, Kept, Standing};
use store::Timestamp;

use super::{
    Answer, Caller, Failure, Kind, TenantContext, body, caller::bearer, comparable::comparable,
    paths, quota,
};
use crate::state::AppState;

/// The request header with the idempotency key.
pub const KEY: &str = "idempotency-key";
/// The response header that marks a replayed answer.
pub const REPLAYED: &str = "idempotent-replayed";
/// The response headers that are stored and replayed.
const HEADERS: [HeaderName; 2] = [header::CONTENT_TYPE, header::LOCATION];

/// A request's extension: when an earlier attempt at this call began that was cut short; `None` if
/// there was none.
#[derive(Clone, Copy)]
pub struct Resumed(pub Option<Timestamp>);

impl<S: Send + Sync> FromRequestParts<S> for Resumed {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(None)))
    }
}

/// Counts an unsafe call, and does its work once for each key; a call without a key is always done.
pub async fn once(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::POST | Method::PATCH) {
        return next.run(request).await;
    }
    let (mut parts, sent) = request.into_parts();
    let place = match TenantContext::from_request_parts(&mut parts, &state).await {
        Ok(place) => place,
        Err(failure) => return failure.into_response(),
    };
    let (left, answered) = match state.rate_limiter.count_call(place.address) {
        Ok(left) => (left, answer(&state, &place, (parts, sent), next).await),
        Err(refused) => (0, Err(refused.into())),
    };
    let mut response = answered.unwrap_or_else(IntoResponse::into_response);
    quota::tell(response.headers_mut(), left);
    response
}

async fn answer(
    state: &AppState,
    place: &TenantContext,
    (mut parts, sent): (Parts, Body),
    next: Next,
) -> Answer<Response> {
    // What changes a field is the same when it is repeated.
    if parts.method == Method::PATCH || !parts.headers.contains_key(KEY) {
        return Ok(next.run(Request::from_parts(parts, sent)).await);
    }
    let key = key_of(&parts.headers)?;
    let owner = owner_of(state, &mut parts).await?;
    let site = place.site.id().to_string();
    let name = [
        site.as_bytes(),
        parts.uri.path().as_bytes(),
        owner.as_bytes(),
        &key,
    ];
    let key = name.join(&b"\n"[..]);
    let sent = body::bytes(sent).await?;
    // The task continues when the phone hangs up, so that the claim ends and its answer is stored.
    let call = by_key(state.clone(), key, parts, sent, next);
    state
        .calls
        .spawn(call)
        .await
        .map_err(|error| Failure::from(anyhow::Error::from(error)))?
}

async fn by_key(
    state: AppState,
    key: Vec<u8>,
    mut parts: Parts,
    sent: Bytes,
    next: Next,
) -> Answer<Response> {
    let call = Call {
        key: &key,
        content: &comparable(&sent),
    };
    match idempotency::claim(&state, &call).await? {
        Standing::Ours(claim) => {
            parts.extensions.insert(Resumed(claim.begun_before));
            let request = Request::from_parts(parts, Body::from(sent));
            work(&state, claim, request, next).await
        }
        Standing::Done(kept) => replay(kept),
        Standing::UnderWay => Err(Failure::of(Kind::IdempotencyKeyInUse).retry_after(1)),
        Standing::Reused => Err(Failure::of(Kind::IdempotencyKeyReused)),
    }
}

async fn work(state: &AppState, claim: Claim, request: Request, next: Next) -> Answer<Response> {
    let response = next.run(request).await;
    let succeeded = response.status().is_success();
    if response.status().is_server_error() || (!succeeded && claim.begun_before.is_some()) {
        // The work may have been done, so the key is left for a repeated call, which finds that
        // out.
        idempotency::leave(state, &claim).await?;
        return Ok(response);
    }
    if !succeeded {
        // Nothing was done, so the same key may come again with a corrected body.
        idempotency::release(state, &claim).await?;
        return Ok(response);
    }
    let (parts, sent) = response.into_parts();
    let sent = to_bytes(sent, usize::MAX)
        .await
        .map_err(anyhow::Error::from)?;
    let kept = Kept {
        status: parts.status.as_u16(),
        headers: kept_headers(&parts.headers),
        body: String::from_utf8_lossy(&sent).into_owned(),
    };
    idempotency::keep(state, &claim, &kept).await?;
    Ok(Response::from_parts(parts, Body::from(sent)))
}

fn key_of(headers: &HeaderMap) -> Answer<Vec<u8>> {
    let mut keys = headers.get_all(KEY).iter();
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return Err(Failure::of(Kind::InvalidIdempotencyKey));
    };
    let key = key.as_bytes();
    if !(1..=255).contains(&key.len()) || !key.iter().all(u8::is_ascii_graphic) {
        return Err(Failure::of(Kind::InvalidIdempotencyKey));
    }
    Ok(key.to_vec())
}

/// To whom the key belongs: to the member, whichever of their tokens comes with it; before there is
/// a member, to the site; at sign-out, to the token, which is gone when the call is repeated. A
/// token that is no longer valid gets no answer that was given to it before.
async fn owner_of(state: &AppState, parts: &mut Parts) -> Answer<String> {
    let operation = parts.uri.path();
    if paths::is_open(operation) {
        return Ok("site".to_owned());
    }
    if operation == paths::LOGOUT {
        return Ok(format!("token {}", bearer(&parts.headers)?));
    }
    let caller = Caller::from_request_parts(parts, state).await?;
    let owner = format!("member {}", caller.user.id);
    parts.extensions.insert(caller);
    Ok(owner)
}

fn kept_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let kept = HEADERS.iter().filter_map(|name| {
        let value = headers.get(name)?.to_str().ok()?;
        Some((name.to_string(), value.to_owned()))
    });
    kept.collect()
}

fn replay(kept: Kept) -> Answer<Response> {
    let mut response = Response::new(Body::from(kept.body));
    *response.status_mut() = StatusCode::from_u16(kept.status).map_err(anyhow::Error::from)?;
    for (name, value) in &kept.headers {
        let name: HeaderName = name.parse().map_err(anyhow::Error::from)?;
        let value: HeaderValue = value.parse().map_err(anyhow::Error::from)?;
        response.headers_mut().insert(name, value);
    }
    let replayed = HeaderValue::from_static("true");
    response.headers_mut().insert(REPLAYED, replayed);
    Ok(response)
}
