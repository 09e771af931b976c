//! What the referrals of both programs have in common.

use domain::{
    credit::Program,
    referral::{FailureReason, ReferralStatus},
};
use sea_orm::{EntityTrait, FromQueryResult};

use crate::entities::{credit, platform_referral, referral};

/// A table of referrals.
pub trait Listed: EntityTrait<Column: Copy, Model: FromQueryResult + Sized + Send + Sync> {
    /// Whose.
    const PROGRAM: Program;
    /// The site; `None`: the table is of the platform program.
    const SITE: Option<Self::Column>;
    /// Its columns.
    const ID: Self::Column;
    /// `ReferralStatus::code`.
    const STATUS: Self::Column;
    /// `FailureReason` as JSON.
    const REASON: Self::Column;
    /// Purchase type or plan.
    const KIND: Self::Column;
    /// Who referred.
    const REFERRER: Self::Column;
    /// By what the referred are found: see [`super::People::referred`].
    const REFERRED: Self::Column;
    /// When it began.
    const CREATED_AT: Self::Column;
    /// The currency of its credit.
    const CURRENCY: Self::Column;
    /// What was credited.
    const CREDIT_CENTS: Self::Column;
    /// When it was credited.
    const CREDITED_AT: Self::Column;
    /// What of the ledger points to it.
    const LEDGER: credit::Column;

    /// What is the same in both tables.
    fn common(row: &Self::Model) -> Common<'_>;
}

/// What referrals of both programs have.
#[derive(Clone, Copy, Debug)]
pub struct Common<'a> {
    /// Our id.
    pub id: i64,
    /// Where it stands.
    pub status: ReferralStatus,
    /// `FailureReason` as JSON.
    pub failure_reason: Option<&'a str>,
    /// Purchase type or plan.
    pub kind: Option<&'a str>,
    /// What was credited.
    pub credit_cents: Option<i64>,
    /// `Currency::code`.
    pub currency: Option<&'a str>,
    /// When the link was clicked.
    pub clicked_at: Option<i64>,
    /// When it began.
    pub created_at: i64,
    /// When it was credited.
    pub credited_at: Option<i64>,
}

impl Common<'_> {
    /// Why it failed.
    pub fn reason(&self) -> Option<FailureReason> {
        self.failure_reason
            .and_then(|json| serde_json::from_str(json).ok())
    }
}

/// Fills [`Listed`] in for a table; both call these columns the same.
macro_rules! listed {
    ($table:ident, $program:expr, $site:expr, $kind:ident, $field:expr, $referred:ident, $ledger:ident) => {
        impl Listed for $table::Entity {
            const PROGRAM: Program = $program;
            const SITE: Option<Self::Column> = $site;
            const ID: Self::Column = $table::Column::Id;
            const STATUS: Self::Column = $table::Column::Status;
            const REASON: Self::Column = $table::Column::FailureReason;
            const KIND: Self::Column = $table::Column::$kind;
            const REFERRER: Self::Column = $table::Column::ReferrerId;
            const REFERRED: Self::Column = $table::Column::$referred;
            const CREATED_AT: Self::Column = $table::Column::CreatedAt;
            const CURRENCY: Self::Column = $table::Column::Currency;
            const CREDIT_CENTS: Self::Column = $table::Column::CreditCents;
            const CREDITED_AT: Self::Column = $table::Column::CreditedAt;
            const LEDGER: credit::Column = credit::Column::$ledger;

            fn common(row: &Self::Model) -> Common<'_> {
                let kind: fn(&Self::Model) -> Option<&str> = $field;
                Common {
                    id: row.id,
                    status: ReferralStatus::parse(&row.status).unwrap_or(ReferralStatus::Pending),
                    failure_reason: row.failure_reason.as_deref(),
                    kind: kind(row),
                    credit_cents: row.credit_cents,
                    currency: row.currency.as_deref(),
                    clicked_at: row.clicked_at,
                    created_at: row.created_at,
                    credited_at: row.credited_at,
                }
            }
        }
    };
}

listed!(
    referral,
    Program::Tenant,
    Some(referral::Column::SiteId),
    PurchaseKind,
    |row| row.purchase_kind.as_deref(),
    ReferredId,
    ReferralId
);
listed!(
    platform_referral,
    Program::Platform,
    None,
    Plan,
    |row| Some(&row.plan),
    Id,
    PlatformReferralId
);
