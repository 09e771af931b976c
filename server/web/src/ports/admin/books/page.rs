//! Reads the page of the books.

use anyhow::Context;
use app::types::admin::{BestReferrer, BooksMonth, BooksPage, DifferenceLine, LastComparison};
use domain::{
    credit::{DifferenceState, Program},
    money::{Currency, Money},
};
use server_core::dates;
use services::books::{self, Figures, LastCompared};
use store::{
    MemberId, PlatformReferrerId, Scope, credits::Earner, entities::reconciliation_difference,
    platform_referrers, stripe_customers::HolderId, users,
};

use super::plot;
use crate::ports::Services;

/// The books of `scope`, which the viewer may see.
pub async fn read(
    services: &Services,
    program: Program,
    scope: Scope,
) -> anyhow::Result<BooksPage> {
    let figures = books::figures(&services.state, scope, services.zone()).await?;
    let mut best = Vec::new();
    for one in &figures.best {
        best.extend(referrer(services, scope, one).await?);
    }
    let last = figures.last.as_ref();
    let last = last.map(|last| comparison(services, last)).transpose()?;
    Ok(BooksPage {
        program,
        plots: plots(&figures)?,
        months: figures.months.iter().map(month).collect(),
        best,
        last,
        compares: figures.compares,
        totals: figures.totals,
    })
}

fn month(month: &books::Month) -> BooksMonth {
    let outstanding = month.totals.iter().map(|total| total.outstanding);
    BooksMonth {
        name: format!("{} {}", month.first.month(), month.first.year()),
        outstanding: outstanding.collect(),
    }
}

/// A plot of each currency.
fn plots(figures: &Figures) -> anyhow::Result<Vec<(Currency, String)>> {
    let mut plots = Vec::new();
    for total in &figures.totals {
        let currency = total.outstanding.currency();
        let points: Vec<_> = figures
            .months
            .iter()
            .map(|month| {
                let found = month.totals.iter();
                let mut found = found.filter(|one| one.outstanding.currency() == currency);
                let nothing = Money::new(0, currency);
                let amount = found.next().map_or(nothing, |one| one.outstanding);
                (month.first, amount)
            })
            .collect();
        plots.push((currency, plot::draw(&points, currency)?));
    }
    Ok(plots)
}

async fn referrer(
    services: &Services,
    scope: Scope,
    one: &Earner,
) -> anyhow::Result<Option<BestReferrer>> {
    let db = services.state.db.reader();
    let name = match (scope, one.holder) {
        (Scope::Site(site_id), HolderId::Member(id)) => {
            let member = users::by_id(db, site_id, id).await?;
            member.map(|member| format!("{} {}", member.first_name, member.last_name))
        }
        (_, HolderId::PlatformReferrer(id)) => {
            let referrer = platform_referrers::by_id(db, id).await?;
            referrer.map(|referrer| referrer.name)
        }
        (Scope::Platform, HolderId::Member(_)) => None,
    };
    Ok(name.map(|name| BestReferrer {
        name,
        path: path(one.holder),
        credits: one.credits,
        earned: one.earned,
    }))
}

fn path(holder: HolderId) -> String {
    match holder {
        HolderId::Member(id) => member_path(id),
        HolderId::PlatformReferrer(id) => referrer_path(id),
    }
}

fn member_path(id: MemberId) -> String {
    format!("/admin/members/{id}")
}

fn referrer_path(id: PlatformReferrerId) -> String {
    format!("/admin/platform-referrers/{id}")
}

fn comparison(services: &Services, last: &LastCompared) -> anyhow::Result<LastComparison> {
    let at = last.row.finished_at.context("when a comparison ended")?;
    let outcome = last.row.outcome.context("how a comparison ended")?;
    Ok(LastComparison {
        on: dates::minute(at, services.zone()),
        at: dates::iso(at),
        outcome: outcome.sentence(),
        customers: last.row.customers,
        differences: last.differences.iter().map(line).collect(),
        has_more: last.has_more,
    })
}

fn line(one: &reconciliation_difference::Model) -> DifferenceLine {
    let money = |cents| Money::new(cents, *one.currency);
    let member = one.user_id.map(|id| format!("{}/credits", member_path(id)));
    DifferenceLine {
        id: one.id.get(),
        customer_id: one.customer_id.clone(),
        path: member.or_else(|| one.platform_referrer_id.map(referrer_path)),
        amount: money(one.amount_cents),
        at_stripe: money(one.stripe_cents),
        in_ledger: money(one.ledger_cents),
        meaning: one.kind.meaning(),
        advice: one.kind.advice(),
        state: match *one.state {
            DifferenceState::Open => "To do",
            DifferenceState::Explained => "Explained",
            DifferenceState::Done => "Done",
        },
        is_open: *one.state == DifferenceState::Open,
    }
}
