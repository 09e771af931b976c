//! One member: purchases, referrals, and a sale made in person.

use leptos::prelude::*;

use crate::components::AdminPage;

/// One member: purchases, referrals, and a sale made in person.
#[component]
pub fn MemberPage() -> impl IntoView {
    view! { <AdminPage title="Member">""</AdminPage> }
}
