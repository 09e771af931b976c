//! `GET /admin/orders/subscriptions.csv`.

use app::{pages::admin::NOT_READ, types::admin::SubscriptionRow};
use domain::{
    credit::Program,
    purchase::{SUBSCRIPTIONS_PATH, SubscriptionFilter},
};

use super::Table;
use crate::{csv_file::Page, ports::Services};

/// Admin > Orders > Memberships.
pub struct Subscriptions;

impl Table for Subscriptions {
    const PAGE: &'static str = SUBSCRIPTIONS_PATH;
    const FILE: &'static str = "memberships.csv";
    const SUBJECT: &'static str = "Memberships";
    const HEADS: &'static [&'static str] = &[
        "Order",
        "Began (UTC)",
        "Member",
        "Membership",
        "State",
        "Next payment or end (UTC)",
    ];
    type Place = SubscriptionFilter;

    fn first(program: Program, query: &str) -> SubscriptionFilter {
        SubscriptionFilter::from_query(program, query)
            .0
            .from_start()
    }

    async fn read(
        services: &Services,
        filter: SubscriptionFilter,
        _goes_on: bool,
    ) -> anyhow::Result<Page<SubscriptionFilter>> {
        let page = services.listed_subscriptions(filter, Vec::new()).await?;
        let Some(page) = page else {
            return Ok((Vec::new(), None));
        };
        let rows = page.rows.into_iter().map(subscription).collect();
        Ok((rows, page.older))
    }
}

fn subscription(row: SubscriptionRow) -> Vec<String> {
    vec![
        row.number.to_string(),
        row.at,
        row.buyer.unwrap_or_default(),
        row.product,
        row.label.unwrap_or(NOT_READ).to_owned(),
        row.next_at.unwrap_or_default(),
    ]
}
