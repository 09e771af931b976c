//! The whole story of one referral: what happened, when, and under which Stripe ids.

use std::collections::HashMap;

use app::types::admin::{ReferralRow, ReferralStory, StoryStep};
use async_trait::async_trait;
use domain::{
    credit::{CreditState, Signs, is_on_hold},
    referral::{FailureReason, PresentSettings, ReferralStatus, may_void},
    sharing::Channel,
};
use sea_orm::{DbErr, EntityTrait};
use server_core::{dates, zone::Zone};
use store::{
    Id, MemberId, Reader, Scope, Timestamp, audit_log, credit_retries,
    entities::{
        audit_entry, credit, platform_purchase, platform_referral, purchase, referral, site,
    },
    referral_table::Common,
    users,
};

use super::rows::Shown;

/// What only the referral's own program knows about it.
#[derive(Default)]
pub struct Chapter {
    /// How the referred person became a member.
    joined: Option<Step>,
    /// What the referred person bought.
    bought: Option<Step>,
    /// On which channel the link came.
    via: Option<Channel>,
    /// The Stripe ids of the purchase.
    facts: Vec<(String, String)>,
    referrer_path: Option<String>,
    referred_path: Option<String>,
}

/// A step of the story.
pub(super) struct Step {
    what: String,
    detail: String,
    at: Option<Timestamp>,
    /// How the referral ended by it.
    ended: Option<ReferralStatus>,
}

/// A table of referrals whose stories can be read.
#[async_trait]
pub trait Story: Shown {
    /// What the referral's program knows about it.
    async fn chapter(db: &Reader, row: &Self::Model) -> Result<Chapter, DbErr>;
}

/// The story of the referral with this id, if it is in `scope`, as it is `now`, with its times in `zone`.
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
        steps.push(clicked(&common, chapter.via));
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
    steps.extend(by_hand(changes));
    steps.extend(ending(&common, &line, failed_at));
    let facts = credit
        .as_ref()
        .map(|credit| ledger_facts(credit, zone, now))
        .transpose()?;
    let mut facts = facts.unwrap_or_default();
    facts.extend(chapter.facts);
    Ok(Some(ReferralStory {
        row: line,
        steps: steps.into_iter().map(|step| step.shown(zone)).collect(),
        facts,
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
        let bought = match row.purchase_id {
            Some(id) => purchase::Entity::find_by_id(id).one(db).await?,
            None => None,
        };
        let (mut facts, mut paid) = (Vec::new(), None);
        if let Some(bought) = bought {
            let price = bought.money(bought.paid_cents.unwrap_or(bought.price_cents));
            let foreign = bought.foreign()?.map(|amount| amount.to_string());
            let price = foreign.unwrap_or_else(|| price.to_string());
            let kind = bought.kind.label();
            let place = if bought.in_person { ", in person" } else { "" };
            paid = Some(step(
                &format!("Bought {}", bought.product_name),
                format!("{kind}, {price}{place}"),
                bought.paid_at,
            ));
            facts = present([
                ("Checkout session", bought.checkout_session_id),
                ("PaymentIntent", bought.payment_intent_id),
                ("Subscription", bought.subscription_id),
            ]);
        }
        let member = |id: MemberId| Some(format!("/admin/members/{id}"));
        Ok(Chapter {
            joined: Some(joined),
            bought: paid,
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
        Ok(Chapter {
            bought: Some(step(
                &format!("Bought {plan}"),
                detail,
                bought.paid_at.or(Some(row.created_at)),
            )),
            facts: present([
                ("Checkout session", Some(bought.checkout_session_id)),
                ("Subscription", bought.subscription_id),
            ]),
            ..Chapter::default()
        })
    }
}

/// A link as it stands has no channel to tell.
fn clicked(row: &Common<'_>, via: Option<Channel>) -> Step {
    let via = via.filter(|via| *via != Channel::Link);
    let detail = match row.clicked_at {
        Some(_) => via.map_or("", Channel::label),
        None => "The time is unknown.",
    };
    step("Clicked the link", detail, row.clicked_at)
}

/// That the referrer was named afterwards: by whom, and why.
pub(super) fn linked(change: audit_entry::Model) -> Step {
    let reason = change.new_value.unwrap_or_default();
    let detail = format!("by {}. {reason}", change.actor);
    step("Referrer named", detail, Some(change.created_at))
}

/// The most changes by hand that a story tells.
const MOST_CHANGES: u64 = 100;

/// What admins did about the referral: each retry, with the attempts before it, and each new decision.
fn by_hand(changes: Vec<audit_entry::Model>) -> impl Iterator<Item = Step> {
    let attempts: HashMap<_, _> = changes
        .iter()
        .filter(|change| change.field == "Attempts")
        .filter_map(|change| Some((change.created_at, change.old_value.clone()?)))
        .collect();
    changes.into_iter().filter_map(move |change| {
        let actor = &change.actor;
        let (what, detail) = match (change.field.as_str(), change.old_value) {
            ("Status", _) => match attempts.get(&change.created_at) {
                Some(before) => ("Retried", format!("by {actor}. Attempts before: {before}")),
                None => ("Retried", format!("by {actor}")),
            },
            (audit_log::VOIDED, _) => match change.new_value {
                Some(reason) => ("Voided", format!("by {actor}: {reason}")),
                None => ("Voided", format!("by {actor}")),
            },
            (audit_log::REVIEW, _) => {
                let decision = change.new_value.unwrap_or_default();
                ("Reviewed", format!("by {actor}. {decision}"))
            }
            ("Credit decision", Some(old)) => ("Decided again", format!("by {actor}. {old}")),
            ("Credit decision", None) => ("Decided again", format!("by {actor}")),
            _ => return None,
        };
        Some(step(what, detail, Some(change.created_at)))
    })
}

fn decided(credit: &credit::Model, line: &ReferralRow) -> Result<Step, DbErr> {
    let reward = credit.amount()?.in_favor();
    Ok(step(
        "Credit decided",
        format!("{reward} for {}", line.referrer),
        Some(credit.created_at),
    ))
}

/// Whether a referral without a credit failed when it was created: the platform referrer was the buyer, or
/// the money was foreign. Of one that was ended later the ledger has no time.
fn failed_at_once(row: &Common<'_>) -> bool {
    matches!(
        row.failure_reason,
        Some(FailureReason::SelfReferral | FailureReason::OtherCurrency(_))
    )
}

/// The last step, if the referral has ended.
fn ending(row: &Common<'_>, line: &ReferralRow, failed_at: Option<Timestamp>) -> Option<Step> {
    let what = row.status.label();
    match row.status {
        ReferralStatus::Pending => None,
        ReferralStatus::Credited => {
            let amount = line.credit.map(|credit| credit.to_string());
            Some(step(what, amount.unwrap_or_default(), row.credited_at).ended(row.status))
        }
        ReferralStatus::Failed => {
            let reason = line.reason.clone().unwrap_or_default();
            Some(step(what, reason, failed_at).ended(row.status))
        }
    }
}

fn ledger_facts(
    credit: &credit::Model,
    zone: &Zone,
    now: Timestamp,
) -> Result<Vec<(String, String)>, DbErr> {
    let key = credit.key().sent(credit.progress()?.generation);
    let due = credit.state == CreditState::Due;
    let held = credit.held_until.filter(|_| due);
    let held = held.filter(|end| is_on_hold(Some(end.moment()), now.moment()));
    Ok(present([
        ("Attempts", Some(credit.attempts.to_string())),
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
    ]))
}

/// What was seen of a referral whose credit was reviewed.
fn seen(credit: &credit::Model) -> Vec<String> {
    let signs = credit.review_signs.as_deref();
    signs.map(Signs::sentences).unwrap_or_default()
}

fn present<const N: usize>(facts: [(&str, Option<String>); N]) -> Vec<(String, String)> {
    facts
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name.to_owned(), value)))
        .collect()
}

pub(super) fn step(what: &str, detail: impl Into<String>, at: Option<Timestamp>) -> Step {
    Step {
        what: what.to_owned(),
        detail: detail.into(),
        at,
        ended: None,
    }
}

impl Step {
    fn ended(mut self, status: ReferralStatus) -> Self {
        self.ended = Some(status);
        self
    }

    pub(super) fn shown(self, zone: &Zone) -> StoryStep {
        let Self {
            what,
            detail,
            at,
            ended,
        } = self;
        StoryStep {
            what,
            detail,
            on: at.map(|at| dates::minute(at, zone)).unwrap_or_default(),
            at: at.map(dates::iso).unwrap_or_default(),
            ended,
        }
    }
}
