//! What islands ask of the server: one `fetch` for every form and every list. The callers that
//! Leptos makes of each server function would bring an encoder of its arguments into the browser.

use leptos::{prelude::*, serde_json, server_fn::ServerFn};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{FormData, Headers, HtmlFormElement, RequestInit, Response, UrlSearchParams};

use crate::types::SESSION_ENDED;

/// Why there is no answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The site could not be reached.
    Unreachable,
    /// Who asks is not signed in any more.
    SessionEnded,
    /// What the server says.
    Said(String),
    /// An answer that makes no sense.
    Broken,
}

impl Fault {
    /// What a person is told.
    pub fn excuse(&self) -> &str {
        match self {
            Self::Unreachable => {
                "The site could not be reached. Check your connection and try again."
            }
            Self::SessionEnded => SESSION_ENDED,
            Self::Said(words) => words,
            Self::Broken => "Something went wrong on our side. Try again in a minute.",
        }
    }

    /// Reads the body of an answer that is an error, as a server function writes it.
    fn of(body: &str) -> Self {
        match body.strip_prefix("ServerError|") {
            Some(SESSION_ENDED) => Self::SessionEnded,
            Some(words) => Self::Said(words.to_owned()),
            None => Self::Broken,
        }
    }
}

/// Calls the server function `F` with its `fields`.
pub async fn ask<F>(fields: &[(&str, &str)]) -> Result<F::Output, Fault>
where
    F: ServerFn<Output: DeserializeOwned>,
{
    let fields = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    read(&post(F::PATH, &fields).await?)
}

/// The value in an answer.
pub fn read<T: DeserializeOwned>(answer: &str) -> Result<T, Fault> {
    serde_json::from_str(answer).map_err(|_| Fault::Broken)
}

/// Sends URL-encoded `fields` to the server function at `path` and gives its answer in JSON.
pub async fn post(path: &str, fields: &str) -> Result<String, Fault> {
    let (ok, body) = fetch(path, fields).await.map_err(|_| Fault::Unreachable)?;
    if ok { Ok(body) } else { Err(Fault::of(&body)) }
}

async fn fetch(path: &str, fields: &str) -> Result<(bool, String), JsValue> {
    let headers = Headers::new()?;
    // A plain form accepts HTML, and is answered with a page to go to.
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

/// What `form` would send, URL-encoded.
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
        let read = |error: ServerFnError| Fault::of(&String::from_utf8_lossy(&error.ser()));
        let said = |words: &str| read(ServerFnError::ServerError(words.to_owned()));
        assert_eq!(said(SESSION_ENDED), Fault::SessionEnded);
        assert_eq!(said("No | no."), Fault::Said("No | no.".to_owned()));
        let args = ServerFnError::Args("missing field".to_owned());
        assert_eq!(read(args), Fault::Broken);
        assert_eq!(Fault::of("<html>"), Fault::Broken);
    }

    #[test]
    fn no_details_are_said_of_what_broke() {
        let sentence = "Something went wrong on our side. Try again in a minute.";
        assert_eq!(Fault::of("Args|missing field").excuse(), sentence);
        assert_eq!(Fault::SessionEnded.excuse(), SESSION_ENDED);
    }
}
