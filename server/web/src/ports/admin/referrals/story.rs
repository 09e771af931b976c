//! The whole story of one referral: what happened, when, and under which Stripe ids.

use app::types::admin::{ReferralStory, StoryFact};
use async_trait::async_trait;
use domain::{
    credit::{CreditState, Signs, is_on_hold},
    referral::{Counted, Earns, PresentSettings, ReferralStatus, counted, may_void},
    sharing::Channel,
    stripe_keys::StripeMode,
};
use sea_orm::{DbErr, EntityTrait};
use server_core::{dates, zone::Zone};
use services::why;
use store::{
    Id, MemberId, Reader, Scope, Timestamp, audit_log, credit_retries,
    entities::{
        audit_entry, credit, platform_purchase, platform_referral, purchase, referral, site,
    },
    notifications, purchases, stripe_accounts, users,
};

use super::{
    super::stripe_ids::{self, OfPurchase},
    rows::Shown,
    steps::{Step, bought, by_hand, came, decided, ending, failed_at_once, linked, notified, step},
};

/// What only the referral's own program knows about it.
#[derive(Default)]
pub struct Chapter {
    /// How the referred person became a member.
    joined: Option<Step>,
    /// What the referred person bought, oldest first.
    bought: Vec<Step>,
    /// On which channel the link came.
    via: Option<Channel>,
    /// When the referred person registered with a code, if they clicked no link.
    typed_at: Option<Timestamp>,
    /// The Stripe ids of the purchase that counts.
    facts: Vec<StoryFact>,
    referrer_path: Option<String>,
    referred_path: Option<String>,
}

/// A table of referrals whose stories can be read.
#[async_trait]
pub trait Story: Shown {
    /// What the referral's program knows about it.
    async fn chapter(db: &Reader, row: &Self::Model) -> Result<Chapter, DbErr>;
}

/// The most changes by hand that a story tells.
const MOST_CHANGES: u64 = 100;

/// The story of the referral with this id, if it is in `scope`, as it is `now`, with its times in `zone`.
/// Whether the program is off is not known here: `program_is_off` says whether it would matter.
pub async fn story_of<E: Story>(
    db: &Reader,
    scope: Scope,
    id: Id<E::Row>,
    (zone, now): (&Zone, Timestamp),
) -> anyhow::Result<Option<ReferralStory>> {
    let Some(row) = E::one(db, scope, id).await? else {
        return Ok(None);
    };
    let credit = credit_retries::of::<E>(db, &[id]).await?.pop();
    let chapter = E::chapter(db, &row).await?;
    let common = E::common(&row);
    let Some(line) = E::lines(db, scope, std::slice::from_ref(&row), zone, now)
        .await?
        .pop()
    else {
        return Ok(None);
    };
    let pending = E::pending(db, scope, std::slice::from_ref(&row), zone, now).await?;
    let decide_again = pending
        .get(&common.id)
        .is_some_and(|why| why.may_decide_again(PresentSettings::OPEN).is_ok());
    let voided = common.voided_at.is_some();
    let may_void = may_void(common.status, common.failure_reason, voided).is_ok();
    let site = E::SITE.map(|_| scope.site_id());
    let changes = audit_log::of_referral(db, site, common.id, MOST_CHANGES).await?;
    let (attached, changes): (Vec<_>, Vec<_>) = changes
        .into_iter()
        .partition(|change| change.field == audit_log::REFERRED_BY);
    let mut steps = Vec::new();
    // Who was linked afterwards clicked no link.
    if attached.is_empty() {
        steps.push(came(common.clicked_at, chapter.via, chapter.typed_at));
    }
    steps.extend(chapter.joined);
    steps.extend(attached.into_iter().map(linked));
    steps.extend(chapter.bought);
    if let Some(credit) = &credit {
        steps.push(decided(credit, &line)?);
    }
    let failed_at = match &credit {
        Some(credit) => credit.failed_at,
        None => failed_at_once(&common).then_some(common.created_at),
    };
    let attempts_before = attempts_before(&changes);
    steps.extend(by_hand(changes));
    steps.extend(ending(&common, &line, failed_at));
    let mut facts = Vec::new();
    if let Some(credit) = &credit {
        let told = notifications::of_credit(db, credit.id).await?;
        steps.extend(told.map(notified));
        let mode = match credit.mode() {
            Some(mode) => Some(mode),
            None => stripe_accounts::mode_of(db, credit.stripe_account_id).await?,
        };
        facts = ledger_facts(credit, attempts_before, mode, (zone, now))?;
    }
    facts.extend(chapter.facts);
    let program_is_off = common.status == ReferralStatus::Pending && credit.is_none();
    Ok(Some(ReferralStory {
        row: line,
        steps: steps.into_iter().map(|step| step.shown(zone)).collect(),
        facts,
        program_is_off,
        referrer_path: chapter.referrer_path,
        referred_path: chapter.referred_path,
        decide_again,
        may_void,
        seen: credit.as_ref().map(seen).unwrap_or_default(),
        may_review: credit.is_some_and(|credit| credit.is_under_review()),
    }))
}

#[async_trait]
impl Story for referral::Entity {
    async fn chapter(db: &Reader, row: &referral::Model) -> Result<Chapter, DbErr> {
        let friend = users::by_id(db, row.site_id, row.referred_id).await?;
        let (email, at) = match friend {
            Some(friend) => (friend.email, friend.created_at),
            None => (String::new(), row.created_at),
        };
        let joined = step("Registered", email, Some(at));
        let counts = match row.purchase_id {
            Some(id) => purchase::Entity::find_by_id(id).one(db).await?,
            None => None,
        };
        let mut facts = Vec::new();
        let mut steps = uncounted(db, row).await?;
        if let Some(bought) = counts {
            let price = bought.money(bought.paid_cents.unwrap_or(bought.price_cents));
            let foreign = bought.foreign()?.map(|amount| amount.to_string());
            let price = foreign.unwrap_or_else(|| price.to_string());
            let kind = bought.kind.label();
            let place = if bought.in_person { ", in person" } else { "" };
            steps.push(step(
                &format!("Bought {}", bought.product_name),
                format!("{kind}, {price}{place}"),
                bought.paid_at,
            ));
            let mode = bought.mode();
            let ids = OfPurchase {
                session: bought.checkout_session_id,
                payment: bought.payment_intent_id,
                subscription: bought.subscription_id,
                invoice: bought.invoice_id,
            };
            facts = ids.facts(mode);
        }
        steps.sort_by_key(|step| step.at);
        let member = |id: MemberId| Some(format!("/admin/members/{id}"));
        Ok(Chapter {
            joined: Some(joined),
            bought: steps,
            typed_at: row.clicked_at.is_none().then_some(at),
            via: row.via.as_deref().copied(),
            facts,
            referrer_path: member(row.referrer_id),
            referred_path: member(row.referred_id),
        })
    }
}

#[async_trait]
impl Story for platform_referral::Entity {
    async fn chapter(db: &Reader, row: &platform_referral::Model) -> Result<Chapter, DbErr> {
        let brand = site::Entity::find_by_id(row.site_id).one(db).await?;
        let bought = platform_purchase::Entity::find_by_id(row.purchase_id);
        let Some(bought) = bought.one(db).await? else {
            return Ok(Chapter::default());
        };
        let foreign = bought.foreign()?.map(|amount| amount.to_string());
        let paid = bought
            .paid_cents
            .map(|cents| bought.money(cents).to_string());
        let what = brand.map_or_else(String::new, |brand| brand.name);
        let detail = match foreign.or(paid) {
            Some(paid) => format!("{what}, {paid}"),
            None => what,
        };
        let plan = super::rows::kind_label(domain::credit::Program::Platform, &row.plan);
        let (mode, paid_at) = (bought.mode(), bought.paid_at);
        let ids = OfPurchase {
            session: Some(bought.checkout_session_id),
            payment: bought.payment_intent_id,
            subscription: bought.subscription_id,
            invoice: bought.invoice_id,
        };
        Ok(Chapter {
            bought: vec![step(
                &format!("Bought {plan}"),
                detail,
                paid_at.or(Some(row.created_at)),
            )],
            facts: ids.facts(mode),
            ..Chapter::default()
        })
    }
}

/// What the friend paid for without earning the credit, of their newest purchases. Those after the one that
/// counts are left out: they could not earn.
async fn uncounted(db: &Reader, row: &referral::Model) -> Result<Vec<Step>, DbErr> {
    let all = purchases::all_of_buyer(db, row.site_id, row.referred_id, None, why::MOST).await?;
    let steps = all.iter().rev().filter_map(|purchase| {
        let earns = match row.purchase_id {
            None => Earns::Nothing,
            Some(id) if id == purchase.id => Earns::This,
            Some(_) => Earns::Another,
        };
        match counted(*purchase.state, &purchase.as_paid(), earns) {
            Counted::Yes | Counted::NotPaid(_) | Counted::NotTheFirst => None,
            how => Some(bought(purchase, how)),
        }
    });
    Ok(steps.collect())
}

/// How often Stripe was asked before each retry by hand, added up.
fn attempts_before(changes: &[audit_entry::Model]) -> i64 {
    let before = changes.iter().filter(|change| change.field == "Attempts");
    let before = before.filter_map(|change| change.old_value.as_deref()?.parse::<i64>().ok());
    before.sum()
}

/// What the ledger knows. It counts the attempts that failed since the last retry by hand; the one that
/// succeeded is one more.
fn ledger_facts(
    credit: &credit::Model,
    attempts_before: i64,
    mode: Option<StripeMode>,
    (zone, now): (&Zone, Timestamp),
) -> Result<Vec<StoryFact>, DbErr> {
    let succeeded = i64::from(credit.state == CreditState::Issued);
    let attempts = attempts_before + credit.attempts + succeeded;
    let key = credit.key().sent(credit.progress()?.generation);
    let due = credit.state == CreditState::Due;
    let held = credit.held_until.filter(|_| due);
    let held = held.filter(|end| is_on_hold(Some(end.moment()), now.moment()));
    let facts = [
        ("Attempts", Some(attempts.to_string())),
        ("Idempotency key", Some(key)),
        ("Stripe customer", credit.stripe_customer_id.clone()),
        (
            "Stripe balance transaction",
            credit.stripe_transaction_id.clone(),
        ),
        ("On hold until", held.map(|end| dates::minute(end, zone))),
        (
            "Next attempt",
            (due && held.is_none() && !credit.is_under_review())
                .then(|| dates::minute(credit.next_attempt_at, zone)),
        ),
    ];
    Ok(stripe_ids::facts(
        facts,
        mode,
        credit.stripe_customer_id.as_deref(),
    ))
}

/// What was seen of a referral whose credit was reviewed.
fn seen(credit: &credit::Model) -> Vec<String> {
    let signs = credit.review_signs.as_deref();
    signs.map(Signs::sentences).unwrap_or_default()
}
