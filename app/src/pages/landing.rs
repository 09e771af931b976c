//! The home page of a platform brand.

use domain::purchase::Plan;
use leptos::prelude::*;

use super::{
    brand_copy::{Benefit, BrandCopy, PROOF},
    brand_questions::brand_questions,
    card_picture::card_picture,
};
use crate::{components::LinkPreview, ports::Viewer};

/// What the brand offers, what it looks like, answers, and links to its plans.
#[component]
pub fn LandingPage() -> impl IntoView {
    let site = Viewer::current().site;
    let copy = BrandCopy::of(&site.theme);
    let questions = brand_questions(&site);
    let prices = Plan::ALL.map(|plan| format!("{} {}", plan.label(), plan.price_line()));
    view! {
        <LinkPreview title="" description=site.tagline.clone() path="/" />
        <section class="hero hero-landing">
            <div class="hero-inner">
                <h1 class="hero-name">{site.name}</h1>
                <p class="hero-tagline">{site.tagline}</p>
                <p class="hero-promise">{copy.promise}</p>
                <div class="hero-actions">
                    <a class="button button-primary" href="/pricing">"See pricing"</a>
                    <a class="button" href="#how">"How referrals work"</a>
                </div>
            </div>
        </section>
        <section class="page group" aria-labelledby="benefits">
            <h2 class="landing-title" id="benefits">{copy.benefits_title}</h2>
            <ul class="benefits">{copy.benefits.iter().map(benefit).collect_view()}</ul>
        </section>
        <section class="landing-steps" aria-labelledby="how">
            <div class="page">
                <h2 class="landing-title" id="how">{copy.steps_title}</h2>
                <ol class="steps">{copy.steps.iter().map(benefit).collect_view()}</ol>
                {card_picture()}
            </div>
        </section>
        <section class="page group" aria-labelledby="proof">
            <h2 class="landing-title" id="proof">"What you can check"</h2>
            <ul class="benefits">{PROOF.iter().map(benefit).collect_view()}</ul>
        </section>
        <div class="page">{questions}</div>
        <section class="page landing-closing" aria-labelledby="closing">
            <h2 class="landing-title" id="closing">{copy.closing}</h2>
            <p class="landing-prices money">{prices.join(" or ")}</p>
            <a class="button" href="/pricing">"Compare the plans"</a>
        </section>
    }
}

fn benefit(one: &Benefit) -> impl IntoView + use<> {
    view! {
        <li class="benefit">
            <h3 class="benefit-title">{one.title}</h3>
            <p class="benefit-words">{one.words}</p>
        </li>
    }
}
