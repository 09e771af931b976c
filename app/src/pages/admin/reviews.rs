//! Admin > Referrals > Reviews: the credits that wait until an admin has looked at them.

use domain::{
    account::Permission, attention::reviews_path, credit::Program, referral::REFERRALS_PATH,
};
use leptos::prelude::*;

use super::{
    review::seen,
    tabs::{choose_of, tabs_of},
};
use crate::{
    components::{AdminPage, Empty, internal_error},
    pages::{ForbiddenPage, query},
    ports::{Ports, Viewer},
    server_fns::admin::review_path,
    types::admin::{ReviewRow, ReviewsPage as Page},
};

/// Those of the program in the address.
#[component]
pub fn ReviewsPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let asked = query("tab");
    let permission = Permission::ManageCredits;
    let (program, notice) = choose_of(viewer.rights, permission, asked.as_deref(), tab);
    let page = Suspend::new(async move {
        match ports.admin_money.reviews(program).await {
            Ok(Some(page)) => view! {
                <AdminPage title="Reviews">
                    <nav class="crumbs" aria-label="You are here">
                        <a href=REFERRALS_PATH>"Referrals"</a>
                    </nav>
                    {tabs_of(viewer.rights, permission, program, tab)}
                    {notice.map(|words| view! { <p class="notice" role="status">{words}</p> })}
                    {content(program, &page)}
                </AdminPage>
            }
            .into_any(),
            Ok(None) => view! { <ForbiddenPage /> }.into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    view! { <Suspense>{page}</Suspense> }
}

/// The path and the label of a program's reviews.
fn tab(program: Program) -> (&'static str, &'static str) {
    match program {
        Program::Tenant => (reviews_path(program), "Tenant Reviews"),
        Program::Platform => (reviews_path(program), "Platform Reviews"),
    }
}

fn content(program: Program, page: &Page) -> AnyView {
    if page.rows.is_empty() {
        return view! {
            <Empty title="No credit waits for your review.">
                <p>"Which credits are reviewed is set in Site Settings, under Rewards."</p>
            </Empty>
        }
        .into_any();
    }
    let more = page
        .more
        .then(|| view! { <p>"There are more. They follow once some of these are decided."</p> });
    let rows = page.rows.iter().map(|row| line(program, row));
    view! {
        {rows.collect_view()}
        {more}
    }
    .into_any()
}

fn line(program: Program, row: &ReviewRow) -> impl IntoView + use<> {
    let title = format!("{}, referred by {}", row.referred, row.referrer);
    let title_id = format!("review-{}", row.id);
    let words = format!("{}, waiting since {}", row.credit, row.since);
    view! {
        <section class="panel" aria-labelledby=title_id.clone()>
            <h2 class="panel-title" id=title_id.clone() dir="auto">
                <a href=review_path(program, row.id)>{title}</a>
            </h2>
            <p class="sale-words">{words}</p>
            {seen(&row.seen)}
        </section>
    }
}
