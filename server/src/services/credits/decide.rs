//! Is a credit due for a paid purchase? Written to the ledger, in one transaction.

use anyhow::{Context, ensure};
use domain::{CreditKey, Decision, Modes, decide as decide_credit};
use sea_orm::DatabaseTransaction;

use crate::{
    db::{
        credits::{self, Earned, NewCredit},
        entities::purchase,
        purchases::{self, credit_check},
        referrals,
        sites::{self, Site},
        stripe_accounts,
    },
    state::AppState,
};

/// Decides about the credit of a paid purchase; answers the ledger row that it wrote.
///
/// # Errors
/// If the database fails; the purchase stays in the outbox.
pub async fn decide(state: &AppState, purchase_id: i64) -> anyhow::Result<Option<i64>> {
    let tx = state.db.begin().await?;
    let Some(purchase) = purchases::lock(&tx, purchase_id).await? else {
        return Ok(None);
    };
    if purchase.credit_check != credit_check::DUE {
        return Ok(None);
    }
    let site = sites::by_id(&tx, purchase.site_id).await?;
    let site = site.context("the site of a purchase, with its settings")?;
    let credit_id = decide_in(&tx, &site, &purchase, state.clock.now_ms()).await?;
    purchases::credit_decided(&tx, purchase.id).await?;
    tx.commit().await?;
    Ok(credit_id)
}

async fn decide_in(
    tx: &DatabaseTransaction,
    site: &Site,
    purchase: &purchase::Model,
    now_ms: i64,
) -> anyhow::Result<Option<i64>> {
    let referral = referrals::lock_pending_of(tx, site.id(), purchase.buyer_id).await?;
    let modes = Modes {
        purchase: purchase.mode(),
        account: stripe_accounts::mode_of(tx, site.row.stripe_account_id).await?,
    };
    let decision = decide_credit(site.tenant_credit(), referral.is_some(), modes);
    let (Decision::Due(reward), Some(referral)) = (decision, referral) else {
        tracing::info!(purchase = purchase.id, ?decision, "no credit is due");
        return Ok(None);
    };
    ensure!(
        !referral.token.is_empty(),
        "referrals {}: no token",
        referral.id
    );
    let new = NewCredit {
        site_id: site.id(),
        earned: Earned::Tenant {
            referral_id: referral.id,
            beneficiary_id: referral.referrer_id,
        },
        stripe_account_id: site.row.stripe_account_id,
        mode: modes.earned(),
        amount: reward.opposite().context("a reward that can be owed")?,
        key: CreditKey::of_referral(&referral.token),
        referred_at: referral.created_at,
    };
    let credit_id = credits::insert_due(tx, new, now_ms).await?;
    if credit_id.is_some() {
        referrals::set_purchase(tx, referral.id, purchase).await?;
    }
    Ok(credit_id)
}
