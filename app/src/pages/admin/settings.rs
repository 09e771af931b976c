//! Admin > Site Settings: the General, Payments and Rewards tabs, the audit log and security.

use domain::{
    account::{Permission, SiteKind},
    credit::Program,
    forms::Refusal,
    log_filter::LogFilter,
    stripe_keys::EVENTS,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::{
    audit::{AUDIT_PATH, audit_log},
    general::general_tab,
    minimum_age::minimum_age,
    mobile_apps::mobile_apps_tab,
    program_form::about,
    rewards::rewards_tab,
    security::{SECURITY_PATH, security_tab},
    switch_off::{form_in_address, switch_off},
    unmatched::unmatched_panel,
};
use crate::{
    components::{AdminPage, internal_error, password_panel, refusal_notice},
    islands::{
        CopyField,
        admin::{SettingsForm, StripeSection},
    },
    pages::{ForbiddenPage, query},
    ports::{Ports, Viewer},
    server_fns::admin::{
        CreateWebhookEndpoint, GENERAL_PATH, MOBILE_APPS_PATH, PAYMENTS_PATH, REWARDS_PATH,
    },
    types::admin::{PaymentSettings, StripeConnection},
};

/// The tab in the address; Payments if it names none.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let tab = Tab::named(query("tab").as_deref());
    let before = query("before").and_then(|before| before.parse().ok());
    let address = use_query_map().read_untracked().to_query_string();
    let filter = LogFilter::from_query(address.trim_start_matches('?'));
    let ports = Ports::current();
    let viewer = Viewer::current();
    let general = runs_site(&viewer);
    let has_members = viewer.site.kind == SiteKind::Tenant;
    let switching = (tab == Tab::SwitchOff).then(form_in_address);
    let content = Suspend::new(async move {
        let asked = ports.recent_password.is_asked().await.unwrap_or(true);
        let password = |page| asked.then(|| password_panel(&viewer, page));
        let log = match tab {
            Tab::Audit => {
                let page = ports.settings.audit(&filter, before).await;
                Some(page.map(|page| audit_log(page, &filter, before.is_some())))
            }
            Tab::Security => {
                let page = ports.settings.security(&filter, before).await;
                Some(page.map(|page| {
                    let password = password(SECURITY_PATH);
                    let tab = security_tab(&viewer, page, &filter, before.is_some());
                    view! { {password} {tab} }.into_any()
                }))
            }
            Tab::General => match ports.general.settings().await {
                Ok(Some(settings)) => Some(Ok(general_tab(&viewer, settings))),
                Ok(None) => Some(Ok(view! { <ForbiddenPage /> }.into_any())),
                Err(error) => Some(Err(error)),
            },
            Tab::Rewards => {
                let terms = ports.rewards.terms().await;
                Some(terms.map(|terms| {
                    let password = password(REWARDS_PATH);
                    let tab = rewards_tab(&viewer, terms);
                    view! { {password} {tab} }.into_any()
                }))
            }
            Tab::MobileApps => match ports.mobile_apps.saved().await {
                Ok(Some(saved)) => {
                    let refusal = viewer.refusal("save_mobile_apps");
                    Some(Ok(mobile_apps_tab(&saved, &refusal)))
                }
                Ok(None) => Some(Ok(view! { <ForbiddenPage /> }.into_any())),
                Err(error) => Some(Err(error)),
            },
            Tab::SwitchOff => {
                let form = switching.unwrap_or_default();
                let page = ports.rewards.switching_off(&form).await;
                Some(page.map(|page| switch_off(&form, page)))
            }
            Tab::Payments => None,
        };
        if let Some(log) = log {
            return log.unwrap_or_else(|_| internal_error(&ports));
        }
        let unmatched = ports.settings.unmatched().await;
        let age = ports.settings.minimum_age().await;
        match (ports.settings.payments().await, unmatched, age) {
            (Ok(settings), Ok(payments_found), Ok(age)) => {
                let refusals = ["record_unmatched", "dismiss_unmatched"];
                let refusals = refusals.map(|form| viewer.refusal(form));
                let unmatched = unmatched_panel(payments_found, refusals);
                let password = password(PAYMENTS_PATH);
                let refused = viewer.refusal("save_minimum_age");
                let registration = age.map(|age| minimum_age(age, &refused));
                let payments = payments(settings, &viewer);
                view! { {password} {unmatched} {payments} {registration} }.into_any()
            }
            _ => internal_error(&ports),
        }
    });
    let general = general.then_some((GENERAL_PATH, "General", Tab::General));
    let apps = (general.is_some() && has_members).then_some((
        MOBILE_APPS_PATH,
        "Mobile app",
        Tab::MobileApps,
    ));
    let others = [
        (PAYMENTS_PATH, "Payments", Tab::Payments),
        (REWARDS_PATH, "Rewards", Tab::Rewards),
        (AUDIT_PATH, "Audit log", Tab::Audit),
        (SECURITY_PATH, "Security", Tab::Security),
    ];
    let tabs = general.into_iter().chain(others).chain(apps);
    let tabs = tabs.map(|(to, label, named)| {
        view! { <a href=to aria-current=(tab == named).then_some("page")>{label}</a> }
    });
    let tabs = tabs.collect_view();
    view! {
        <AdminPage title="Site Settings">
            <nav class="tabs" aria-label="Site Settings">{tabs}</nav>
            <Suspense>{content}</Suspense>
        </AdminPage>
    }
}

/// Whether the viewer runs the site itself, and not the platform program alone.
fn runs_site(viewer: &Viewer) -> bool {
    let program = match viewer.site.kind {
        SiteKind::Tenant => Program::Tenant,
        SiteKind::Platform => Program::Platform,
    };
    viewer.rights.may(program, Permission::ManageSettings)
}

/// A tab of the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    General,
    Payments,
    Rewards,
    MobileApps,
    /// A step of the Payments tab, to which no link leads.
    SwitchOff,
    Audit,
    Security,
}

impl Tab {
    fn named(name: Option<&str>) -> Self {
        match name {
            Some("general") => Self::General,
            Some("rewards") => Self::Rewards,
            Some("app") => Self::MobileApps,
            Some("switch-off") => Self::SwitchOff,
            Some("audit") => Self::Audit,
            Some("security") => Self::Security,
            _ => Self::Payments,
        }
    }
}

fn payments(settings: PaymentSettings, viewer: &Viewer) -> AnyView {
    let mut settings = settings;
    let refusals = Refusals::of(viewer);
    // The settings form does not need the Stripe account, which has its own section.
    let connects = |program| viewer.rights.may(program, Permission::ManageStripe);
    let tenant = settings
        .tenant
        .as_mut()
        .filter(|_| connects(Program::Tenant))
        .map(|part| refusals.section(Program::Tenant, part.stripe.take()));
    let platform = settings
        .platform
        .as_mut()
        .filter(|_| connects(Program::Platform))
        .map(|part| refusals.section(Program::Platform, part.stripe.take()));
    view! {
        <section class="panel" id="referral-program" aria-labelledby="referral-program-title">
            <h2 class="panel-title" id="referral-program-title">"Referral Program"</h2>
            <SettingsForm settings refusal=viewer.refusal("save_settings") />
        </section>
        {tenant}
        {platform}
    }
    .into_any()
}

/// The refusals of the forms that exist once for each program.
struct Refusals {
    keys: Refusal,
    endpoint: Refusal,
    test: Refusal,
    removal: Refusal,
    disconnect: Refusal,
}

impl Refusals {
    fn of(viewer: &Viewer) -> Self {
        Self {
            keys: viewer.refusal("connect_stripe"),
            endpoint: viewer.refusal("create_webhook_endpoint"),
            test: viewer.refusal("test_stripe"),
            removal: viewer.refusal("remove_signing_secret"),
            disconnect: viewer.refusal("disconnect_stripe"),
        }
    }

    fn section(&self, program: Program, stripe: Option<StripeConnection>) -> AnyView {
        let title = match program {
            Program::Tenant => "Stripe",
            Program::Platform => "Stripe for PewPros and CoachPros",
        };
        let endpoint = endpoint(program, stripe.is_some(), &about(&self.endpoint, program));
        view! {
            <StripeSection
                program
                title=title.to_owned()
                stripe
                refused_keys=about(&self.keys, program)
                refused_test=about(&self.test, program)
                refused_removal=about(&self.removal, program)
                refused_disconnect=about(&self.disconnect, program)
            />
            {endpoint}
        }
        .into_any()
    }
}

/// What a webhook endpoint needs, and the form that creates one. It is plain: its page reloads and
/// says what was done.
fn endpoint(program: Program, connected: bool, refusal: &Refusal) -> impl IntoView + use<> {
    let title = match program {
        Program::Tenant => "Webhook endpoint",
        Program::Platform => "Webhook endpoint for PewPros and CoachPros",
    };
    let id = format!("endpoint-{}", program.code());
    let events = EVENTS.map(|event| view! { <li><code>{event}</code></li> });
    let create = connected.then(|| {
        view! {
            <p>
                "If events from Stripe do not arrive, create a new endpoint. The old one at the same address is \
                 deleted at Stripe after the first event has arrived at the new one."
            </p>
            <form method="post" action=CreateWebhookEndpoint::PATH>
                <input type="hidden" name="program" value=program.code() />
                <button type="submit" class="button">"Create the webhook endpoint"</button>
            </form>
        }
    });
    view! {
        <section class="panel" aria-labelledby=id.clone()>
            <h2 class="panel-title" id=id.clone()>{title}</h2>
            {refusal_notice(refusal)}
            <div class="stripe-words stripe-endpoint">
                <p>
                    "Stripe tells this site about payments at the webhook endpoint, which is created when you \
                     connect Stripe."
                </p>
                {create}
                <p>
                    "To create it by hand, enter the webhook address in Stripe\u{2019}s dashboard and select these \
                     events. Stripe then shows a signing secret: save it with the keys above."
                </p>
                <ul class="event-names" translate="no">{events}</ul>
                <CopyField
                    id=format!("{id}-events")
                    label="All of these events"
                    value=EVENTS.join(",")
                />
            </div>
        </section>
    }
}
