//! What the site knows of the member.

use leptos::prelude::*;

use crate::types::Member;

pub fn panel(member: &Member) -> impl IntoView + use<> {
    let facts = [
        (
            "Name",
            format!("{} {}", member.first_name, member.last_name),
        ),
        ("Email", member.email.clone()),
        ("Date of birth", member.date_of_birth.clone()),
        ("Member since", member.joined_on.clone()),
    ]
    .map(|(name, value)| view! { <div><dt>{name}</dt><dd dir="auto">{value}</dd></div> });
    view! {
        <section class="panel" aria-labelledby="profile-title">
            <h2 class="panel-title" id="profile-title">"Profile"</h2>
            <dl class="facts facts-wide">{facts}</dl>
        </section>
    }
}
