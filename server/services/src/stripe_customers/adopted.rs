//! Adds our metadata to customers that Checkout created, so that they are found again even if our
//! row of them is lost.

use std::collections::BTreeSet;

use domain::credit::StripeError;
use sea_orm::DbErr;
use store::{
    StripeCustomerRowId,
    entities::{platform_referrer, stripe_customer, user},
    platform_referrers,
    sites::{self, Site},
    stripe_accounts, stripe_customers, users,
};

use super::{Holder, StepError, connection_to, own};
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
    let marked = match holder_of(engine, row).await? {
        Some(Owner::Member(owner)) => {
            let (site, member) = &*owner;
            add(engine, row, &Holder::Member(site, member)).await?
        }
        Some(Owner::PlatformReferrer(realm, referrer)) => {
            let (realm, referrer) = (&realm, &referrer);
            add(engine, row, &Holder::PlatformReferrer { realm, referrer }).await?
        }
        None => true,
    };
    if marked {
        stripe_customers::set_marked(engine.db.writer(), row).await?;
    }
    Ok(())
}

/// `false` if another customer is the holder's now.
async fn add(
    engine: &Engine,
    row: &stripe_customer::Model,
    holder: &Holder<'_>,
) -> Result<bool, StepError> {
    let Some(id) = &row.customer_id else {
        return Ok(true);
    };
    let connection = connection_to(engine, row.stripe_account_id).await?;
    // A deleted customer needs no metadata. The next purchase or credit creates another.
    let Some(customer) = connection.gateway.customer(id).await?.living() else {
        return Ok(true);
    };
    match own(engine, &connection, holder, row, customer).await {
        Ok(customer) => Ok(customer.id == *id),
        Err(StepError::Stripe(StripeError::Refused(_))) => Ok(true),
        Err(error) => Err(error),
    }
}

/// The person to whom a row belongs.
enum Owner {
    Member(Box<(Site, user::Model)>),
    /// With the realm of the installation.
    PlatformReferrer(String, platform_referrer::Model),
}

/// `None` if the member or platform referrer no longer exists.
async fn holder_of(engine: &Engine, row: &stripe_customer::Model) -> Result<Option<Owner>, DbErr> {
    let db = engine.db.reader();
    if let Some(platform_referrer_id) = row.platform_referrer_id {
        let brands = sites::brands(db).await?;
        let referrer = platform_referrers::by_id(db, platform_referrer_id).await?;
        let first = brands.into_iter().next();
        let owner = first.zip(referrer);
        return Ok(
            owner.map(|((brand, _), referrer)| Owner::PlatformReferrer(brand.realm, referrer))
        );
    }
    let account = stripe_accounts::row(db, row.stripe_account_id).await?;
    let site_id = account.and_then(|account| account.site_id);
    let (Some(site_id), Some(user_id)) = (site_id, row.user_id) else {
        return Ok(None);
    };
    let site = sites::by_id(db, site_id).await?;
    let member = users::by_id(db, site_id, user_id).await?;
    Ok(site.zip(member).map(|owner| Owner::Member(Box::new(owner))))
}
