//! Credit that staff gives and takes by hand, once for each form (`docs/rules.md` 139 and 140).

mod give;
mod take;
mod whose;

use domain::{
    credit::{CreditKey, CreditState, NotGiven, NotTaken},
    money::Money,
};
use sea_orm::{DatabaseTransaction, DbErr};
use store::{
    CreditId, Timestamp, Write,
    audit_log::{self, Change, Field},
    credits::{self as rows, NewByStaff},
    entities::credit,
};

use crate::{Engine, queue::Job};

pub use give::give;
pub use take::take;
pub use whose::Whose;

/// What staff typed.
#[derive(Clone, Copy)]
pub struct ByHand<'a> {
    pub amount: Money,
    /// The holder reads it.
    pub reason: &'a str,
    /// Random. One form changes a balance once, even if it is submitted several times.
    pub form_token: &'a str,
}

/// How a change by hand stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Stripe has it.
    Done(Money),
    /// Stripe did not answer yet. A job goes on.
    UnderWay(Money),
    /// Stripe refuses it for good, and nothing was changed.
    Refused,
}

/// Why nothing is changed by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotChanged {
    NotGiven(NotGiven),
    NotTaken(NotTaken),
    /// The account is being deleted.
    Leaving,
    /// Stripe is not connected.
    NotConnected,
    /// The form was used for another change.
    AnotherForm,
    /// A purchase uses the balance right now.
    InUse,
    /// Stripe did not say what is on the balance.
    Unanswered,
}

/// What the form did before; `None` if it did nothing yet.
async fn before(
    engine: &Engine,
    whose: &Whose,
    key: &CreditKey,
    typed: &ByHand<'_>,
) -> anyhow::Result<Option<Result<Changed, NotChanged>>> {
    let Some(row) = rows::by_key(engine.db.reader(), key).await? else {
        return Ok(None);
    };
    let amount = row.amount()?;
    let same = row.holder() == Some(whose.holder_id())
        && amount.currency() == typed.amount.currency()
        && amount.cents().checked_abs() == Some(typed.amount.cents());
    Ok(Some(match same {
        true => standing(engine, &row).await.map(Ok)?,
        false => Err(NotChanged::AnotherForm),
    }))
}

/// How the row of a change stands, without what went back of it.
async fn standing(engine: &Engine, row: &credit::Model) -> anyhow::Result<Changed> {
    let cents = row.amount()?.cents().saturating_abs();
    let back = rows::restored_of(engine.db.reader(), row.id).await?;
    let back = back.map(|row| row.amount()).transpose()?;
    let back = back.map_or(0, |back| back.cents().saturating_abs());
    let amount = Money::new(cents - back, *row.currency);
    Ok(match *row.state {
        CreditState::Issued => Changed::Done(amount),
        CreditState::Due => Changed::UnderWay(amount),
        CreditState::Failed => Changed::Refused,
    })
}

/// Writes the ledger's row, its job and the line of the audit log; `None` if the form did that before.
async fn write(
    tx: &DatabaseTransaction,
    engine: &Engine,
    whose: &Whose,
    (row, what): (&NewByStaff<'_>, &'static str),
    typed: &ByHand<'_>,
    now: Timestamp,
) -> anyhow::Result<Option<CreditId>> {
    let Some(credit_id) = rows::insert_by_staff(tx, row, now).await? else {
        return Ok(None);
    };
    log(tx, whose, what, typed, now).await?;
    let attempt = 0;
    let job = Job::IssueCredit { credit_id, attempt };
    engine.queue.enqueue(tx, &job).await?;
    Ok(Some(credit_id))
}

async fn log(
    tx: &impl Write,
    whose: &Whose,
    what: &'static str,
    typed: &ByHand<'_>,
    now: Timestamp,
) -> Result<(), DbErr> {
    let change = Change {
        site_id: whose.scope().site(),
        actor: Some(whose.actor()),
        subject: &whose.subject(),
        now,
    };
    let field = Field {
        name: what,
        old: None,
        new: Some(format!("{}: {}", typed.amount, typed.reason)),
    };
    audit_log::write(tx, &change, [field]).await
}
