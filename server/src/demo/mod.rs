//! The demo: two tenants with members, a catalog and referrals in each status, and the platform's
//! two brands with their platform referrers. Its history is created through the same services as
//! real data, so it agrees with the ledger and with Stripe.

mod admins;
mod catalog;
mod platform_referrers;
mod policies;
mod report;
mod sites;
mod story;

use anyhow::ensure;
use store::sites as site_rows;
use web::state::AppState;

/// Fills an empty database; one that holds the demo is not changed. Then prints addresses, logins and
/// keys, for people or as JSON.
///
/// # Errors
/// If the database holds other sites, whose keys must not be printed; if it fails, or Stripe refuses.
pub async fn run(state: &AppState, json: bool) -> anyhow::Result<()> {
    let existing = site_rows::all(state.db.reader()).await?;
    for site in &existing {
        let host = site_rows::host_of(state.db.reader(), site.id).await?;
        ensure!(
            sites::is_of_demo(&site.key, host.as_deref()),
            "this database holds {}, which is no site of the demo. Give `demo` an empty database \
             with DATABASE_URL",
            site.key
        );
    }
    if existing.is_empty() {
        for demo in sites::ALL {
            let site = sites::make(state, &demo).await?;
            catalog::fill(state, &site).await?;
            admins::make(state, demo.key()).await?;
            story::live(state, &site, demo.people).await?;
        }
        let brands = sites::make_brands(state).await?;
        for brand in &brands {
            admins::make(state, &brand.row.key).await?;
        }
        platform_referrers::live(state, &brands).await?;
    }
    let report = report::of(state).await?;
    if json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        report.print();
    }
    Ok(())
}
