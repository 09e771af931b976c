//! The terms of the programs, in the rows of their settings (`docs/rules.md` 121, 130 to 135, 163 and 180). They have a form
//! and a version of their own.

use domain::{
    credit::{Cap, CapPeriod, ReviewFrom, Terms},
    money::{Currency, Money},
    refund::PartialRefunds,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, UpdateMany, sea_query::Expr};

use super::entities::{platform_settings, site_settings};
use crate::{Scope, Write, columns::unreadable_value};

impl site_settings::Model {
    /// # Errors
    /// If the cap cannot be read.
    pub fn terms(&self) -> Result<Terms, DbErr> {
        let cap = (self.cap_credits, self.cap_period.as_deref().copied());
        Ok(Terms {
            hold_days: self.hold_days,
            least: Money::new(self.least_purchase_cents, *self.currency),
            cap: cap_of("site_settings", self.site_id.get(), cap)?,
            partial_refunds: PartialRefunds::of_setting(self.partial_refunds_reverse),
            review: self.review_from.as_deref().copied(),
            attribution: *self.attribution_model,
        })
    }
}

impl platform_settings::Model {
    /// Plans are sold in US dollars.
    ///
    /// # Errors
    /// If the cap cannot be read.
    pub fn terms(&self) -> Result<Terms, DbErr> {
        let cap = (self.cap_credits, self.cap_period.as_deref().copied());
        Ok(Terms {
            hold_days: self.hold_days,
            least: Money::new(self.least_purchase_cents, Currency::Usd),
            cap: cap_of("platform_settings", self.id, cap)?,
            partial_refunds: PartialRefunds::of_setting(self.partial_refunds_reverse),
            review: self.review_from.as_deref().copied(),
            attribution: *self.attribution_model,
        })
    }
}

fn cap_of(
    table: &'static str,
    id: i64,
    cap: (Option<i64>, Option<CapPeriod>),
) -> Result<Option<Cap>, DbErr> {
    let wrong = |value: String| unreadable_value(table, id, "cap_credits", &value);
    match cap {
        (None, None) => Ok(None),
        (Some(credits), Some(period)) => {
            let credits = u64::try_from(credits).map_err(|_| wrong(credits.to_string()))?;
            Ok(Some(Cap { credits, period }))
        }
        (credits, period) => Err(wrong(format!("{credits:?} in {period:?}"))),
    }
}

/// Changes the terms of a program; `false` if they no longer have `version`, because another admin saved
/// meanwhile.
///
/// # Errors
/// If the database fails, or the cap does not fit.
pub async fn save(
    db: &impl Write,
    scope: Scope,
    version: i64,
    terms: &Terms,
) -> Result<bool, DbErr> {
    use platform_settings::Column as Platform;
    use site_settings::Column as Site;

    match scope {
        Scope::Site(site_id) => {
            let columns = [
                Site::HoldDays,
                Site::LeastPurchaseCents,
                Site::CapCredits,
                Site::CapPeriod,
                Site::PartialRefundsReverse,
                Site::ReviewFrom,
                Site::AttributionModel,
                Site::TermsVersion,
            ];
            let update = set::<site_settings::Entity>(columns, version, terms)?;
            let saved = update
                .filter(Site::SiteId.eq(site_id))
                .filter(Site::TermsVersion.eq(version));
            Ok(saved.exec(db).await?.rows_affected > 0)
        }
        Scope::Platform => {
            let columns = [
                Platform::HoldDays,
                Platform::LeastPurchaseCents,
                Platform::CapCredits,
                Platform::CapPeriod,
                Platform::PartialRefundsReverse,
                Platform::ReviewFrom,
                Platform::AttributionModel,
                Platform::TermsVersion,
            ];
            // There is one row.
            let update = set::<platform_settings::Entity>(columns, version, terms)?;
            let saved = update.filter(Platform::TermsVersion.eq(version));
            Ok(saved.exec(db).await?.rows_affected > 0)
        }
    }
}

/// Sets the columns for days, least, credits, period, partial refunds, review, attribution and version, in this
/// order.
fn set<E: EntityTrait>(
    [
        days,
        least,
        credits,
        period,
        partial,
        review,
        attribution,
        version_column,
    ]: [E::Column; 8],
    version: i64,
    terms: &Terms,
) -> Result<UpdateMany<E>, DbErr> {
    let most = terms.cap.map(|cap| i64::try_from(cap.credits));
    let most = most
        .transpose()
        .map_err(|_| DbErr::Custom("the cap of a program does not fit".to_owned()))?;
    let of = terms.cap.map(|cap| cap.period.code());
    Ok(E::update_many()
        .col_expr(days, Expr::value(terms.hold_days))
        .col_expr(least, Expr::value(terms.least.cents()))
        .col_expr(credits, Expr::value(most))
        .col_expr(period, Expr::value(of))
        .col_expr(partial, Expr::value(terms.partial_refunds.takes_share()))
        .col_expr(review, Expr::value(terms.review.map(ReviewFrom::code)))
        .col_expr(attribution, Expr::value(terms.attribution.code()))
        .col_expr(version_column, Expr::value(version + 1)))
}
