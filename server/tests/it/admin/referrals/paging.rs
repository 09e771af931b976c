//! Pages by key: going forward and back gives every row once, even while rows are added.

use app::{ports::Ports, types::admin::ReferralsPage};
use domain::{
    credit::Program,
    referral::{ReferralFilter, ReferralStatus},
};
use store::Id;

use super::{
    console::{asked, shown},
    data::{DAY_MS, New},
    table::{every_filter, expected},
};
use crate::support::{TestApp, moment, on_both_databases};

on_both_databases!(
    forth_and_back_gives_every_row_once,
    rows_that_come_in_meanwhile_move_nothing,
    rows_that_are_gone_meanwhile_leave_a_way_back,
    a_page_beyond_the_end_is_the_first_one,
);

const KINDS: [&str; 4] = ["event_ticket", "course", "membership", "shop_item"];

fn ids(page: &ReferralsPage) -> Vec<i64> {
    page.rows.iter().map(|row| row.id).collect()
}

/// Goes forward to the end; returns the pages.
async fn forth(ports: &Ports, filter: &ReferralFilter) -> Vec<ReferralsPage> {
    let mut pages = vec![shown(ports, filter).await];
    while let Some(next) = &pages[pages.len() - 1].next {
        let page = shown(ports, &read_back(next)).await;
        assert!(page.ignored.is_empty(), "{:?}", page.ignored);
        assert!(page.previous.is_some());
        pages.push(page);
        assert!(pages.len() < 10, "no end");
    }
    pages
}

/// Goes back to the start from `last`; returns the pages, the first one first.
async fn back(ports: &Ports, last: ReferralsPage) -> Vec<ReferralsPage> {
    let mut pages = vec![last];
    while let Some(previous) = &pages[pages.len() - 1].previous {
        let page = shown(ports, &read_back(previous)).await;
        assert!(page.next.is_some());
        pages.push(page);
        assert!(pages.len() < 10, "no end");
    }
    pages.reverse();
    pages
}

/// The filter after it was written into an address and read again.
fn read_back(filter: &ReferralFilter) -> ReferralFilter {
    let (read, left_out) = ReferralFilter::from_query(filter.program, &filter.query());
    assert!(left_out.is_empty());
    assert_eq!(&read, filter);
    read
}

fn all(pages: &[ReferralsPage]) -> Vec<i64> {
    pages.iter().flat_map(ids).collect()
}

async fn forth_and_back_gives_every_row_once(app: TestApp) {
    let news: Vec<_> = (0..160).map(|number| New::varied(number, &KINDS)).collect();
    let rows = app.many(&app.detroit, &news).await;
    let rows: Vec<_> = rows.into_iter().map(Id::get).collect();
    let ports = app.dana().await;
    for filter in every_filter(Program::Tenant) {
        let expected = expected(&filter, &rows, &news);
        if expected.len() <= 25 {
            continue;
        }
        let pages = forth(&ports, &filter).await;
        assert_eq!(all(&pages), expected, "{filter:?}");
        let last = pages[pages.len() - 1].clone();
        let returned = back(&ports, last).await;
        assert_eq!(all(&returned), expected, "{filter:?}");
        assert_eq!(returned[0].previous, None);
    }
}

async fn rows_that_come_in_meanwhile_move_nothing(app: TestApp) {
    let news: Vec<_> = (0..60).map(|number| New::pending(number * 1000)).collect();
    let old = app.many(&app.detroit, &news).await;
    let ports = app.dana().await;
    let mut page = asked(&ports, Program::Tenant, "").await;
    let mut seen = ids(&page);
    let mut came = Vec::new();
    while let Some(next) = page.next.clone() {
        let newer = New::pending(9 * DAY_MS + came.len() as i64);
        came.extend(app.many(&app.detroit, &[newer]).await);
        page = shown(&ports, &next).await;
        seen.extend(ids(&page));
    }
    let newest_first: Vec<_> = old.iter().rev().map(|id| id.get()).collect();
    assert_eq!(seen, newest_first);
    let returned = all(&back(&ports, page).await);
    let mut with_new: Vec<_> = came.iter().rev().map(|id| id.get()).collect();
    with_new.extend(newest_first);
    assert_eq!(returned, with_new);
}

async fn rows_that_are_gone_meanwhile_leave_a_way_back(app: TestApp) {
    let failed = |number| New {
        status: ReferralStatus::Failed,
        ..New::pending(number)
    };
    let rows = app
        .many(&app.detroit, &(0..50).map(failed).collect::<Vec<_>>())
        .await;
    let ports = app.dana().await;
    let first = asked(&ports, Program::Tenant, "status=failed").await;
    // Every referral of the first page is credited meanwhile, so none of them is Failed any more.
    let db = app.state.db.writer();
    for id in &rows[25..] {
        let credit = domain::money::Money::new(1, domain::money::Currency::Usd);
        store::referral_outcomes::set_credited::<store::entities::referral::Entity>(
            db,
            *id,
            credit,
            moment(1),
        )
        .await
        .unwrap();
    }
    let second = shown(&ports, &first.next.unwrap()).await;
    assert_eq!(second.rows.len(), 25);
    assert_eq!((second.next, second.previous), (None, None));
}

async fn a_page_beyond_the_end_is_the_first_one(app: TestApp) {
    let rows = app
        .many(&app.detroit, &[New::pending(0), New::pending(1)])
        .await;
    let ports = app.dana().await;
    for query in [
        "after=-5.1",
        "before=9223372036854775807.9223372036854775807",
    ] {
        let page = asked(&ports, Program::Tenant, query).await;
        assert_eq!(ids(&page), [rows[1].get(), rows[0].get()], "{query}");
        assert_eq!(page.ignored.len(), 1, "{query}");
        assert_eq!(page.filter.cursor, None);
        assert!(page.previous.is_none() && page.next.is_none());
    }
}
