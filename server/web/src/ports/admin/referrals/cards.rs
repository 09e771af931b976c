//! The stats cards: Total, Pending, Credited, Total Credits.

use app::types::admin::Cards;
use domain::{
    forms::sum_line,
    money::{Currency, Money},
    referral::ReferralStatus,
};
use sea_orm::DbErr;
use store::referral_counts::Sum;

/// The cards of these sums. If nothing was credited, the total is zero in `currency`.
///
/// # Errors
/// If a sum is in a currency that we do not know.
pub fn of(sums: &[Sum], currency: Currency) -> Result<Cards, DbErr> {
    let count = |status: Option<ReferralStatus>| {
        let counted = sums
            .iter()
            .filter(|sum| status.is_none_or(|status| sum.status == status));
        let count: i64 = counted.map(|sum| sum.referrals).sum();
        u64::try_from(count).unwrap_or(0)
    };
    Ok(Cards {
        total: count(None),
        pending: count(Some(ReferralStatus::Pending)),
        credited: count(Some(ReferralStatus::Credited)),
        failed: count(Some(ReferralStatus::Failed)),
        total_credits: sum_line(&credits(sums)?, Money::new(0, currency)),
    })
}

/// One amount for each currency in which something was credited.
fn credits(sums: &[Sum]) -> Result<Vec<Money>, DbErr> {
    let mut credited = Currency::ALL.map(|currency| (currency, 0));
    for sum in sums {
        let currency = sum.currency()?;
        for (of, cents) in &mut credited {
            if sum.status == ReferralStatus::Credited && currency == Some(*of) {
                *cents += sum.credit_cents;
            }
        }
    }
    let amounts = credited.map(|(currency, cents)| Money::new(cents, currency));
    Ok(amounts
        .into_iter()
        .filter(|amount| amount.is_positive())
        .collect())
}
