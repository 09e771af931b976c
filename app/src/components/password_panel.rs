//! Asks an admin for the password again, above a form that needs a recent one.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{password_script, refusal_notice};
use crate::{ports::Viewer, server_fns::TypePassword};

/// The form; it leads back to `page`.
pub fn password_panel(viewer: &Viewer, page: &str) -> impl IntoView + use<> {
    let refusal = viewer.refusal("type_password");
    let username = viewer.member.as_ref().map(|member| member.email.clone());
    view! {
        <section class="panel" aria-labelledby="recent-password-title">
            <h2 class="panel-title" id="recent-password-title">"Type your password"</h2>
            <p class="account-standing">
                "It has been a while since you entered your password. Enter it again to change \
                 anything on this page."
            </p>
            {refusal_notice(&refusal)}
            {password_script()}
            <form class="form recent-password" method="post" action=TypePassword::PATH novalidate>
                <input type="hidden" name="page" value=page.to_owned() />
                // A password manager needs to know whose password it is.
                <input type="text" name="username" autocomplete="username" value=username hidden />
                <div class="field">
                    <label for="recent-password">"Your password"</label>
                    <input
                        id="recent-password"
                        name="password"
                        type="password"
                        autocomplete="current-password"
                        aria-required="true"
                    />
                </div>
                <button type="submit" class="button">"Continue"</button>
            </form>
        </section>
    }
}
