//! Compares the ledger of an earned credit with what became of its purchase, and takes the next step:
//! refunds, disputes, undone sales and voided referrals all end here (`docs/rules.md` 120 to 127).

mod kept;
mod payment;
mod subject;

use anyhow::Context;
use domain::{
    credit::{Adjustment, Earned as EarnedCredit, NoCredit, ReversalCause, TakeBack, take_back},
    money::Money,
    purchase::CreditCheck,
    refund::{BeforeIssue, PartialRefunds, Payment},
};
use sea_orm::DatabaseTransaction;
use store::{
    Paid, PlatformReferralId, ReferralId, Timestamp,
    credits::{self, Earned, Ledger},
    paid::{self, PaidRow},
    referral_adjustments::{self as adjustments, TakenBack},
};

use super::referral::Standing;
use crate::{
    Engine,
    queue::{FollowUps, Job},
};
pub use kept::kept_by_another;
pub use payment::{partial_refunds, payment_of};
use subject::Subject;

/// Takes the next step of the credit that this purchase earned, if one is due. The caller holds the
/// purchase's lock, and enqueues what follows.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn of_purchase(
    tx: &DatabaseTransaction,
    row: &PaidRow,
    now: Timestamp,
) -> anyhow::Result<FollowUps> {
    let Some(subject) = subject::lock(tx, row).await? else {
        return Ok(FollowUps::default());
    };
    let is_its = subject.is_for(row);
    let credit = match is_its {
        true => credits::of_earned(tx, subject.earned).await?,
        // Another purchase earned it, or it was given up.
        false => None,
    };
    match credit {
        Some(credit) => {
            let ledger = credits::ledger(tx, credit).await?;
            Step {
                tx,
                subject,
                ledger,
                now,
            }
            .take(row)
            .await
        }
        None => {
            // What was due ended with the credit, as when an admin voided it.
            if is_its && subject.adjust_due {
                subject::set_due(tx, subject.earned, false).await?;
            }
            decide_again(tx, &subject, row).await
        }
    }
}

/// Compares the ledger with what became of the purchase, if that changed while it was not known what
/// Stripe has.
///
/// # Errors
/// If the database fails. The sweep then tries again.
pub async fn if_due(
    engine: &Engine,
    earned: Option<Earned>,
    standing: Standing,
) -> anyhow::Result<()> {
    match earned.filter(|_| standing.adjust_due) {
        Some(earned) => again(engine, earned).await,
        None => Ok(()),
    }
}

/// Compares the ledger of this referral once more, after Stripe said what it has.
///
/// # Errors
/// If the database fails. The sweep then tries again.
pub async fn again(engine: &Engine, earned: Earned) -> anyhow::Result<()> {
    let tx = engine.db.begin().await?;
    let Some(named) = purchase_of(&tx, earned).await? else {
        subject::set_due(&tx, earned, false).await?;
        return Ok(tx.commit().await?);
    };
    let row = paid::lock(&tx, named).await?;
    let row = row.context("the purchase of a referral")?;
    let follow_ups = of_purchase(&tx, &row, engine.now()).await?;
    follow_ups.enqueue(engine, &tx).await?;
    tx.commit().await?;
    engine.console_changed(row.scope());
    follow_ups.wake(engine).await;
    Ok(())
}

/// Compares the ledger of a member's referral, if that is due. A job calls this.
///
/// # Errors
/// As [`again`].
pub async fn member(engine: &Engine, id: ReferralId) -> anyhow::Result<()> {
    match adjustments::earned_if_due(engine.db.reader(), id).await? {
        Some(earned) => again(engine, earned).await,
        None => Ok(()),
    }
}

/// The same of a platform referral.
///
/// # Errors
/// As [`again`].
pub async fn platform(engine: &Engine, id: PlatformReferralId) -> anyhow::Result<()> {
    match adjustments::platform_earned_if_due(engine.db.reader(), id).await? {
        Some(earned) => again(engine, earned).await,
        None => Ok(()),
    }
}

async fn purchase_of(tx: &DatabaseTransaction, earned: Earned) -> anyhow::Result<Option<Paid>> {
    Ok(match earned {
        Earned::Tenant { referral_id, .. } => adjustments::purchase_of(tx, referral_id)
            .await?
            .map(Paid::Tenant),
        Earned::Platform { referral_id, .. } => adjustments::platform_purchase_of(tx, referral_id)
            .await?
            .map(Paid::Platform),
    })
}

/// Takes back all that Stripe has of the credit of a referral, whatever became of its purchase. The
/// caller holds the referral's lock, and enqueues the jobs. What Stripe was never asked for is left to the
/// caller; what it may have is taken back once that is known, as long as the referral says that it was
/// voided.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn take_all(
    tx: &DatabaseTransaction,
    earned: Earned,
    cause: ReversalCause,
    now: Timestamp,
) -> anyhow::Result<Vec<Job>> {
    let (Some(subject), Some(credit)) = (
        subject::of(tx, earned).await?,
        credits::of_earned(tx, earned).await?,
    ) else {
        return Ok(Vec::new());
    };
    let ledger = credits::ledger(tx, credit).await?;
    let step = Step {
        tx,
        subject,
        ledger,
        now,
    };
    let of = step.earned()?;
    match of.at_stripe {
        TakeBack::Withdraw => Ok(Vec::new()),
        TakeBack::Unsettled => {
            subject::set_due(tx, earned, true).await?;
            Ok(Vec::new())
        }
        TakeBack::Reverse => {
            let asked = of.taken.cents() + of.shortfall.cents();
            let rest = Money::new(of.given.cents() - asked, of.given.currency());
            match rest.is_positive() {
                true => Ok(step.reverse(rest, cause).await?.into_first()),
                false => Ok(Vec::new()),
            }
        }
    }
}

/// Has a purchase decided again that earned nothing because what was paid went back, if it did not go
/// back after all. If another one has earned the credit by then, this one may keep it.
async fn decide_again(
    tx: &DatabaseTransaction,
    subject: &Subject,
    row: &PaidRow,
) -> anyhow::Result<FollowUps> {
    let mut follow_ups = FollowUps::default();
    let (check, no_credit) = row.decision();
    let given_up = check == CreditCheck::Done && no_credit == Some(NoCredit::Refunded);
    let Some(payment) = payment_of(row, subject.voided, None).filter(|_| given_up) else {
        return Ok(follow_ups);
    };
    let partial = partial_refunds(tx, row.scope()).await?;
    if payment.before_issue(partial) != BeforeIssue::GiveUp {
        paid::not_refunded_any_more(tx, row.paid()).await?;
        follow_ups.add_again(match row.paid() {
            Paid::Tenant(purchase_id) => Job::DecideCredit { purchase_id },
            Paid::Platform(purchase_id) => Job::DecidePlatformCredit { purchase_id },
        });
    }
    Ok(follow_ups)
}

/// A step of one ledger.
struct Step<'a> {
    tx: &'a DatabaseTransaction,
    subject: Subject,
    ledger: Ledger,
    now: Timestamp,
}

impl Step<'_> {
    /// What is known of the ledger.
    fn earned(&self) -> anyhow::Result<EarnedCredit> {
        let last = &self.ledger.last;
        let given = self.ledger.standing.amount()?.in_favor();
        let money = |cents| Money::new(cents, given.currency());
        Ok(EarnedCredit {
            at_stripe: take_back(*last.kind, *last.state, last.first_sent_at.is_some()),
            frozen: self.ledger.credit.frozen_at.is_some(),
            given,
            taken: money(self.subject.taken),
            shortfall: money(self.subject.shortfall),
        })
    }

    async fn take(self, row: &PaidRow) -> anyhow::Result<FollowUps> {
        // What was paid in another currency earned nothing.
        let held_until = self.ledger.credit.waits_until(self.now);
        let Some(mut payment) = payment_of(row, self.subject.voided, held_until) else {
            return Ok(FollowUps::default());
        };
        let partial = partial_refunds(self.tx, row.scope()).await?;
        let of = self.earned()?;
        let mut next = of.adjust(&payment, partial);
        let mut kept_for = None;
        if is_first_taking(next, &of) && !self.subject.voided {
            kept_for = self.kept(row, partial).await?;
        }
        if let Some(other) = &kept_for {
            payment =
                payment_of(other, false, held_until).context("the price of a paid purchase")?;
            next = of.adjust(&payment, partial);
        }
        let paid = kept_for.as_ref().unwrap_or(row).paid();
        self.perform(next, &of, &payment, partial, paid).await
    }

    /// Another purchase of the friend that keeps the credit.
    async fn kept(
        &self,
        row: &PaidRow,
        partial: PartialRefunds,
    ) -> anyhow::Result<Option<PaidRow>> {
        let (PaidRow::Tenant(purchase), Earned::Tenant { referral_id, .. }) =
            (row, self.subject.earned)
        else {
            return Ok(None);
        };
        let other = kept_by_another(
            self.tx,
            referral_id,
            &self.ledger.credit,
            purchase,
            (partial, self.now),
        )
        .await?;
        Ok(other.map(PaidRow::Tenant))
    }

    async fn perform(
        self,
        next: Adjustment,
        of: &EarnedCredit,
        payment: &Payment,
        partial: PartialRefunds,
        paid: Paid,
    ) -> anyhow::Result<FollowUps> {
        let (tx, credit, mut follow_ups) = (self.tx, &self.ledger.credit, FollowUps::default());
        // A share of what is not issued yet is taken back once it is.
        let share = of.at_stripe == TakeBack::Withdraw
            && payment.to_take_back(of.given, partial).is_positive();
        let mut due = share && payment.before_issue(partial) == BeforeIssue::Issue;
        match next {
            Adjustment::Nothing => {}
            Adjustment::Later => due = true,
            Adjustment::Freeze => due = !credits::freeze(tx, credit.id, self.now).await?,
            Adjustment::Unfreeze => {
                credits::unfreeze(tx, credit, self.now).await?;
                follow_ups.add_again(Job::IssueCredit {
                    credit_id: credit.id,
                    attempt: credit.attempts,
                });
            }
            Adjustment::GiveUp => due = !self.give_up(payment, paid).await?,
            Adjustment::Reverse(amount) => {
                let cause = ReversalCause::of(payment);
                follow_ups = self.reverse(amount, cause).await?;
            }
            Adjustment::Restore { forgiven, back } => {
                follow_ups = self.restore(forgiven, back).await?;
            }
        }
        if due != self.subject.adjust_due {
            subject::set_due(tx, self.subject.earned, due).await?;
        }
        Ok(follow_ups)
    }

    /// Gives up a credit that Stripe does not have: the referral waits for another purchase. `false` if
    /// a job has asked Stripe for it meanwhile.
    async fn give_up(&self, payment: &Payment, paid: Paid) -> anyhow::Result<bool> {
        if !credits::withdraw(self.tx, self.ledger.credit.id).await? {
            return Ok(false);
        }
        tracing::info!(
            credit = self.ledger.credit.id.get(),
            "a credit was given up"
        );
        if payment.voided || self.subject.is_over {
            return Ok(true);
        }
        subject::set_pending(self.tx, self.subject.earned).await?;
        if !payment.undone {
            paid::given_up_before_issue(self.tx, paid, payment.given_up_for()).await?;
        }
        Ok(true)
    }

    async fn reverse(&self, amount: Money, cause: ReversalCause) -> anyhow::Result<FollowUps> {
        let purchase_id = self.subject.purchase_id;
        let id =
            credits::insert_reversal(self.tx, &self.ledger, amount, purchase_id, self.now).await?;
        let credit_id = id.context("a second step of a ledger under one lock")?;
        let taken = TakenBack {
            cents: Some(self.subject.taken + amount.cents()),
            shortfall_cents: self.subject.shortfall,
            cause: Some(cause),
        };
        subject::set_taken(self.tx, self.subject.earned, taken).await?;
        Ok(Some(issue(credit_id)).into())
    }

    async fn restore(&self, forgiven: Money, back: Option<Money>) -> anyhow::Result<FollowUps> {
        let mut job = None;
        if let Some(back) = back {
            let purchase_id = self.subject.purchase_id;
            let id = credits::insert_restoring(self.tx, &self.ledger, back, purchase_id, self.now);
            let id = id
                .await?
                .context("a second step of a ledger under one lock")?;
            job = Some(issue(id));
        }
        let taken = self.subject.taken - back.map_or(0, Money::cents);
        let shortfall = self.subject.shortfall - forgiven.cents();
        let is_whole = taken == 0 && shortfall == 0;
        let taken = TakenBack {
            cents: (!is_whole).then_some(taken),
            shortfall_cents: shortfall,
            cause: self.subject.cause.filter(|_| !is_whole),
        };
        subject::set_taken(self.tx, self.subject.earned, taken).await?;
        Ok(job.into())
    }
}

/// Whether this step is the first that takes something of the credit: another purchase may keep it.
fn is_first_taking(next: Adjustment, of: &EarnedCredit) -> bool {
    let takes = matches!(next, Adjustment::GiveUp | Adjustment::Reverse(_));
    takes && of.taken.cents() == 0 && of.shortfall.cents() == 0
}

fn issue(credit_id: store::CreditId) -> Job {
    Job::IssueCredit {
        credit_id,
        attempt: 0,
    }
}
