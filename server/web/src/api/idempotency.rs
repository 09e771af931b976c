//! `Idempotency-Key`: a phone that lost its answer asks again, and gets it.

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
    Answer, Caller, Failure, Kind, Place, body, caller::bearer, comparable::comparable, paths,
};
use crate::state::AppState;

/// The header of a call.
pub const KEY: &str = "idempotency-key";
/// The header of an answer that was given before.
pub const REPLAYED: &str = "idempotent-replayed";
/// The headers of an answer that are given again.
const HEADERS: [HeaderName; 2] = [header::CONTENT_TYPE, header::LOCATION];

/// In a request: the work was begun before, at this moment (milliseconds), and cut short.
#[derive(Clone, Copy)]
pub struct TakenUp(pub Option<Timestamp>);

impl<S: Send + Sync> FromRequestParts<S> for TakenUp {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(None)))
    }
}

/// Does the work of an unsafe call once for each key; a call without a key is done as it comes.
pub async fn once(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if *request.method() != Method::POST {
        return next.run(request).await;
    }
    let answered = answer(&state, request, next).await;
    answered.unwrap_or_else(IntoResponse::into_response)
}

async fn answer(state: &AppState, request: Request, next: Next) -> Answer<Response> {
    let (mut parts, sent) = request.into_parts();
    let place = Place::from_request_parts(&mut parts, state).await?;
    state.guard.try_call(place.address)?;
    if !parts.headers.contains_key(KEY) {
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
    // Goes on when the phone hangs up: what was claimed is ended, and its answer kept.
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
            parts.extensions.insert(TakenUp(claim.begun_before));
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
        // What may have been done before is still to be found by whoever repeats the call.
        idempotency::leave(state, &claim).await?;
        return Ok(response);
    }
    if !succeeded {
        // Nothing was done: with the mistake mended, the same key may come again.
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

/// To whom the key belongs: to the member, whichever token of theirs comes with it; before there is
/// a member, to the site; where a device signs out, to its token, which is gone when it asks again.
/// A token that is good no longer gets no answer that was given to it before.
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
