//! Admin > Referrals: the Tenant Referrals and Platform Referrals tabs.

use domain::{
    account::Permission,
    credit::Program,
    referral::{REFERRALS_PATH, ReferralFilter, ReferrerSearch},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{
    books::books_link, csv_link::csv_link, filtered::in_address, same_address::shared_by_referrers,
    tabs::tabs, why_link::why_link,
};
use crate::{
    components::{AdminPage, attention, internal_error},
    islands::admin::{Referrals, ReferrersStart},
    pages::{ForbiddenPage, query},
    ports::{Ports, Viewer},
    server_fns::admin::{PAYMENTS_PATH, retried_ids},
    types::admin::RetryOutcome,
};

/// The tab in the address.
#[component]
pub fn ReferralsPage() -> impl IntoView {
    let ports = Ports::current();
    let viewer = Viewer::current();
    let (program, filter, ignored) = in_address(viewer.rights, tab, ReferralFilter::from_query);
    let address = use_query_map().read_untracked().to_query_string();
    let search = ReferrerSearch::from_query(address.trim_start_matches('?'));
    let may_set = viewer.rights.may(program, Permission::ManageSettings);
    let retried = retried_ids(&query("retried").unwrap_or_default());
    let content = Suspend::new(async move {
        let query = filter.query();
        let Ok(retried) = ports.admin_referrals.retried(program, retried).await else {
            return internal_error(&ports);
        };
        let page = match ports.admin_referrals.page(filter, ignored).await {
            Ok(Some(page)) => page,
            Ok(None) => return view! { <ForbiddenPage /> }.into_any(),
            Err(_) => return internal_error(&ports),
        };
        let referrers = match program {
            Program::Tenant => None,
            Program::Platform => match ports.platform_referrers.list(&search).await {
                Ok(page) => Some(ReferrersStart {
                    page,
                    adding: viewer.refusal("add_referrer"),
                    changing: refused_change(&viewer),
                }),
                Err(_) => return internal_error(&ports),
            },
        };
        let shared = match program {
            Program::Tenant => Ok(false),
            Program::Platform => ports.platform_referrers.has_shared_addresses().await,
        };
        let (Ok(lines), Ok(shared)) = (ports.admin_referrals.attention().await, shared) else {
            return internal_error(&ports);
        };
        let refusal = viewer.refusal("retry_referrals");
        let off = page.program_is_off.then(|| {
            view! {
                <p class="notice" role="status">
                    "This program is off: purchases earn no credit. "
                    {may_set.then(|| view! { <a href=PAYMENTS_PATH>"Set a credit amount"</a> })}
                </p>
            }
        });
        let zone = viewer.site.time_zone.replace('_', " ");
        let days = format!("\u{201c}From\u{201d} and \u{201c}To\u{201d} are days in {zone}.");
        view! {
            <AdminPage title="Referrals">
                {attention(lines)}
                {tabs(viewer.rights, program, tab)}
                {off}
                <div class="page-actions">
                    {books_link(viewer.rights, program)}
                    {why_link(viewer.rights, program)}
                </div>
                {shared_by_referrers(shared)}
                {retried.map(retried_notice)}
                <Referrals page refusal referrers />
                {csv_link("/admin/referrals.csv", &query)}
                <p class="field-hint">{days}</p>
            </AdminPage>
        }
        .into_any()
    });
    view! { <Suspense>{content}</Suspense> }
}

/// How a retry ended that was sent without JavaScript.
fn retried_notice(outcome: RetryOutcome) -> impl IntoView {
    let again = (!outcome.is_over).then(|| view! { " " <a href="">"Look again"</a> });
    view! { <p class="notice" role="status">{outcome.sentence}{again}</p> }
}

/// The path and the label of a program's tab.
pub fn tab(program: Program) -> (&'static str, &'static str) {
    match program {
        Program::Tenant => (REFERRALS_PATH, "Tenant Referrals"),
        Program::Platform => ("/admin/referrals?tab=platform", "Platform Referrals"),
    }
}

/// The refusal of "Rename" or of "Disable".
fn refused_change(viewer: &Viewer) -> domain::forms::Refusal {
    let renamed = viewer.refusal("change_referrer");
    if renamed == domain::forms::Refusal::default() {
        viewer.refusal("set_referrer_disabled")
    } else {
        renamed
    }
}
