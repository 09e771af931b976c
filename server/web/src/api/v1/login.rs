//! `POST /api/v1/auth/login`: signs a member in on a device.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header::USER_AGENT},
};
use domain::forms::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use services::accounts::devices;
use utoipa::ToSchema;

use super::shapes::{Token, User};
use crate::{
    api::{Answer, Failure, JsonBody, Kind, TenantContext, fields::Fields},
    sign_in::{SignedIn, sign_in},
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[Kind::WrongCredentials];

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "email": "friend@example.com", "password": "securepassword" }))]
pub struct Credentials {
    #[schema(value_type = String, required, min_length = 1)]
    email: Option<Value>,
    #[schema(value_type = String, required, format = "password", min_length = 1)]
    password: Option<Value>,
    /// How the member knows the device again; without it, the `User-Agent`.
    #[schema(value_type = Value, required = false, example = "Jane's phone")]
    device_name: Option<Value>,
}

/// A member who is signed in.
#[derive(Serialize, ToSchema)]
pub struct LoggedIn {
    user: User,
    #[serde(flatten)]
    token: Token,
}

/// Signs a member in on this device
#[utoipa::path(
    post,
    path = "/api/v1/auth/login",
    operation_id = "login",
    tag = "Accounts",
    request_body = Credentials,
    responses((status = 200, description = "Signed in", body = LoggedIn))
)]
pub async fn login(
    State(state): State<AppState>,
    place: TenantContext,
    headers: HeaderMap,
    JsonBody(sent): JsonBody<Credentials>,
) -> Answer<Json<LoggedIn>> {
    let mut fields = Fields::default();
    let email = fields.text("email", sent.email);
    let password = fields.text("password", sent.password);
    let missing = [
        (email.trim(), "email", "Enter your email address."),
        (&password, "password", "Enter your password."),
    ];
    let missing = missing.into_iter().filter(|(text, ..)| text.is_empty());
    let missing = missing.map(|(_, field, message)| FieldError::new(field, message));
    let errors = fields.with(missing.collect());
    if !errors.is_empty() {
        return Err(Failure::fields(errors));
    }
    match sign_in(&state, &place.site, place.address, &email, &password).await? {
        SignedIn::Member(user) => {
            let device = device(sent.device_name, &headers);
            let token = devices::sign_in(&state, &user, &device).await?;
            Ok(Json(LoggedIn {
                user: User::from(&*user),
                token: token.into(),
            }))
        }
        SignedIn::Wrong => Err(Failure::of(Kind::WrongCredentials)),
        SignedIn::TooMany(refused) => Err(refused.into()),
    }
}

/// The device's name; a name that is not text is ignored.
pub fn device(sent: Option<Value>, headers: &HeaderMap) -> String {
    let agent = || {
        headers
            .get(USER_AGENT)
            .and_then(|agent| agent.to_str().ok())
    };
    let sent = sent.as_ref().and_then(Value::as_str).map(str::trim);
    let name = sent.filter(|name| !name.is_empty()).or_else(agent);
    name.unwrap_or_default().to_owned()
}
