//! Is a credit due for a paid purchase? Written to the ledger, in one transaction.

use anyhow::{Context, ensure};
use domain::{
    credit::{CreditKey, Decision, Modes, decide as decide_credit, gives_way},
    purchase::CreditCheck,
    referral::ReferralStatus,
};
use sea_orm::DatabaseTransaction;
use store::{
    credits::{self, Earned, NewCredit},
    entities::{credit, purchase, referral},
    purchases, referrals,
    sites::{self, Site},
    stripe_accounts,
};

use crate::Engine;

/// Decides about the credit of a paid purchase; answers the ledger row that it wrote.
///
/// # Errors
/// If the database fails; the purchase stays in the outbox.
pub async fn decide(state: &Engine, purchase_id: i64) -> anyhow::Result<Option<i64>> {
    let tx = state.db.begin().await?;
    let Some(purchase) = purchases::lock(&tx, purchase_id).await? else {
        return Ok(None);
    };
    if purchase.credit_check != CreditCheck::Due.code() {
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
    let referral = referrals::lock_of_referred(tx, site.id(), purchase.buyer_id).await?;
    let modes = Modes {
        purchase: purchase.mode(),
        account: stripe_accounts::mode_of(tx, site.row.stripe_account_id).await?,
    };
    let gives_way = match &referral {
        Some(referral) => giving_way(tx, referral, modes).await?,
        None => None,
    };
    let is_pending = gives_way.is_some()
        || referral
            .as_ref()
            .is_some_and(|referral| referral.referral_status() == ReferralStatus::Pending);
    let decision = decide_credit(site.tenant_credit(), is_pending, modes);
    let (Decision::Due(reward), Some(referral)) = (decision, referral) else {
        tracing::info!(purchase = purchase.id, ?decision, "no credit is due");
        return Ok(None);
    };
    if let Some(test) = gives_way {
        if !credits::delete_unconfirmed(tx, test.id).await? {
            return Ok(None);
        }
        referrals::set_pending(tx, referral.id).await?;
        tracing::info!(credit = test.id, "it gives way to real money");
    }
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

/// The credit of the referral, where it gives way to one in these modes.
async fn giving_way(
    tx: &DatabaseTransaction,
    referral: &referral::Model,
    modes: Modes,
) -> anyhow::Result<Option<credit::Model>> {
    let credit = credits::unconfirmed_of_referral(tx, referral.id).await?;
    Ok(credit.filter(|credit| gives_way(credit.mode(), modes)))
}
