//! The Stripe customers of platform referrers: one is made for each of them, and only an admin can
//! choose another (`docs/rules.md` 25).

use domain::{
    credit::{StatementGap, StripeError},
    forms::Refusal,
    referral::CustomerSource,
};
use sea_orm::{ConnectionTrait, DbErr};
use store::{
    PlatformReferrerId,
    entities::platform_referrer,
    platform_referrers, sites,
    stripe_customers::{self, HolderId, Known},
};
use stripe_gateway::Customer;

use super::{Connection, Holder, StepError, create, get_or_create, platform_connection, row_of};
use crate::{
    Engine,
    credits::{self, Elsewhere},
    platform_referrers::{audit, field},
    queue::Job,
    rights::{ManageCredits, PlatformStaff},
};

/// The most customers that one sweep has made: with a key that Stripe rejects, each is tried in vain.
const AT_ONCE: u64 = 100;

const GONE: &str = "There is no such referrer.";
const CHANGED: &str =
    "Somebody else chose another customer meanwhile. Look again before you choose.";
const NOT_THEIRS: &str = "Stripe has no customer with this id and the referrer's address anymore.";
const NOT_CONNECTED: &str = "Stripe is not connected, so nothing was changed.";
const UNANSWERED: &str = "Stripe does not answer right now, so nothing was changed. Try again.";

/// Has a customer made for each platform referrer who has none at the connected account: the account
/// may be newer than they are.
///
/// # Errors
/// If the database fails.
pub async fn make_missing(engine: &Engine) -> anyhow::Result<()> {
    let Some(connection) = platform_connection(engine).await? else {
        return Ok(());
    };
    let (db, account) = (engine.db.reader(), connection.account.id);
    for id in stripe_customers::platform_referrers_without(db, account, AT_ONCE).await? {
        let job = Job::MakeCustomer {
            platform_referrer_id: id,
        };
        engine.queue.requeue(job, engine.now()).await;
    }
    Ok(())
}

/// Makes the platform referrer's customer, unless there is one or Stripe is not connected. What
/// Stripe does not answer is tried again by the sweep.
///
/// # Errors
/// If the database fails.
pub async fn make(engine: &Engine, id: PlatformReferrerId) -> anyhow::Result<()> {
    let Some(connection) = platform_connection(engine).await? else {
        return Ok(());
    };
    let Some((realm, referrer)) = realm_and_referrer(engine.db.reader(), id).await? else {
        return Ok(());
    };
    let holder = Holder::PlatformReferrer {
        realm: &realm,
        referrer: &referrer,
    };
    match get_or_create(engine, &connection, &holder).await {
        Ok(_) => Ok(()),
        Err(StepError::Stripe(error)) => {
            connection.note_key::<()>(engine, Err(&error)).await;
            tracing::info!(platform_referrer = id.get(), ?error, "no customer yet");
            Ok(())
        }
        Err(StepError::Database(error)) => Err(error.into()),
    }
}

/// The customer of a platform referrer, and those that an admin can choose instead.
pub struct ReferrerCustomers {
    pub referrer: platform_referrer::Model,
    pub stripe: AtStripe,
    /// Why there is nothing to see of Stripe.
    pub gap: Option<StatementGap>,
}

/// Reads the customers of a platform referrer from Stripe; `None` if there is no such referrer.
///
/// # Errors
/// If the database fails.
pub async fn customers(
    engine: &Engine,
    _: &PlatformStaff<ManageCredits>,
    id: PlatformReferrerId,
) -> anyhow::Result<Option<ReferrerCustomers>> {
    let Some((_, referrer)) = realm_and_referrer(engine.db.reader(), id).await? else {
        return Ok(None);
    };
    let unknown = |referrer, gap| ReferrerCustomers {
        referrer,
        stripe: AtStripe::default(),
        gap: Some(gap),
    };
    let Some(connection) = platform_connection(engine).await? else {
        return Ok(Some(unknown(referrer, StatementGap::NotConnected)));
    };
    match read(engine, &connection, &referrer).await {
        Ok(stripe) => Ok(Some(ReferrerCustomers {
            referrer,
            stripe,
            gap: None,
        })),
        Err(StepError::Stripe(_)) => Ok(Some(unknown(referrer, StatementGap::Unanswered))),
        Err(StepError::Database(error)) => Err(error.into()),
    }
}

/// What our row and Stripe say.
#[derive(Default)]
pub struct AtStripe {
    /// `cus_…` as our row has it.
    pub stored: Option<String>,
    /// Who receives the credits; `None` if there is nobody yet, or the customer was deleted.
    pub present: Option<Customer>,
    /// How the referrer got the stored customer.
    pub source: Option<CustomerSource>,
    /// The others with the same address, in any letters' case, oldest first.
    pub others: Vec<Customer>,
    /// The credits that earlier customers still have.
    pub elsewhere: Vec<Elsewhere>,
}

async fn read(
    engine: &Engine,
    connection: &Connection,
    referrer: &platform_referrer::Model,
) -> Result<AtStripe, StepError> {
    let (db, account) = (engine.db.reader(), connection.account.id);
    let holder = HolderId::PlatformReferrer(referrer.id);
    let row = stripe_customers::get(db, account, holder).await?;
    let source = row.as_ref().and_then(|row| row.source).map(|one| *one);
    let stored = row.and_then(|row| row.customer_id);
    let present = match &stored {
        Some(id) => connection.gateway.customer(id).await?.living(),
        None => None,
    };
    let mut others = with_address(connection, &referrer.email).await?;
    others.retain(|one| present.as_ref().is_none_or(|present| present.id != one.id));
    Ok(AtStripe {
        stored,
        present,
        source,
        others,
        elsewhere: credits::elsewhere(engine, connection, holder).await?,
    })
}

/// The account's customers with this address, oldest first. The list does not know other spellings,
/// and the search not yet what was made a moment ago.
async fn with_address(connection: &Connection, email: &str) -> Result<Vec<Customer>, StripeError> {
    let refused = |error: StripeError| match error.is_of_address() {
        true => Ok(Vec::new()),
        false => Err(error),
    };
    let listed = connection.gateway.customers_by_email(email).await;
    let mut found = listed.or_else(refused)?;
    let searched = connection.gateway.search_customers_by_email(email).await;
    for customer in searched.or_else(refused)? {
        if found.iter().all(|known| known.id != customer.id) {
            found.push(customer);
        }
    }
    found.sort_by_key(|customer| customer.created);
    Ok(found)
}

/// Whether a new customer can be made for the referrer: the stored one may not be theirs.
pub fn can_make(stripe: &AtStripe) -> bool {
    stripe.stored.is_some() && stripe.source != Some(CustomerSource::Made)
}

/// What an admin chooses for a platform referrer.
#[derive(Clone, Copy)]
pub enum Choice<'a> {
    /// A new customer of their own.
    New,
    /// `cus_…`: one with their address.
    Existing(&'a str),
}

/// Lets the credits of a platform referrer go to another customer from now on. `seen` is the customer
/// that the page showed. Returns the referrer's name.
///
/// # Errors
/// If the database fails.
pub async fn choose(
    engine: &Engine,
    admin: &PlatformStaff<ManageCredits>,
    id: PlatformReferrerId,
    seen: Option<&str>,
    choice: Choice<'_>,
) -> anyhow::Result<Result<String, Refusal>> {
    let refused = |text: &str| Ok(Err(Refusal::message(text)));
    let Some((realm, referrer)) = realm_and_referrer(engine.db.reader(), id).await? else {
        return refused(GONE);
    };
    let Some(connection) = platform_connection(engine).await? else {
        return refused(NOT_CONNECTED);
    };
    let holder = Holder::PlatformReferrer {
        realm: &realm,
        referrer: &referrer,
    };
    let row = row_of(engine, &connection, &holder).await?;
    if row.customer_id.as_deref() != seen {
        return refused(CHANGED);
    }
    let found = match choice {
        Choice::New => create(engine, &connection, &holder, &row).await,
        Choice::Existing(id) => match existing(engine, &connection, &referrer, id).await {
            Ok(Ok(customer)) => Ok(customer),
            Ok(Err(why)) => return Ok(Err(Refusal::message(&why))),
            Err(error) => Err(error),
        },
    };
    let customer = match found {
        Ok(customer) => customer,
        Err(StepError::Stripe(error)) => {
            connection.note_key::<()>(engine, Err(&error)).await;
            return refused(UNANSWERED);
        }
        Err(StepError::Database(error)) => return Err(error.into()),
    };
    let source = match choice {
        Choice::New => CustomerSource::Made,
        Choice::Existing(_) => CustomerSource::Chosen,
    };
    let known = Known {
        marked: source == CustomerSource::Made,
        source: Some(source),
    };
    let tx = engine.db.begin().await?;
    if !stripe_customers::choose(&tx, &row, seen, &customer.id, known).await? {
        return refused(CHANGED);
    }
    let change = field("Stripe customer", seen, Some(&customer.id));
    audit(&tx, engine, Some(admin), &referrer.name, [change]).await?;
    tx.commit().await?;
    if let Some(before) = seen.filter(|before| *before != customer.id) {
        disown(&connection, before).await;
    }
    Ok(Ok(referrer.name))
}

/// The customer with this id and the referrer's address, unless it is another referrer's.
async fn existing(
    engine: &Engine,
    connection: &Connection,
    referrer: &platform_referrer::Model,
    id: &str,
) -> Result<Result<Customer, String>, StepError> {
    let mut found = with_address(connection, &referrer.email).await?.into_iter();
    let Some(customer) = found.find(|customer| customer.id == id) else {
        return Ok(Err(NOT_THEIRS.to_owned()));
    };
    let db = engine.db.reader();
    let holder = stripe_customers::holder_of(db, connection.account.id, id).await?;
    let other = holder.and_then(|row| row.platform_referrer_id);
    if let Some(other) = other.filter(|other| *other != referrer.id) {
        let other = platform_referrers::by_id(db, other).await?;
        let name = other.map_or_else(|| "another referrer".to_owned(), |other| other.name);
        return Ok(Err(format!("This is the customer of {name} already.")));
    }
    Ok(Ok(customer))
}

/// Takes our metadata off a customer that is no longer the referrer's, so that it is not taken for
/// theirs if our row is ever lost. Where Stripe does not answer, it only stays there.
async fn disown(connection: &Connection, customer: &str) {
    let metadata = Holder::no_metadata();
    if let Err(error) = connection.gateway.add_metadata(customer, metadata).await {
        tracing::warn!(customer, ?error, "a former customer keeps our metadata");
    }
}

/// The platform referrer, and the realm of the installation.
async fn realm_and_referrer(
    db: &impl ConnectionTrait,
    id: PlatformReferrerId,
) -> Result<Option<(String, platform_referrer::Model)>, DbErr> {
    let referrer = platform_referrers::by_id(db, id).await?;
    let mut brands = sites::brands(db).await?.into_iter();
    let realm = brands.next().map(|(first, _)| first.realm);
    Ok(realm.zip(referrer))
}
