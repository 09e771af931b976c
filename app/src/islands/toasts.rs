//! The toast that says what was done just now.

use leptos::prelude::*;

use super::events::on_toast;

/// Shows the sentence of the last form that stayed on its page; the person can dismiss it.
#[island]
pub fn Toasts(
    /// The sentence of a form that was sent without JavaScript.
    done: Option<String>,
) -> impl IntoView {
    let first = done.into_iter().map(|sentence| (0_u32, sentence));
    let shown = RwSignal::new(first.collect::<Vec<_>>());
    let last = StoredValue::new(0);
    let show = move |sentence: String| {
        last.update_value(|last| *last += 1);
        shown.update(|shown| {
            // The newest replaces the others, since they are about the same page.
            shown.clear();
            if !sentence.is_empty() {
                shown.push((last.get_value(), sentence));
            }
        });
    };
    on_toast(show);
    // A screen reader announces a change, not what was there when the page loaded.
    Effect::new(move || {
        if let Some((_, sentence)) = shown.get_untracked().pop() {
            request_animation_frame(move || show(sentence));
        }
    });
    let dismiss = move |_| shown.update(Vec::clear);
    view! {
        <div class="toasts toasts-done" role="status">
            <For each=move || shown.get() key=|(id, _)| *id let:one>
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
