//! The member's own account: name, address, password, and where they are signed in.

mod address;
mod delete;
mod forms;
mod privacy;
mod profile;
mod referrer;
mod second_factor;
mod sign_ins;

use leptos::prelude::*;

pub use delete::{DeleteAccountPage, DeletedPage};
pub use forms::message;
pub use referrer::NameReferrerPage;
pub use second_factor::SecondFactorPage;

use super::member_or_sign_in;
use crate::{
    components::{PageTitle, internal_error},
    ports::{Ports, Viewer},
    types::{Member, OwnAccount},
};

/// The forms, each sent without an island.
#[component]
pub fn AccountPage() -> impl IntoView {
    let viewer = Viewer::current();
    let ports = Ports::current();
    let member = member_or_sign_in(&viewer, &ports)?;
    let page = Suspend::new(async move {
        match ports.account_settings.show().await {
            Ok(Some(account)) => page(&viewer, &member, account).into_any(),
            Ok(None) => ().into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    Some(view! {
        <PageTitle title="Your account" />
        <Suspense>{page}</Suspense>
    })
}

fn page(viewer: &Viewer, member: &Member, account: OwnAccount) -> impl IntoView + use<> {
    let done = viewer
        .done
        .clone()
        .map(|done| view! { <p class="notice" role="status">{done}</p> });
    let address = address::panel(viewer, member, &account);
    let second_factor = second_factor::panel(viewer, &account);
    let mails = forms::mails(viewer, &account);
    view! {
        <div class="page page-dashboard account-page">
            <h1 class="page-title">"Your account"</h1>
            {done}
            {profile::panel(member)}
            {forms::name(viewer, member)}
            {address}
            {forms::password(viewer)}
            {second_factor}
            {mails}
            {sign_ins::panel(viewer, account)}
            {privacy::panel(viewer)}
        </div>
    }
}
