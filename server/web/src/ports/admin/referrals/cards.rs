//! The stats cards: Total, Pending, Credited, Total Credits.

use app::types::admin::Cards;
use domain::{
    forms::sum_line,
    money::{Currency, Money},
    referral::ReferralStatus,
};
use store::referral_counts::Sum;

/// The cards of these sums; nothing is an amount of `currency`.
pub fn of(sums: &[Sum], currency: Currency) -> Cards {
    let count = |status: Option<ReferralStatus>| {
        let counted = sums
            .iter()
            .filter(|sum| status.is_none_or(|status| sum.status == status.code()));
        let count: i64 = counted.map(|sum| sum.referrals).sum();
        u64::try_from(count).unwrap_or(0)
    };
    Cards {
        total: count(None),
        pending: count(Some(ReferralStatus::Pending)),
        credited: count(Some(ReferralStatus::Credited)),
        failed: count(Some(ReferralStatus::Failed)),
        total_credits: sum_line(&credits(sums), Money::new(0, currency)),
    }
}

/// One amount for each currency in which something was credited.
fn credits(sums: &[Sum]) -> Vec<Money> {
    let credited = |currency: Currency| {
        let of_it = sums.iter().filter(move |sum| {
            sum.status == ReferralStatus::Credited && sum.currency == currency.code()
        });
        Money::new(of_it.map(|sum| sum.credit_cents).sum(), currency)
    };
    Currency::ALL
        .map(credited)
        .into_iter()
        .filter(|amount| amount.is_positive())
        .collect()
}
