//! `GET /api/v1/me/referrals`: the friends whom the member referred, in pages.

use axum::{Json, extract::State};
use domain::{
    credit::Terms,
    referral::{ReferralReason, ReferralStep},
};
use serde::Serialize;
use server_core::dates;
use services::friends::{Told, told};
use store::{
    ReferralId,
    referrals::{self as rows, ReferredFriend},
    sites::Site,
};
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, Type, schema::SchemaType},
};

use super::shapes::{Amount, Status};
use crate::{
    api::{
        Answer, Caller, Kind,
        cursor::{Page, PageQuery},
    },
    ports::referrals::{members_line, reason},
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
    /// The same for programs; null where `reason` is. There may be more of them in time.
    #[schema(schema_with = reason_codes, required)]
    reason_code: Option<&'static str>,
    /// What was credited; null until then.
    #[schema(required)]
    credit: Option<Amount>,
    /// What became of it so far, oldest first.
    steps: Vec<Step>,
    /// When the friend registered.
    #[schema(format = "date-time", example = "2026-11-22T14:05:00Z")]
    created_at: String,
}

/// A step of a referral.
#[derive(Serialize, ToSchema)]
#[schema(as = ReferralStep)]
pub struct Step {
    /// `joined`, `bought`, `credited`, `taken_back`, or a reason as in `reason_code`. There may be more of them in
    /// time.
    #[schema(example = "joined")]
    code: &'static str,
    /// In words for the member.
    #[schema(example = "Joined")]
    text: String,
    /// When it was; null where that is not known.
    #[schema(required, format = "date-time", example = "2026-11-22T14:05:00Z")]
    at: Option<String>,
}

impl Step {
    fn of(step: &ReferralStep, site: &str, terms: &Terms) -> Self {
        Self {
            code: step.code(),
            text: step.member_sentence(site, terms),
            at: step.at().map(dates::iso),
        }
    }
}

fn reason_codes() -> Object {
    let codes = ReferralReason::ALL.map(|reason| Some(reason.code()));
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::String, Type::Null]))
        .enum_values(Some(codes.into_iter().chain([None])))
        .examples(["awaits_purchase"])
        .build()
}

/// The friends whom the member referred
///
/// With where each referral stands, and why, newest first.
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
    let told = told(db, site, &found, state.now()).await?;
    let terms = site.settings.terms()?;
    Ok(Json(Referrals {
        data: found
            .iter()
            .map(|row| ReferralEntry::of(row, &told, site, &terms))
            .collect(),
        next_cursor,
    }))
}

impl ReferralEntry {
    /// The referral as its referrer sees it on this site with these terms.
    pub fn of(row: &ReferredFriend, told: &Told, site: &Site, terms: &Terms) -> Self {
        let line = members_line(row, &told.reasons, site, terms);
        let steps = told.steps.get(&row.id).into_iter().flatten();
        Self {
            reason_code: reason(row, &told.reasons).map(ReferralReason::code),
            steps: steps
                .map(|step| Step::of(step, &site.row.name, terms))
                .collect(),
            id: line.id,
            friend: line.friend,
            status: line.status.into(),
            reason: line.reason,
            credit: line.credit.map(Amount::from),
            created_at: dates::iso(row.joined_at()),
        }
    }
}
