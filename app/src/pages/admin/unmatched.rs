//! Payments from Stripe events that match no purchase. The forms are plain: their page reloads and
//! says what was done.

use domain::{credit::Program, forms::Refusal};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    components::refusal_notice,
    server_fns::admin::{DismissUnmatched, RecordUnmatched},
    types::admin::UnmatchedPayment,
};

/// The panel; nothing if there is no such payment.
pub fn unmatched_panel(payments: Vec<UnmatchedPayment>, refusals: [Refusal; 2]) -> Option<AnyView> {
    if payments.is_empty() {
        return None;
    }
    let typed = refusals[0].typed("email").to_owned();
    let about = refusals[0].typed("event").to_owned();
    let notices = refusals.iter().map(refusal_notice).collect_view();
    let lines = payments.into_iter().map(|payment| {
        let same = about == payment.event.to_string();
        let email = match same {
            true => typed.clone(),
            false => payment.email.clone(),
        };
        line(payment, email)
    });
    let view = view! {
        <section class="panel unmatched" aria-labelledby="unmatched-title">
            <h2 class="panel-title" id="unmatched-title">"Payments we could not match"</h2>
            <p>
                "Stripe says that these were paid here, but this site has no purchase for them. That can happen \
                 after a backup was restored."
            </p>
            {notices}
            <ul class="unmatched-list">{lines.collect_view()}</ul>
        </section>
    };
    Some(view.into_any())
}

fn line(payment: UnmatchedPayment, email: String) -> impl IntoView {
    let event = payment.event.to_string();
    let field = format!("unmatched-{event}");
    let record = (payment.program == Program::Tenant).then(|| {
        view! {
            <form class="sale" method="post" action=RecordUnmatched::PATH>
                <input type="hidden" name="event" value=event.clone() />
                <div class="field">
                    <label for=field.clone()>"Email address of the member who bought it"</label>
                    <input id=field.clone() name="email" type="email" value=email required />
                </div>
                <button type="submit" class="button button-primary">"Record this sale"</button>
            </form>
        }
    });
    view! {
        <li class="unmatched-payment">
            <p>
                <strong class="money">{payment.amount}</strong>
                " paid by "
                <span dir="auto">{payment.email}</span>
                ", reported "
                <time datetime=payment.at>{payment.on}</time>
            </p>
            <p class="field-hint">{payment.session}</p>
            {record}
            <form method="post" action=DismissUnmatched::PATH>
                <input type="hidden" name="event" value=event.clone() />
                <input type="hidden" name="program" value=payment.program.code() />
                <button type="submit" class="button">"Dismiss"</button>
            </form>
        </li>
    }
}
