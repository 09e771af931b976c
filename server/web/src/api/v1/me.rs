//! `GET /api/v1/me`: the member, for an app's start screen.

use axum::{Json, extract::State};
use domain::mail::MailTopic;
use serde::Serialize;
use services::stripe_customers::balance;
use store::notifications;
use utoipa::ToSchema;

use super::{
    referral_link::shared_by_app,
    shapes::{Amount, CreditBalance, User},
};
use crate::{
    api::{Answer, Caller},
    state::AppState,
};

/// Everything that a start screen shows.
#[derive(Serialize, ToSchema)]
pub struct Me {
    user: User,
    referral: Sharing,
    balance: CreditBalance,
    #[schema(example = 1, minimum = 0)]
    unread_notifications: u64,
    /// Whether the member wants mails about their referrals.
    referral_mails: bool,
}

/// What the member can share.
#[derive(Serialize, ToSchema)]
pub struct Sharing {
    /// What one referral earns now; null while the program is off.
    #[schema(required)]
    reward: Option<Amount>,
    /// The member's own code; null until `POST /api/v1/me/referral-link` makes it.
    #[schema(required, example = "ab3kx7mn")]
    code: Option<String>,
    /// The link that carries the code; null without a code, and while the program is off.
    #[schema(required, example = "https://detroitarms.com?ref=ab3kx7mn")]
    link: Option<String>,
    /// What the site says along with the link, which is in it, marked as shared from a menu; null where `link` is.
    #[schema(
        required,
        example = "Join me at Detroit Arms: https://detroitarms.com?ref=ab3kx7mn&via=share"
    )]
    share_text: Option<String>,
}

/// The member who is signed in
///
/// With everything that a start screen shows. The balance is asked of Stripe, at most once a minute.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    operation_id = "get_me",
    tag = "Member",
    security(("bearer" = [])),
    responses((status = 200, description = "The member", body = Me))
)]
pub async fn me(State(state): State<AppState>, caller: Caller) -> Answer<Json<Me>> {
    let (user, place) = (&caller.user, &caller.place);
    let reward = place.site.tenant_credit();
    let code = user.referral_code.clone();
    // The code stays while the program is off, but there is nothing to share.
    let shared = code.as_deref().filter(|_| reward.is_positive());
    let (link, share_text) = shared.map(|code| shared_by_app(place, code)).unzip();
    Ok(Json(Me {
        user: User::from(user),
        referral: Sharing {
            reward: reward.is_positive().then(|| reward.into()),
            code,
            link,
            share_text,
        },
        balance: balance::of(&state, &place.site, user).await?.into(),
        unread_notifications: notifications::unread(state.db.reader(), user.site_id, user.id)
            .await?,
        referral_mails: !user.mutes(MailTopic::Referrals),
    }))
}
