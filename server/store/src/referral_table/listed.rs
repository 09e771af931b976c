//! What the referrals of both programs have in common.

use domain::{
    credit::Program,
    money::Currency,
    referral::{FailureReason, ReferralStatus},
};
use sea_orm::{EntityTrait, FromQueryResult};

use crate::entities::{credit, platform_referral, referral};
use crate::{Timestamp, row};

/// A table of referrals.
pub trait Listed: EntityTrait<Column: Copy, Model: FromQueryResult + Sized + Send + Sync> {
    /// For the type of its ids.
    type Row;

    /// Whose.
    const PROGRAM: Program;
    /// The site; `None`: the table is of the platform program.
    const SITE: Option<Self::Column>;
    /// Its columns.
    const ID: Self::Column;
    /// A `ReferralStatus`.
    const STATUS: Self::Column;
    /// A `FailureReason`.
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
    /// The number of the row in its own table.
    pub id: i64,
    /// Where it stands.
    pub status: ReferralStatus,
    /// Why it failed.
    pub failure_reason: Option<&'a FailureReason>,
    /// Purchase type or plan.
    pub kind: Option<&'a str>,
    /// What was credited.
    pub credit_cents: Option<i64>,
    /// The currency of the credit.
    pub currency: Option<Currency>,
    /// When the link was clicked.
    pub clicked_at: Option<Timestamp>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was credited.
    pub credited_at: Option<Timestamp>,
}

/// Fills [`Listed`] in for a table; both call these columns the same.
macro_rules! listed {
    ($table:ident, $row:ident, $program:expr, $site:expr, $kind:ident, $field:expr, $referred:ident, $ledger:ident) => {
        impl Listed for $table::Entity {
            type Row = row::$row;

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
                    id: row.id.get(),
                    status: *row.status,
                    failure_reason: row.failure_reason.as_deref(),
                    kind: kind(row),
                    credit_cents: row.credit_cents,
                    currency: row.currency.as_deref().copied(),
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
    Referral,
    Program::Tenant,
    Some(referral::Column::SiteId),
    PurchaseKind,
    |row| row.purchase_kind.map(|kind| kind.code()),
    ReferredId,
    ReferralId
);
listed!(
    platform_referral,
    PlatformReferral,
    Program::Platform,
    None,
    Plan,
    |row| Some(&row.plan),
    Id,
    PlatformReferralId
);
