//! Is a credit due for a paid subscription? The tenant program's rule with the platform's amount.

use anyhow::Context;
use domain::{
    credit::{CreditKey, Decision, Modes, decide as decide_credit},
    purchase::CreditCheck,
};
use sea_orm::DatabaseTransaction;
use store::{
    credits::{self, Earned, NewCredit},
    entities::platform_purchase,
    platform_purchases, platform_referrals, platform_settings, sites, stripe_accounts,
};

use crate::Engine;

/// Decides about the credit of a paid subscription; answers the ledger row that it wrote.
///
/// # Errors
/// If the database fails; the purchase stays in the outbox.
pub async fn decide_platform(state: &Engine, purchase_id: i64) -> anyhow::Result<Option<i64>> {
    let tx = state.db.begin().await?;
    let Some(purchase) = platform_purchases::lock(&tx, purchase_id).await? else {
        return Ok(None);
    };
    if purchase.credit_check != CreditCheck::Due.code() {
        return Ok(None);
    }
    let credit_id = decide_in(&tx, &purchase, state.clock.now_ms()).await?;
    platform_purchases::credit_decided(&tx, purchase.id).await?;
    tx.commit().await?;
    Ok(credit_id)
}

async fn decide_in(
    tx: &DatabaseTransaction,
    purchase: &platform_purchase::Model,
    now_ms: i64,
) -> anyhow::Result<Option<i64>> {
    let settings = platform_settings::get(tx).await?;
    let referral = platform_referrals::lock_pending_of(tx, purchase.id).await?;
    let modes = Modes {
        purchase: purchase.mode(),
        account: stripe_accounts::mode_of(tx, settings.stripe_account_id).await?,
    };
    let decision = decide_credit(settings.platform_credit(), referral.is_some(), modes);
    let (Decision::Due(reward), Some(referral)) = (decision, referral) else {
        tracing::info!(
            platform_purchase = purchase.id,
            ?decision,
            "no credit is due"
        );
        return Ok(None);
    };
    let brand = sites::by_id(tx, purchase.site_id).await?;
    let brand = brand.context("the brand of a subscription, with its settings")?;
    let new = NewCredit {
        site_id: brand.id(),
        earned: Earned::Platform {
            referral_id: referral.id,
            referrer_id: referral.referrer_id,
        },
        stripe_account_id: settings.stripe_account_id,
        mode: modes.earned(),
        amount: reward.opposite().context("a reward that can be owed")?,
        key: CreditKey::of_checkout_session(&purchase.checkout_session_id),
        referred_at: purchase.created_at,
    };
    Ok(credits::insert_due(tx, new, now_ms).await?)
}
