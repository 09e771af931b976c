//! Connects, tests and disconnects Stripe. No answer contains a secret.

use std::time::Duration;

use app::types::{Outcome, admin::StripeForm};
use domain::{
    account::SecurityEvent,
    credit::{Program, StripeError},
    forms::Refusal,
    money::Currency,
    stripe_keys::{AccountAnswer, Health, webhook_secrets_in},
};
use server_core::dates;
use services::{
    accounts::security_log,
    credits,
    purchases::checkout::try_coupons,
    stale_form::who_was_first,
    stripe_accounts::{
        By, Endpoint, NotConnected, Owner, Seen, StripeKeys, connect as connect_account,
        disconnect as disconnect_account, webhook_path,
    },
    stripe_customers::{StepError, connection_to},
};
use store::{
    entities::user,
    stripe_accounts::{self, StripeAccount},
    stripe_events,
};
use stripe_gateway::Ping;
use tokio::time::timeout;

use super::{
    account::{account, account_of, allowed, delivery_url},
    endpoint::{self, CREATED},
};
use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

/// How long "Test connection" waits for Stripe.
const PATIENCE: Duration = Duration::from_secs(8);

/// A version that no account has; stands for a sent version that is not a number.
const NEVER: i64 = -1;

/// The state that the form shows which was sent with this version; empty: nothing was connected.
pub fn seen(version: &str) -> Seen {
    Seen::Version(match version.trim() {
        "" => None,
        version => Some(version.parse().unwrap_or(NEVER)),
    })
}

/// Connects the program's Stripe account, or changes its keys.
pub async fn connect(
    services: &Services,
    program: Program,
    form: &StripeForm,
) -> anyhow::Result<Outcome> {
    let Some((owner, actor)) = allowed(services, program) else {
        return Ok(not_yours());
    };
    let account = account_of(services, owner).await?;
    let base = delivery_url(services, program).await?;
    let keys = StripeKeys {
        secret_key: &form.secret_key,
        webhook_secrets: &webhook_secrets_in(&form.webhook_secrets),
        replace_secrets: form.replace_secrets == "on",
        same_account: form.same_account == "on",
        base_url: Some(&base),
    };
    let by = By {
        actor: Some(actor),
        seen: seen(&form.version),
    };
    let connected = match connect_account(&services.state, owner, &keys, by).await? {
        Ok(connected) => connected,
        Err(why) => return not_connected(services, owner, why).await,
    };
    if !connected.changed {
        return Ok(Outcome::Done(
            "Nothing was changed: the fields were empty.".to_owned(),
        ));
    }
    note_changed(services, actor).await?;
    let endpoint = match connected.endpoint {
        Some(Endpoint::Created) => format!(" {CREATED}"),
        Some(Endpoint::ByHand(why)) => format!(" {}", why.sentence()),
        Some(Endpoint::Kept) | None => String::new(),
    };
    let path = &connected.path;
    let stays = account.is_some_and(|account| webhook_path(&account.public_id) == *path);
    let by_hand = connected.endpoint == Some(Endpoint::Kept);
    let connected = match (stays, connected.known_before) {
        (true, _) => "The keys were saved. The webhook address stays the same.".to_owned(),
        (false, true) => format!(
            "Stripe is connected to an account that was connected here before. Its webhook address \
             is still {base}{path}"
        ),
        (false, false) if by_hand => {
            format!("Stripe is connected. Enter this webhook address at Stripe: {base}{path}")
        }
        (false, false) => "Stripe is connected.".to_owned(),
    };
    Ok(Outcome::Done(connected + &endpoint))
}

/// Writes into the security log that this account changed the connection.
pub async fn note_changed(services: &Services, actor: &user::Model) -> anyhow::Result<()> {
    let (engine, context) = (&services.state, &services.context);
    let browser = context.browser();
    let client = context.client(&browser);
    let event = SecurityEvent::KeysChanged;
    Ok(security_log::write(engine, engine.db.writer(), actor, event, client).await?)
}

async fn not_connected(
    services: &Services,
    owner: Owner<'_>,
    why: NotConnected,
) -> anyhow::Result<Outcome> {
    let version = match why {
        NotConnected::Keys(errors) => return Ok(Outcome::Refused(Refusal::fields(errors))),
        NotConnected::Unanswered => {
            return Ok(refused(
                "Stripe does not answer right now, so nothing was saved. Try again in a minute.",
            ));
        }
        NotConnected::Stale(version) => version,
    };
    let first = who_changed_it(services, owner).await?;
    let db = services.state.db.reader();
    let message = match account(services, owner.connected(db).await?).await? {
        Some(account) => format!(
            "{first} {} is connected now. To replace it, enter your keys and save again.",
            key_of(&account)
        ),
        None => {
            format!("{first} Nothing is connected now. To connect, enter your keys and save again.")
        }
    };
    Ok(Outcome::Refused(stale(message, version)))
}

/// Who changed the connection since the form was filled, and when.
pub async fn who_changed_it(services: &Services, owner: Owner<'_>) -> anyhow::Result<String> {
    let db = services.state.db.reader();
    let (whose, did) = (owner.scope().site(), "changed the connection");
    Ok(who_was_first(db, whose, "Stripe", did, services.zone()).await?)
}

/// A refusal that holds the present version, so that the same form may replace it.
fn stale(message: String, version: Option<i64>) -> Refusal {
    let version = version.map_or_else(String::new, |version| version.to_string());
    Refusal::message(message).keep("version", &version)
}

/// The connected key in words: `The test key ending in 1234`.
fn key_of(account: &StripeAccount) -> String {
    let mode = if account.livemode { "live" } else { "test" };
    format!("The {mode} key ending in {}", account.last4())
}

pub async fn disconnect(
    services: &Services,
    program: Program,
    version: &str,
) -> anyhow::Result<Outcome> {
    let Some((owner, actor)) = allowed(services, program) else {
        return Ok(not_yours());
    };
    let by = By {
        actor: Some(actor),
        seen: seen(version),
    };
    match disconnect_account(&services.state, owner, by).await? {
        Ok(()) => {
            note_changed(services, actor).await?;
            let done = "Stripe is disconnected. No payments are taken until it is connected again.";
            Ok(Outcome::Done(done.to_owned()))
        }
        Err(NotConnected::Stale(None)) => {
            let first = who_changed_it(services, owner).await?;
            Ok(Outcome::Done(format!("{first} Stripe is disconnected.")))
        }
        Err(NotConnected::Stale(version)) => {
            let first = who_changed_it(services, owner).await?;
            let message = format!(
                "{first} What is connected now is shown above. To disconnect it, press Disconnect Stripe again."
            );
            Ok(Outcome::Refused(stale(message, version)))
        }
        Err(why) => not_connected(services, owner, why).await,
    }
}

/// "Test connection": says whether Stripe accepts the key, and whether its events arrive.
pub async fn test(services: &Services, program: Program) -> anyhow::Result<Outcome> {
    let Some((owner, _)) = allowed(services, program) else {
        return Ok(not_yours());
    };
    let Some(account) = account_of(services, owner).await? else {
        return Ok(refused("Stripe is not connected."));
    };
    let key = key_of(&account);
    let asked = async {
        let gateway = services.state.stripe.open(&account.secret_key)?;
        gateway.ping().await
    };
    let answered = timeout(PATIENCE, asked).await;
    if let Ok(Ok(Ping::WrongKey | Ping::NotAllowed)) = answered {
        note_key(services, &account, false).await?;
    }
    let coupons = match program {
        Program::Tenant => "coupons, ",
        Program::Platform => "",
    };
    Ok(match answered {
        Ok(Ok(Ping::Answered)) => {
            remember_account(services, &account).await?;
            credits::resume_failed(&services.state, Some(owner.scope())).await?;
            note_key(services, &account, true).await?;
            if let Owner::Site(site) = owner
                && lacks_coupons(services, &account, site.currency()).await?
            {
                return Ok(refused(format!(
                    "Stripe answered, but this key lacks a permission. {key} is restricted: allow it \
                     to write coupons, so that members can pay a part of a price with credit."
                )));
            }
            let webhook = webhook_sentence(services, program, &account).await?;
            Outcome::Done(format!("Stripe answered. {key} works. {webhook}"))
        }
        Ok(Ok(Ping::WrongKey)) => refused(format!(
            "Stripe answered, but does not know this key. {key} is wrong or was revoked: copy \
             another one from Stripe's dashboard."
        )),
        Ok(Ok(Ping::NotAllowed)) => refused(format!(
            "Stripe answered, but this key lacks permissions. {key} is restricted: allow it to write \
             customers with their balance, Checkout sessions, {coupons}refunds, subscriptions and the \
             customer portal, and to read invoices, charges and disputes."
        )),
        Ok(Err(_)) | Err(_) => refused(
            "Stripe does not answer right now, so the key could not be tested. Try again in a \
             minute.",
        ),
    })
}

/// Whether Stripe refuses to let the key write coupons. Where it does not answer, that is not known.
async fn lacks_coupons(
    services: &Services,
    account: &StripeAccount,
    currency: Currency,
) -> anyhow::Result<bool> {
    let state = &services.state;
    let connection = match connection_to(state, account.id).await {
        Ok(connection) => connection,
        Err(StepError::Stripe(_)) => return Ok(false),
        Err(StepError::Database(error)) => return Err(error.into()),
    };
    let tried = timeout(PATIENCE, try_coupons(state, &connection, currency)).await;
    Ok(matches!(tried, Ok(Err(StripeError::SecretKeyRejected))))
}

/// Records which Stripe account it is, if that is not known yet.
async fn remember_account(services: &Services, account: &StripeAccount) -> anyhow::Result<()> {
    let state = &services.state;
    if account.stripe_account.is_some() {
        return Ok(());
    }
    if let Ok(gateway) = state.stripe.open(&account.secret_key)
        && let Ok(AccountAnswer::Account(first)) = timeout(PATIENCE, gateway.account()).await
    {
        stripe_accounts::set_stripe_account(state.db.writer(), account.id, &first).await?;
    }
    Ok(())
}

async fn note_key(
    services: &Services,
    account: &StripeAccount,
    worked: bool,
) -> anyhow::Result<()> {
    let (state, id) = (&services.state, account.id);
    let db = state.db.writer();
    Ok(stripe_accounts::note_key(db, id, account.version, worked, state.now()).await?)
}

/// What is known about the webhooks, worst first.
async fn webhook_sentence(
    services: &Services,
    program: Program,
    account: &StripeAccount,
) -> anyhow::Result<String> {
    let known = account.notes.known(account.webhook_secrets.len());
    match Health::of(known, services.state.clock.now()) {
        health @ (Health::NoWebhookSecret | Health::EventsMissing) => {
            return Ok(health.sentence().unwrap_or_default().to_owned());
        }
        Health::Connected
        | Health::NotTried
        | Health::KeyRejected
        | Health::CouponsRefused
        | Health::Unreadable => {}
    }
    if let Some(complaint) = endpoint::complaint(services, program, account).await? {
        return Ok(complaint);
    }
    let last = stripe_events::last_received(services.state.db.reader(), account.id).await?;
    Ok(match last {
        Some(at) => format!(
            "The last event arrived on {}.",
            dates::minute(at, services.zone())
        ),
        None => "No event has arrived yet. Check the webhook address at Stripe.".to_owned(),
    })
}
