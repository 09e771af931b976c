//! The page of a purchase, which Stripe returns to: what was bought, and whether it is paid.

use domain::purchase::{ProductKind, PurchaseState};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    member_or_sign_in, memberships, not_found,
    open_page::{OpenPage, open_page},
};
use crate::{
    components::{
        LivePart, PageTitle, Picture, add_to_calendar, event_time, internal_error, refer_panel,
    },
    islands::Receipt,
    ports::{Ports, Viewer},
    types::{Membership, OpenPurchase, Product, PurchaseReceipt, Sharing, SiteBrand},
};

#[component]
pub fn PurchasePage() -> impl IntoView {
    let ports = Ports::current();
    let viewer = Viewer::current();
    member_or_sign_in(&viewer, &ports)?;
    let id = use_params_map()
        .read_untracked()
        .get("id")
        .and_then(|id| id.parse::<i64>().ok());
    let page = Suspend::new(async move {
        let Some(id) = id else {
            return not_found(&ports);
        };
        let receipt = match ports.purchases.receipt(id).await {
            Ok(Some(receipt)) => receipt,
            Ok(None) => return not_found(&ports),
            Err(_) => return internal_error(&ports),
        };
        let memberships = ports.memberships.mine().await;
        let sharing = ports.referrals.sharing(None).await;
        match (memberships, sharing) {
            (Ok(memberships), Ok(sharing)) => page(receipt, memberships, sharing, &viewer),
            _ => internal_error(&ports),
        }
    });
    Some(view! { <Suspense>{page}</Suspense> })
}

fn page(
    receipt: PurchaseReceipt,
    mut memberships: Vec<Membership>,
    sharing: Option<Sharing>,
    viewer: &Viewer,
) -> AnyView {
    let PurchaseReceipt {
        purchase,
        product,
        open,
    } = receipt;
    let line = &purchase.line;
    memberships.retain(|membership| membership.purchase_id == line.id);
    let here = format!("/purchases/{}", line.id);
    let refusal = viewer.refusal("manage_membership");
    // It is there once the membership is paid, which may be after this page was made.
    let membership = (line.kind == ProductKind::Membership).then(|| {
        let panel = memberships::panel(memberships, &here, &refusal);
        view! { <LivePart>{panel}</LivePart> }
    });
    // The style sheet shows it once the receipt says that it is paid, which may be after this page was made.
    let may_be_paid = line.state.is_waiting() || line.state == PurchaseState::Paid;
    let about_link = viewer.refusal("get_referral_link");
    let refer = sharing
        .filter(|_| may_be_paid)
        .map(|sharing| refer_panel(sharing, &here, &about_link));
    // The style sheet hides it once the receipt says something else.
    let open = open.map(|open| open_page(still_open(open, line.id, &here), viewer));
    let seller = viewer.site.name.clone();
    let title = line.product_name.clone();
    view! {
        <PageTitle title />
        <div class="page page-narrow page-receipt">
            <p class="receipt-seller">{seller}</p>
            <Receipt purchase />
            {open}
            {product.map(|product| bought(product, &viewer.site))}
            {membership}
            {refer}
        </div>
    }
    .into_any()
}

/// The payment page can be paid. Who just paid there may read it too, while Stripe does not answer.
fn still_open(open: OpenPurchase, purchase_id: i64, here: &str) -> OpenPage {
    OpenPage {
        title: "Did you leave the payment page?",
        words: "You can still pay there. Or cancel: the page closes, and nothing is charged.",
        held: OpenPage::held(open.held),
        url: open.url,
        product_id: open.product_id,
        purchase_id: Some(purchase_id),
        here: here.to_owned(),
    }
}

/// What was bought, as the catalog has it now: its picture, and when and where it is.
fn bought(product: Product, site: &SiteBrand) -> impl IntoView + use<> {
    let place = product.place(site);
    let detail =
        (!place.is_empty()).then(|| view! { <p class="receipt-detail" dir="auto">{place}</p> });
    let (name, summary) = (product.name.clone(), product.summary.clone());
    let (time, calendar) = (
        event_time(&product, "receipt-detail"),
        add_to_calendar(&product),
    );
    view! {
        <section class="receipt-product" aria-label="What you bought">
            <Picture product class="receipt-picture" />
            <div>
                <h2 class="receipt-name" dir="auto">{name}</h2>
                {time}
                {detail}
                {calendar}
                <p class="receipt-summary" dir="auto">{summary}</p>
            </div>
        </section>
    }
}
