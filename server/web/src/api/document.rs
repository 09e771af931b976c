//! The OpenAPI document: generated from the endpoints, and completed with what they have in common.

use std::sync::Arc;

use axum::{
    http::{HeaderValue, header::CONTENT_TYPE},
    routing::{MethodRouter, get},
};
use utoipa::{
    OpenApi,
    openapi::{
        self, ContentBuilder, HeaderBuilder, Info, ObjectBuilder, Ref, RefOr, Required,
        ResponseBuilder, Tag, Type,
        example::ExampleBuilder,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::router::UtoipaMethodRouter;

use super::{
    idempotency::REPLAYED,
    problem::{Failure, FieldProblem, Kind, PROBLEM_JSON, Problem},
};
use crate::state::AppState;

pub const PATH: &str = "/api/v1/openapi.json";

const ABOUT: &str = include_str!("about.md");

#[derive(OpenApi)]
#[openapi(components(schemas(Problem, FieldProblem)))]
struct Opening;

/// The document without its endpoints.
pub fn opening() -> openapi::OpenApi {
    let mut document = Opening::openapi();
    document.info = Info::new("PewPros Referrals", "1");
    document.info.description = Some(ABOUT.to_owned());
    document.tags = Some(vec![
        Tag::new("Accounts"),
        Tag::new("Member"),
        Tag::new("Referral codes"),
        Tag::new("Shop"),
    ]);
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearer", bearer);
    document
}

/// Serves the document as JSON.
///
/// # Errors
/// If it cannot be written as JSON.
pub fn serve(document: &openapi::OpenApi) -> anyhow::Result<MethodRouter<AppState>> {
    let text: Arc<str> = written(document)?.into();
    Ok(get(async move || {
        let json = HeaderValue::from_static("application/json");
        ([(CONTENT_TYPE, json)], text.to_string())
    }))
}

/// A document as JSON, indented.
///
/// # Errors
/// If it cannot be written as JSON.
pub fn written(document: &openapi::OpenApi) -> anyhow::Result<String> {
    Ok(document.to_pretty_json()? + "\n")
}

/// Adds to an endpoint what follows from its shape: the problems of its body, its token and its
/// idempotency key, and those that can happen anywhere.
pub fn complete(
    (schemas, mut paths, endpoint): UtoipaMethodRouter<AppState>,
    problems: &[Kind],
) -> UtoipaMethodRouter<AppState> {
    for item in paths.paths.values_mut() {
        if let Some(operation) = &mut item.get {
            add_problems(operation, problems, false);
        }
        if let Some(operation) = &mut item.delete {
            add_problems(operation, problems, false);
        }
        if let Some(operation) = &mut item.post {
            add_problems(operation, problems, true);
            let parameters = operation.parameters.get_or_insert_default();
            parameters.push(idempotency_key().into());
        }
    }
    (schemas, paths, endpoint)
}

fn add_problems(operation: &mut Operation, own: &[Kind], is_unsafe: bool) {
    let mut all = vec![Kind::NoSuchSite, Kind::NotATenant, Kind::InternalError];
    all.extend(own);
    if operation.request_body.is_some() {
        all.extend([
            Kind::MalformedBody,
            Kind::UnsupportedMediaType,
            Kind::InvalidFields,
        ]);
    }
    if operation.security.is_some() {
        all.extend([Kind::Unauthenticated, Kind::InvalidToken]);
    }
    if is_unsafe {
        all.extend([
            Kind::RequestTimeout,
            Kind::BodyTooLarge,
            Kind::InvalidIdempotencyKey,
            Kind::IdempotencyKeyInUse,
            Kind::IdempotencyKeyReused,
            Kind::TooManyRequests,
        ]);
        for (status, response) in &mut operation.responses.responses {
            if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
                let text =
                    "`true` if this answer repeats that of an earlier call with the same key";
                response
                    .headers
                    .insert(REPLAYED.to_owned(), header(text).into());
            }
        }
    }
    all.sort_by_key(|kind| kind.status());
    for of_one_status in all.chunk_by(|one, other| one.status() == other.status()) {
        let status = of_one_status[0].status().as_str().to_owned();
        let responses = &mut operation.responses.responses;
        responses.insert(status, RefOr::T(response(of_one_status)));
    }
}

/// The response of one status, with an example of each problem that has the status.
fn response(kinds: &[Kind]) -> openapi::Response {
    let titles: Vec<_> = kinds.iter().map(|kind| kind.title()).collect();
    let examples = kinds.iter().map(|kind| {
        let example = ExampleBuilder::new()
            .summary(kind.title())
            .value(serde_json::to_value(example(*kind).problem()).ok());
        (kind.name(), example.build())
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .examples_from_iter(examples);
    let mut response = ResponseBuilder::new()
        .description(titles.join("; "))
        .content(PROBLEM_JSON, content.build());
    let with_header = |name: &str| match name {
        "retry-after" => header("Seconds until it may be tried again"),
        _ => header("How to sign in (RFC 6750)"),
    };
    for name in kinds.iter().filter_map(|kind| kind.header()) {
        response = response.header(name, with_header(name));
    }
    response.build()
}

fn example(kind: Kind) -> Failure {
    let about = |field, message| vec![domain::forms::FieldError::new(field, message)];
    let failure = Failure::of(kind);
    match kind {
        Kind::InvalidFields => failure.about(about("first_name", "Enter your first name.")),
        Kind::InvalidParameters => failure.about(about("limit", "Send a number from 1 to 100.")),
        _ => failure,
    }
}

fn header(description: &str) -> openapi::Header {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    HeaderBuilder::new()
        .schema(Some(text))
        .description(Some(description))
        .build()
}

fn idempotency_key() -> Parameter {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(255))
        .pattern(Some("^[!-~]+$"))
        .build();
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "New for each call, such as a UUID; the same when the call is repeated",
        ))
        .schema(Some(text))
        .build()
}
