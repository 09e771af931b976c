//! Orders: every purchase is listed to those who may see it, and found again.

mod plans;
mod platform;
mod tenant;

use app::{
    ports::AdminOrders,
    types::admin::{OrderRow, OrdersPage},
};
use domain::{credit::Program, purchase::OrderFilter};
use store::{entities::user, sites::Site};

use crate::support::TestApp;

/// The page that `user` gets at `site`; `None` without the right.
pub async fn asked(
    app: &TestApp,
    site: &Site,
    user: Option<&user::Model>,
    program: Program,
    query: &str,
) -> Option<OrdersPage> {
    let (filter, ignored) = OrderFilter::from_query(program, query);
    let services = app.services(site, user).await;
    AdminOrders::page(&services, filter, ignored).await.unwrap()
}

/// The numbers of the rows, in their order.
pub fn numbers(rows: &[OrderRow]) -> Vec<i64> {
    rows.iter().map(|row| row.number).collect()
}
