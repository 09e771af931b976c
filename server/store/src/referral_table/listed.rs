//! The trait that both programs' referral tables implement for the console's list.

use domain::{
    credit::{Program, ReversalCause},
    money::Currency,
    referral::{FailureReason, ReferralStatus},
};
use sea_orm::{EntityTrait, FromQueryResult};

use crate::{
    Timestamp,
    entities::{credit, platform_referral, referral},
    row,
};

pub trait Listed: EntityTrait<Column: Copy, Model: FromQueryResult + Sized + Send + Sync> {
    /// The marker type of the table's ids.
    type Row;

    const PROGRAM: Program;
    /// The site's column; `None` in the platform program's table.
    const SITE: Option<Self::Column>;
    const ID: Self::Column;
    /// Holds a `ReferralStatus`.
    const STATUS: Self::Column;
    /// Holds a `FailureReason`.
    const REASON: Self::Column;
    /// The product kind of the purchase, or the plan.
    const KIND: Self::Column;
    /// The referrer's id.
    const REFERRER: Self::Column;
    /// The column that identifies the referred people: see [`super::People::referred`].
    const REFERRED: Self::Column;
    const CREATED_AT: Self::Column;
    const CURRENCY: Self::Column;
    /// The issued credit in cents.
    const CREDIT_CENTS: Self::Column;
    const CREDITED_AT: Self::Column;
    const VOIDED_AT: Self::Column;
    const TAKEN_BACK: Self::Column;
    const TAKEN_BACK_FOR: Self::Column;
    const SHORTFALL: Self::Column;
    const ADJUST_DUE: Self::Column;
    /// The ledger's column that refers to this table.
    const LEDGER: credit::Column;

    /// The row's columns that both tables have.
    fn common(row: &Self::Model) -> Common<'_>;
}

/// The columns that both tables of referrals have.
#[derive(Clone, Copy, Debug)]
pub struct Common<'a> {
    /// The row's id in its own table.
    pub id: i64,
    pub status: ReferralStatus,
    pub failure_reason: Option<&'a FailureReason>,
    /// The code of the product kind or plan; `None` before the purchase.
    pub kind: Option<&'a str>,
    /// The issued credit in cents.
    pub credit_cents: Option<i64>,
    /// What of it was taken back, in cents.
    pub taken_back_cents: Option<i64>,
    /// Why it was; `None` also in rows of before.
    pub taken_back_for: Option<ReversalCause>,
    /// What should have been taken back besides, in cents.
    pub shortfall_cents: i64,
    /// Whether the ledger may not be yet what became of the purchase asks for.
    pub adjust_due: bool,
    pub currency: Option<Currency>,
    pub clicked_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub credited_at: Option<Timestamp>,
    /// When an admin voided it after it was credited.
    pub voided_at: Option<Timestamp>,
}

/// Implements [`Listed`] for a table; most columns have the same names in both tables.
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
            const VOIDED_AT: Self::Column = $table::Column::VoidedAt;
            const TAKEN_BACK: Self::Column = $table::Column::TakenBackCents;
            const TAKEN_BACK_FOR: Self::Column = $table::Column::TakenBackFor;
            const SHORTFALL: Self::Column = $table::Column::ShortfallCents;
            const ADJUST_DUE: Self::Column = $table::Column::AdjustDue;
            const LEDGER: credit::Column = credit::Column::$ledger;

            fn common(row: &Self::Model) -> Common<'_> {
                let kind: fn(&Self::Model) -> Option<&str> = $field;
                Common {
                    id: row.id.get(),
                    status: *row.status,
                    failure_reason: row.failure_reason.as_deref(),
                    kind: kind(row),
                    credit_cents: row.credit_cents,
                    taken_back_cents: row.taken_back_cents,
                    taken_back_for: row.taken_back_for.as_deref().copied(),
                    shortfall_cents: row.shortfall_cents,
                    adjust_due: row.adjust_due,
                    currency: row.currency.as_deref().copied(),
                    clicked_at: row.clicked_at,
                    created_at: row.created_at,
                    credited_at: row.credited_at,
                    voided_at: row.voided_at,
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
