//! The button that opens Stripe's page for a plan. It presses itself for a visitor who comes from a
//! page of this site.

use domain::forms::Refusal;
use leptos::{
    ev::SubmitEvent,
    html,
    prelude::{document, *},
};
use wasm_bindgen::JsValue;
use web_sys::js_sys::Reflect;

use crate::islands::form::{FormState, SubmitButton};

/// The history state of a page whose button was pressed.
const PRESSED: &str = "pressed";
/// `PerformanceNavigation.TYPE_NAVIGATE`: the page was neither reloaded nor reached by Back.
const NAVIGATED: f64 = 0.0;

/// Creates a Checkout session.
#[island]
pub fn CheckoutForm(
    /// The path that creates the session.
    action: String,
) -> impl IntoView {
    let state = FormState::new(Refusal::default());
    let form = NodeRef::<html::Form>::new();
    Effect::new(move || {
        if let Some(form) = form.get().filter(|_| comes_from_our_page()) {
            let _ = form.request_submit();
        }
    });
    let press = move |event: SubmitEvent| {
        if state.busy.get_untracked() {
            event.prevent_default();
            return;
        }
        // A visitor who comes back to this page is not sent to Stripe again.
        if let Ok(history) = window().history() {
            let _ = history.replace_state(&PRESSED.into(), "");
        }
        state.busy.set(true);
    };
    view! {
        <form class="buy" method="post" action=action node_ref=form on:submit=press>
            <SubmitButton
                state
                label="Continue to payment".to_owned()
                busy_label="Opening the payment page…"
                class="button button-primary button-wide"
            />
        </form>
    }
}

/// The visitor followed a link of this site, for the first time: no Back, no reload, no link from
/// another site, and no direct visit, which is what a crawler does.
fn comes_from_our_page() -> bool {
    let ours = window().location().origin();
    let ours = ours.is_ok_and(|ours| document().referrer().starts_with(&format!("{ours}/")));
    let state = window().history().and_then(|history| history.state());
    let pressed = state.is_ok_and(|state| state.as_string().as_deref() == Some(PRESSED));
    ours && !pressed && navigation().and_then(|kind| kind.as_f64()) == Some(NAVIGATED)
}

/// `performance.navigation.type`.
fn navigation() -> Option<JsValue> {
    let performance = Reflect::get(&window(), &"performance".into()).ok()?;
    let navigation = Reflect::get(&performance, &"navigation".into()).ok()?;
    Reflect::get(&navigation, &"type".into()).ok()
}
