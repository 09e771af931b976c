//! The OpenAPI document: generated from the endpoints, and completed with what they have in common.

use std::sync::Arc;

use anyhow::Context;
use axum::{
    extract::{Request, State},
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use domain::forms::{FieldError, FieldErrorCode as Code};
use utoipa::{
    OpenApi,
    openapi::{
        self, ContactBuilder, ContentBuilder, HeaderBuilder, InfoBuilder, LicenseBuilder,
        ObjectBuilder, Ref, RefOr, Required, ResponseBuilder, Server, ServerBuilder,
        ServerVariableBuilder, Type,
        example::ExampleBuilder,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        security::{Http, HttpAuthScheme, SecurityScheme},
        tag::TagBuilder,
    },
};
use utoipa_axum::router::UtoipaMethodRouter;

use super::{
    Answer,
    conditional::A_MINUTE,
    idempotency::REPLAYED,
    problem::{Failure, FieldProblem, Kind, PROBLEM_JSON, Problem},
    quota,
};
use crate::{middleware::Host, state::AppState};

pub const PATH: &str = "/api/v1/openapi.json";

const ABOUT: &str = include_str!("about.md");

const TAGS: [(&str, &str); 4] = [
    ("Accounts", "Registering, signing in and signing out"),
    (
        "Member",
        "The member who is signed in: profile, referrals, credit and notifications",
    ),
    ("Referral codes", "Whose code it is"),
    ("Shop", "What the site sells, and what the member buys"),
];

#[derive(OpenApi)]
#[openapi(components(schemas(Problem, FieldProblem)))]
struct Opening;

/// The document without its endpoints.
pub fn opening() -> openapi::OpenApi {
    let mut document = Opening::openapi();
    let license = LicenseBuilder::new()
        .name(env!("CARGO_PKG_LICENSE"))
        .identifier(Some(env!("CARGO_PKG_LICENSE")))
        .build();
    document.info = InfoBuilder::new()
        .title("PewPros Referrals")
        .version("1")
        .description(Some(ABOUT))
        .contact(Some(ContactBuilder::new().name(Some("PewPros")).build()))
        .license(Some(license))
        .build();
    document.servers = Some(vec![any_site()]);
    let tag = |(name, description): (&str, &str)| {
        TagBuilder::new()
            .name(name)
            .description(Some(description))
            .build()
    };
    document.tags = Some(TAGS.map(tag).to_vec());
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearer", bearer);
    document
}

/// Any site: the document that is committed belongs to none.
fn any_site() -> Server {
    let host = ServerVariableBuilder::new()
        .default_value("detroitarms.com")
        .description(Some("The host of the tenant's site"));
    ServerBuilder::new()
        .url("https://{host}")
        .parameter("host", host)
        .build()
}

/// The document as JSON, before and after the address of the site: only that differs between answers.
struct Text {
    before: String,
    after: String,
}

impl Text {
    /// Writes the document.
    ///
    /// # Errors
    /// If the document cannot be written as JSON.
    fn of(mut document: openapi::OpenApi) -> anyhow::Result<Self> {
        const ADDRESS: &str = "the address of the site";
        document.servers = Some(vec![Server::new(ADDRESS)]);
        let text = written(&document)?;
        let (before, after) = text
            .split_once(&format!("\"{ADDRESS}\""))
            .context("the document names no server")?;
        Ok(Self {
            before: before.to_owned(),
            after: after.to_owned(),
        })
    }

    /// The document of the site at this address.
    fn at(&self, base_url: &str) -> anyhow::Result<String> {
        let address = serde_json::to_string(base_url)?;
        Ok([&*self.before, &address, &self.after].concat())
    }
}

/// Serves the document as JSON, with the site's own address.
///
/// # Errors
/// If it cannot be written as JSON.
pub fn serve(document: openapi::OpenApi) -> anyhow::Result<MethodRouter<AppState>> {
    let text = Arc::new(Text::of(document)?);
    Ok(get(
        async move |state: State<AppState>, request: Request| {
            answer(&state, &text, &request).unwrap_or_else(IntoResponse::into_response)
        },
    ))
}

fn answer(state: &AppState, text: &Text, request: &Request) -> Answer<Response> {
    let host = Host::of(request.headers(), request.uri(), state.config.scheme());
    let host = host.ok_or_else(|| Failure::of(Kind::NoSuchSite))?;
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, A_MINUTE),
    ];
    Ok((headers, text.at(&host.base_url)?).into_response())
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
        if let Some(operation) = &mut item.patch {
            add_problems(operation, problems, false);
            add_quota(operation);
        }
        if let Some(operation) = &mut item.post {
            add_problems(operation, problems, true);
            add_quota(operation);
            let parameters = operation.parameters.get_or_insert_default();
            parameters.push(idempotency_key().into());
        }
    }
    (schemas, paths, endpoint)
}

/// Every answer to a call that is counted says how many are left.
fn add_quota(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            for (name, text) in [
                (
                    quota::POLICY,
                    "How many calls an address may make, in how many seconds",
                ),
                (
                    quota::LEFT,
                    "How many of them are left, and in how many seconds all are back",
                ),
            ] {
                response
                    .headers
                    .insert(name.to_string(), header(text).into());
            }
        }
    }
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
    // Whoever needs no token is told so, rather than left to guess.
    operation.security.get_or_insert_default();
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
    let about = |code, field, message| vec![FieldError::coded(code, field, message)];
    let failure = Failure::of(kind);
    match kind {
        Kind::InvalidFields => failure.about(about(
            Code::Required,
            "first_name",
            "Enter your first name.",
        )),
        Kind::InvalidParameters => failure.about(about(
            Code::OutOfRange,
            "limit",
            "Send a number from 1 to 100.",
        )),
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
