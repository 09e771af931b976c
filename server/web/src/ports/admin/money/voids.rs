//! **Void this referral**: the page that says what it does, and its form.

use app::types::{Outcome, admin::VoidPage};
use domain::{
    credit::Program,
    forms::Refusal,
    money::Money,
    referral::{NotVoided, Voiding, may_void},
};
use sea_orm::DbErr;
use services::{
    rights::ManageCredits,
    voids::{self, Void},
};
use store::{
    Id, Reader, Scope,
    entities::{platform_referral, referral, user},
    referral_table::Listed,
};

use super::reason_error;
use crate::ports::{
    Services,
    admin::{not_yours, referrals::Shown, refused},
};

pub(super) const GONE: &str = "There is no such referral here.";

/// Who of the staff asks, and which referrals they may void; `None` without the permission.
pub(super) fn staff(
    services: &Services,
    program: Program,
) -> Option<(Scope, std::sync::Arc<user::Model>)> {
    let context = &services.context;
    match program {
        Program::Tenant => {
            let staff = context.tenant_staff::<ManageCredits>()?;
            Some((Scope::Site(staff.site.id()), staff.user))
        }
        Program::Platform => {
            let staff = context.platform_staff::<ManageCredits>()?;
            Some((Scope::Platform, staff.user))
        }
    }
}

pub async fn page(
    services: &Services,
    program: Program,
    id: i64,
) -> anyhow::Result<Option<VoidPage>> {
    let Some((scope, _)) = staff(services, program) else {
        return Ok(None);
    };
    let db = services.state.db.reader();
    Ok(match program {
        Program::Tenant => shown::<referral::Entity>(db, scope, id).await?,
        Program::Platform => shown::<platform_referral::Entity>(db, scope, id).await?,
    })
}

async fn shown<E: Shown>(db: &Reader, scope: Scope, id: i64) -> Result<Option<VoidPage>, DbErr> {
    let Some(row) = E::one(db, scope, Id::new(id)).await? else {
        return Ok(None);
    };
    let (referrer, referred) = E::named_one(db, scope, &row).await?;
    let common = E::common(&row);
    let voided = common.voided_at.is_some();
    let may = may_void(common.status, common.failure_reason, voided);
    let credit = common.credit_cents.zip(common.currency);
    let credit = credit.map(|(cents, currency)| Money::new(cents, currency));
    Ok(Some(VoidPage {
        program: E::PROGRAM,
        id,
        referred: referred.name,
        referrer: referrer.name,
        credit: credit.filter(|_| may == Ok(Voiding::TakesBack)),
        refused: may.err(),
    }))
}

pub async fn void(
    services: &Services,
    program: Program,
    id: i64,
    reason: &str,
) -> anyhow::Result<Outcome> {
    let Some((scope, actor)) = staff(services, program) else {
        return Ok(not_yours());
    };
    let reason = reason.trim();
    if let Some(error) = reason_error(reason) {
        return Ok(Outcome::Refused(Refusal::fields(vec![error])));
    }
    let by = (scope, &*actor, reason);
    let voided = match program {
        Program::Tenant => run::<referral::Entity>(services, by, id).await?,
        Program::Platform => run::<platform_referral::Entity>(services, by, id).await?,
    };
    Ok(match voided {
        Some(Ok(Voiding::Ends)) => Outcome::Done("The referral was voided.".to_owned()),
        Some(Ok(Voiding::TakesBack)) => {
            let done = "The referral was voided, and its credit is taken back.";
            Outcome::Done(done.to_owned())
        }
        Some(Err(why)) => refused(NotVoided::sentence(why)),
        None => refused(GONE),
    })
}

/// `None` if there is no such referral in the scope.
async fn run<E: Shown + Listed>(
    services: &Services,
    (scope, actor, reason): (Scope, &user::Model, &str),
    id: i64,
) -> anyhow::Result<Option<Result<Voiding, NotVoided>>> {
    let engine = &services.state;
    let Some(row) = E::one(engine.db.reader(), scope, Id::new(id)).await? else {
        return Ok(None);
    };
    let subject = E::subject(engine.db.reader(), scope, &row).await?;
    let void = Void {
        scope,
        referral_id: Id::new(id),
        title: &subject,
        actor,
        reason,
        denies: false,
    };
    voids::void::<E>(engine, &void).await
}
