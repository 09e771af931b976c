//! What a member's referrals come to, read as one row for each status and currency.

use std::collections::BTreeMap;

use domain::{
    money::{Currency, Money},
    referral::ReferralStatus,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, ExprTrait, FromQueryResult,
    QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, SelectStatement},
};

use super::{
    entities::referral::{Column, Entity},
    referral_counts::whole,
    referral_table::NET,
};
use crate::{Coded, MemberId, SiteId, index_hints::no_index, prepared::Prepared};

/// A member's referrals, added up.
#[derive(Clone, Debug)]
pub struct ReferrerTotals(Vec<Row>);

/// The referrals with one status and one currency.
#[derive(Clone, Debug, FromQueryResult)]
struct Row {
    status: Coded<ReferralStatus, Entity>,
    /// The currency of their credits; `None` if there is none.
    currency: Option<Coded<Currency, Entity>>,
    referrals: i64,
    /// In cents, without what was taken back.
    credit_cents: i64,
}

impl ReferrerTotals {
    /// The number of referrals, of every status or of one.
    pub fn referrals(&self, status: Option<ReferralStatus>) -> u64 {
        let counted = |row: &&Row| status.is_none_or(|status| *row.status == status);
        let counted = self.0.iter().filter(counted);
        counted.map(|row| row.referrals.unsigned_abs()).sum()
    }

    /// What was credited less what was taken back, in each currency in which something was.
    pub fn earned(&self) -> Vec<Money> {
        let mut cents = BTreeMap::new();
        for row in &self.0 {
            if let Some(currency) = &row.currency {
                cents.entry(currency.code()).or_insert((**currency, 0)).1 += row.credit_cents;
            }
        }
        let earned = cents.into_values();
        earned
            .map(|(currency, cents)| Money::new(cents, currency))
            .collect()
    }
}

/// Adds up the member's referrals.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn of_referrer(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    referrer_id: MemberId,
) -> Result<ReferrerTotals, DbErr> {
    static SUMS: Prepared = Prepared::new();
    let backend = db.get_database_backend();
    let values = vec![site_id.into(), referrer_id.into()];
    let sums = SUMS.with(backend, values, || sums(backend, site_id, referrer_id));
    let rows = Row::find_by_statement(sums).all(db).await?;
    Ok(ReferrerTotals(rows))
}

fn sums(backend: DatabaseBackend, site_id: SiteId, referrer_id: MemberId) -> SelectStatement {
    Entity::find()
        .select_only()
        .columns([Column::Status, Column::Currency])
        .column_as(whole(Column::Id.count()), "referrals")
        .column_as(whole(Expr::cust(NET).sum()), "credit_cents")
        .filter(no_index(backend, Column::SiteId, true).eq(site_id))
        .filter(Column::ReferrerId.eq(referrer_id))
        .group_by(Column::Status)
        .group_by(Column::Currency)
        .into_query()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_added_up_and_currencies_are_not() {
        use ReferralStatus::{Credited, Failed, Pending};
        let row =
            |status: ReferralStatus, currency: Option<Currency>, referrals, credit_cents| Row {
                status: status.into(),
                currency: currency.map(Into::into),
                referrals,
                credit_cents,
            };
        let totals = ReferrerTotals(vec![
            row(Pending, None, 4, 0),
            row(Credited, Some(Currency::Usd), 3, 3000),
            row(Failed, Some(Currency::Usd), 1, -200),
            row(Credited, Some(Currency::Eur), 2, 0),
        ]);
        let of = |status| totals.referrals(status);
        assert_eq!(
            (of(None), of(Some(Pending)), of(Some(Credited))),
            (10, 4, 5)
        );
        let earned = [(0, Currency::Eur), (2800, Currency::Usd)];
        assert_eq!(
            totals.earned(),
            earned.map(|(cents, of)| Money::new(cents, of))
        );
    }
}
