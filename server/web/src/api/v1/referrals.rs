//! `GET /api/v1/me/referrals`: the friends whom the member referred, in pages.

use app::types::ReferralLine;
use axum::{Json, extract::State};
use serde::Serialize;
use server_core::dates;
use store::{
    ReferralId,
    referrals::{self as rows, ReferredFriend},
};
use utoipa::ToSchema;

use super::shapes::{Amount, Status};
use crate::{
    api::{
        Answer, Caller, Kind,
        cursor::{Page, PageQuery},
    },
    ports::referrals::{members_line, pending_reasons},
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[Kind::InvalidParameters];

/// A page of referrals, newest first.
#[derive(Serialize, ToSchema)]
pub struct Referrals {
    data: Vec<ReferralEntry>,
    /// `cursor` of the next page; null on the last.
    #[schema(required, example = "12")]
    next_cursor: Option<String>,
}

/// A friend whom the member referred.
#[derive(Serialize, ToSchema)]
pub struct ReferralEntry {
    #[schema(example = 12)]
    id: i64,
    /// First name and initial.
    #[schema(example = "Jane D.")]
    friend: String,
    status: Status,
    /// Why it is pending or failed, in words for the member; null otherwise.
    #[schema(required)]
    reason: Option<String>,
    /// What was credited; null until then.
    #[schema(required)]
    credit: Option<Amount>,
    /// When the friend registered.
    #[schema(format = "date-time", example = "2026-11-22T14:05:00Z")]
    created_at: String,
}

/// The friends whom the member referred
#[utoipa::path(
    get,
    path = "/api/v1/me/referrals",
    operation_id = "list_referrals",
    tag = "Member",
    security(("bearer" = [])),
    params(PageQuery),
    responses((status = 200, description = "A page of them", body = Referrals))
)]
pub async fn referrals(
    State(state): State<AppState>,
    caller: Caller,
    page: Page,
) -> Answer<Json<Referrals>> {
    let (db, user) = (state.db.reader(), &caller.user);
    let mut found = rows::of_referrer(
        db,
        user.site_id,
        user.id,
        page.before.map(ReferralId::new),
        page.rows(),
    )
    .await?;
    let next_cursor = page.cut(&mut found, |row| row.id.get());
    let site = &caller.place.site;
    let pending = pending_reasons(db, site, &found, state.now()).await?;
    let terms = site.settings.terms()?;
    let entry = |row| ReferralEntry::of(row, members_line(row, &pending, site, &terms));
    Ok(Json(Referrals {
        data: found.iter().map(entry).collect(),
        next_cursor,
    }))
}

impl ReferralEntry {
    /// The referral as its referrer sees it.
    pub fn of(row: &ReferredFriend, line: ReferralLine) -> Self {
        Self {
            id: line.id,
            friend: line.friend,
            status: line.status.into(),
            reason: line.reason,
            credit: line.credit.map(Amount::from),
            created_at: dates::iso(row.created_at),
        }
    }
}
