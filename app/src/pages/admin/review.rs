//! Admin > Referrals > one referral > Review: what was seen, and a plain form that approves or denies its credit.

use domain::{
    credit::{NotReviewed, Program},
    forms::Refusal,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use super::amount_field::reason_field;
use crate::{
    components::{AdminPage, internal_error, password_panel, refusal_notice},
    pages::not_found,
    ports::{Ports, Viewer},
    server_fns::admin::{DecideReview, review_path},
    types::admin::{ReviewPage as Page, ReviewRow, referral_path},
};

#[component]
pub fn ReviewPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let refusal = viewer.refusal("decide_review");
    let params = use_params_map();
    let param = |name| params.read_untracked().get(name).unwrap_or_default();
    let program = Program::parse(&param("program"));
    let id = param("id").parse::<i64>().ok();
    let page = Suspend::new(async move {
        let Some((program, id)) = program.zip(id) else {
            return not_found(&ports);
        };
        let asked = ports.recent_password.is_asked().await.unwrap_or(true);
        match ports.admin_money.review(program, id).await {
            Ok(Some(page)) => {
                let password = asked.then(|| password_panel(&viewer, &review_path(program, id)));
                view! {
                    <AdminPage title="Review a credit">
                        <nav class="crumbs" aria-label="You are here">
                            <a href=referral_path(program, id) dir="auto">{page.referred.clone()}</a>
                        </nav>
                        {password}
                        {panel(&page, &refusal)}
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

fn panel(page: &Page, refusal: &Refusal) -> impl IntoView + use<> {
    let content = match &page.waiting {
        None => view! { <p>{NotReviewed.sentence()}</p> }.into_any(),
        Some(row) => form(page.program, row, refusal).into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="review-title">
            <h2 class="panel-title" id="review-title">"Review this credit"</h2>
            {content}
        </section>
    }
}

fn form(program: Program, row: &ReviewRow, refusal: &Refusal) -> impl IntoView + use<> {
    let ReviewRow {
        referrer,
        referred,
        credit,
        since,
        ..
    } = row;
    let words =
        format!("{referrer} will get {credit} for {referred}. It has been waiting since {since}.");
    let denied = format!(
        "If you approve, the credit is issued once any hold ends. If you deny, {referrer} earns nothing for \
         {referred}, whatever they buy. Neither can be undone here."
    );
    let notice = refusal.fields.is_empty().then(|| refusal_notice(refusal));
    let hint = "For the staff and the audit log. The referrer never reads it, nor what was seen.";
    view! {
        <form class="sale" method="post" action=DecideReview::PATH novalidate>
            {notice}
            <p class="sale-words" dir="auto">{words}</p>
            <p class="sale-words">"Why it is reviewed:"</p>
            {seen(&row.seen)}
            <p class="sale-words" dir="auto">{denied}</p>
            <input type="hidden" name="program" value=program.code() />
            <input type="hidden" name="id" value=row.id.to_string() />
            {reason_field("review", hint, refusal)}
            {decisions(refusal)}
            <button type="submit" class="button button-primary">"Save decision"</button>
        </form>
    }
}

/// Neither is chosen beforehand: Enter in the reason must not decide what nobody chose.
fn decisions(refusal: &Refusal) -> impl IntoView + use<> {
    let error = refusal.about("decision").map(str::to_owned);
    let invalid = error.is_some();
    let typed = refusal.typed("decision").to_owned();
    let choices = [("approve", "Approve"), ("deny", "Deny")].map(|(value, label)| {
        let chosen = typed == value;
        view! {
            <label class="customer-option">
                <input type="radio" name="decision" value=value checked=chosen required />
                <span>{label}</span>
            </label>
        }
    });
    view! {
        <div class="field">
            <fieldset class="customer-options" aria-describedby="review-decision-error">
                <legend>"Your decision"</legend>
                {choices}
            </fieldset>
            <p class="field-error" id="review-decision-error" role=invalid.then_some("alert")>{error}</p>
        </div>
    }
}

/// What was seen of a referral, as a list.
pub fn seen(sentences: &[String]) -> impl IntoView + use<> {
    let items = sentences
        .iter()
        .map(|sentence| view! { <li>{sentence.clone()}</li> });
    view! { <ul class="review-seen">{items.collect_view()}</ul> }
}
