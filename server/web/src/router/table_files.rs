//! `GET /admin/referrals.csv` and `/admin/orders.csv`: a table of the console as a file, with the filter of the
//! page from which it is asked for (`docs/rules.md` 162).

use app::{
    ports::{AdminOrders, AdminReferrals},
    types::admin::{OrderRow, ReferralRow},
};
use axum::{
    Extension,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, Uri, header::REFERER},
    response::{IntoResponse, Response},
};
use domain::{
    account::Permission,
    credit::Program,
    money::Money,
    purchase::{ORDERS_PATH, OrderFilter},
    referral::{REFERRALS_PATH, ReferralFilter},
};
use store::audit_log::{self, Change, Field};

use crate::{
    csv_file::{self, Page},
    error_page,
    middleware::RequestContext,
    ports::Services,
    state::AppState,
};

/// The column heads of a file of referrals.
const REFERRALS: [&str; 9] = [
    "Number",
    "When (UTC)",
    "Referrer",
    "Referred",
    "Status",
    "Reason",
    "Kind",
    "Credit (cents)",
    "Currency",
];

/// The column heads of a file of orders.
const ORDERS: [&str; 14] = [
    "Number",
    "When (UTC)",
    "Buyer",
    "Product",
    "Kind",
    "Price (cents)",
    "Currency",
    "Credit used (cents)",
    "Credit used (currency)",
    "State",
    "Refunded",
    "Sold in person",
    "Referrer",
    "Referral",
];

/// The referrals.
pub async fn referrals(
    State(state): State<AppState>,
    Extension(context): Extension<RequestContext>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let services = Services { state, context };
    let query = asked(REFERRALS_PATH, query, &headers);
    let Some(program) = program(&services, &query) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    if let Err(error) = note(&services, program, "Referrals").await {
        return error_page::internal_error(&error);
    }
    let (first, _) = ReferralFilter::from_query(program, &query);
    let first = first.from_start();
    let read = move |place: Option<ReferralFilter>| {
        let (services, first) = (services.clone(), first.clone());
        Box::pin(async move {
            let goes_on = place.is_some();
            let filter = place.unwrap_or(first);
            let page = AdminReferrals::page(&services, filter, Vec::new()).await;
            let page = page.map_err(|_| anyhow::anyhow!("a page of a file of referrals"))?;
            let Some(page) = page else {
                return Ok((Vec::new(), None));
            };
            // What was to come is gone, and the page is the first one.
            if goes_on && page.filter.cursor.is_none() {
                return Ok((Vec::new(), None));
            }
            let rows = page.rows.into_iter().map(referral).collect();
            Ok::<Page<ReferralFilter>, anyhow::Error>((rows, page.next))
        }) as _
    };
    csv_file::answer("referrals.csv", &REFERRALS, Box::new(read))
}

/// The orders.
pub async fn orders(
    State(state): State<AppState>,
    Extension(context): Extension<RequestContext>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let services = Services { state, context };
    let query = asked(ORDERS_PATH, query, &headers);
    let Some(program) = program(&services, &query) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    if let Err(error) = note(&services, program, "Orders").await {
        return error_page::internal_error(&error);
    }
    let (first, _) = OrderFilter::from_query(program, &query);
    let first = first.from_start();
    let read = move |place: Option<OrderFilter>| {
        let (services, first) = (services.clone(), first.clone());
        Box::pin(async move {
            let filter = place.unwrap_or(first);
            let page = AdminOrders::page(&services, filter, Vec::new()).await;
            let page = page.map_err(|_| anyhow::anyhow!("a page of a file of orders"))?;
            let Some(page) = page else {
                return Ok((Vec::new(), None));
            };
            let rows = page.rows.into_iter().map(order).collect();
            Ok::<Page<OrderFilter>, anyhow::Error>((rows, page.older))
        }) as _
    };
    csv_file::answer("orders.csv", &ORDERS, Box::new(read))
}

/// The query of the page `path` from which the file is asked for: in the browser its filter changes without
/// the page being loaded again, so the link may have an older one. The link's own where the browser does not
/// tell the page.
fn asked(path: &str, own: Option<String>, headers: &HeaderMap) -> String {
    let referer = headers.get(REFERER).and_then(|value| value.to_str().ok());
    let page = referer.and_then(|address| address.parse::<Uri>().ok());
    match page.filter(|page| page.path() == path) {
        Some(page) => page.query().unwrap_or_default().to_owned(),
        None => own.unwrap_or_default(),
    }
}

/// The program in the query, or the first that the viewer may see; `None` without the right to it.
fn program(services: &Services, query: &str) -> Option<Program> {
    let rights = services.context.rights();
    let tab = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "tab");
    let asked = tab.and_then(|(_, value)| Program::parse(&value));
    let may = |program: &Program| rights.may(*program, Permission::See);
    match asked {
        Some(program) => Some(program).filter(may),
        None => [Program::Tenant, Program::Platform].into_iter().find(may),
    }
}

/// Writes into the audit log who took the file. The filter stays out: it may name a person.
async fn note(services: &Services, program: Program, table: &str) -> anyhow::Result<()> {
    let context = &services.context;
    let site_id = (program == Program::Tenant).then(|| context.site.id());
    let change = Change {
        site_id,
        actor: context.user.as_deref(),
        subject: table,
        now: services.state.now(),
    };
    let field = Field {
        name: "CSV file",
        old: None,
        new: Some("Downloaded".to_owned()),
    };
    audit_log::write(services.state.db.writer(), &change, [field]).await?;
    Ok(())
}

/// Cents and currency, each in a cell.
fn cells(amount: Option<Money>) -> [String; 2] {
    match amount {
        Some(amount) => [
            amount.cents().to_string(),
            amount.currency().code().to_uppercase(),
        ],
        None => [String::new(), String::new()],
    }
}

fn referral(row: ReferralRow) -> Vec<String> {
    let [cents, currency] = cells(row.credit);
    vec![
        row.id.to_string(),
        row.at,
        row.referrer,
        row.referred,
        row.status.code().to_owned(),
        row.reason.unwrap_or_default(),
        row.kind.unwrap_or_default(),
        cents,
        currency,
    ]
}

fn order(row: OrderRow) -> Vec<String> {
    let [price, currency] = cells(row.price);
    let [used, used_currency] = cells(row.credit_used);
    let (referrer, referral) = row.referral.map_or_else(
        || (String::new(), String::new()),
        |one| (one.referrer, one.status.code().to_owned()),
    );
    let in_person = if row.in_person { "yes" } else { "no" };
    vec![
        row.number.to_string(),
        row.at,
        row.buyer.unwrap_or_default(),
        row.product,
        row.kind,
        price,
        currency,
        used,
        used_currency,
        row.label.to_owned(),
        row.back.unwrap_or_default(),
        in_person.to_owned(),
        referrer,
        referral,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_is_that_of_the_page() {
        let own = || Some("status=failed".to_owned());
        let from = |address: &str| {
            let headers = [(REFERER, address.parse().unwrap())];
            asked(REFERRALS_PATH, own(), &headers.into_iter().collect())
        };
        let page = "https://detroitarms.com/admin/referrals?status=pending&q=mia";
        assert_eq!(from(page), "status=pending&q=mia");
        assert_eq!(from("https://detroitarms.com/admin/referrals"), "");
        assert_eq!(
            from("https://detroitarms.com/admin/orders"),
            "status=failed"
        );
        assert_eq!(
            asked(REFERRALS_PATH, own(), &HeaderMap::new()),
            "status=failed"
        );
    }
}
