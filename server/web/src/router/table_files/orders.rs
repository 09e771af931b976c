//! `GET /admin/orders.csv`.

use app::{ports::AdminOrders, types::admin::OrderRow};
use domain::{
    credit::Program,
    purchase::{ORDERS_PATH, OrderFilter},
};

use super::{Table, cells};
use crate::{csv_file::Page, ports::Services};

/// Admin > Orders.
pub struct Orders;

impl Table for Orders {
    const PAGE: &'static str = ORDERS_PATH;
    const FILE: &'static str = "orders.csv";
    const SUBJECT: &'static str = "Orders";
    const HEADS: &'static [&'static str] = &[
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
    type Place = OrderFilter;

    fn first(program: Program, query: &str) -> OrderFilter {
        OrderFilter::from_query(program, query).0.from_start()
    }

    async fn read(
        services: &Services,
        filter: OrderFilter,
        _goes_on: bool,
    ) -> anyhow::Result<Page<OrderFilter>> {
        let page = AdminOrders::page(services, filter, Vec::new()).await;
        let page = page.map_err(|_| anyhow::anyhow!("a page of a file of orders"))?;
        let Some(page) = page else {
            return Ok((Vec::new(), None));
        };
        Ok((page.rows.into_iter().map(order).collect(), page.older))
    }
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
