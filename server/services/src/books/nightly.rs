//! Compares the books at night, and goes on with what a crash or Stripe stopped.

use domain::{account::SiteKind, credit::nightly_is_due};
use server_core::zone::Zone;
use store::{Scope, Timestamp, platform_settings, reconciliations, sites};

use super::Asked;
use crate::Engine;

/// The most comparisons whose jobs are enqueued again in one round.
const AT_ONCE: u64 = 1_000;

/// Begins what is due this night, and enqueues a job for what goes on without one.
///
/// # Errors
/// If the database fails. The next round tries again.
pub async fn round(engine: &Engine) -> anyhow::Result<()> {
    let (db, now) = (engine.db.reader(), engine.now());
    for site in sites::all(db).await? {
        let is_tenant = *site.kind == SiteKind::Tenant;
        if is_tenant && site.stripe_account_id.is_some() {
            begin_if_due(engine, Scope::Site(site.id), &site.time_zone).await?;
        }
    }
    let brands = sites::brands(db).await?;
    let settings = platform_settings::get(db).await?;
    if let Some((brand, _)) = brands.first()
        && settings.stripe_account_id.is_some()
    {
        begin_if_due(engine, Scope::Platform, &brand.time_zone).await?;
    }
    for row in reconciliations::left_over(db, now, AT_ONCE).await? {
        engine
            .queue
            .requeue(super::job(row.id, row.pages), now)
            .await;
    }
    Ok(())
}

async fn begin_if_due(engine: &Engine, scope: Scope, zone: &Zone) -> anyhow::Result<()> {
    let now = engine.now().moment();
    let day_began = Timestamp::from_millis(zone.begin_of(zone.day(now)));
    let Some(day_began) = day_began.map(Timestamp::moment) else {
        return Ok(());
    };
    // Most rounds are not at night, and ask the database nothing.
    if !nightly_is_due(now, day_began, None) {
        return Ok(());
    }
    let last = reconciliations::last(engine.db.reader(), scope, false).await?;
    let last_began = last.map(|row| row.started_at.moment());
    if nightly_is_due(now, day_began, last_began) {
        super::begin(engine, scope, Asked::AtNight).await?;
    }
    Ok(())
}
