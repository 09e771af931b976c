//! Stripe's billing portal: its configuration at an account, a member's visit, and the login page for the
//! subscribers of a brand, who have no account here.

use std::collections::BTreeMap;

use anyhow::Context;
use domain::credit::StripeError;
use store::{
    MemberId, Paid, PurchaseId, Scope, SiteId,
    paid::{self, PaidRow},
    platform_settings,
    sites::{self, Site},
    stripe_accounts, subscriptions,
};
use stripe_gateway::{NewPortalConfiguration, NewPortalSession, PortalConfiguration};

use crate::{
    Engine,
    refunds::connection_for,
    stripe_customers::{Connection, StepError},
};

/// The metadata key under which a configuration names our account.
const ACCOUNT: &str = "account";

/// Why the portal does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPortal {
    /// The member has no such membership, or it is over.
    NoMembership,
    /// Stripe is not connected any more.
    NotConnected,
    /// Stripe refused, for example because the customer was deleted there.
    NotAccepted,
    Unanswered,
}

impl NoPortal {
    /// The message to the member.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoMembership => {
                "You do not have this membership anymore, so there is nothing to manage."
            }
            Self::NotConnected => {
                "Online payment is not set up here right now. To change your membership, please contact us."
            }
            Self::NotAccepted => {
                "The page for your membership could not be opened. Nothing was changed. Please \
                 contact us."
            }
            Self::Unanswered => {
                "Our payment system is not answering right now. Nothing was changed. Try again in \
                 a minute."
            }
        }
    }

    fn of(error: &StripeError) -> Self {
        match error {
            StripeError::NotConnected | StripeError::WrongMode(_) => Self::NotConnected,
            StripeError::Refused(_) | StripeError::SecretKeyRejected => Self::NotAccepted,
            StripeError::OutcomeUnknown
            | StripeError::ServerError
            | StripeError::NotProcessed
            | StripeError::IdempotencyError => Self::Unanswered,
        }
    }
}

/// The address of a visit of the member to the portal, which is theirs alone: it is neither logged nor
/// stored. `base_url` is where the site answers.
///
/// # Errors
/// If the database fails. What Stripe says is a value.
pub async fn visit(
    engine: &Engine,
    site: &Site,
    member: MemberId,
    purchase: PurchaseId,
    base_url: &str,
) -> anyhow::Result<Result<String, NoPortal>> {
    let db = engine.db.reader();
    let row = paid::of_scope(db, Scope::Site(site.id()), Paid::Tenant(purchase)).await?;
    let theirs = |row: &PaidRow| matches!(row, PaidRow::Tenant(row) if row.buyer_id == member);
    let Some(row) = row.filter(theirs) else {
        return Ok(Err(NoPortal::NoMembership));
    };
    let Some(customer) = customer_of(engine, &row).await? else {
        return Ok(Err(NoPortal::NoMembership));
    };
    match open(engine, site, &row, &customer, base_url).await {
        Ok(url) => Ok(Ok(url)),
        Err(StepError::Stripe(error)) => {
            tracing::warn!(purchase = purchase.get(), ?error, "no billing portal");
            Ok(Err(NoPortal::of(&error)))
        }
        Err(StepError::Database(error)) => Err(error.into()),
    }
}

/// The customer whose portal manages the membership, if it goes on.
async fn customer_of(engine: &Engine, row: &PaidRow) -> anyhow::Result<Option<String>> {
    let PaidRow::Tenant(purchase) = row else {
        return Ok(None);
    };
    let db = engine.db.reader();
    let Some(known) = subscriptions::of_purchase(db, row.paid()).await? else {
        return Ok(None);
    };
    let is_over = known
        .subscribed()
        .is_some_and(|subscribed| subscribed.status.is_over());
    let customer = known
        .stripe_customer_id
        .or(purchase.stripe_customer_id.clone());
    Ok(customer.filter(|_| !is_over))
}

async fn open(
    engine: &Engine,
    site: &Site,
    row: &PaidRow,
    customer: &str,
    base_url: &str,
) -> Result<String, StepError> {
    let connection = connection_for(engine, row).await?;
    let wanted = Wanted {
        headline: &site.row.name,
        return_url: &format!("{base_url}/dashboard"),
        login_page: false,
    };
    let configuration = configured(engine, &connection, &wanted, None).await?;
    let visit = |configuration: String| {
        let gateway = connection.gateway.clone();
        async move {
            let new = NewPortalSession {
                customer,
                configuration: &configuration,
                return_url: wanted.return_url,
            };
            gateway.create_portal_session(new).await
        }
    };
    match visit(configuration.clone()).await {
        Err(StripeError::Refused(code)) => {
            // Somebody may have deactivated the configuration.
            let found = connection
                .gateway
                .portal_configuration(&configuration)
                .await?;
            if found.is_some_and(|found| found.active) {
                return Err(StripeError::Refused(code).into());
            }
            let stale = Some(configuration.as_str());
            let anew = configured(engine, &connection, &wanted, stale).await?;
            Ok(visit(anew).await?)
        }
        answer => Ok(answer?),
    }
}

/// What a configuration says.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    headline: &'a str,
    return_url: &'a str,
    login_page: bool,
}

/// The configuration of the account (`bpc_…`), which is made if there is none beside the `stale` one.
async fn configured(
    engine: &Engine,
    connection: &Connection,
    wanted: &Wanted<'_>,
    stale: Option<&str>,
) -> Result<String, StepError> {
    let account = stripe_accounts::row(engine.db.reader(), connection.account.id).await?;
    let known = account.and_then(|account| account.portal_configuration);
    match known.filter(|known| Some(known.as_str()) != stale) {
        Some(known) => Ok(known),
        None => Ok(create(engine, connection, wanted).await?.id),
    }
}

async fn create(
    engine: &Engine,
    connection: &Connection,
    wanted: &Wanted<'_>,
) -> Result<PortalConfiguration, StepError> {
    let account = &connection.account;
    let new = NewPortalConfiguration {
        headline: wanted.headline,
        return_url: wanted.return_url,
        login_page: wanted.login_page,
        metadata: BTreeMap::from([(ACCOUNT.to_owned(), account.public_id.clone())]),
    };
    // A second one does no harm.
    let key = format!("portal-{}", engine.random.token());
    let made = connection
        .gateway
        .create_portal_configuration(new, &key)
        .await?;
    let login = made.login_url.as_deref();
    stripe_accounts::set_portal(engine.db.writer(), account.id, &made.id, login).await?;
    Ok(made)
}

/// Makes the login page for the subscribers of the brands, if there is none. Without it a plan is read all
/// the same.
///
/// # Errors
/// If the database fails.
pub async fn offer_login(
    engine: &Engine,
    connection: &Connection,
    brand: SiteId,
) -> Result<(), StepError> {
    let db = engine.db.reader();
    let account = stripe_accounts::row(db, connection.account.id).await?;
    if account.is_none_or(|account| account.portal_login_url.is_some()) {
        return Ok(());
    }
    let (site, host) = (
        sites::by_id(db, brand).await?,
        sites::host_of(db, brand).await?,
    );
    let Some((site, host)) = site.zip(host) else {
        return Ok(());
    };
    let base_url = engine.config.base_url(&host);
    let wanted = Wanted {
        headline: &site.row.name,
        return_url: &format!("{base_url}/pricing"),
        login_page: true,
    };
    match create(engine, connection, &wanted).await {
        Ok(_) => {}
        Err(StepError::Stripe(error)) => tracing::warn!(?error, "no login page"),
        Err(StepError::Database(error)) => return Err(error.into()),
    }
    Ok(())
}

/// The address at which the subscribers of the brands manage their plans: Stripe asks for the e-mail address
/// and mails a link there. `None` until it is known.
///
/// # Errors
/// If the database fails.
pub async fn login_url(engine: &Engine) -> anyhow::Result<Option<String>> {
    let db = engine.db.reader();
    let Some(account) = platform_settings::get(db).await?.stripe_account_id else {
        return Ok(None);
    };
    let row = stripe_accounts::row(db, account).await?;
    let row = row.context("the platform's Stripe account")?;
    Ok(row.portal_login_url)
}
