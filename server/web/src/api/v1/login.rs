//! `POST /api/v1/auth/login`: signs a member in on a device.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header::USER_AGENT},
};
use domain::forms::{FieldError, FieldErrorCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use services::accounts::{
    Client, SignedIn,
    devices::{self, MOBILE_APP},
    known_devices,
};
use utoipa::ToSchema;

use super::shapes::{Token, User};
use crate::{
    api::{Answer, Failure, JsonBody, Kind, TenantContext, fields::Fields},
    sign_in::{WRONG_CODE, enter_code, sign_in},
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[
    Kind::WrongCredentials,
    Kind::CodeRequired,
    Kind::AccountBlocked,
    Kind::Busy,
];

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "email": "friend@example.com", "password": "securepassword" }))]
pub struct Credentials {
    #[schema(value_type = String, required, min_length = 1)]
    email: Option<Value>,
    #[schema(value_type = String, required, format = "password", min_length = 1)]
    password: Option<Value>,
    /// How the member knows the device again; without it, the `User-Agent`.
    #[schema(value_type = Option<String>, required = false, example = "Jane's phone")]
    device_name: Option<Value>,
    /// The code of the member's second factor, where the answer to a call without it was `code-required`.
    #[schema(value_type = Option<String>, required = false, example = "123456")]
    code: Option<Value>,
    /// The `device_token` of an earlier answer on this device: nobody who types wrong passwords elsewhere
    /// can keep the member out here. One that is not known is passed over.
    #[schema(value_type = Option<String>, required = false)]
    device_token: Option<Value>,
}

/// A member who is signed in.
#[derive(Serialize, ToSchema)]
pub struct LoggedIn {
    user: User,
    #[serde(flatten)]
    token: Token,
    /// Keep it when the member signs out, and send it with the next login on this device. It signs nobody in.
    device_token: String,
}

/// Signs a member in on this device
///
/// A member with a second factor is asked for a code: then the call is repeated with it.
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
    let required = |(_, field, message): (&str, _, _)| {
        FieldError::coded(FieldErrorCode::Required, field, message)
    };
    let missing = missing.map(required);
    let errors = fields.with(missing.collect());
    if !errors.is_empty() {
        return Err(Failure::fields(errors));
    }
    let client = Client {
        address: place.address,
        name: MOBILE_APP,
        device_token: sent.device_token.as_ref().and_then(Value::as_str),
    };
    let typed = (email.as_str(), password.as_str());
    let site = &place.site;
    let user = match sign_in(&state, site, typed, client).await?? {
        SignedIn::Member(member) => member,
        SignedIn::Wrong => return Err(Failure::of(Kind::WrongCredentials)),
        SignedIn::Blocked => return Err(Failure::of(Kind::AccountBlocked)),
        SignedIn::NeedsCode(member) => {
            let needed = || Failure::of(Kind::CodeRequired);
            let code = sent.code.as_ref().and_then(Value::as_str);
            let code = code.ok_or_else(needed)?;
            match enter_code(&state, site, &member, code, client).await?? {
                true => member,
                false => return Err(needed().saying(WRONG_CODE)),
            }
        }
    };
    let device = device(sent.device_name, &headers);
    let token = devices::sign_in(&state, &user, &device).await?;
    Ok(Json(LoggedIn {
        user: User::from(&*user),
        token: token.into(),
        device_token: known_devices::remember(&state, &user, client).await?,
    }))
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
