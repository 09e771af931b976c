//! A dialog that opens without JavaScript: it is a popover, so a button with its id as `popovertarget` opens it, and
//! Escape closes it and gives the focus back.

use leptos::{ev::MouseEvent, html, prelude::*};

use crate::islands::any_view::IntoAnyView;

/// One dialog of the page.
#[derive(Clone, Copy)]
pub struct Dialog {
    /// Its form was refused without JavaScript, so the page begins with it open.
    refused: bool,
    node: NodeRef<html::Dialog>,
    /// Counts how often it was opened or closed.
    toggled: RwSignal<u32>,
}

impl Dialog {
    /// A dialog with which the page begins open if its form was `refused`.
    pub fn new(refused: bool) -> Self {
        let node = NodeRef::<html::Dialog>::new();
        Effect::new(move || {
            // A dialog that the page begins with is no popover yet, so Escape would not close it.
            if let Some(dialog) = node.get().filter(|dialog| dialog.open()) {
                dialog.close();
                let _ = dialog.show_popover();
            }
        });
        Self {
            refused,
            node,
            toggled: RwSignal::new(0),
        }
    }

    /// Whether it is open now. Effects that ask run again when it is opened or closed.
    pub fn is_open(self) -> bool {
        self.toggled.track();
        self.node
            .get_untracked()
            .is_some_and(|dialog| dialog.open() || dialog.matches(":popover-open") == Ok(true))
    }

    /// Closes it; the focus goes back to the button that opened it.
    pub fn close(self) {
        // The row may be gone by now.
        if let Some(dialog) = self.node.try_get_untracked().flatten() {
            dialog.close();
            let _ = dialog.hide_popover();
        }
    }

    /// The dialog with its heading.
    pub fn view(self, id: &str, title: Signal<String>, content: AnyView) -> AnyView {
        let heading = format!("{id}-title");
        let labelled_by = heading.clone();
        view! {
            <dialog
                id=id.to_owned()
                class="dialog"
                popover="auto"
                open=self.refused
                aria-labelledby=labelled_by
                node_ref=self.node
                on:toggle=move |_| self.toggled.update(|times| *times += 1)
            >
                <h3 id=heading class="dialog-title" dir="auto">{move || title.get()}</h3>
                {content}
            </dialog>
        }
        .into_any_view()
    }

    /// Closes the dialog with this id. Without JavaScript one that the page begins with is closed by loading `away`.
    pub fn cancel(self, id: &str, away: Signal<String>) -> AnyView {
        if self.refused {
            let close = move |event: MouseEvent| {
                event.prevent_default();
                self.close();
            };
            view! { <a class="button" href=move || away.get() on:click=close>"Cancel"</a> }
                .into_any_view()
        } else {
            view! {
                <button type="button" class="button" popovertarget=id.to_owned() popovertargetaction="hide">
                    "Cancel"
                </button>
            }
            .into_any_view()
        }
    }
}
