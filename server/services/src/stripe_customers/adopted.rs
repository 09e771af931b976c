//! Adds our metadata to customers that Checkout created, so that they are found again even if our
//! row of them is lost.

use std::collections::{BTreeMap, BTreeSet};

use domain::credit::StripeError;
use store::{
    StripeCustomerRowId, entities::stripe_customer, platform_referrers, sites, stripe_accounts,
    stripe_customers, users,
};

use super::{Holder, StepError, connection_to};
use crate::Engine;

/// How many customers are read at a time.
const AT_ONCE: u64 = 100;

/// Adds our metadata to customers that do not have it yet. An account whose key does not work is
/// left to the next sweep.
pub async fn mark_adopted(engine: &Engine) -> anyhow::Result<()> {
    let mut silent = BTreeSet::new();
    let mut after = StripeCustomerRowId::new(0);
    loop {
        let rows = stripe_customers::unmarked(engine.db.reader(), after, AT_ONCE).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = last.id;
        let mut marked = 0;
        for row in rows {
            if silent.contains(&row.stripe_account_id) {
                continue;
            }
            match mark(engine, &row).await {
                Ok(()) => marked += 1,
                Err(StepError::Stripe(error)) => {
                    tracing::info!(
                        account = row.stripe_account_id.get(),
                        ?error,
                        "no metadata yet"
                    );
                    silent.insert(row.stripe_account_id);
                }
                Err(StepError::Database(error)) => return Err(error.into()),
            }
        }
        if marked > 0 {
            return Ok(());
        }
    }
}

async fn mark(engine: &Engine, row: &stripe_customer::Model) -> Result<(), StepError> {
    let metadata = metadata_of(engine, row).await?;
    if let (Some(customer), Some(metadata)) = (&row.customer_id, metadata) {
        let connection = connection_to(engine, row.stripe_account_id).await?;
        match connection.gateway.add_metadata(customer, metadata).await {
            // A deleted customer needs no metadata. The next purchase or credit creates another.
            Ok(_) | Err(StripeError::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(stripe_customers::set_marked(engine.db.writer(), row).await?)
}

/// The metadata of the row's customer; `None` if its member or platform referrer no longer exists.
async fn metadata_of(
    engine: &Engine,
    row: &stripe_customer::Model,
) -> Result<Option<BTreeMap<String, String>>, StepError> {
    let db = engine.db.reader();
    if let Some(platform_referrer_id) = row.platform_referrer_id {
        let brands = sites::brands(db).await?;
        let referrer = platform_referrers::by_id(db, platform_referrer_id).await?;
        let (Some((first, _)), Some(referrer)) = (brands.first(), &referrer) else {
            return Ok(None);
        };
        let realm = &first.realm;
        return Ok(Some(
            Holder::PlatformReferrer { realm, referrer }.metadata(),
        ));
    }
    let account = stripe_accounts::row(db, row.stripe_account_id).await?;
    let site_id = account.and_then(|account| account.site_id);
    let (Some(site_id), Some(user_id)) = (site_id, row.user_id) else {
        return Ok(None);
    };
    let site = sites::by_id(db, site_id).await?;
    let member = users::by_id(db, site_id, user_id).await?;
    Ok(site
        .zip(member)
        .map(|(site, member)| Holder::Member(&site, &member).metadata()))
}
