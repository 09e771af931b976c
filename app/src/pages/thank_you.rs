//! The page that Stripe returns a subscriber to.

use leptos::prelude::*;

use super::{not_found, pricing::manage, query};
use crate::{
    components::{PageTitle, internal_error},
    islands::PlanReceipt,
    ports::{Ports, Viewer},
    types::{PlatformReceipt, SiteBrand},
};

const PATH: &str = "/pricing/thank-you";

/// The receipt of the Checkout session in the address.
#[component]
pub fn ThankYouPage() -> impl IntoView {
    let ports = Ports::current();
    let site = Viewer::current().site;
    let session = query("session_id").filter(|id| !id.is_empty());
    let page = Suspend::new(async move {
        let Some(session) = session else {
            return not_found(&ports);
        };
        match ports.subscriptions.receipt(&session).await {
            Ok(None) => not_found(&ports),
            Ok(Some(receipt)) => {
                let url = ports.memberships.login_url().await.ok().flatten();
                page(&site, session, receipt, url)
            }
            Err(_) => internal_error(&ports),
        }
    });
    view! { <Suspense>{page}</Suspense> }
}

fn page(
    site: &SiteBrand,
    session_id: String,
    receipt: PlatformReceipt,
    url: Option<String>,
) -> AnyView {
    let here = address(&session_id);
    let (brand, next) = (site.name.clone(), next_steps(site));
    view! {
        <PageTitle title=receipt.title() />
        <div class="page page-narrow">
            <PlanReceipt brand session_id here receipt />
            {next}
            {manage(url)}
        </div>
    }
    .into_any()
}

/// What happens after the payment. The style sheet shows it once the receipt says that it is paid.
fn next_steps(site: &SiteBrand) -> impl IntoView + use<> {
    let team = format!(
        "The {} team sets up your site and emails sign-in instructions to that address.",
        site.name
    );
    let contact = site.support_email.clone().map(|email| {
        let to = format!("mailto:{email}");
        view! { <li>"Questions? Write to "<a href=to>{email}</a>"."</li> }
    });
    view! {
        <section class="panel receipt-next" aria-labelledby="next-title">
            <h2 class="panel-title" id="next-title">"What happens next"</h2>
            <ol class="receipt-steps">
                <li>"Stripe emails your receipt to the address that you entered."</li>
                <li>{team}</li>
                {contact}
            </ol>
        </section>
    }
}

/// The address of this page for a session.
fn address(session: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    format!(
        "{PATH}?{}",
        query.append_pair("session_id", session).finish()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_id_stays_one_value_of_the_query() {
        assert_eq!(
            address("cs_1&look=9;url=//evil"),
            "/pricing/thank-you?session_id=cs_1%26look%3D9%3Burl%3D%2F%2Fevil"
        );
    }
}
