//! The form that sets what members send along with their link. It is plain: its page reloads and says what was done.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    components::refusal_notice, islands::admin::text_area_content,
    server_fns::admin::SaveShareMessage,
};

/// The panel with the form; `saved` is empty for our own words.
pub fn share_message(saved: String, refusal: &Refusal) -> impl IntoView + use<> {
    let error = refusal.about("message").map(str::to_owned);
    let invalid = error.is_some();
    // What was typed, even if that was nothing.
    let typed = refusal.typed.get("message").cloned().unwrap_or(saved);
    let notice = (!invalid).then(|| refusal_notice(refusal));
    view! {
        <section class="panel" aria-labelledby="share-title">
            <h2 class="panel-title" id="share-title">"Shared links"</h2>
            <form class="sale" method="post" action=SaveShareMessage::PATH novalidate>
                {notice}
                <div class="field">
                    <label for="share-message">"Message"</label>
                    <textarea
                        id="share-message"
                        name="message"
                        rows="3"
                        autocomplete="off"
                        autofocus=invalid
                        aria-invalid=invalid.then_some("true")
                        aria-describedby="share-message-hint share-message-error"
                        inner_html=text_area_content(&typed)
                    ></textarea>
                    <p class="field-hint" id="share-message-hint">
                        "What an email or text message with a member\u{2019}s link says; the member can change it before \
                         sending. At most 280 characters. {site} stands for this site\u{2019}s name and {link} for the \
                         link. Empty: Join me at {site}: {link}"
                    </p>
                    <p class="field-error" id="share-message-error" role=invalid.then_some("alert")>{error}</p>
                </div>
                <button type="submit" class="button">"Save"</button>
            </form>
        </section>
    }
}
