//! An admin refunds a purchase. The refund's row and its key are committed before Stripe is asked; what Stripe
//! does not answer in time goes on by a job.

use std::time::Duration;

use domain::{
    money::Money,
    refund::{Left, MembershipEnding, NotRefundable, RefundStatus, Split, failure_sentence, split},
};
use sea_orm::DatabaseTransaction;
use store::{
    Paid, Scope,
    audit_log::{self, Change, Field},
    entities::{refund, user},
    is_taken, paid,
    paid::PaidRow,
    refunds,
};
use tokio::time::timeout;

use super::{
    left::{is_membership, known, left_of},
    look, payment, sums,
};
use crate::{
    Engine,
    credits::post_returns,
    queue::FollowUps,
    rights::{ManageCredits, PlatformStaff, TenantStaff},
    stripe_customers::StepError,
};

/// How long the admin waits for Stripe.
const PATIENCE: Duration = Duration::from_secs(8);

/// Who refunds, with the proof that they may.
pub enum Staff {
    Tenant(TenantStaff<ManageCredits>),
    Platform(PlatformStaff<ManageCredits>),
}

impl From<TenantStaff<ManageCredits>> for Staff {
    fn from(staff: TenantStaff<ManageCredits>) -> Self {
        Self::Tenant(staff)
    }
}

impl From<PlatformStaff<ManageCredits>> for Staff {
    fn from(staff: PlatformStaff<ManageCredits>) -> Self {
        Self::Platform(staff)
    }
}

impl Staff {
    pub fn scope(&self) -> Scope {
        match self {
            Self::Tenant(staff) => Scope::Site(staff.site.id()),
            Self::Platform(_) => Scope::Platform,
        }
    }

    pub fn user(&self) -> &user::Model {
        match self {
            Self::Tenant(staff) => &staff.user,
            Self::Platform(staff) => &staff.user,
        }
    }
}

/// What an admin typed.
#[derive(Clone, Copy, Debug)]
pub struct NewRefund<'a> {
    /// Of the price: money goes back first, then credit.
    pub amount: Money,
    /// Random: one form makes one refund.
    pub form_token: &'a str,
    pub reason: &'a str,
    /// Of a membership or a plan, what becomes of it.
    pub ending: Option<MembershipEnding>,
}

/// A refund that was made, or is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refunded {
    pub card: Money,
    pub credit: Money,
    pub status: RefundStatus,
    /// Stripe's code for why it was refused or failed.
    pub failure: Option<String>,
}

impl Refunded {
    /// What the admin is told.
    pub fn words(&self) -> String {
        let amount = match (self.card.is_positive(), self.credit.is_positive()) {
            (true, true) => format!(
                "{} to the card and {} to the credit",
                self.card, self.credit
            ),
            (_, false) => self.card.to_string(),
            (false, true) => format!("{} to the credit", self.credit),
        };
        let why = || failure_sentence(self.failure.as_deref().unwrap_or_default());
        match self.status {
            RefundStatus::Succeeded => format!("Refunded: {amount}."),
            RefundStatus::Requested => {
                format!("Stripe has not answered yet. The refund goes on by itself: {amount}.")
            }
            RefundStatus::Pending | RefundStatus::RequiresAction => {
                format!("The refund is on its way: {amount}.")
            }
            RefundStatus::Refused => format!("Stripe refused the refund. {}.", why()),
            RefundStatus::Failed | RefundStatus::Canceled => {
                format!("The refund failed. {}.", why())
            }
        }
    }
}

/// Refunds a purchase, or a part of it.
///
/// # Errors
/// If the database fails. What keeps it from being refunded is a value.
pub async fn refund(
    engine: &Engine,
    staff: &Staff,
    purchase: Paid,
    new: NewRefund<'_>,
) -> anyhow::Result<Result<Refunded, NotRefundable>> {
    let row = match known(engine, staff.scope(), purchase).await? {
        Ok(row) => row,
        Err(why) => return Ok(Err(why)),
    };
    if let Some(before) = of_form(engine, purchase, &new).await? {
        return Ok(before);
    }
    if let Err(why) = reach(engine, &row).await? {
        return Ok(Err(why));
    }
    let written = match write(engine, staff, purchase, &new).await {
        // The same form was sent twice at the same time.
        Err(error) if error.downcast_ref().is_some_and(is_taken) => {
            let before = of_form(engine, purchase, &new).await?;
            return before.ok_or(error);
        }
        written => written?,
    };
    let row = match written {
        Ok(row) => row,
        Err(why) => return Ok(Err(why)),
    };
    go_on(engine, row).await?;
    let made = of_form(engine, purchase, &new).await?;
    made.ok_or_else(|| anyhow::anyhow!("the refund that was just written is gone"))
}

/// The refund that the same form asked for.
async fn of_form(
    engine: &Engine,
    purchase: Paid,
    new: &NewRefund<'_>,
) -> anyhow::Result<Option<Result<Refunded, NotRefundable>>> {
    let before = refunds::by_form_token(engine.db.reader(), new.form_token).await?;
    Ok(before.map(|before| {
        let amount = before.amount_cents + before.credit_cents;
        match before.paid() == Some(purchase) && amount == new.amount.cents() {
            true => Ok(refunded(before, new.amount)),
            false => Err(NotRefundable::AnotherForm),
        }
    }))
}

fn refunded(row: refund::Model, amount: Money) -> Refunded {
    let money = |cents| Money::new(cents, amount.currency());
    Refunded {
        card: money(row.amount_cents),
        credit: money(row.credit_cents),
        status: *row.status,
        failure: row.failure,
    }
}

/// Makes sure that Stripe can be asked for a refund before one is written: the account is connected, and
/// the payment is known.
async fn reach(engine: &Engine, row: &PaidRow) -> anyhow::Result<Result<(), NotRefundable>> {
    let is_paid_by_card = row
        .charged()
        .is_some_and(|charged| charged.card.is_positive());
    if row.paid_at().is_none() || row.in_person() || !is_paid_by_card {
        return Ok(Ok(()));
    }
    let asked = match payment::connection_for(engine, row).await {
        Ok(connection) => payment::learn(engine, &connection, row).await,
        Err(error) => Err(error),
    };
    match asked {
        Ok(_) => Ok(Ok(())),
        Err(StepError::Stripe(error)) if error.outcome_is_unknown() => {
            Ok(Err(NotRefundable::Unanswered))
        }
        Err(StepError::Stripe(_)) => Ok(Err(NotRefundable::NotConnected)),
        Err(StepError::Database(error)) => Err(error.into()),
    }
}

/// Writes the refund, under the purchase's lock.
async fn write(
    engine: &Engine,
    staff: &Staff,
    purchase: Paid,
    new: &NewRefund<'_>,
) -> anyhow::Result<Result<PaidRow, NotRefundable>> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    let row = paid::lock(&tx, purchase).await?;
    let Some(row) = row.filter(|row| row.scope() == staff.scope()) else {
        return Ok(Err(NotRefundable::Unknown));
    };
    let (split, ending) = match decide(&tx, &row, new).await? {
        Ok(decided) => decided,
        Err(why) => return Ok(Err(why)),
    };
    let Some(account) = row.account() else {
        return Ok(Err(NotRefundable::InPerson));
    };
    let token = engine.random.token();
    let asked = refunds::NewRefund {
        paid: purchase,
        stripe_account_id: account,
        payment_intent: row.payment_intent(),
        card: split.card,
        credit: split.credit,
        token: &token,
        form_token: new.form_token,
        reason: new.reason,
        actor: staff.user(),
        ending,
    };
    let asked = refunds::insert(&tx, &asked, now).await?;
    if !split.card.is_positive() {
        // Credit alone goes back without Stripe's word.
        refunds::set_status(&tx, asked.id, RefundStatus::Succeeded, None).await?;
    }
    trace(&tx, engine, staff, (purchase, &split), new.reason).await?;
    let follow_ups = sums::settle(&tx, row, now).await?;
    let row = paid::lock(&tx, purchase).await?;
    commit(engine, tx, staff.scope(), follow_ups).await?;
    row.map(Ok)
        .ok_or_else(|| anyhow::anyhow!("a purchase that was just locked is gone"))
}

async fn decide(
    tx: &DatabaseTransaction,
    row: &PaidRow,
    new: &NewRefund<'_>,
) -> anyhow::Result<Result<(Split, Option<MembershipEnding>), NotRefundable>> {
    let left: Left = match left_of(tx, row).await? {
        Ok(left) => left,
        Err(why) => return Ok(Err(why)),
    };
    let split = match split(new.amount, left) {
        Ok(split) => split,
        Err(why) => return Ok(Err(why)),
    };
    if split.card.is_positive() && row.payment_intent().is_none() {
        return Ok(Err(NotRefundable::Unanswered));
    }
    let ending = MembershipEnding::of(new.ending, is_membership(row));
    Ok(ending.map(|ending| (split, ending)))
}

async fn commit(
    engine: &Engine,
    tx: DatabaseTransaction,
    scope: Scope,
    follow_ups: FollowUps,
) -> anyhow::Result<()> {
    follow_ups.enqueue(engine, &tx).await?;
    tx.commit().await?;
    engine.console_changed(scope);
    follow_ups.wake(engine).await;
    Ok(())
}

async fn trace(
    tx: &DatabaseTransaction,
    engine: &Engine,
    staff: &Staff,
    (purchase, split): (Paid, &Split),
    reason: &str,
) -> anyhow::Result<()> {
    let change = Change {
        site_id: staff.scope().site(),
        actor: Some(staff.user()),
        subject: &format!("Order {}", purchase.number()),
        now: engine.now(),
    };
    let refunded = format!(
        "{} to the card, {} to the credit: {reason}",
        split.card, split.credit
    );
    let field = Field {
        name: "Refund",
        old: None,
        new: Some(refunded),
    };
    Ok(audit_log::write(tx, &change, [field]).await?)
}

/// Asks Stripe now. If it takes too long, the job goes on.
async fn go_on(engine: &Engine, row: PaidRow) -> anyhow::Result<()> {
    let asking = {
        let engine = engine.clone();
        engine.calls.clone().spawn(async move {
            let paid = row.paid();
            look::look(&engine, row).await?;
            match paid {
                Paid::Tenant(id) => post_returns(&engine, id).await,
                Paid::Platform(_) => Ok(()),
            }
        })
    };
    match timeout(PATIENCE, asking).await {
        Ok(Ok(asked)) => asked,
        Ok(Err(ended)) => Err(ended.into()),
        Err(_) => Ok(()),
    }
}
