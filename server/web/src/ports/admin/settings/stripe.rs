//! Connecting, testing and disconnecting Stripe. No answer holds a secret.

use std::time::Duration;
use store::StripeAccountId;

use app::types::{Outcome, admin::StripeForm};
use domain::{
    credit::Program,
    forms::Refusal,
    stripe_keys::{AccountAsked, webhook_secrets_in},
};
use sea_orm::DbErr;
use server_core::dates;
use services::{
    credits,
    stripe_accounts::{
        By, NotConnected, Owner, Seen, StripeKeys, connect as connect_account,
        disconnect as disconnect_account, webhook_path,
    },
};
use store::{
    entities::user,
    platform_settings,
    stripe_accounts::{self, StripeAccount},
    stripe_events,
};
use stripe_gateway::Ping;
use tokio::time::timeout;

use crate::ports::{
    Services,
    admin::{not_yours, refused, stale},
};

/// How long "Test connection" waits for Stripe.
const PATIENCE: Duration = Duration::from_secs(8);

/// No account has this version: what is no number was never seen.
const NEVER: i64 = -1;

/// Whose account it is and who asks, if they may.
fn allowed(services: &Services, program: Program) -> Option<(Owner<'_>, &user::Model)> {
    let visit = &services.visit;
    let owner = match program {
        Program::Tenant => visit.tenant_admin().map(|_| Owner::Site(&visit.site)),
        Program::Platform => visit.platform_admin().map(|_| Owner::Platform),
    };
    owner.zip(visit.user.as_deref())
}

/// The account with this id, if its secrets open: the page must, so that it can be connected anew.
pub async fn account(
    services: &Services,
    id: Option<StripeAccountId>,
) -> Result<Option<StripeAccount>, DbErr> {
    let state = &services.state;
    stripe_accounts::usable(state.db.reader(), &state.sealer, id).await
}

async fn account_of(
    services: &Services,
    owner: Owner<'_>,
) -> anyhow::Result<Option<StripeAccount>> {
    let id = match owner {
        Owner::Site(site) => site.row.stripe_account_id,
        Owner::Platform => {
            platform_settings::get(services.state.db.reader())
                .await?
                .stripe_account_id
        }
    };
    Ok(account(services, id).await?)
}

fn seen(version: &str) -> Seen {
    Seen::Version(match version.trim() {
        "" => None,
        version => Some(version.parse().unwrap_or(NEVER)),
    })
}

/// Connects the program's account, or changes its keys.
pub async fn connect(
    services: &Services,
    program: Program,
    form: &StripeForm,
) -> anyhow::Result<Outcome> {
    let Some((owner, actor)) = allowed(services, program) else {
        return Ok(not_yours());
    };
    let account = account_of(services, owner).await?;
    let keys = StripeKeys {
        mode: Some(&form.mode),
        secret_key: &form.secret_key,
        webhook_secrets: &webhook_secrets_in(&form.webhook_secrets),
        same_account: form.same_account == "on",
    };
    let by = By {
        actor: Some(actor),
        seen: seen(&form.version),
    };
    let connected = match connect_account(&services.state, owner, &keys, by).await? {
        Ok(connected) => connected,
        Err(why) => return not_connected(services, owner, why).await,
    };
    let path = &connected.path;
    let stays = account.is_some_and(|account| webhook_path(&account.public_id) == *path);
    let base = &services.visit.base_url;
    Ok(Outcome::Done(match (stays, connected.known_before) {
        (true, _) => "The keys were saved. The webhook address stays the same.".to_owned(),
        (false, true) => format!(
            "Stripe is connected to an account that was connected here before. Its webhook address \
             is the same as then: {base}{path}"
        ),
        (false, false) => {
            format!("Stripe is connected. Enter this webhook address at Stripe: {base}{path}")
        }
    }))
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
    let db = services.state.db.reader();
    let told = stale(db, owner.scope().site(), "Stripe", "changed the connection").await?;
    let message = format!("{told} Look at what is connected now; send it again to replace that.");
    let version = version.map_or_else(String::new, |version| version.to_string());
    Ok(Outcome::Refused(
        Refusal::message(message).keep("version", &version),
    ))
}

/// Disconnects the program's account.
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
        Ok(()) => Ok(Outcome::Done(
            "Stripe is disconnected. No payments are taken until it is connected again.".to_owned(),
        )),
        Err(why) => not_connected(services, owner, why).await,
    }
}

/// "Test connection": what Stripe says to the key, and whether its events arrive.
pub async fn test(services: &Services, program: Program) -> anyhow::Result<Outcome> {
    let Some((owner, _)) = allowed(services, program) else {
        return Ok(not_yours());
    };
    let Some(account) = account_of(services, owner).await? else {
        return Ok(refused("Stripe is not connected."));
    };
    let key = format!(
        "The {} key ending in {}",
        if account.livemode { "live" } else { "test" },
        account.last4()
    );
    let asked = async {
        let gateway = services.state.stripe.open(&account.secret_key)?;
        gateway.ping().await
    };
    Ok(match timeout(PATIENCE, asked).await {
        Ok(Ok(Ping::Answered)) => {
            remember_account(services, &account).await?;
            credits::go_on(&services.state, Some(owner.scope())).await?;
            let webhook = webhook_sentence(services, &account).await?;
            Outcome::Done(format!("Stripe answered. {key} works. {webhook}"))
        }
        Ok(Ok(Ping::WrongKey)) => refused(format!(
            "Stripe answered, and does not know this key. {key} is wrong or was revoked: take \
             another from Stripe's dashboard."
        )),
        Ok(Ok(Ping::NotAllowed)) => refused(format!(
            "Stripe answered, and this key may not do what is needed. {key} is restricted: allow \
             it to read and write customers and Checkout sessions."
        )),
        Ok(Err(_)) | Err(_) => refused(
            "Stripe does not answer right now, so nothing is known about the key. Try again in a \
             minute.",
        ),
    })
}

/// Writes down which account it is, where that is not known yet.
async fn remember_account(services: &Services, account: &StripeAccount) -> anyhow::Result<()> {
    let state = &services.state;
    if account.stripe_account.is_some() {
        return Ok(());
    }
    if let Ok(gateway) = state.stripe.open(&account.secret_key)
        && let Ok(AccountAsked::Told(told)) = timeout(PATIENCE, gateway.account()).await
    {
        stripe_accounts::set_stripe_account(state.db.writer(), account.id, &told).await?;
    }
    Ok(())
}

async fn webhook_sentence(services: &Services, account: &StripeAccount) -> anyhow::Result<String> {
    if account.webhook_secrets.is_empty() {
        return Ok(
            "No webhook secret is saved, so its events are not believed and no payment is \
            noticed: enter the webhook address at Stripe, and save the secret that it shows."
                .to_owned(),
        );
    }
    let last = stripe_events::last_received(services.state.db.reader(), account.id).await?;
    Ok(match last {
        Some(at) => format!("Its last event came on {}.", dates::minute(at)),
        None => "No event has come yet: check the webhook address at Stripe.".to_owned(),
    })
}
