//! The page that Stripe returns a subscriber to.

use leptos::prelude::*;

use super::{not_found, pricing::manage, query};
use crate::{
    components::{PageTitle, internal_error},
    islands::PlanReceipt,
    ports::{Ports, Viewer},
    types::PlatformReceipt,
};

const PATH: &str = "/pricing/thank-you";

/// The receipt of the Checkout session in the address.
#[component]
pub fn ThankYouPage() -> impl IntoView {
    let ports = Ports::current();
    let brand = Viewer::current().site.name;
    let session = query("session_id").filter(|id| !id.is_empty());
    let page = Suspend::new(async move {
        let Some(session) = session else {
            return not_found(&ports);
        };
        match ports.subscriptions.receipt(&session).await {
            Ok(receipt) => {
                let url = ports.memberships.login_url().await.ok().flatten();
                page(brand, session, receipt, url)
            }
            Err(_) => internal_error(&ports),
        }
    });
    view! { <Suspense>{page}</Suspense> }
}

fn page(
    brand: String,
    session_id: String,
    receipt: Option<PlatformReceipt>,
    url: Option<String>,
) -> AnyView {
    let here = address(&session_id);
    view! {
        <PageTitle title="Thank you" />
        <div class="page page-narrow">
            <PlanReceipt brand session_id here receipt />
            {manage(url)}
        </div>
    }
    .into_any()
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
