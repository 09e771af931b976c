//! Credit that the staff gives and takes by hand: the page, and its two forms with their step that
//! confirms.

use app::types::{
    Outcome,
    admin::{GrantForm, GrantLine, GrantPage},
};
use domain::{
    credit::{CreditState, NotGiven, Program, may_give, most_given},
    forms::{FieldError, Refusal},
    money::Money,
};
use server_core::{dates, zone::Zone};
use services::{
    grants::{self, ByHand, Changed, NotChanged, Whose},
    stripe_customers::balance,
};
use store::{
    MemberId, PlatformReferrerId,
    credits::{self, ByStaff},
};

use super::{INCOMPLETE, beside, is_token, read_amount, reason_error, used_up};
use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

/// Most changes by hand that the page lists.
const SHOWN: u64 = 50;
const GONE: &str = "There is no such person here.";

/// Whose credit is meant; `None` without the permission, or for somebody of another site.
async fn whose(
    services: &Services,
    program: Program,
    id: i64,
) -> anyhow::Result<Option<Result<Whose, Outcome>>> {
    let db = services.state.db.reader();
    let found = match program {
        Program::Tenant => match services.context.tenant_staff() {
            Some(staff) => Whose::member(db, staff, MemberId::new(id)).await?,
            None => return Ok(Some(Err(not_yours()))),
        },
        Program::Platform => match services.context.platform_staff() {
            Some(staff) => Whose::platform_referrer(db, staff, PlatformReferrerId::new(id)).await?,
            None => return Ok(Some(Err(not_yours()))),
        },
    };
    Ok(found.map(Ok))
}

pub async fn page(
    services: &Services,
    program: Program,
    id: i64,
) -> anyhow::Result<Option<GrantPage>> {
    let Some(Ok(whose)) = whose(services, program, id).await? else {
        return Ok(None);
    };
    let engine = &services.state;
    let past = credits::by_staff(engine.db.reader(), whose.holder_id(), SHOWN).await?;
    let past = past.iter().map(|change| line(change, services.zone()));
    Ok(Some(GrantPage {
        program,
        id,
        name: whose.name(),
        currency: whose.currency(),
        most: whose
            .role()
            .and_then(|role| most_given(role, whose.currency())),
        available: available(services, &whose).await?,
        leaving: whose.is_leaving(),
        form_token: engine.random.token(),
        past: past.collect(),
    }))
}

async fn available(services: &Services, whose: &Whose) -> anyhow::Result<Option<Money>> {
    let engine = &services.state;
    match whose {
        Whose::Member { staff, member } => balance::available(engine, &staff.site, member).await,
        Whose::PlatformReferrer { referrer, .. } => {
            let known = balance::of_platform_referrer(engine, referrer.id).await?;
            let available = known.map(|known| known.balance);
            Ok(available.filter(|available| available.is_positive()))
        }
    }
}

fn line(ByStaff { row, amount }: &ByStaff, zone: &Zone) -> GrantLine {
    GrantLine {
        on: dates::day(row.created_at, zone),
        at: dates::iso(row.created_at),
        amount: *amount,
        reason: row.reason.clone().unwrap_or_default(),
        state: match *row.state {
            CreditState::Due => "On its way to Stripe",
            CreditState::Issued => "Done",
            CreditState::Failed => "Not done: Stripe refused it",
        },
    }
}

pub async fn give(
    services: &Services,
    program: Program,
    form: &GrantForm,
) -> anyhow::Result<Outcome> {
    let whose = match whose(services, program, form.id).await? {
        Some(Ok(whose)) => whose,
        Some(Err(refusal)) => return Ok(refusal),
        None => return Ok(refused(GONE)),
    };
    let may = |amount| {
        let role = whose.role().ok_or(NotGiven::NotByRole);
        role.and_then(|role| may_give(role, amount))
            .map_err(NotGiven::sentence)
    };
    let typed = match read(&whose, form, may) {
        Ok(typed) => typed,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let given = grants::give(&services.state, &whose, typed).await?;
    Ok(match given {
        Ok(Changed::Done(amount)) => {
            Outcome::Done(format!("{amount} was given to {}.", whose.name()))
        }
        Ok(Changed::UnderWay(amount)) => Outcome::Done(format!(
            "{amount} is on its way to {}. Stripe has not confirmed it yet.",
            whose.name()
        )),
        Ok(Changed::Refused) => used_up("Stripe refused the credit. Nothing was given."),
        Err(why) => not_changed(why, "given"),
    })
}

pub async fn take(
    services: &Services,
    program: Program,
    form: &GrantForm,
) -> anyhow::Result<Outcome> {
    let whose = match whose(services, program, form.id).await? {
        Some(Ok(whose)) => whose,
        Some(Err(refusal)) => return Ok(refusal),
        None => return Ok(refused(GONE)),
    };
    let may = |amount: Money| match amount.is_positive() {
        true => Ok(()),
        false => Err(domain::credit::NotTaken::NotPositive.sentence()),
    };
    let typed = match read(&whose, form, may) {
        Ok(typed) => typed,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let taken = grants::take(&services.state, &whose, typed).await?;
    Ok(match taken {
        Ok(Changed::Done(amount)) => {
            Outcome::Done(format!("{amount} was taken from {}.", whose.name()))
        }
        Ok(Changed::UnderWay(amount)) => Outcome::Done(format!(
            "{amount} is being taken from {}. Stripe has not confirmed it yet.",
            whose.name()
        )),
        Ok(Changed::Refused) => used_up("Stripe refused to take the credit. Nothing was taken."),
        Err(why) => not_changed(why, "taken"),
    })
}

/// What was typed, once it is right and confirmed. Before it is confirmed, the refusal has no error, and
/// holds what `confirmed` has to be.
fn read<'a>(
    whose: &Whose,
    form: &'a GrantForm,
    may: impl Fn(Money) -> Result<(), String>,
) -> Result<ByHand<'a>, Refusal> {
    if !is_token(&form.token) {
        return Err(Refusal::message(INCOMPLETE));
    }
    let reason = form.reason.trim();
    let amount = read_amount(&form.amount, whose.currency()).and_then(|amount| {
        let may = may(amount);
        may.map_err(|sentence| FieldError::new("amount", sentence))?;
        Ok(amount)
    });
    let amount = match (amount, reason_error(reason)) {
        (Ok(amount), None) => amount,
        (Ok(_), Some(error)) => return Err(Refusal::fields(vec![error])),
        (Err(error), reason) => {
            let errors = [error].into_iter().chain(reason);
            return Err(Refusal::fields(errors.collect()));
        }
    };
    let cents = amount.cents().to_string();
    if form.confirmed.trim() != cents {
        return Err(Refusal::default().keep("confirm", &cents));
    }
    Ok(ByHand {
        amount,
        reason,
        form_token: &form.token,
    })
}

fn not_changed(why: NotChanged, done: &str) -> Outcome {
    match why {
        NotChanged::NotGiven(why) => beside("amount", why.sentence()),
        NotChanged::NotTaken(why) => beside("amount", why.sentence()),
        NotChanged::Leaving => refused("This account is deleted, or is being deleted."),
        NotChanged::NotConnected => {
            refused(format!("Stripe is not connected, so nothing was {done}."))
        }
        NotChanged::AnotherForm => used_up(
            "This form has already changed another balance. Nothing was changed now. Send it again.",
        ),
        NotChanged::InUse => refused(format!(
            "The credit is in use right now, so nothing was {done}. Try again in a minute."
        )),
        NotChanged::Unanswered => refused(format!(
            "Stripe does not answer right now, so nothing was {done}. Try again in a minute."
        )),
    }
}
