//! `GET /admin/referrals.csv`.

use app::{ports::AdminReferrals, types::admin::ReferralRow};
use domain::{
    credit::Program,
    referral::{REFERRALS_PATH, ReferralFilter},
};

use super::{Table, cells};
use crate::{csv_file::Page, ports::Services};

/// Admin > Referrals.
pub struct Referrals;

impl Table for Referrals {
    const PAGE: &'static str = REFERRALS_PATH;
    const FILE: &'static str = "referrals.csv";
    const SUBJECT: &'static str = "Referrals";
    const HEADS: &'static [&'static str] = &[
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
    type Place = ReferralFilter;

    fn first(program: Program, query: &str) -> ReferralFilter {
        ReferralFilter::from_query(program, query).0.from_start()
    }

    async fn read(
        services: &Services,
        filter: ReferralFilter,
        goes_on: bool,
    ) -> anyhow::Result<Page<ReferralFilter>> {
        let page = AdminReferrals::page(services, filter, Vec::new()).await;
        let page = page.map_err(|_| anyhow::anyhow!("a page of a file of referrals"))?;
        // Where what was to come is gone, the page is the first one.
        let page = page.filter(|page| !goes_on || page.filter.cursor.is_some());
        let Some(page) = page else {
            return Ok((Vec::new(), None));
        };
        Ok((page.rows.into_iter().map(referral).collect(), page.next))
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
