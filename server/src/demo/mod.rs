//! The demo: two tenants with members, a catalog and referrals in each status, and the platform's
//! two brands with their platform referrers. Its history is created through the same services as
//! real data, so it agrees with the ledger and with Stripe.

mod admins;
mod catalog;
mod platform_referrers;
mod report;
mod sites;
mod story;

use store::sites as site_rows;
use web::state::AppState;

/// Fills an empty database; a database with sites in it is not changed. Then prints addresses and
/// logins, for people or as JSON.
///
/// # Errors
/// If the database fails, or Stripe refuses.
pub async fn run(state: &AppState, json: bool) -> anyhow::Result<()> {
    if site_rows::all(state.db.reader()).await?.is_empty() {
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
