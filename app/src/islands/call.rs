//! How islands call server functions: one `fetch` for every form and every list. The callers that
//! Leptos generates would bring an encoder for the arguments of each function into the browser.

use leptos::{prelude::*, serde_json, server_fn::ServerFn};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{FormData, Headers, HtmlFormElement, RequestInit, Response, UrlSearchParams};

use super::events::announce_unreachable;
use crate::types::{INTERNAL_ERROR, SESSION_ENDED};

/// Why a call has no result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CallError {
    /// No answer came from the site.
    Unreachable,
    /// The person is not signed in any more.
    SessionEnded,
    /// The server answered with this sentence.
    Message(String),
    /// The server failed, or its answer cannot be read.
    InternalError,
}

impl CallError {
    /// The sentence that a person reads.
    pub fn sentence(&self) -> &str {
        match self {
            Self::Unreachable => "The site cannot be reached. Check your connection and try again.",
            Self::SessionEnded => SESSION_ENDED,
            Self::Message(sentence) => sentence,
            Self::InternalError => INTERNAL_ERROR,
        }
    }

    /// Reads the body of an error as `ServerFnError` writes it.
    fn of(body: &str) -> Self {
        match body.strip_prefix("ServerError|") {
            Some(SESSION_ENDED) => Self::SessionEnded,
            Some(sentence) => Self::Message(sentence.to_owned()),
            None => Self::InternalError,
        }
    }
}

/// Calls the server function `F` with its `fields`.
pub async fn ask<F>(fields: &[(&str, &str)]) -> Result<F::Output, CallError>
where
    F: ServerFn<Output: DeserializeOwned>,
{
    let fields = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    read(&post(F::PATH, &fields).await?)
}

/// Reads the JSON of an answer.
pub fn read<T: DeserializeOwned>(answer: &str) -> Result<T, CallError> {
    serde_json::from_str(answer).map_err(|_| CallError::InternalError)
}

/// Sends URL-encoded `fields` to the server function at `path`; returns its answer in JSON.
pub async fn post(path: &str, fields: &str) -> Result<String, CallError> {
    let Ok((ok, body)) = fetch(path, fields).await else {
        announce_unreachable();
        return Err(CallError::Unreachable);
    };
    if ok {
        Ok(body)
    } else {
        Err(CallError::of(&body))
    }
}

async fn fetch(path: &str, fields: &str) -> Result<(bool, String), JsValue> {
    let headers = Headers::new()?;
    // With `text/html` the server would redirect, as it does for a form without JavaScript.
    headers.set("Accept", "application/json")?;
    headers.set("Content-Type", "application/x-www-form-urlencoded")?;
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    request.set_body(&fields.into());
    let answer = JsFuture::from(window().fetch_with_str_and_init(path, &request)).await?;
    let answer = Response::from(answer);
    let body = JsFuture::from(answer.text()?).await?;
    Ok((answer.ok(), body.as_string().unwrap_or_default()))
}

/// The fields that `form` would send, URL-encoded.
pub fn fields(form: &HtmlFormElement) -> Option<String> {
    let data = FormData::new_with_form(form).ok()?;
    let pairs = UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    pairs.to_string().as_string()
}

#[cfg(test)]
mod tests {
    use leptos::server_fn::error::FromServerFnError;

    use super::*;

    #[test]
    fn an_error_is_read_as_the_server_writes_it() {
        let read = |error: ServerFnError| CallError::of(&String::from_utf8_lossy(&error.ser()));
        let said = |words: &str| read(ServerFnError::ServerError(words.to_owned()));
        assert_eq!(said(SESSION_ENDED), CallError::SessionEnded);
        assert_eq!(said("No | no."), CallError::Message("No | no.".to_owned()));
        let args = ServerFnError::Args("missing field".to_owned());
        assert_eq!(read(args), CallError::InternalError);
        assert_eq!(CallError::of("<html>"), CallError::InternalError);
    }

    #[test]
    fn an_internal_error_says_no_details() {
        let error = CallError::of("Args|missing field");
        assert_eq!(error.sentence(), INTERNAL_ERROR);
        assert_eq!(CallError::SessionEnded.sentence(), SESSION_ENDED);
    }
}
