//! What a prospect of a brand asks, with answers.

use domain::purchase::Plan;
use leptos::prelude::*;

use crate::types::SiteBrand;

/// The questions and their answers. They need no JavaScript to open.
pub fn brand_questions(site: &SiteBrand) -> impl IntoView + use<> {
    let answers = questions(site).map(|(question, answer)| {
        view! {
            <details class="question">
                <summary>{question}</summary>
                <p>{answer}</p>
            </details>
        }
    });
    let contact = site.support_email.clone().map(|email| {
        let to = format!("mailto:{email}");
        view! {
            <p class="questions-contact">
                "Something else? Write to "<a href=to>{email}</a>"."
            </p>
        }
    });
    view! {
        <section class="questions" aria-labelledby="questions">
            <h2 class="landing-title" id="questions">"Questions and answers"</h2>
            {answers.collect_view()}
            {contact}
        </section>
    }
}

fn questions(site: &SiteBrand) -> [(&'static str, String); 7] {
    let prices = Plan::ALL.map(|plan| format!("{} {}", plan.label(), plan.price_line()));
    let free = match Plan::Annual.free_months() {
        Some(months) => format!(" With the annual plan you get {months} months free."),
        None => String::new(),
    };
    [
        (
            "What does it cost?",
            format!(
                "{}, in US dollars. Both plans include the same features.{free}",
                prices.join(" or ")
            ),
        ),
        (
            "Can I cancel?",
            "Yes, whenever you like. A plan renews until you cancel it, and then stays active \
             until the end of the time you paid for."
                .to_owned(),
        ),
        (
            "Can I use my own domain?",
            "Yes. Your site can use a domain that you own, and the links that your members share \
             lead there."
                .to_owned(),
        ),
        (
            "Who takes the payments?",
            "Stripe does, on its own secure page, and the money goes to your own Stripe account. \
             Card numbers never reach your site."
                .to_owned(),
        ),
        (
            "What do referrals cost me?",
            "You choose the amount. A member gets it as credit once a friend has paid for a first \
             purchase, and spends it with you. You can hold it for some days first, and it can be \
             taken back after a refund."
                .to_owned(),
        ),
        (
            "Whose data is it?",
            "Yours. You can download members, orders and referrals as CSV files. Your members can \
             download what is stored about them, and delete their accounts."
                .to_owned(),
        ),
        (
            "Who helps me get started?",
            format!(
                "The {} team sets up your site and emails you sign-in instructions.",
                site.name
            ),
        ),
    ]
}
