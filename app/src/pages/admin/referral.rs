//! The whole story of one referral.

use leptos::prelude::*;

use crate::components::AdminPage;

/// The whole story of one referral.
#[component]
pub fn ReferralPage() -> impl IntoView {
    view! { <AdminPage title="Referral">""</AdminPage> }
}
