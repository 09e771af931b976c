//! Admin > Mail: what could not be delivered.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    components::{AdminPage, Empty, internal_error, refusal_notice},
    ports::{Ports, Viewer},
    server_fns::admin::ForgetFailedMail,
    types::admin::FailedMail,
};

/// The mails of this site that were given up, newest first.
#[component]
pub fn MailPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let links = viewer.rights.tenant.is_some();
    let refusal = viewer.refusal("forget_failed_mail");
    let content = Suspend::new(async move {
        match ports.admin_mail.failed().await {
            Ok(mails) if mails.is_empty() => nothing().into_any(),
            Ok(mails) => list(mails, links).into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    view! {
        <AdminPage title="Undelivered email">
            {refusal_notice(&refusal)}
            <Suspense>{content}</Suspense>
        </AdminPage>
    }
}

fn nothing() -> impl IntoView {
    view! {
        <Empty title="Every email was delivered">
            <p>"Emails that a mail server refused, or did not take for a day, are listed here."</p>
        </Empty>
    }
}

fn list(mails: Vec<FailedMail>, links: bool) -> impl IntoView {
    let newest = mails.iter().map(|mail| mail.id).max().unwrap_or(0);
    let rows = mails
        .into_iter()
        .map(|mail| row(mail, links))
        .collect_view();
    // On a phone each row is shown as a card; the roles keep it a table for screen readers.
    view! {
        <table class="audit" role="table" aria-label="Undelivered email">
            <thead role="rowgroup">
                <tr role="row">
                    {["When", "To", "Subject", "Why"]
                        .map(|name| view! { <th role="columnheader" scope="col">{name}</th> })}
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
        <form method="post" action=ForgetFailedMail::PATH>
            <input type="hidden" name="last" value=newest.to_string() />
            <button type="submit" class="button">"Clear this list"</button>
        </form>
    }
}

fn row(mail: FailedMail, links: bool) -> impl IntoView {
    let to = match mail.member_id.filter(|_| links) {
        Some(id) => {
            view! { <a href=format!("/admin/members/{id}") dir="auto">{mail.to}</a> }.into_any()
        }
        None => view! { <span dir="auto">{mail.to}</span> }.into_any(),
    };
    view! {
        <tr role="row">
            <td role="cell" data-label="When"><time datetime=mail.at>{mail.on}</time></td>
            <td role="cell" data-label="To">{to}</td>
            <td role="cell" data-label="Subject">{mail.subject}</td>
            <td role="cell" data-label="Why"><span class="audit-value">{mail.error}</span></td>
        </tr>
    }
}
