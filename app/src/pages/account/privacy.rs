//! The member's own data: the file with all of it, and the way to delete the account.

use leptos::prelude::*;

use crate::ports::Viewer;

pub fn panel(viewer: &Viewer) -> impl IntoView + use<> {
    let words = format!(
        "Everything that {} keeps about you, as a JSON file.",
        viewer.site.name
    );
    view! {
        <section class="panel" aria-labelledby="data-title">
            <h2 class="panel-title" id="data-title">"Your data"</h2>
            <p class="account-standing">{words}</p>
            <div class="account-actions">
                <a class="button" href="/account/export" download="">"Download my data"</a>
                <a class="button button-quiet" href="/account/delete">"Delete my account"</a>
            </div>
        </section>
    }
}
