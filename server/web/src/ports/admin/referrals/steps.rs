//! The steps of a referral's story.

use std::collections::HashMap;

use app::types::admin::{ReferralRow, StoryStep};
use domain::{
    purchase::label,
    referral::{Counted, FailureReason, ReferralStatus},
    sharing::Channel,
};
use sea_orm::DbErr;
use server_core::{dates, zone::Zone};
use store::{
    Timestamp, audit_log,
    entities::{audit_entry, credit, notification, purchase},
    referral_table::Common,
};

/// A step of the story.
pub struct Step {
    what: String,
    detail: String,
    /// `None` if nobody knows when.
    pub at: Option<Timestamp>,
    /// How the referral ended by it.
    ended: Option<ReferralStatus>,
}

/// How the friend came: by a link on this channel, or with a code that they typed when they registered. A link
/// as it stands has no channel to tell.
pub fn came(
    clicked_at: Option<Timestamp>,
    via: Option<Channel>,
    typed_at: Option<Timestamp>,
) -> Step {
    if typed_at.is_some() && clicked_at.is_none() && via.is_none() {
        return step("Entered the code", "In the app, or at Register.", typed_at);
    }
    let via = via.filter(|via| *via != Channel::Link);
    let detail = match clicked_at {
        Some(_) => via.map_or("", Channel::label),
        None => "The time is unknown.",
    };
    step("Clicked the link", detail, clicked_at)
}

/// What the friend bought, and how it counted.
pub fn bought(purchase: &purchase::Model, how: Counted) -> Step {
    let price = purchase.money(purchase.price_cents);
    let label = label(*purchase.state, price, purchase.given_back());
    step(
        &format!("Bought {}", purchase.product_name),
        format!("{price}. {label}. {}", how.words()),
        purchase.paid_at.or(Some(purchase.created_at)),
    )
}

/// That the referrer was named afterwards: by whom, and why.
pub fn linked(change: audit_entry::Model) -> Step {
    let reason = change.new_value.unwrap_or_default();
    let detail = format!("by {}. {reason}", change.actor);
    step("Referrer named", detail, Some(change.created_at))
}

/// What admins did about the referral: each retry, with the attempts before it, and each new decision.
pub fn by_hand(changes: Vec<audit_entry::Model>) -> impl Iterator<Item = Step> {
    let before = |field: &str| -> HashMap<_, _> {
        let changes = changes.iter().filter(|change| change.field == field);
        changes
            .filter_map(|change| Some((change.created_at, change.old_value.clone()?)))
            .collect()
    };
    let (attempts, failures) = (before("Attempts"), before(audit_log::FAILURE));
    changes.into_iter().filter_map(move |change| {
        let actor = &change.actor;
        let (what, detail) = match (change.field.as_str(), change.old_value) {
            ("Status", _) => {
                let (what, mut detail) = match actor == audit_log::CONNECTION {
                    true => ("Went on", "once Stripe could be used".to_owned()),
                    false => ("Retried", format!("by {actor}")),
                };
                if let Some(before) = attempts.get(&change.created_at) {
                    detail += &format!(". Attempts before: {before}");
                }
                if let Some(why) = failures.get(&change.created_at) {
                    detail += &format!(". It had failed: {why}");
                }
                (what, detail)
            }
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

/// That the credit was decided.
pub fn decided(credit: &credit::Model, line: &ReferralRow) -> Result<Step, DbErr> {
    let reward = credit.amount()?.in_favor();
    Ok(step(
        "Credit decided",
        format!("{reward} for {}", line.referrer),
        Some(credit.created_at),
    ))
}

/// Whether a referral without a credit failed when it was created: the platform referrer was the buyer, or
/// the money was foreign. Of one that was ended later the ledger has no time.
pub fn failed_at_once(row: &Common<'_>) -> bool {
    matches!(
        row.failure_reason,
        Some(FailureReason::SelfReferral | FailureReason::OtherCurrency(_))
    )
}

/// The last step, if the referral has ended.
pub fn ending(row: &Common<'_>, line: &ReferralRow, failed_at: Option<Timestamp>) -> Option<Step> {
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

/// That the referrer was told of the credit.
pub fn notified(notification: notification::Model) -> Step {
    step(
        "Notification sent",
        notification.text,
        Some(notification.created_at),
    )
}

/// A step that ends nothing.
pub fn step(what: &str, detail: impl Into<String>, at: Option<Timestamp>) -> Step {
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

    /// The step with its time in `zone`.
    pub fn shown(self, zone: &Zone) -> StoryStep {
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
