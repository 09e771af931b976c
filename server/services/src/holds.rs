//! The credits on hold of a program that is switched off: how many they are, and what voids them
//! (`docs/rules.md` 133). What is not voided is issued when its hold ends.

use domain::{forms::sum_line, money::Money, referral::FailureReason};
use sea_orm::DatabaseTransaction;
use store::{
    Scope,
    audit_log::{self, Change, Field},
    credits::holds::{self, OnHold},
    entities::{platform_referral, referral, user},
};

use crate::Engine;

/// The programs whose credits on hold are voided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Void {
    pub tenant: bool,
    pub platform: bool,
}

impl Void {
    /// Whether those of this program are.
    pub fn is_of(self, scope: Scope) -> bool {
        match scope {
            Scope::Site(_) => self.tenant,
            Scope::Platform => self.platform,
        }
    }
}

/// What is on hold in one program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub credits: u64,
    /// What they add up to: `$30.00`.
    pub amount: String,
}

/// What is on hold in the program; `None` if nothing is.
///
/// # Errors
/// If the database fails.
pub async fn of(engine: &Engine, scope: Scope) -> anyhow::Result<Option<Held>> {
    let held = holds::of_scope(engine.db.reader(), scope, engine.now()).await?;
    Ok(summed(&held))
}

fn summed(held: &[OnHold]) -> Option<Held> {
    let amounts: Vec<_> = held.iter().map(|one| one.amount).collect();
    let first = amounts.first()?;
    Some(Held {
        credits: held.iter().map(|one| one.credits).sum(),
        amount: sum_line(&amounts, Money::new(0, first.currency())),
    })
}

/// What is on hold, in the transaction that switches the program off.
///
/// # Errors
/// If the database fails.
pub(crate) async fn in_transaction(
    engine: &Engine,
    tx: &DatabaseTransaction,
    scope: Scope,
) -> anyhow::Result<Option<Held>> {
    Ok(summed(&holds::of_scope(tx, scope, engine.now()).await?))
}

/// Voids what is on hold in the program that `actor` switches off, and returns how many credits that were.
///
/// # Errors
/// If the database fails.
pub(crate) async fn void(
    engine: &Engine,
    tx: &DatabaseTransaction,
    scope: Scope,
    actor: &user::Model,
) -> anyhow::Result<u64> {
    let Some(held) = in_transaction(engine, tx, scope).await? else {
        return Ok(0);
    };
    let (now, reason) = (engine.now(), FailureReason::VoidedWhenOff);
    let voided = match scope {
        Scope::Site(_) => holds::void::<referral::Entity>(tx, scope, &reason, now).await?,
        Scope::Platform => {
            holds::void::<platform_referral::Entity>(tx, scope, &reason, now).await?
        }
    };
    let change = Change {
        site_id: scope.site(),
        actor: Some(actor),
        subject: "Settings",
        now,
    };
    let field = Field {
        name: "Credits on hold",
        old: Some(format!("{}, {} in all", held.credits, held.amount)),
        new: Some(format!("{voided} voided")),
    };
    audit_log::write(tx, &change, [field]).await?;
    Ok(voided)
}
