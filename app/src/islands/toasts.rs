//! What was done just now, for eyes and for screen readers.

use leptos::prelude::*;

use super::live::on_said;

/// Says what forms that stay on their page have done; each sentence can be dismissed.
#[island]
pub fn Toasts(
    /// What was done just before, for those who have no JavaScript.
    done: Option<String>,
) -> impl IntoView {
    let first = done.into_iter().map(|sentence| (0_u32, sentence));
    let said = RwSignal::new(first.collect::<Vec<_>>());
    let last = StoredValue::new(0);
    let say = move |sentence: String| {
        last.update_value(|last| *last += 1);
        said.update(|said| {
            // The newest replaces what was said before: it is about the same page.
            said.clear();
            if !sentence.is_empty() {
                said.push((last.get_value(), sentence));
            }
        });
    };
    on_said(say);
    // A screen reader reads out what changes, not what was there when the page came.
    Effect::new(move || {
        if let Some((_, sentence)) = said.get_untracked().pop() {
            request_animation_frame(move || say(sentence));
        }
    });
    let dismiss = move |_| said.update(Vec::clear);
    view! {
        <div class="toasts toasts-said" role="status">
            <For each=move || said.get() key=|(id, _)| *id let:one>
                <div class="toast">
                    <span>{one.1}</span>
                    <button type="button" class="needs-script" aria-label="Dismiss" on:click=dismiss>
                        "×"
                    </button>
                </div>
            </For>
        </div>
    }
}
