//! The shape of a notification.

use std::collections::HashMap;

use domain::credit::CreditKind;
use sea_orm::DbErr;
use serde::Serialize;
use server_core::dates;
use store::{
    CreditId, Reader, SiteId,
    credits::{self, Announced},
    entities::notification,
};
use utoipa::ToSchema;

/// A sentence to the member.
#[derive(Clone, Serialize, ToSchema)]
pub struct Notification {
    #[schema(example = 3)]
    pub id: i64,
    pub kind: NotificationKind,
    #[schema(example = "You earned a $10.00 credit from your referral")]
    pub text: String,
    /// The referral that it is about, among `GET /api/v1/me/referrals`; null if it is about none.
    #[schema(required, example = 12)]
    pub referral_id: Option<i64>,
    #[schema(format = "date-time", example = "2026-11-22T14:05:00Z")]
    pub created_at: String,
    /// When it was read; null until then.
    #[schema(required, format = "date-time")]
    pub read_at: Option<String>,
}

/// What a notification is about.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// A referral earned a credit.
    CreditEarned,
    /// A credit that a referral had earned was taken back.
    CreditTakenBack,
    /// The site gave a credit.
    CreditGiven,
    /// The site took credit.
    CreditTaken,
    /// Anything else.
    Message,
}

impl From<CreditKind> for NotificationKind {
    fn from(kind: CreditKind) -> Self {
        match kind {
            CreditKind::Earned => Self::CreditEarned,
            CreditKind::Reversed => Self::CreditTakenBack,
            CreditKind::Granted => Self::CreditGiven,
            CreditKind::Corrected => Self::CreditTaken,
            CreditKind::Spent
            | CreditKind::Returned
            | CreditKind::Restored
            | CreditKind::MovedOut
            | CreditKind::MovedIn
            | CreditKind::Observed => Self::Message,
        }
    }
}

impl Notification {
    /// These notifications of one site, in their order.
    ///
    /// # Errors
    /// If the database fails, or a credit cannot be read.
    pub async fn all(
        db: &Reader,
        site_id: SiteId,
        rows: &[notification::Model],
    ) -> Result<Vec<Self>, DbErr> {
        let ids = rows.iter().filter_map(|row| row.credit_id);
        let credits = credits::announced(db, site_id, ids).await?;
        Ok(rows.iter().map(|row| Self::of(row, &credits)).collect())
    }

    fn of(row: &notification::Model, credits: &HashMap<CreditId, Announced>) -> Self {
        let credit = row.credit_id.and_then(|id| credits.get(&id));
        let referral_id = credit.and_then(|credit| credit.referral_id);
        Self {
            id: row.id.get(),
            kind: credit.map_or(NotificationKind::Message, |credit| (*credit.kind).into()),
            text: row.text.clone(),
            referral_id: referral_id.map(|id| id.get()),
            created_at: dates::iso(row.created_at),
            read_at: row.read_at.map(dates::iso),
        }
    }
}
