//! The welcome to a new member, above the first page that they see.

use leptos::prelude::*;

use crate::ports::Viewer;

/// The welcome, once: who invited them, and what happens next.
#[component]
pub fn WelcomeNote(viewer: Viewer) -> impl IntoView {
    let new_member = viewer.welcome.zip(viewer.member);
    new_member.map(|(welcome, member)| {
        let earns = match welcome.earns {
            true => " invited you and can earn a credit from your first paid purchase.",
            false => " invited you.",
        };
        let inviter = welcome.inviter.map(|name| {
            view! { " " <bdi>{name}</bdi> {earns} }
        });
        let mailed = welcome.mailed.then_some(
            " Next, open the link in the email that is on its way to you to confirm your address.",
        );
        view! {
            <p class="welcome">
                <strong>"Welcome, "<bdi>{member.first_name}</bdi>"."</strong>
                {inviter}
                {mailed}
            </p>
        }
    })
}
