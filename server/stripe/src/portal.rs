//! Stripe's billing portal, where a subscriber changes the card and cancels (Stripe, "Customer
//! portal").

use std::collections::{BTreeMap, HashMap};

use ::stripe::{StripeError as ClientError, StripeRequest};
use stripe_billing::{
    billing_portal_configuration::{
        CreateBillingPortalConfiguration, CreateBillingPortalConfigurationBusinessProfile,
        CreateBillingPortalConfigurationFeatures,
        CreateBillingPortalConfigurationFeaturesCustomerUpdate,
        CreateBillingPortalConfigurationFeaturesSubscriptionCancel,
        CreateBillingPortalConfigurationFeaturesSubscriptionCancelMode,
        CreateBillingPortalConfigurationLoginPage, InvoiceListParam, PaymentMethodUpdateParam,
        RetrieveBillingPortalConfiguration,
    },
    billing_portal_session::CreateBillingPortalSession,
};

use super::{Call, client::Client, convert, ordered::Ordered};

/// What a portal lets people do is fixed: change the card, read their invoices, and cancel at the end
/// of what is paid. The address stays ours to change.
pub struct NewPortalConfiguration<'a> {
    /// The words at the top of the page.
    pub headline: &'a str,
    /// Where "Return" leads, if a session does not say.
    pub return_url: &'a str,
    /// Stripe also serves a page on which a subscriber asks for a link by e-mail.
    pub login_page: bool,
    /// Our ids, by which the configuration is known.
    pub metadata: BTreeMap<String, String>,
}

/// A configuration of the portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalConfiguration {
    /// `bpc_…`.
    pub id: String,
    /// It can be used.
    pub active: bool,
    /// The address of Stripe's login page, if the configuration has one. It may be shown to anybody.
    pub login_url: Option<String>,
    /// Our ids.
    pub metadata: BTreeMap<String, String>,
}

/// A visit of a customer to the portal.
#[derive(Clone, Copy)]
pub struct NewPortalSession<'a> {
    /// `cus_…`.
    pub customer: &'a str,
    /// `bpc_…`.
    pub configuration: &'a str,
    /// Where "Return" leads.
    pub return_url: &'a str,
}

pub async fn configure(
    client: &Client,
    new: NewPortalConfiguration<'_>,
    idempotency_key: &str,
) -> Call<PortalConfiguration> {
    let mut profile = CreateBillingPortalConfigurationBusinessProfile::new();
    profile.headline = Some(new.headline.to_owned());
    let request = CreateBillingPortalConfiguration::new(features())
        .business_profile(profile)
        .default_return_url(new.return_url)
        .login_page(CreateBillingPortalConfigurationLoginPage::new(
            new.login_page,
        ))
        .metadata(new.metadata.into_iter().collect::<HashMap<_, _>>());
    let created = Ordered(request)
        .customize()
        .request_strategy(convert::once(idempotency_key)?)
        .send(client)
        .await;
    created
        .map(configuration)
        .map_err(|error| convert::stripe_error(&error))
}

fn features() -> CreateBillingPortalConfigurationFeatures {
    let mut cancel = CreateBillingPortalConfigurationFeaturesSubscriptionCancel::new(true);
    cancel.mode = Some(CreateBillingPortalConfigurationFeaturesSubscriptionCancelMode::AtPeriodEnd);
    let mut features = CreateBillingPortalConfigurationFeatures::new();
    features.customer_update = Some(CreateBillingPortalConfigurationFeaturesCustomerUpdate::new(
        false,
    ));
    features.invoice_history = Some(InvoiceListParam::new(true));
    features.payment_method_update = Some(PaymentMethodUpdateParam::new(true));
    features.subscription_cancel = Some(cancel);
    features
}

pub async fn retrieve(client: &Client, id: &str) -> Call<Option<PortalConfiguration>> {
    match RetrieveBillingPortalConfiguration::new(id)
        .send(client)
        .await
    {
        Ok(found) => Ok(Some(configuration(found))),
        Err(ClientError::Stripe(_, 404)) => Ok(None),
        Err(error) => Err(convert::stripe_error(&error)),
    }
}

/// The address of a new visit. It opens the portal for whoever has it: never log or store it.
pub async fn visit(client: &Client, new: NewPortalSession<'_>) -> Call<String> {
    let created = CreateBillingPortalSession::new()
        .customer(new.customer)
        .configuration(new.configuration)
        .return_url(new.return_url)
        .send(client)
        .await;
    created
        .map(|session| session.url)
        .map_err(|error| convert::stripe_error(&error))
}

fn configuration(found: stripe_billing::BillingPortalConfiguration) -> PortalConfiguration {
    PortalConfiguration {
        id: found.id.to_string(),
        active: found.active,
        login_url: found.login_page.url,
        metadata: found.metadata.unwrap_or_default().into_iter().collect(),
    }
}
