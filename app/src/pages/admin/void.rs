//! Admin > Referrals > one referral > Void this referral: a plain form.

use domain::{credit::Program, forms::Refusal};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use super::amount_field::reason_field;
use crate::{
    components::{AdminPage, internal_error, password_panel, refusal_notice},
    pages::not_found,
    ports::{Ports, Viewer},
    server_fns::admin::{VoidReferral, void_path},
    types::admin::{VoidPage as Page, referral_path},
};

#[component]
pub fn VoidReferralPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let refusal = viewer.refusal("void_referral");
    let params = use_params_map();
    let param = |name| params.read_untracked().get(name).unwrap_or_default();
    let program = Program::parse(&param("program"));
    let id = param("id").parse::<i64>().ok();
    let page = Suspend::new(async move {
        let Some((program, id)) = program.zip(id) else {
            return not_found(&ports);
        };
        let asked = ports.recent_password.is_asked().await.unwrap_or(true);
        match ports.admin_money.voiding(program, id).await {
            Ok(Some(page)) => {
                let password = asked.then(|| password_panel(&viewer, &void_path(program, id)));
                view! {
                    <AdminPage title="Void a referral">
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
    let content = match page.refused {
        Some(why) => view! { <p>{why.sentence()}</p> }.into_any(),
        None => form(page, refusal).into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="void-title">
            <h2 class="panel-title" id="void-title">"Void this referral"</h2>
            {content}
        </section>
    }
}

fn form(page: &Page, refusal: &Refusal) -> impl IntoView + use<> {
    let (referrer, referred) = (&page.referrer, &page.referred);
    let words = match page.credit {
        Some(credit) => format!(
            "The {credit} that {referrer} earned for {referred} is taken back, as far as it is still on the \
             balance. The referral stays Credited, with what was taken back beside it, and never earns again."
        ),
        None => format!(
            "{referrer} earns nothing for {referred}, whatever they buy. The referral becomes Failed, and \
             cannot be retried."
        ),
    };
    let notice = refusal.fields.is_empty().then(|| refusal_notice(refusal));
    let hint =
        "For the staff and the audit log. The referrer reads only that the referral was ended.";
    view! {
        <form class="sale" method="post" action=VoidReferral::PATH novalidate>
            {notice}
            <p class="sale-words" dir="auto">{words}</p>
            <p class="sale-words">"This cannot be undone."</p>
            <input type="hidden" name="program" value=page.program.code() />
            <input type="hidden" name="id" value=page.id.to_string() />
            {reason_field("void", hint, refusal)}
            <button type="submit" class="button button-danger">"Void this referral"</button>
        </form>
    }
}
