//! The Stripe customer of a platform referrer: who manages credits sees it, chooses another and moves credits.

use app::types::{
    Outcome,
    admin::{CustomerLine, ElsewhereLine, ReferrerCustomer},
};
use domain::{
    money::Currency,
    referral::source_sentence,
    stripe_keys::{StripeMode, dashboard_url},
};
use server_core::{dates, zone::Zone};
use services::{
    credits::Elsewhere,
    stripe_customers::{
        moves,
        platform_referrers::{self, AtStripe, Choice},
    },
};
use store::{PlatformReferrerId, Timestamp, platform_settings, stripe_accounts};
use stripe_gateway::Customer;
use time::OffsetDateTime;

use super::{not_yours, stripe_ids};
use crate::ports::Services;

/// The form's value for a new customer; ids begin with `cus_`.
const NEW: &str = "new";

pub async fn page(
    services: &Services,
    id: PlatformReferrerId,
) -> anyhow::Result<Option<ReferrerCustomer>> {
    let Some(staff) = services.context.platform_staff() else {
        return Ok(None);
    };
    let Some(found) = platform_referrers::customers(&services.state, &staff, id).await? else {
        return Ok(None);
    };
    let mut stripe = found.stripe;
    let db = services.state.db.reader();
    let account = platform_settings::get(db).await?.stripe_account_id;
    let mode = stripe_accounts::mode_of(db, account).await?;
    let line = |customer: &Customer| line(customer, mode, services.zone());
    let earlier = std::mem::take(&mut stripe.elsewhere).into_iter();
    let earlier = earlier.map(|found| elsewhere(found, mode)).collect();
    Ok(Some(ReferrerCustomer {
        id: id.get(),
        name: found.referrer.name,
        email: found.referrer.email,
        credits: credits(&stripe),
        source: source_sentence(stripe.source).to_owned(),
        can_make: platform_referrers::can_make(&stripe),
        seen: stripe.stored,
        present: stripe.present.as_ref().map(line),
        others: stripe.others.iter().map(line).collect(),
        elsewhere: earlier,
        gap: found.gap.map(|gap| gap.sentence().to_owned()),
    }))
}

pub async fn choose(
    services: &Services,
    id: PlatformReferrerId,
    seen: &str,
    customer: &str,
) -> anyhow::Result<Outcome> {
    let Some(staff) = services.context.platform_staff() else {
        return Ok(not_yours());
    };
    let choice = match customer {
        NEW => Choice::New,
        id => Choice::Existing(id),
    };
    let seen = (!seen.is_empty()).then_some(seen);
    let chosen = platform_referrers::choose(&services.state, &staff, id, seen, choice).await?;
    Ok(match chosen {
        Ok(name) => Outcome::Done(format!("Later credits of {name} go to this customer.")),
        Err(refusal) => Outcome::Refused(refusal),
    })
}

pub async fn move_credit(
    services: &Services,
    id: PlatformReferrerId,
    from: &str,
) -> anyhow::Result<Outcome> {
    let Some(staff) = services.context.platform_staff() else {
        return Ok(not_yours());
    };
    let moved = moves::move_of_platform_referrer(&services.state, &staff, id, from).await?;
    Ok(moved.map_or_else(Outcome::Refused, Outcome::Done))
}

/// What an earlier customer of an account in this mode still has.
pub fn elsewhere(found: Elsewhere, mode: Option<StripeMode>) -> ElsewhereLine {
    ElsewhereLine {
        customer: stripe_ids::customer(found.customer_id, mode),
        amount: found.amount,
    }
}

fn credits(stripe: &AtStripe) -> Vec<domain::money::Money> {
    let credit = |currency| Some(stripe.present.as_ref()?.credit_in(currency));
    let credits = Currency::ALL.into_iter().filter_map(credit);
    credits.filter(|credit| credit.is_positive()).collect()
}

fn line(customer: &Customer, mode: Option<StripeMode>, zone: &Zone) -> CustomerLine {
    let created = OffsetDateTime::from_unix_timestamp(customer.created);
    let created = created.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    CustomerLine {
        dashboard: mode.and_then(|mode| dashboard_url(&customer.id, mode, None)),
        id: customer.id.clone(),
        name: customer.name.clone(),
        email: customer.email.clone(),
        since: dates::day(Timestamp::from(created), zone),
    }
}
