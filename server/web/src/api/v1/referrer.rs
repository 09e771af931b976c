//! `POST /api/v1/me/referrer`: the member names who referred them, afterwards (`docs/rules.md` 193).

use axum::{Json, extract::State};
use domain::{
    forms::{FieldError, FieldErrorCode as Code},
    referral::{Attribution, Ignored, NotAttached},
};
use serde::Deserialize;
use serde_json::Value;
use services::attach::{self, By, NAMED_BY_MEMBER, Typed};
use utoipa::ToSchema;

use super::shapes::Referral;
use crate::{
    api::{Answer, Caller, Failure, JsonBody, Kind, fields::Fields},
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[
    Kind::AlreadyReferred,
    Kind::ReferrerNotOffered,
    Kind::ReferrerNotPossible,
];

/// Who referred the member.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "referral_code": "ab3kx7mn" }))]
pub struct Referrer {
    /// The code of the member who recommended the site, or the link or the sentence in which it stands, as pasted.
    #[schema(value_type = String, required)]
    referral_code: Option<Value>,
}

/// Names who referred the member
///
/// For members who registered without a code, on a site that lets them: for some days, and until their first purchase.
/// Once a code is `linked` it stays. One that is `ignored` changed nothing, and another one can be sent.
#[utoipa::path(
    post,
    path = "/api/v1/me/referrer",
    operation_id = "name_referrer",
    tag = "Member",
    security(("bearer" = [])),
    request_body = Referrer,
    responses((status = 200, description = "What became of the code", body = Referral))
)]
pub async fn name(
    State(state): State<AppState>,
    caller: Caller,
    JsonBody(sent): JsonBody<Referrer>,
) -> Answer<Json<Referral>> {
    state.rate_limiter.check_lookup(caller.place.address)?;
    let mut fields = Fields::default();
    let code = fields.text("referral_code", sent.referral_code);
    let missing = code.trim().is_empty();
    let message = "Send a code or a link.";
    let missing = missing.then(|| FieldError::coded(Code::Required, "referral_code", message));
    let errors = fields.with(missing.into_iter().collect());
    if !errors.is_empty() {
        return Err(Failure::fields(errors));
    }
    let typed = Typed {
        referrer: &code,
        reason: NAMED_BY_MEMBER,
    };
    let (site, user) = (&caller.place.site, &caller.user);
    let attached = attach::attach(&state, site, user.id, By::Friend, typed).await?;
    let attached = attached.ok_or_else(|| Failure::of(Kind::InvalidToken))?;
    let attribution = match attached {
        Ok(referrer) => Attribution::Linked {
            referrer_id: referrer.id,
        },
        Err(refused) => Attribution::Ignored(ignored(refused.why)?),
    };
    Ok(Json(Referral::from(&attribution)))
}

/// Why the code was ignored.
///
/// # Errors
/// The problem, if no code would have counted.
fn ignored(why: NotAttached) -> Result<Ignored, Failure> {
    match why {
        NotAttached::Unknown | NotAttached::Blocked | NotAttached::ReferrerLeaving => {
            Ok(Ignored::UnknownCode)
        }
        NotAttached::SelfReferral | NotAttached::OwnAccount | NotAttached::OwnReferral => {
            Ok(Ignored::SelfReferral)
        }
        NotAttached::AlreadyReferred => Err(Failure::of(Kind::AlreadyReferred)),
        NotAttached::NotOffered => Err(Failure::of(Kind::ReferrerNotOffered)),
        NotAttached::Bought
        | NotAttached::TooLate
        | NotAttached::EachOther
        | NotAttached::Leaving => {
            Err(Failure::of(Kind::ReferrerNotPossible).saying(why.member_sentence()))
        }
    }
}
