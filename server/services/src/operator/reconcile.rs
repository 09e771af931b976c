//! Compares the books from the command line.

use anyhow::{Context, bail};
use domain::{
    account::SiteKind,
    credit::{BooksOutcome, DifferenceState},
    money::Money,
};
use store::{ReconciliationId, Scope, entities::reconciliation_difference, reconciliations, sites};

use super::find;
use crate::{
    Engine,
    books::{self, Asked, Progress},
};

/// The most differences that are printed of one program.
const MOST: u64 = 10_000;

/// What a comparison says to the operator.
pub struct Reconciled {
    pub lines: Vec<String>,
    /// Every customer was compared, and nothing waits for a person.
    pub agrees: bool,
}

/// The programs to compare, each with its name: a site's, the platform's, or all that are connected.
///
/// # Errors
/// If there is no such site, or it is a brand.
pub async fn programs(
    engine: &Engine,
    site_key: Option<&str>,
    platform: bool,
) -> anyhow::Result<Vec<(String, Scope)>> {
    let of_platform = || ("platform program".to_owned(), Scope::Platform);
    if platform {
        return Ok(vec![of_platform()]);
    }
    if let Some(key) = site_key {
        let site = find(engine, key).await?;
        if site.kind() != SiteKind::Tenant {
            bail!("--site: a brand has no books of its own; use --platform");
        }
        return Ok(vec![(key.to_owned(), Scope::Site(site.id()))]);
    }
    let sites = sites::all(engine.db.reader()).await?;
    let tenants = sites
        .into_iter()
        .filter(|site| *site.kind == SiteKind::Tenant && site.stripe_account_id.is_some())
        .map(|site| (site.key, Scope::Site(site.id)));
    Ok(tenants.chain([of_platform()]).collect())
}

/// Compares one program to the end, or goes on with a comparison that stopped.
///
/// # Errors
/// If the database fails, Stripe does not answer, or another process compares.
pub async fn reconcile(engine: &Engine, name: &str, scope: Scope) -> anyhow::Result<Reconciled> {
    let id = books::begin(engine, scope, Asked::ByOperator).await?.id();
    loop {
        match books::go_on(engine, id).await? {
            Progress::Finished => break,
            Progress::More => {}
            Progress::Busy => {
                bail!("{name}: another process compares right now; run this again when it is done")
            }
            Progress::Silent(error) => bail!(
                "{name}: Stripe does not answer right now ({error:?}); it goes on by itself where it stopped"
            ),
        }
    }
    told(engine, name, id).await
}

async fn told(engine: &Engine, name: &str, id: ReconciliationId) -> anyhow::Result<Reconciled> {
    let db = engine.db.reader();
    let row = reconciliations::by_id(db, id).await?;
    let row = row.context("the comparison that just ended")?;
    let outcome = row.outcome.context("the outcome of a comparison")?;
    let mut lines = vec![format!(
        "{name}: {} customers compared. {}",
        row.customers,
        outcome.sentence()
    )];
    let differences = reconciliations::list_differences(db, id, false, MOST).await?;
    lines.extend(differences.iter().map(line));
    let open = reconciliations::count_open(db, id, 1).await?;
    Ok(Reconciled {
        lines,
        agrees: open == 0 && *outcome == BooksOutcome::Compared,
    })
}

fn line(one: &reconciliation_difference::Model) -> String {
    let money = |cents| Money::new(cents, *one.currency);
    let state = match *one.state {
        DifferenceState::Open => "OPEN",
        DifferenceState::Explained => "explained",
        DifferenceState::Done => "done",
    };
    let (kind, customer) = (*one.kind, &one.customer_id);
    format!(
        "  {state} {customer} {}: Stripe {}, ledger {}. {} {}",
        money(one.amount_cents),
        money(one.stripe_cents),
        money(one.ledger_cents),
        kind.meaning(),
        kind.advice()
    )
}
