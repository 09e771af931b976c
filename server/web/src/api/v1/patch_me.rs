//! `PATCH /api/v1/me`: changes the member's profile (`docs/rules.md` 207).

use axum::{Json, extract::State};
use domain::{
    forms::{FieldError, FieldErrorCode, read_names},
    mail::MailTopic,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use services::accounts::profile::{self, ProfileChange};
use store::entities::user;
use utoipa::ToSchema;

use super::shapes::User;
use crate::{
    api::{Answer, Caller, Failure, JsonBody, Kind, fields::Fields},
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[
    Kind::RequestTimeout,
    Kind::BodyTooLarge,
    Kind::TooManyRequests,
];

/// What to change. A field that is missing or null stays as it is.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "first_name": "Jane", "referral_mails": false }))]
pub struct Changes {
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 80)]
    first_name: Option<Value>,
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 80)]
    last_name: Option<Value>,
    /// Whether the member wants mails about their referrals.
    #[schema(value_type = Option<bool>, required = false)]
    referral_mails: Option<Value>,
}

/// The member's profile.
#[derive(Serialize, ToSchema)]
pub struct Profile {
    user: User,
    /// Whether the member wants mails about their referrals.
    referral_mails: bool,
}

/// Changes the member's profile
///
/// Either everything that is sent is changed, or nothing. Repeating the call changes nothing more.
#[utoipa::path(
    patch,
    path = "/api/v1/me",
    operation_id = "change_me",
    tag = "Member",
    request_body = Changes,
    security(("bearer" = [])),
    responses((status = 200, description = "The profile as it is now", body = Profile))
)]
pub async fn patch_me(
    State(state): State<AppState>,
    caller: Caller,
    JsonBody(sent): JsonBody<Changes>,
) -> Answer<Json<Profile>> {
    let mut fields = Fields::default();
    let first_name = fields.given_text("first_name", sent.first_name);
    let last_name = fields.given_text("last_name", sent.last_name);
    let names = read_names(first_name.as_deref(), last_name.as_deref());
    let mut complaints = names.err().unwrap_or_default();
    let referral_mails = match sent.referral_mails {
        None | Some(Value::Null) => None,
        Some(Value::Bool(wanted)) => Some(wanted),
        Some(_) => {
            let message = "Send true or false.";
            let code = FieldErrorCode::WrongType;
            complaints.push(FieldError::coded(code, "referral_mails", message));
            None
        }
    };
    let wrong = fields.with(complaints);
    if !wrong.is_empty() {
        return Err(Failure::fields(wrong));
    }
    let wanted = ProfileChange {
        first_name: first_name.as_deref(),
        last_name: last_name.as_deref(),
        referral_mails,
    };
    match profile::change(&state, &caller.user, wanted).await? {
        Ok(member) => Ok(Json(Profile::from(&member))),
        Err(errors) => Err(Failure::fields(errors)),
    }
}

impl From<&user::Model> for Profile {
    fn from(member: &user::Model) -> Self {
        Self {
            user: User::from(member),
            referral_mails: !member.mutes(MailTopic::Referrals),
        }
    }
}
