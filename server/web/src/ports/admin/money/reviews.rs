//! Credits under review: the list, the page of one of them, and its form.

use app::types::{
    Outcome,
    admin::{ReviewPage, ReviewRow, ReviewsPage},
};
use domain::{
    credit::{NotReviewed, Program, Signs},
    forms::Refusal,
    referral::NotVoided,
};
use sea_orm::DbErr;
use server_core::dates;
use services::{
    reviews::{self, Approve},
    voids::{self, Void},
};
use store::{
    Id, Scope, credit_retries,
    credits::reviews as rows,
    entities::{credit, platform_referral, referral, user},
    referral_table::Listed,
};

use super::{
    beside, reason_error,
    voids::{GONE, staff},
};
use crate::ports::{
    Services,
    admin::{not_yours, referrals::Shown, refused},
};

/// The most credits on one page.
const MOST: usize = 50;

pub async fn list(services: &Services, program: Program) -> anyhow::Result<Option<ReviewsPage>> {
    let Some((scope, _)) = staff(services, program) else {
        return Ok(None);
    };
    let db = services.state.db.reader();
    let mut waiting = rows::under_review(db, scope, MOST as u64 + 1).await?;
    let more = waiting.len() > MOST;
    waiting.truncate(MOST);
    let mut page = ReviewsPage {
        rows: Vec::new(),
        more,
    };
    for credit in &waiting {
        page.rows.extend(match program {
            Program::Tenant => match credit.referral_id {
                Some(id) => row::<referral::Entity>(services, scope, id, credit).await?,
                None => None,
            },
            Program::Platform => match credit.platform_referral_id {
                Some(id) => row::<platform_referral::Entity>(services, scope, id, credit).await?,
                None => None,
            },
        });
    }
    Ok(Some(page))
}

async fn row<E: Shown>(
    services: &Services,
    scope: Scope,
    id: Id<E::Row>,
    credit: &credit::Model,
) -> Result<Option<ReviewRow>, DbErr> {
    let db = services.state.db.reader();
    let Some(row) = E::one(db, scope, id).await? else {
        return Ok(None);
    };
    let (referrer, referred) = E::named_one(db, scope, &row).await?;
    let signs = credit.review_signs.as_deref();
    Ok(Some(ReviewRow {
        id: id.get(),
        referred: referred.name,
        referrer: referrer.name,
        credit: credit.amount()?.in_favor(),
        seen: signs.map(Signs::sentences).unwrap_or_default(),
        since: dates::minute(credit.created_at, services.zone()),
    }))
}

pub async fn page(
    services: &Services,
    program: Program,
    id: i64,
) -> anyhow::Result<Option<ReviewPage>> {
    let Some((scope, _)) = staff(services, program) else {
        return Ok(None);
    };
    Ok(match program {
        Program::Tenant => shown::<referral::Entity>(services, scope, id).await?,
        Program::Platform => shown::<platform_referral::Entity>(services, scope, id).await?,
    })
}

async fn shown<E: Shown>(
    services: &Services,
    scope: Scope,
    id: i64,
) -> Result<Option<ReviewPage>, DbErr> {
    let db = services.state.db.reader();
    let Some(referral) = E::one(db, scope, Id::new(id)).await? else {
        return Ok(None);
    };
    let (_, referred) = E::named_one(db, scope, &referral).await?;
    let credit = credit_retries::of::<E>(db, &[Id::new(id)]).await?.pop();
    let waiting = match credit.filter(credit::Model::is_under_review) {
        Some(credit) => row::<E>(services, scope, Id::new(id), &credit).await?,
        None => None,
    };
    Ok(Some(ReviewPage {
        program: E::PROGRAM,
        id,
        referred: referred.name,
        waiting,
    }))
}

pub async fn decide(
    services: &Services,
    program: Program,
    id: i64,
    (decision, reason): (&str, &str),
) -> anyhow::Result<Outcome> {
    let Some((scope, actor)) = staff(services, program) else {
        return Ok(not_yours());
    };
    let reason = reason.trim();
    if let Some(error) = reason_error(reason) {
        return Ok(Outcome::Refused(Refusal::fields(vec![error])));
    }
    let by = (scope, &*actor, reason);
    let decided = match (decision, program) {
        ("approve", Program::Tenant) => approve::<referral::Entity>(services, by, id).await?,
        ("approve", Program::Platform) => {
            approve::<platform_referral::Entity>(services, by, id).await?
        }
        ("deny", Program::Tenant) => deny::<referral::Entity>(services, by, id).await?,
        ("deny", Program::Platform) => deny::<platform_referral::Entity>(services, by, id).await?,
        _ => return Ok(beside("decision", "Choose Approve or Deny.")),
    };
    Ok(match decided {
        Some(Ok(done)) => Outcome::Done(done.to_owned()),
        Some(Err(why)) => refused(why),
        None => refused(GONE),
    })
}

/// What was done, or why nothing was; `None` if there is no such referral in the scope.
type Decided = Option<Result<&'static str, &'static str>>;

async fn approve<E: Shown + Listed>(
    services: &Services,
    (scope, actor, reason): (Scope, &user::Model, &str),
    id: i64,
) -> anyhow::Result<Decided> {
    let engine = &services.state;
    let Some(row) = E::one(engine.db.reader(), scope, Id::new(id)).await? else {
        return Ok(None);
    };
    let subject = E::subject(engine.db.reader(), scope, &row).await?;
    let approve = Approve {
        scope,
        referral_id: Id::new(id),
        title: &subject,
        actor,
        reason,
    };
    let approved = reviews::approve::<E>(engine, &approve).await?;
    Ok(approved.map(|approved| match approved {
        Ok(()) => Ok("The credit was approved."),
        Err(why) => Err(NotReviewed::sentence(why)),
    }))
}

async fn deny<E: Shown + Listed>(
    services: &Services,
    (scope, actor, reason): (Scope, &user::Model, &str),
    id: i64,
) -> anyhow::Result<Decided> {
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
        denies: true,
    };
    let denied = voids::void::<E>(engine, &void).await?;
    Ok(denied.map(|denied| match denied {
        Ok(_) => Ok("The credit was denied, and the referral ended."),
        Err(why) => Err(NotVoided::sentence(why)),
    }))
}
