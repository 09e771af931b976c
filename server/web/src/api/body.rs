//! The body of a call: one JSON object in UTF-8, of limited size.

use std::error::Error;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, header::CONTENT_TYPE},
};
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;

use super::{Answer, Failure, Kind};
use crate::timed_body::TimedOut;

/// The largest body that a call can need, in bytes.
const BODY_BYTES: usize = 16 * 1024;

pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        says_json(&parts.headers)?;
        read(&bytes(body).await?).map(Self)
    }
}

pub async fn bytes(body: Body) -> Answer<Bytes> {
    let read = to_bytes(body, BODY_BYTES).await;
    read.map_err(|error| {
        if is::<LengthLimitError>(&error) {
            Failure::of(Kind::BodyTooLarge)
        } else if is::<TimedOut>(&error) {
            Failure::of(Kind::RequestTimeout)
        } else {
            Failure::of(Kind::MalformedBody).saying("The body is incomplete.")
        }
    })
}

/// Whether the error is an `E`, or was caused by one.
fn is<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    error.is::<E>() || error.source().is_some_and(is::<E>)
}

fn says_json(headers: &HeaderMap) -> Answer<()> {
    let unsupported = || Failure::of(Kind::UnsupportedMediaType);
    let said = headers
        .get(CONTENT_TYPE)
        .and_then(|said| said.to_str().ok());
    let said: mime::Mime = said
        .and_then(|said| said.parse().ok())
        .ok_or_else(unsupported)?;
    let json = said.essence_str() == mime::APPLICATION_JSON.essence_str();
    let utf8 = said
        .get_param(mime::CHARSET)
        .is_none_or(|charset| charset == mime::UTF_8);
    if json && utf8 {
        Ok(())
    } else {
        Err(unsupported())
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
    let malformed = |detail: String| Failure::of(Kind::MalformedBody).saying(detail);
    if bytes.starts_with(BYTE_ORDER_MARK) {
        return Err(malformed("Send JSON without a byte order mark.".to_owned()));
    }
    // serde would also read an array as an object, by position.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Failure::of(Kind::MalformedBody));
    }
    serde_json::from_slice(bytes).map_err(|error| malformed(format!("Not a JSON object: {error}.")))
}
