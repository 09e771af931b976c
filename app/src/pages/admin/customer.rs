//! Admin > Referrals > Platform Referrers: the Stripe customer who receives a referrer's credits.

use domain::{credit::Program, forms::Refusal};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use super::{elsewhere::elsewhere, referrals::tab, why_link::TITLE as WHY};
use crate::{
    components::{AdminPage, internal_error, password_panel, refusal_notice, stripe_id},
    pages::not_found,
    ports::{Ports, Viewer},
    server_fns::admin::{ChooseCustomer, MoveReferrerCredit, grant_path},
    types::admin::{CustomerLine, ReferrerCustomer, why_referrer_path},
};

#[component]
pub fn CustomerPage() -> impl IntoView {
    let ports = Ports::current();
    let viewer = Viewer::current();
    let refusals = ["choose_customer", "move_referrer_credit"].map(|form| viewer.refusal(form));
    let id = use_params_map()
        .read_untracked()
        .get("id")
        .and_then(|id| id.parse::<i64>().ok());
    let page = Suspend::new(async move {
        let Some(id) = id else {
            return not_found(&ports);
        };
        let asked = ports.recent_password.is_asked().await;
        match (ports.platform_referrers.customer(id).await, asked) {
            (Ok(Some(customer)), Ok(asked)) => {
                let own = format!("/admin/platform-referrers/{id}");
                let password = asked.then(|| password_panel(&viewer, &own).into_any());
                page(&customer, password, &refusals)
            }
            (Ok(None), _) => not_found(&ports),
            _ => internal_error(&ports),
        }
    });
    view! { <Suspense>{page}</Suspense> }
}

fn page(
    customer: &ReferrerCustomer,
    password: Option<AnyView>,
    [not_chosen, not_moved]: &[Refusal; 2],
) -> AnyView {
    let (list, label) = tab(Program::Platform);
    let whose = ("id", customer.id);
    let present = present(customer);
    let earlier = elsewhere(
        &customer.elsewhere,
        MoveReferrerCredit::PATH,
        whose,
        not_moved,
    );
    let choose = choose(customer, not_chosen);
    view! {
        <AdminPage title=customer.name.clone()>
            <nav class="crumbs" aria-label="You are here"><a href=list>{label}</a></nav>
            {password}
            {present}
            {earlier}
            {choose}
        </AdminPage>
    }
    .into_any()
}

/// Who receives the credits now.
fn present(customer: &ReferrerCustomer) -> impl IntoView + use<> {
    let facts = match (&customer.present, &customer.gap) {
        (_, Some(gap)) => view! { <p class="customer-words">{gap.clone()}</p> }.into_any(),
        (None, None) => view! {
            <p class="customer-words">
                "There is no customer yet. One is made as soon as Stripe answers."
            </p>
        }
        .into_any(),
        (Some(present), None) => facts(present, customer),
    };
    view! {
        <section class="panel" aria-labelledby="customer-title">
            <h2 class="panel-title" id="customer-title">"Stripe customer"</h2>
            <p class="customer-words">
                {format!("Stripe keeps the credits of {} on this customer's balance.", customer.name)}
            </p>
            {facts}
            <p><a href=grant_path(Program::Platform, customer.id)>"Give or take credit"</a></p>
            <p><a href=why_referrer_path(customer.id)>{WHY}</a></p>
        </section>
    }
}

fn facts(present: &CustomerLine, customer: &ReferrerCustomer) -> AnyView {
    let credits = customer.credits.iter().map(ToString::to_string);
    let credits = match customer.credits.is_empty() {
        true => "None".to_owned(),
        false => credits.collect::<Vec<_>>().join(", "),
    };
    view! {
        <dl class="facts facts-wide">
            <div>
                <dt>"Customer"</dt>
                <dd>{stripe_id("Stripe customer", &present.id, present.dashboard.as_deref())}</dd>
            </div>
            <div><dt>"Name"</dt><dd dir="auto">{or_none(&present.name)}</dd></div>
            <div><dt>"Email"</dt><dd>{or_none(&present.email)}</dd></div>
            <div><dt>"Customer since"</dt><dd>{present.since.clone()}</dd></div>
            <div><dt>"Credit on the balance"</dt><dd class="money">{credits}</dd></div>
        </dl>
        <p class="customer-words">{customer.source.clone()}</p>
    }
    .into_any()
}

fn or_none(text: &str) -> String {
    match text.is_empty() {
        true => "None".to_owned(),
        false => text.to_owned(),
    }
}

/// The customers to choose from; nothing if there is no choice.
fn choose(customer: &ReferrerCustomer, refusal: &Refusal) -> impl IntoView + use<> {
    let is_refused = *refusal != Refusal::default();
    let is_empty = customer.others.is_empty() && !customer.can_make;
    if is_empty && !is_refused {
        return ().into_any();
    }
    let others: Vec<_> = customer.others.iter().map(option).collect();
    let new = customer.can_make.then(|| {
        view! {
            <label class="customer-option">
                <input type="radio" name="customer" value="new" required />
                <span>"A new customer, made for this referrer"</span>
            </label>
        }
    });
    let form = (!is_empty).then(|| {
        view! {
            <form method="post" action=ChooseCustomer::PATH>
                <input type="hidden" name="id" value=customer.id.to_string() />
                <input type="hidden" name="seen" value=customer.seen.clone() />
                <fieldset class="customer-options">
                    <legend>{format!("Customers with the address {}", customer.email)}</legend>
                    {others}
                    {new}
                </fieldset>
                <button type="submit" class="button">"Use this customer"</button>
            </form>
        }
    });
    view! {
        <section class="panel" aria-labelledby="choose-title">
            <h2 class="panel-title" id="choose-title">"Use another customer"</h2>
            {refusal_notice(refusal)}
            <p class="customer-words">
                "Anybody can subscribe with any address. Choose a customer only if you know that it \
                 belongs to this referrer: it receives every later credit."
            </p>
            {form}
        </section>
    }
    .into_any()
}

fn option(line: &CustomerLine) -> impl IntoView + use<> {
    let since = format!("since {}", line.since);
    view! {
        <label class="customer-option">
            <input type="radio" name="customer" value=line.id.clone() required />
            <span>
                <strong dir="auto">{or_none(&line.name)}</strong>
                " " {line.email.clone()} ", " {since} ", "
                <code translate="no">{line.id.clone()}</code>
            </span>
        </label>
    }
}
