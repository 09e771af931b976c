//! An address to read, to select and to copy.

use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

/// A field that cannot be changed, and the button that copies it and says so.
#[component]
pub fn CopyField(
    #[prop(into)] id: String,
    /// What it is.
    #[prop(into)]
    label: String,
    value: String,
    /// What the button says.
    #[prop(default = "Copy")]
    button: &'static str,
    /// It takes the place of a button that was just pressed, and of its focus.
    #[prop(optional)]
    take_focus: bool,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(field) = field.get().filter(|_| take_focus) {
            let _ = field.focus();
        }
    });
    let said = RwSignal::new("");
    let what = label.clone();
    let to_copy = value.clone();
    let copy = move |_| {
        let text = to_copy.clone();
        said.set("");
        spawn_local(async move {
            // Without TLS a browser hides its clipboard, except on localhost.
            let copied = window().is_secure_context()
                && JsFuture::from(window().navigator().clipboard().write_text(&text))
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
        <div class="copy-field">
            <label for=id.clone()>{label}</label>
            <div class="copy-field-row">
                <input
                    id=id
                    type="text"
                    readonly
                    value=value
                    node_ref=field
                    on:focus=move |_| {
                        if let Some(field) = field.get_untracked() {
                            field.select();
                        }
                    }
                />
                <button type="button" class="button needs-script" on:click=copy>
                    {button}
                    <span class="visually-hidden">" " {what}</span>
                </button>
            </div>
            <p class="copy-field-said" role="status">{said}</p>
        </div>
    }
}
