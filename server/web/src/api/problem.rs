//! Errors of the API: problem details as in RFC 9457, with a stable `type` for each kind.

use std::any::Any;

use axum::{
    Json,
    http::{
        HeaderValue,
        header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use domain::forms::{FieldError, FieldErrorCode};
use sea_orm::DbErr;
use serde::Serialize;
use services::accounts::passwords::Busy;
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, Type},
};

pub use super::kinds::Kind;
use crate::middleware::Refused;

/// The content type of every error.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Which kind of problem it is: stable, to be compared and never to be opened.
    #[serde(rename = "type")]
    #[schema(format = "uri")]
    kind: String,
    /// The kind in a few words.
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What happened this time, in a sentence that can be shown.
    detail: String,
    /// What is wrong with single fields, all at once; missing where it is not about fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldProblem>,
}

/// What is wrong with one field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The name of the field, as it was sent.
    field: String,
    /// What kind of mistake it is. There may be more of them in time.
    #[schema(schema_with = field_codes)]
    code: &'static str,
    /// A sentence for the person who typed it.
    message: String,
}

fn field_codes() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(FieldErrorCode::ALL.map(FieldErrorCode::code)))
        .examples(["required"])
        .build()
}

/// The answer to a call that failed.
#[derive(Debug)]
pub struct Failure {
    kind: Kind,
    detail: Option<String>,
    errors: Vec<FieldError>,
    retry_after: Option<u64>,
}

impl Failure {
    /// A failure of this kind, with the kind's own texts.
    pub fn of(kind: Kind) -> Self {
        Self {
            kind,
            detail: None,
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// The same failure with another `detail`.
    #[must_use]
    pub fn saying(self, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..self
        }
    }

    /// The same failure, to be tried again after this many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    /// A failure about single fields of the body.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        Self::of(Kind::InvalidFields).about(errors)
    }

    /// The same failure, about these fields.
    #[must_use]
    pub fn about(self, errors: Vec<FieldError>) -> Self {
        Self { errors, ..self }
    }

    /// How to sign in (RFC 6750, 3).
    fn challenge(&self) -> Option<HeaderValue> {
        let text = match self.kind {
            Kind::Unauthenticated | Kind::WrongCredentials | Kind::CodeRequired => "Bearer",
            Kind::InvalidToken => "Bearer error=\"invalid_token\"",
            _ => return None,
        };
        Some(HeaderValue::from_static(text))
    }

    /// The body that is sent.
    pub fn problem(&self) -> Problem {
        let field = |error: &FieldError| FieldProblem {
            field: error.field.clone(),
            code: error.code.code(),
            message: error.message.clone(),
        };
        let detail = self.detail.clone();
        Problem {
            kind: self.kind.uri(),
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            detail: detail.unwrap_or_else(|| self.kind.detail().to_owned()),
            errors: self.errors.iter().map(field).collect(),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = (self.kind.status(), Json(self.problem())).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(challenge) = self.challenge() {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Logs an internal error; the caller learns only that something broke, or that too many passwords
/// wait.
impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        if Busy::is_in(&error) {
            tracing::warn!("{error:#}");
            return Self::of(Kind::Busy).retry_after(Busy::RETRY_AFTER);
        }
        tracing::error!("{error:#}");
        Self::of(Kind::InternalError)
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        anyhow::Error::from(error).into()
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::of(Kind::TooManyRequests)
            .saying(refused.sentence())
            .retry_after(refused.seconds)
    }
}

/// Answers a call whose handler panicked. The panic's message is logged, and not sent.
pub fn on_panic(panic: Box<dyn Any + Send>) -> Response {
    let words = server_core::panic_words(&*panic);
    Failure::from(anyhow::anyhow!("a handler panicked: {words}")).into_response()
}
