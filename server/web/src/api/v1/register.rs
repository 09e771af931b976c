//! `POST /api/v1/auth/register`: a friend registers in the app, with a code (`docs/rules.md` 7).

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use domain::forms::RegistrationForm;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use services::{
    accounts::{
        Client, ReferredBy, Registered,
        devices::{self, MOBILE_APP},
        known_devices, register as register_member, registered_since, security_log, taken,
    },
    referrals::ReferralClick,
};
use utoipa::ToSchema;

use super::{
    login::device,
    shapes::{Referral, Token, User},
};
use crate::{
    api::{Answer, Failure, JsonBody, Kind, TenantContext, fields::Fields, idempotency::Resumed},
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[Kind::EmailTaken, Kind::Busy];

/// A registration as typed. What else it holds is passed over.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "email": "friend@example.com",
    "password": "securepassword",
    "first_name": "Jane",
    "last_name": "Doe",
    "date_of_birth": "1990-01-15",
    "referral_code": "ab3kx7mn"
}))]
pub struct Registration {
    #[schema(value_type = String, required, format = "email", min_length = 1, max_length = 254)]
    email: Option<Value>,
    /// 8 to 256 characters, and not one of the first 100,000 that somebody would guess, nor one that was leaked.
    #[schema(value_type = String, required, format = "password", min_length = 8, max_length = 256)]
    password: Option<Value>,
    #[schema(value_type = String, required, min_length = 1, max_length = 80)]
    first_name: Option<Value>,
    #[schema(value_type = String, required, min_length = 1, max_length = 80)]
    last_name: Option<Value>,
    /// A day at least 5 years in the past, and as long ago as the site asks of its members.
    #[schema(value_type = String, required, format = "date")]
    date_of_birth: Option<Value>,
    /// The code of the member who recommended the site, or the link or the sentence in which it stands, as pasted.
    /// Whatever it is, it never fails a registration: `referral` in the answer says what became of it.
    #[schema(value_type = Option<String>, required = false, example = "ab3kx7mn")]
    referral_code: Option<Value>,
    /// How the member knows the device again; without it, the `User-Agent`.
    #[schema(value_type = Option<String>, required = false, example = "Jane's phone")]
    device_name: Option<Value>,
}

/// A new member who is signed in.
#[derive(Serialize, ToSchema)]
pub struct NewMember {
    user: User,
    #[serde(flatten)]
    token: Token,
    /// Keep it when the member signs out, and send it with the next login on this device. It signs nobody in.
    device_token: String,
    referral: Referral,
}

/// Registers a member
///
/// Signs the new member in on this device. Where a referral code links them to a referrer, the
/// referrer's credit is earned on their first purchase.
#[utoipa::path(
    post,
    path = "/api/v1/auth/register",
    operation_id = "register",
    tag = "Accounts",
    request_body = Registration,
    responses((status = 201, description = "Registered and signed in", body = NewMember))
)]
pub async fn register(
    State(state): State<AppState>,
    place: TenantContext,
    taken_up: Resumed,
    headers: HeaderMap,
    JsonBody(sent): JsonBody<Registration>,
) -> Answer<(StatusCode, Json<NewMember>)> {
    state.rate_limiter.check_registration(place.address)?;
    let mut fields = Fields::default();
    let form = RegistrationForm {
        email: fields.text("email", sent.email),
        password: fields.text("password", sent.password),
        first_name: fields.text("first_name", sent.first_name),
        last_name: fields.text("last_name", sent.last_name),
        date_of_birth: fields.text("date_of_birth", sent.date_of_birth),
    };
    let typed = sent.referral_code.map(as_text);
    let click = typed.as_deref().map(ReferralClick::typed);
    let click = click.as_ref();
    let referred_by = ReferredBy {
        click,
        words: typed.as_deref().unwrap_or_default(),
    };
    let registered = register_member(&state, &place.site, &form, referred_by).await?;
    let (user, attribution) = match registered {
        Registered::Member { user, attribution } => (*user, attribution),
        Registered::Refused(errors) => return Err(Failure::fields(fields.with(errors))),
        Registered::NotHere => return Err(Failure::of(Kind::NotATenant)),
        Registered::Taken => {
            let before = match taken_up.0 {
                Some(since) => registered_since(&state, &place.site, &form, click, since).await?,
                None => None,
            };
            before.ok_or_else(|| Failure::of(Kind::EmailTaken).about(vec![taken()]))?
        }
    };
    let device = device(sent.device_name, &headers);
    let token = devices::sign_in(&state, &user, &device).await?;
    let client = Client {
        address: place.address,
        name: MOBILE_APP,
        device_token: None,
    };
    security_log::registered(&state, &user, client).await?;
    let registered = NewMember {
        user: User::from(&user),
        token: token.into(),
        device_token: known_devices::remember(&state, &user, client).await?,
        referral: Referral::from(&attribution),
    };
    Ok((StatusCode::CREATED, Json(registered)))
}

/// The code as text; a number and a truth value are used as they are spelled. In a list or an object nobody shares a
/// code, whatever stands in it.
fn as_text(code: Value) -> String {
    match code {
        Value::String(shared) => shared,
        Value::Array(_) | Value::Object(_) => "?".to_owned(),
        other => other.to_string(),
    }
}
