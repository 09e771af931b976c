//! A member's statement, and the return of a debit that the site has no record of.

use app::types::{
    Outcome,
    admin::{LostDebitLine, MemberCredit},
};
use domain::credit::LostDebit;
use server_core::{dates, zone::Zone};
use services::{
    rights::See,
    stripe_customers::{lost, statement::statement},
};
use store::{MemberId, Timestamp, stripe_customers::HolderId, users};
use time::OffsetDateTime;

use super::name;
use crate::ports::{
    Services,
    admin::{not_yours, refused, stripe_ids},
    credits::shown,
};

pub async fn page(services: &Services, id: MemberId) -> anyhow::Result<Option<MemberCredit>> {
    let Some(staff) = services.context.tenant_staff::<See>() else {
        return Ok(None);
    };
    let engine = &services.state;
    let account = staff.site.row.stripe_account_id;
    let Some(member) = users::by_id(engine.db.reader(), staff.site.id(), id).await? else {
        return Ok(None);
    };
    let found = statement(engine, &staff.site, &member).await?;
    let mut statement = shown(found, &staff.site);
    for line in &mut statement.lines {
        // The receipt is the buyer's own page.
        line.path = None;
    }
    let lost = match services.context.tenant_staff() {
        Some(staff) => lost::of_member(engine, &staff, &member).await?,
        None => Vec::new(),
    };
    let customer = stripe_ids::customer_of(engine.db.reader(), account, HolderId::Member(id));
    Ok(Some(MemberCredit {
        customer: customer.await?,
        id: id.get(),
        name: name(&member),
        statement,
        lost: lost
            .iter()
            .map(|debit| line(debit, services.zone()))
            .collect(),
    }))
}

fn line(debit: &LostDebit, zone: &Zone) -> LostDebitLine {
    let created = OffsetDateTime::from_unix_timestamp(debit.created);
    let created = created.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    LostDebitLine {
        key: debit.key.as_str().to_owned(),
        amount: debit.left,
        on: dates::day(Timestamp::from(created), zone),
    }
}

pub async fn give_back(services: &Services, id: MemberId, key: &str) -> anyhow::Result<Outcome> {
    let Some(staff) = services.context.tenant_staff() else {
        return Ok(not_yours());
    };
    let engine = &services.state;
    let member = users::by_id(engine.db.reader(), staff.site.id(), id).await?;
    let Some(member) = member else {
        return Ok(refused("There is no such member here."));
    };
    let returned = lost::give_back(engine, &staff, &member, key).await?;
    Ok(match returned {
        Ok(amount) => Outcome::Done(format!("{amount} goes back to the balance.")),
        Err(refusal) => Outcome::Refused(refusal),
    })
}
