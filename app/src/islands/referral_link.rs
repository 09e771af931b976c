//! A member's referral link and the button that copies it.

use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

/// The link, to read, to select and to copy.
#[component]
pub fn ReferralLink(
    link: String,
    /// It takes the place of a button that was just pressed, and of its focus.
    take_focus: bool,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(field) = field.get().filter(|_| take_focus) {
            let _ = field.focus();
        }
    });
    let said = RwSignal::new("");
    let to_copy = link.clone();
    let copy = move |_| {
        let link = to_copy.clone();
        said.set("");
        spawn_local(async move {
            // Without TLS a browser hides its clipboard, except on localhost.
            let copied = window().is_secure_context()
                && JsFuture::from(window().navigator().clipboard().write_text(&link))
                    .await
                    .is_ok();
            if let (false, Some(field)) = (copied, field.get_untracked()) {
                field.select();
            }
            said.set(if copied {
                "Copied"
            } else {
                "Selected: copy it with your keyboard."
            });
        });
    };
    view! {
        <div class="referral-link">
            <label for="referral-link">"Your referral link"</label>
            <div class="referral-link-row">
                <input
                    id="referral-link"
                    type="text"
                    readonly
                    value=link
                    node_ref=field
                    on:focus=move |_| {
                        if let Some(field) = field.get_untracked() {
                            field.select();
                        }
                    }
                />
                <button type="button" class="button needs-script" on:click=copy>"Copy link"</button>
            </div>
            <p class="referral-link-said" role="status">{said}</p>
        </div>
    }
}
