//! Admin > Referrals: the Tenant Referrals and Platform Referrals tabs.

use leptos::prelude::*;

use crate::components::AdminPage;

/// Admin > Referrals: the Tenant Referrals and Platform Referrals tabs.
#[component]
pub fn ReferralsPage() -> impl IntoView {
    view! { <AdminPage title="Referrals">""</AdminPage> }
}
