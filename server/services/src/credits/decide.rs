//! Decides in one transaction whether a paid purchase earns a credit. Both programs use this code.

mod written;

use anyhow::Context;
use domain::{
    credit::{
        CreditKey, Decision, Friend, Limits, Modes, NoCredit, Program, Signs, StripeAmount, Terms,
        decide as decide_credit, held_until, hold_ends, is_superseded, review_of,
    },
    money::Money,
    purchase::{CreditCheck, GivenBack, ended_in_hold, left_to_pay},
    referral::ReferralStatus,
};
use sea_orm::DatabaseTransaction;
use store::{
    CreditId, MemberId, Paid, PlatformPurchaseId, PurchaseId, Scope, SiteId, StripeAccountId,
    Timestamp,
    credits::{self, Earned, NewCredit},
    entities::{credit, purchase, referral},
    paid as paid_rows, platform_purchases, platform_referrals, platform_settings, purchases,
    referrals,
    sites::{self, Site},
    stripe_accounts,
    stripe_customers::HolderId,
    users,
};

use self::written::Written;
use super::{adjust, cap, review};
use crate::{Engine, privacy::erased, queue::FollowUps};

/// What a row that is paid lacks if it cannot be decided.
const TOTAL: &str = "the total of a paid purchase";
const PAID_AT: &str = "when a paid purchase was paid";

/// The input of the rule, and what the ledger row needs if a credit is due.
struct Question {
    /// What one referral earns by the present setting (`docs/rules.md` 13).
    reward: Money,
    /// The program's terms, by the present setting as well.
    terms: Terms,
    /// What the buyer paid beside credit and balance.
    paid: Money,
    paid_at: Timestamp,
    /// When the membership or the plan ended, if it did.
    ended_at: Option<Timestamp>,
    /// A refund or a dispute of it is known.
    is_touched: bool,
    modes: Modes,
    /// Whether the buyer counts as a friend.
    friend: Friend,
    /// The tenant's site, or the brand's.
    site_id: SiteId,
    /// The program's Stripe account, on which the referrer has a customer; `None` if none is
    /// connected.
    stripe_account_id: Option<StripeAccountId>,
    /// The referral that brought the buyer, if there is one.
    referral: Option<Referral>,
}

/// A referral that may earn a credit.
struct Referral {
    earned: Earned,
    is_pending: bool,
    /// `None` if the referral's row has no token.
    key: Option<CreditKey>,
    referred_at: Timestamp,
    /// An unconfirmed test credit of the same referral, which the live credit replaces.
    is_superseded: Option<credit::Model>,
    /// The purchase to record on a tenant's referral.
    purchase: Option<purchase::Model>,
}

/// Decides whether the purchase earns a credit, and returns the id of the ledger row that it wrote, if that
/// may be issued now. One on hold gets a job that issues it once its hold ends.
///
/// # Errors
/// If the database fails. The purchase then stays in the outbox, and the sweep enqueues it again.
pub async fn decide(engine: &Engine, paid: Paid) -> anyhow::Result<Option<CreditId>> {
    // Asks Stripe, so before anything is locked.
    let signs = review::look(engine, paid).await?;
    let tx = engine.db.begin().await?;
    let question = match paid {
        Paid::Tenant(id) => of_purchase(engine, &tx, id).await?,
        Paid::Platform(id) => of_subscription(&tx, id).await?,
    };
    let Some(question) = question else {
        return Ok(None);
    };
    let scope = match paid {
        Paid::Tenant(_) => Scope::Site(question.site_id),
        Paid::Platform(_) => Scope::Platform,
    };
    let is_touched = question.is_touched;
    let (written, no_credit) = answer(&tx, paid, (question, signs), engine.now()).await?;
    match paid {
        Paid::Tenant(id) => purchases::credit_decided(&tx, id, no_credit).await?,
        Paid::Platform(id) => platform_purchases::credit_decided(&tx, id, no_credit).await?,
    }
    if let Some(written) = &written {
        written.record_purchase(&tx).await?;
    }
    let follow_ups = match is_touched {
        true => after_refunds(engine, &tx, paid).await?,
        false => FollowUps::default(),
    };
    tx.commit().await?;
    engine.console_changed(scope);
    follow_ups.wake(engine).await;
    Ok(match written {
        Some(written) => written.to_issue(engine).await,
        None => None,
    })
}

/// What was paid may have gone back by now: then the credit is frozen, or given up at once.
async fn after_refunds(
    engine: &Engine,
    tx: &DatabaseTransaction,
    paid: Paid,
) -> anyhow::Result<FollowUps> {
    let row = paid_rows::lock(tx, paid).await?;
    let row = row.context("the purchase that was just decided")?;
    let follow_ups = adjust::of_purchase(tx, &row, engine.now()).await?;
    follow_ups.enqueue(engine, tx).await?;
    Ok(follow_ups)
}

/// The question about a tenant's purchase; `None` if it was decided before.
async fn of_purchase(
    engine: &Engine,
    tx: &DatabaseTransaction,
    purchase_id: PurchaseId,
) -> anyhow::Result<Option<Question>> {
    let Some(purchase) = purchases::lock(tx, purchase_id).await? else {
        return Ok(None);
    };
    if purchase.credit_check != CreditCheck::Due {
        return Ok(None);
    }
    let site = sites::by_id(tx, purchase.site_id).await?;
    let site = site.context("the site of a purchase, with its settings")?;
    let terms = site.settings.terms()?;
    if terms.cap.is_some()
        && let Some(referral) = referrals::of_referred(tx, site.id(), purchase.buyer_id).await?
    {
        credits::take_turns(tx, HolderId::Member(referral.referrer_id)).await?;
    }
    let referral = referrals::lock_of_referred(tx, site.id(), purchase.buyer_id).await?;
    let account = site.row.stripe_account_id;
    let modes = Modes {
        purchase: purchase.mode(),
        account: stripe_accounts::mode_of(tx, account).await?,
    };
    let friend = match &referral {
        Some(_) => friend(engine, tx, &site, purchase.buyer_id).await?,
        None => Friend::Counts,
    };
    let total = purchase.money(purchase.paid_cents.context(TOTAL)?);
    let used = purchase.money(purchase.credit_used_cents.unwrap_or(0));
    let paid = left_to_pay(total, used).context("credit of the total at most")?;
    let paid_at = purchase.paid_at.context(PAID_AT)?;
    let is_touched = purchase.given_back() != GivenBack::default();
    let ended_at = purchase.subscription_ended_at;
    let referral = match referral {
        Some(referral) => Some(of_friend(tx, referral, purchase, modes).await?),
        None => None,
    };
    Ok(Some(Question {
        reward: site.tenant_credit(),
        terms,
        paid,
        paid_at,
        ended_at,
        is_touched,
        modes,
        friend,
        site_id: site.id(),
        stripe_account_id: account,
        referral,
    }))
}

async fn friend(
    engine: &Engine,
    tx: &DatabaseTransaction,
    site: &Site,
    buyer_id: MemberId,
) -> anyhow::Result<Friend> {
    let buyer = users::by_id(tx, site.id(), buyer_id).await?;
    let buyer = buyer.context("the buyer of a purchase")?;
    if erased::had_first_purchase(engine, tx, &buyer).await? {
        return Ok(Friend::BoughtBefore);
    }
    let must_confirm = site.row.confirmed_friends_only && buyer.email_confirmed_at.is_none();
    Ok(match must_confirm {
        true => Friend::Unconfirmed,
        false => Friend::Counts,
    })
}

async fn of_friend(
    tx: &DatabaseTransaction,
    referral: referral::Model,
    purchase: purchase::Model,
    modes: Modes,
) -> anyhow::Result<Referral> {
    let unconfirmed = credits::unconfirmed_of_referral(tx, referral.id).await?;
    // What ended for another reason than the money does not begin again with other money.
    let is_over = referral
        .failure_reason
        .as_deref()
        .is_some_and(|reason| !reason.can_be_retried());
    let is_superseded =
        unconfirmed.filter(|credit| !is_over && is_superseded(credit.mode(), modes));
    let is_pending = referral.status == ReferralStatus::Pending;
    Ok(Referral {
        earned: Earned::Tenant {
            referral_id: referral.id,
            beneficiary_id: referral.referrer_id,
        },
        is_pending: is_pending || is_superseded.is_some(),
        key: (!referral.token.is_empty()).then(|| CreditKey::of_referral(&referral.token)),
        referred_at: referral.created_at,
        is_superseded,
        purchase: Some(purchase),
    })
}

/// The question about a subscription to a brand; `None` if it was decided before.
async fn of_subscription(
    tx: &DatabaseTransaction,
    purchase_id: PlatformPurchaseId,
) -> anyhow::Result<Option<Question>> {
    let Some(purchase) = platform_purchases::lock(tx, purchase_id).await? else {
        return Ok(None);
    };
    if purchase.credit_check != CreditCheck::Due {
        return Ok(None);
    }
    let settings = platform_settings::get(tx).await?;
    let terms = settings.terms()?;
    if terms.cap.is_some() {
        for referral in platform_referrals::of_purchases(tx, [purchase.id]).await? {
            let referrer = HolderId::PlatformReferrer(referral.referrer_id);
            credits::take_turns(tx, referrer).await?;
        }
    }
    let referral = platform_referrals::lock_pending_of(tx, purchase.id).await?;
    let account = settings.stripe_account_id;
    Ok(Some(Question {
        reward: settings.platform_credit(),
        terms,
        // A prospect has no balance here: Stripe makes a customer for each subscription.
        paid: Money::new(purchase.paid_cents.context(TOTAL)?, *purchase.currency),
        paid_at: purchase.paid_at.context(PAID_AT)?,
        ended_at: purchase.subscription_ended_at,
        is_touched: purchase.given_back() != GivenBack::default(),
        modes: Modes {
            purchase: purchase.mode(),
            account: stripe_accounts::mode_of(tx, account).await?,
        },
        friend: Friend::Counts,
        site_id: purchase.site_id,
        stripe_account_id: account,
        referral: referral.map(|referral| Referral {
            earned: Earned::Platform {
                referral_id: referral.id,
                referrer_id: referral.referrer_id,
            },
            is_pending: true,
            key: Some(CreditKey::of_checkout_session(
                &purchase.checkout_session_id,
            )),
            referred_at: purchase.created_at,
            is_superseded: None,
            purchase: None,
        }),
    }))
}

/// Applies the rule, and writes the credit if one is due; otherwise returns why not, if there is a
/// referral that could have earned one.
async fn answer(
    tx: &DatabaseTransaction,
    paid: Paid,
    (question, signs): (Question, Signs),
    now: Timestamp,
) -> anyhow::Result<(Option<Written>, Option<NoCredit>)> {
    let Question { modes, terms, .. } = question;
    let is_pending = question
        .referral
        .as_ref()
        .is_some_and(|referral| referral.is_pending);
    let cap_is_reached = match question.referral.as_ref().filter(|_| is_pending) {
        Some(referral) => {
            let earned = (referral.earned, modes.earned());
            cap::is_reached(tx, terms.cap, question.site_id, earned, now).await?
        }
        None => false,
    };
    let limits = Limits {
        least: terms.least,
        cap_is_reached,
        ended_in_hold: ended_in_hold(
            question.ended_at.map(Timestamp::moment),
            hold_ends(question.paid_at.moment(), terms.hold_days),
        ),
    };
    let decision = decide_credit(
        question.reward,
        is_pending,
        modes,
        question.paid,
        question.friend,
        limits,
    );
    let (Decision::Due(reward), Some(referral)) = (decision, question.referral) else {
        let (program, purchase) = match paid {
            Paid::Tenant(id) => (Program::Tenant, id.get()),
            Paid::Platform(id) => (Program::Platform, id.get()),
        };
        let program = program.code();
        tracing::info!(program, purchase, ?decision, "no credit is due");
        return Ok((None, decision.no_credit()));
    };
    if let (Some(test), Earned::Tenant { referral_id, .. }) =
        (&referral.is_superseded, referral.earned)
    {
        if !credits::delete_unconfirmed(tx, test.id).await? {
            return Ok((None, None));
        }
        referrals::set_pending(tx, referral_id).await?;
        tracing::info!(
            credit = test.id.get(),
            "the test-mode credit was removed: the purchase is in live mode"
        );
    }
    let held = held_until(question.paid_at.moment(), terms.hold_days, now.moment());
    let held = held.map(Timestamp::from);
    let new = NewCredit {
        site_id: question.site_id,
        earned: referral.earned,
        stripe_account_id: question.stripe_account_id,
        mode: modes.earned(),
        amount: StripeAmount::of_credit(reward).context("a reward that can be owed")?,
        key: referral
            .key
            .with_context(|| format!("no token on the referral of {:?}", referral.earned))?,
        referred_at: referral.referred_at,
        held_until: held,
        review: review_of(signs, terms.review),
    };
    let is_reviewed = new.review.is_some();
    let credit_id = credits::insert_due(tx, new, now).await?;
    let earned_by = match referral.earned {
        Earned::Tenant { referral_id, .. } => {
            referral.purchase.map(|purchase| (referral_id, purchase))
        }
        Earned::Platform { .. } => None,
    };
    let written = credit_id.map(|credit_id| Written {
        credit_id,
        held,
        waits: is_reviewed,
        earned_by,
    });
    Ok((written, None))
}
