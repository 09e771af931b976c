//! Customers that Checkout made: our metadata is put on them, so that they are found again even where
//! what we know of them is lost.

use std::collections::{BTreeMap, BTreeSet};
use store::StripeCustomerRowId;

use domain::credit::Fault;
use store::{
    entities::stripe_customer, platform_referrers, sites, stripe_accounts, stripe_customers, users,
};

use super::{Holder, StepError, connection_to};
use crate::Engine;

/// Customers in one round.
const AT_ONCE: u64 = 100;

/// Puts our metadata on customers that have yet to get it. An account whose key does not work is left
/// to the next round.
///
/// # Errors
/// If the database fails.
pub async fn mark_adopted(state: &Engine) -> anyhow::Result<()> {
    let mut silent = BTreeSet::new();
    let mut after = StripeCustomerRowId::new(0);
    loop {
        let rows = stripe_customers::unmarked(state.db.reader(), after, AT_ONCE).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = last.id;
        let mut marked = 0;
        for row in rows {
            if silent.contains(&row.stripe_account_id) {
                continue;
            }
            match mark(state, &row).await {
                Ok(()) => marked += 1,
                Err(StepError::Stripe(fault)) => {
                    tracing::info!(
                        account = row.stripe_account_id.get(),
                        ?fault,
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

async fn mark(state: &Engine, row: &stripe_customer::Model) -> Result<(), StepError> {
    let metadata = metadata_of(state, row).await?;
    if let (Some(customer), Some(metadata)) = (&row.customer_id, metadata) {
        let connection = connection_to(state, row.stripe_account_id).await?;
        match connection.gateway.add_metadata(customer, metadata).await {
            // A customer that is no more needs none, and whoever needs one makes another.
            Ok(_) | Err(Fault::Refused(_)) => {}
            Err(fault) => return Err(fault.into()),
        }
    }
    Ok(stripe_customers::set_marked(state.db.writer(), row).await?)
}

/// Our ids; `None` where it is nobody's any more.
async fn metadata_of(
    state: &Engine,
    row: &stripe_customer::Model,
) -> Result<Option<BTreeMap<String, String>>, StepError> {
    let db = state.db.reader();
    if let Some(partner_id) = row.platform_referrer_id {
        let brands = sites::brands(db).await?;
        let partner = platform_referrers::by_id(db, partner_id).await?;
        let (Some((first, _)), Some(partner)) = (brands.first(), &partner) else {
            return Ok(None);
        };
        let realm = &first.realm;
        return Ok(Some(Holder::Partner { realm, partner }.metadata()));
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
