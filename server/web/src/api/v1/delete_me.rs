//! `DELETE /api/v1/me`: deletes the member's account.

use axum::{extract::State, http::StatusCode};
use domain::{
    account::{NotDeleted, may_delete},
    forms::{FieldError, FieldErrorCode as Code},
    money::Money,
};
use serde::Deserialize;
use serde_json::Value;
use services::{
    accounts::{
        Client,
        devices::MOBILE_APP,
        password,
        proof::{self, Proof},
    },
    privacy::{self, Asked, By},
};
use utoipa::ToSchema;

use crate::{
    api::{Answer, Caller, Failure, JsonBody, Kind, fields::Fields},
    middleware::Refused,
    sign_in::WRONG_CODE,
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[
    Kind::CodeRequired,
    Kind::StillStaff,
    Kind::CreditNotConfirmed,
    Kind::RequestTimeout,
    Kind::BodyTooLarge,
    Kind::TooManyRequests,
    Kind::Busy,
];

/// What proves that the member means it.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "password": "securepassword", "forfeit_credit_cents": 1000 }))]
pub struct Deletion {
    #[schema(value_type = String, required, format = "password", min_length = 1)]
    password: Option<Value>,
    /// The code of the member's second factor, if there is one.
    #[schema(value_type = Option<String>, required = false, example = "123456")]
    code: Option<Value>,
    /// The cents of credit that are lost with the account, on hold or not. Without credit it may be missing.
    #[schema(value_type = i64, required = false, minimum = 0, example = 1000)]
    forfeit_credit_cents: Option<Value>,
}

/// Deletes the member's account
///
/// Every browser and phone is signed out at once. Open payment pages expire, memberships end, and the
/// person's data is removed once no payment is under way. What was bought and credited stays without a
/// name. The credit is lost, and has to be confirmed with its amount.
#[utoipa::path(
    delete,
    path = "/api/v1/me",
    operation_id = "delete_me",
    tag = "Member",
    request_body = Deletion,
    security(("bearer" = [])),
    responses((status = 204, description = "The account is deleted, or will be once no payment is under way"))
)]
pub async fn delete_me(
    State(state): State<AppState>,
    caller: Caller,
    JsonBody(sent): JsonBody<Deletion>,
) -> Answer<StatusCode> {
    let (site, user) = (&caller.place.site, &caller.user);
    let mut fields = Fields::default();
    let password = fields.text("password", sent.password);
    let code = sent
        .code
        .as_ref()
        .and_then(Value::as_str)
        .unwrap_or_default();
    let missing = password
        .is_empty()
        .then(|| FieldError::coded(Code::Required, "password", "Enter your password."));
    let cents = cents(sent.forfeit_credit_cents.as_ref());
    let (forfeits_cents, not_cents) = match cents {
        Ok(cents) => (cents, None),
        Err(error) => (None, Some(error)),
    };
    let errors = fields.with(missing.into_iter().chain(not_cents).collect());
    if !errors.is_empty() {
        return Err(Failure::fields(errors));
    }
    let lost = privacy::lost(&state, site, user).await?.credit;
    may_delete(user.rights(), lost, forfeits_cents).map_err(failure)?;
    state.rate_limiter.check_sign_in(caller.place.address)?;
    let client = Client {
        address: caller.place.address,
        name: MOBILE_APP,
        device_token: None,
    };
    let typed = (password.as_str(), code.trim());
    match proof::prove(&state, site, user, typed, client).await? {
        Proof::Right => {}
        Proof::WrongPassword => {
            let message = password::WRONG_PASSWORD;
            let wrong = FieldError::coded(Code::WrongPassword, "password", message);
            return Err(Failure::fields(vec![wrong]));
        }
        Proof::CodeNeeded => return Err(Failure::of(Kind::CodeRequired)),
        Proof::WrongCode => return Err(Failure::of(Kind::CodeRequired).saying(WRONG_CODE)),
        Proof::TooMany { wait } => return Err(Refused::until(wait).into()),
    }
    let by = By::Member { forfeits_cents };
    match privacy::request(&state, site, user, by).await? {
        Asked::Accepted => Ok(StatusCode::NO_CONTENT),
        Asked::Refused(why) => Err(failure(why)),
    }
}

fn cents(sent: Option<&Value>) -> Result<Option<i64>, FieldError> {
    let wrong = || {
        let message = "Send a whole number of cents.";
        FieldError::coded(Code::WrongType, "forfeit_credit_cents", message)
    };
    match sent {
        None | Some(Value::Null) => Ok(None),
        Some(sent) => sent.as_i64().map(Some).ok_or_else(wrong),
    }
}

fn failure(why: NotDeleted) -> Failure {
    match why {
        NotDeleted::HasRights => Failure::of(Kind::StillStaff),
        NotDeleted::CreditNotConfirmed(credit) => {
            Failure::of(Kind::CreditNotConfirmed).saying(told(credit))
        }
    }
}

fn told(credit: Money) -> String {
    format!(
        "A credit of {credit} would be lost. Send `forfeit_credit_cents`: {} to delete the account all the \
         same.",
        credit.cents()
    )
}
