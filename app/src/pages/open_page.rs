//! The notice that Stripe's page of a purchase is still open: the member can pay there or cancel.

use domain::money::Money;
use leptos::prelude::*;

use crate::{islands::ReleaseButton, ports::Viewer};

/// Which page is open, and what it holds.
pub(super) struct OpenPage {
    pub title: &'static str,
    pub words: &'static str,
    /// The credit that it holds, in a sentence; empty for none.
    pub held: String,
    /// Where it is paid, if nothing else on our page leads there.
    pub url: Option<String>,
    pub product_id: i64,
    /// The purchase, if it is known.
    pub purchase_id: Option<i64>,
    /// Our page, which shows what became of it.
    pub here: String,
}

impl OpenPage {
    /// The sentence about the credit that a page holds.
    pub fn held(held: Option<Money>) -> String {
        match held {
            Some(held) => format!(" {held} of your credit is reserved for it."),
            None => String::new(),
        }
    }
}

pub(super) fn open_page(open: OpenPage, viewer: &Viewer) -> AnyView {
    let pay = open.url.map(|url| {
        view! { <a class="button button-primary" href=url>"Continue to payment"</a> }
    });
    view! {
        <section class="notice notice-action open-page" aria-labelledby="open-page">
            <div>
                <h2 id="open-page">{open.title}</h2>
                <p>{open.words} {open.held}</p>
            </div>
            <div class="notice-buttons">
                {pay}
                <ReleaseButton
                    refusal=viewer.refusal("release_checkout")
                    product_id=open.product_id
                    purchase_id=open.purchase_id
                    page=open.here
                />
            </div>
        </section>
    }
    .into_any()
}
