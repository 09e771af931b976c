//! `GET /api/v1/me`: the member, for an app's start screen.

use axum::{Json, extract::State};
use domain::{mail::MailTopic, sharing::share_text};
use serde::Serialize;
use services::{referrals::link, stripe_customers::balance};
use store::notifications;
use utoipa::ToSchema;

use super::shapes::{Amount, CreditBalance, User};
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
    /// The link that carries the code.
    #[schema(required, example = "https://detroitarms.com?ref=ab3kx7mn")]
    link: Option<String>,
    /// What the site says along with the link, which is in it.
    #[schema(
        required,
        example = "Join me at Detroit Arms: https://detroitarms.com?ref=ab3kx7mn"
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
    let link = code.as_deref().map(|code| link(&place.base_url, code));
    let (name, message) = (
        &place.site.row.name,
        place.site.row.share_message.as_deref(),
    );
    Ok(Json(Me {
        user: User::from(user),
        referral: Sharing {
            reward: reward.is_positive().then(|| reward.into()),
            share_text: link.as_deref().map(|link| share_text(link, name, message)),
            link,
            code,
        },
        balance: balance::of(&state, &place.site, user).await?.into(),
        unread_notifications: notifications::unread(state.db.reader(), user.site_id, user.id)
            .await?,
        referral_mails: !user.mutes(MailTopic::Referrals),
    }))
}
