//! Give or take credit, of one member or platform referrer: plain forms, and a step that confirms.

use domain::{credit::Program, forms::Refusal, money::Money};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use super::{
    amount_field::{amount_field, form_token, reason_field},
    grant_rows::past,
};
use crate::{
    components::{AdminPage, internal_error, password_panel, refusal_notice},
    pages::not_found,
    ports::{Ports, Viewer},
    server_fns::admin::{GiveCredit, TakeCredit, customer_page, grant_path},
    types::admin::GrantPage as Page,
};

/// Credit by hand, for a member.
#[component]
pub fn MemberGrantPage() -> impl IntoView {
    grant_page(Program::Tenant)
}

/// Credit by hand, for a platform referrer.
#[component]
pub fn ReferrerGrantPage() -> impl IntoView {
    grant_page(Program::Platform)
}

fn grant_page(program: Program) -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let refusals = [viewer.refusal("give_credit"), viewer.refusal("take_credit")];
    let id = use_params_map()
        .read_untracked()
        .get("id")
        .and_then(|id| id.parse::<i64>().ok());
    let page = Suspend::new(async move {
        let Some(id) = id else {
            return not_found(&ports);
        };
        let asked = ports.recent_password.is_asked().await.unwrap_or(true);
        match ports.admin_money.grants(program, id).await {
            Ok(Some(page)) => {
                let password = asked.then(|| password_panel(&viewer, &grant_path(program, id)));
                let back = match program {
                    Program::Tenant => format!("/admin/members/{id}"),
                    Program::Platform => customer_page(id),
                };
                let content = content(&page, &refusals);
                view! {
                    <AdminPage title=format!("Give or take credit: {}", page.name)>
                        <nav class="crumbs" aria-label="You are here">
                            <a href=back dir="auto">{page.name.clone()}</a>
                        </nav>
                        {password}
                        {content}
                        {past(page.past)}
                    </AdminPage>
                }
                .into_any()
            }
            Ok(None) => not_found(&ports),
            Err(_) => internal_error(&ports),
        }
    });
    view! { <Suspense>{page}</Suspense> }
}

/// The forms, or the question whether what was typed is meant.
fn content(page: &Page, [not_given, not_taken]: &[Refusal; 2]) -> AnyView {
    if page.leaving {
        return view! { <p class="notice">"This account is deleted, or is being deleted."</p> }
            .into_any();
    }
    for (step, refusal) in [(Step::Give, not_given), (Step::Take, not_taken)] {
        if let Ok(cents) = refusal.typed("confirm").parse() {
            let amount = Money::new(cents, page.currency);
            return confirm(page, step, amount, refusal).into_any();
        }
    }
    view! {
        {form(page, Step::Give, not_given)}
        {form(page, Step::Take, not_taken)}
    }
    .into_any()
}

/// Which of the two forms.
#[derive(Clone, Copy)]
enum Step {
    Give,
    Take,
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Self::Give => "give",
            Self::Take => "take",
        }
    }

    fn action(self) -> &'static str {
        match self {
            Self::Give => GiveCredit::PATH,
            Self::Take => TakeCredit::PATH,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Give => "Give a credit",
            Self::Take => "Take credit back",
        }
    }

    /// What the form says before anything is typed.
    fn words(self, program: Program) -> &'static str {
        match (self, program) {
            (Self::Give, Program::Tenant) => {
                "It goes to the member's balance, and pays for purchases like one that they earned. They get a \
                 notification with the reason."
            }
            (Self::Give, Program::Platform) => {
                "It goes to the referrer's balance at Stripe. They get an email with the reason."
            }
            (Self::Take, Program::Tenant) => {
                "It is taken from the member's balance, as after a mistake. They get a notification with the \
                 reason."
            }
            (Self::Take, Program::Platform) => {
                "It is taken from the referrer's balance at Stripe, as after a mistake. Their page says why."
            }
        }
    }

    fn hint(self, page: &Page) -> String {
        match self {
            Self::Give => match page.most {
                Some(most) => {
                    let cents = most.cents();
                    format!(
                        "Whole cents: 1000 is 10.00. Your role can give at most {cents} ({most}) at once."
                    )
                }
                None => "Your role cannot give credit.".to_owned(),
            },
            Self::Take => match page.available {
                Some(available) => {
                    let cents = available.cents();
                    format!("{available} is on the balance: {cents} takes all of it.")
                }
                None => "Nothing is on the balance, as far as it is known.".to_owned(),
            },
        }
    }
}

fn form(page: &Page, step: Step, refusal: &Refusal) -> impl IntoView + use<> {
    let id = match step {
        Step::Give => "give-title",
        Step::Take => "take-title",
    };
    let notice = refusal.fields.is_empty().then(|| refusal_notice(refusal));
    view! {
        <section class="panel" aria-labelledby=id>
            <h2 class="panel-title" id=id>{step.title()}</h2>
            <form class="sale" method="post" action=step.action() novalidate>
                {notice}
                <p class="sale-words">{step.words(page.program)}</p>
                {hidden(page, refusal)}
                {amount_field(step.name(), "Amount (cents)", (None, step.hint(page)), refusal)}
                {reason_field(step.name(), "They read it, and so does the audit log.", refusal)}
                <button type="submit" class="button">"Continue"</button>
            </form>
        </section>
    }
}

/// The fields that nobody types.
fn hidden(page: &Page, refusal: &Refusal) -> impl IntoView + use<> {
    view! {
        <input type="hidden" name="program" value=page.program.code() />
        <input type="hidden" name="id" value=page.id.to_string() />
        <input type="hidden" name="token" value=form_token(&page.form_token, refusal) />
    }
}

/// The step before the money moves: the server says what `confirmed` has to be.
fn confirm(page: &Page, step: Step, amount: Money, refusal: &Refusal) -> impl IntoView + use<> {
    let name = &page.name;
    let (title, button) = match step {
        Step::Give => (
            format!("Give {amount} to {name}?"),
            format!("Give {amount}"),
        ),
        Step::Take => (
            format!("Take {amount} from {name}?"),
            format!("Take {amount}"),
        ),
    };
    let reason = refusal.typed("reason").to_owned();
    view! {
        <section class="panel" aria-labelledby="confirm-title">
            <h2 class="panel-title" id="confirm-title" dir="auto">{title}</h2>
            <form class="sale" method="post" action=step.action()>
                {refusal_notice(refusal)}
                <p class="sale-words" dir="auto">{format!("Reason: {reason}")}</p>
                {hidden(page, refusal)}
                <input type="hidden" name="amount" value=refusal.typed("amount").to_owned() />
                <input type="hidden" name="reason" value=reason />
                <input type="hidden" name="confirmed" value=amount.cents().to_string() />
                <div class="receipt-actions">
                    <button type="submit" class="button button-primary">{button}</button>
                    <a class="button button-quiet" href=grant_path(page.program, page.id)>"Cancel"</a>
                </div>
            </form>
        </section>
    }
}
