//! Payments in Stripe events for which no purchase is found here: an admin records or dismisses
//! them.

use app::types::{Outcome, admin::UnmatchedPayment};
use domain::{
    account::Email,
    credit::Program,
    forms::{FieldError, Refusal},
};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use server_core::dates;
use services::rights::ManageCredits;
use services::stripe_events::{Payment, apply_waiting, payment_in};
use store::{
    SiteId, StripeEventId,
    audit_log::{self, Change, Field},
    entities::{product, stripe_event, user},
    products, purchases, stripe_events, users,
};

use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

/// Most payments that are shown.
const SHOWN: u64 = 50;
/// `audit_log.subject`.
const SUBJECT: &str = "Payment without a purchase";

/// The payments of the site that the viewer runs, and of the platform program if they run it.
pub async fn list(services: &Services) -> anyhow::Result<Vec<UnmatchedPayment>> {
    let mut all = Vec::new();
    let context = &services.context;
    if let Some(staff) = context.tenant_staff::<ManageCredits>() {
        let site_id = Some(staff.site.id());
        all.extend(of(services, Program::Tenant, site_id).await?);
    }
    if context.platform_staff::<ManageCredits>().is_some() {
        all.extend(of(services, Program::Platform, None).await?);
    }
    Ok(all)
}

async fn of(
    services: &Services,
    program: Program,
    site_id: Option<SiteId>,
) -> anyhow::Result<Vec<UnmatchedPayment>> {
    let rows = stripe_events::unmatched_of(services.state.db.reader(), site_id, SHOWN).await?;
    let shown = rows.into_iter().filter_map(|row| {
        let payment = payment_in(&row)?;
        Some(UnmatchedPayment {
            event: row.id.get(),
            program,
            amount: payment.amount(),
            email: payment.email.unwrap_or_default(),
            session: payment.session_id,
            on: dates::minute(row.received_at, services.zone()),
            at: dates::iso(row.received_at),
        })
    });
    Ok(shown.collect())
}

/// **Record this sale**: creates the purchase of the sold product for the member with this e-mail
/// address, then applies the waiting event to it in the usual way.
pub async fn record(services: &Services, event: i64, email: &str) -> anyhow::Result<Outcome> {
    let Some(staff) = services.context.tenant_staff::<ManageCredits>() else {
        return Ok(not_yours());
    };
    let (state, site) = (&services.state, &staff.site);
    let tx = state.db.begin().await?;
    let waiting =
        stripe_events::lock_waiting(&tx, Some(site.id()), StripeEventId::new(event)).await?;
    let Some((row, payment)) = waiting.and_then(with_payment) else {
        return Ok(gone());
    };
    let member = match Email::parse(email) {
        Some(email) => users::by_email(&tx, site.id(), &email).await?,
        None => None,
    };
    let Some(member) = member else {
        let message = "Enter the email address of a member of this site.";
        let error = FieldError::new("email", message);
        return Ok(Outcome::Refused(Refusal::fields(vec![error])));
    };
    let product = match &payment.product {
        Some(path) => products::by_path(&tx, site.id(), path).await?,
        None => None,
    };
    let Some(product) = product else {
        return Ok(refused(
            "The product is no longer in the catalog. Record the sale on the member's page, \
             then dismiss this.",
        ));
    };
    let now = state.now();
    let account = Some(row.stripe_account_id);
    let purchase = purchases::insert(&tx, &product, member.id, account, now).await?;
    let mut begun = purchase.into_active_model();
    begun.checkout_session_id = Set(Some(payment.session_id.clone()));
    begun.update(&tx).await?;
    let Some(mut applied) = apply_waiting(state, &tx, &row).await? else {
        return Ok(refused(
            "This payment names another buyer or product. Record the sale on the member's page, \
             then dismiss this.",
        ));
    };
    let recorded = said(&payment, Some((&member, &product)));
    trace(services, &tx, Some(site.id()), "Recorded", recorded).await?;
    tx.commit().await?;
    applied.announce(state).await;
    Ok(Outcome::Done("The sale was recorded.".to_owned()))
}

/// **Dismiss**: the payment no longer waits for a purchase.
pub async fn dismiss(services: &Services, program: Program, event: i64) -> anyhow::Result<Outcome> {
    let context = &services.context;
    let site_id = match program {
        Program::Tenant => context
            .tenant_staff::<ManageCredits>()
            .map(|staff| Some(staff.site.id())),
        Program::Platform => context.platform_staff::<ManageCredits>().map(|_| None),
    };
    let Some(site_id) = site_id else {
        return Ok(not_yours());
    };
    let tx = services.state.db.begin().await?;
    let waiting = stripe_events::lock_waiting(&tx, site_id, StripeEventId::new(event)).await?;
    let Some((row, payment)) = waiting.and_then(with_payment) else {
        return Ok(gone());
    };
    const OUTCOME: &str = "an admin dismissed it";
    stripe_events::set_outcome(&tx, row.stripe_account_id, &row.event_id, OUTCOME, None).await?;
    trace(services, &tx, site_id, "Dismissed", said(&payment, None)).await?;
    tx.commit().await?;
    Ok(Outcome::Done("The payment was dismissed.".to_owned()))
}

fn with_payment(row: stripe_event::Model) -> Option<(stripe_event::Model, Payment)> {
    let payment = payment_in(&row)?;
    Some((row, payment))
}

fn gone() -> Outcome {
    refused("This payment is no longer open: its purchase was found, or someone else handled it.")
}

/// `$45.00, The steel-challenge for Jane Doe (cs_…)`.
fn said(payment: &Payment, sold: Option<(&user::Model, &product::Model)>) -> String {
    let (amount, session) = (payment.amount(), &payment.session_id);
    match sold {
        Some((member, product)) => format!(
            "{amount}, {} for {} {} ({session})",
            product.name, member.first_name, member.last_name
        ),
        None => format!("{amount} ({session})"),
    }
}

async fn trace(
    services: &Services,
    tx: &sea_orm::DatabaseTransaction,
    site_id: Option<SiteId>,
    what: &str,
    said: String,
) -> anyhow::Result<()> {
    let change = Change {
        site_id,
        actor: services.context.user.as_deref(),
        subject: SUBJECT,
        now: services.state.now(),
    };
    let field = Field {
        name: what,
        old: None,
        new: Some(said),
    };
    Ok(audit_log::write(tx, &change, [field]).await?)
}
