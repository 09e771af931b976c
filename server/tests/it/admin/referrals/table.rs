//! Each filter and each order shows what it says, and the cards follow.

use app::{ports::Ports, types::admin::ReferralRow};
use domain::{
    credit::Program,
    money::{Currency, Money},
    referral::{ReferralFilter, ReferralStatus, Sort, kinds},
};
use server_core::zone::Zone;
use services::operator::sites::{SiteChange, set};
use store::Id;
use time::{Date, macros::date};

use super::{
    console::{asked, shown},
    data::{DAY_MS, FIRST_DAY, New},
};
use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    every_filter_and_order_of_members,
    every_filter_and_order_of_partners,
    every_filter_and_order_in_another_zone,
    rows_say_what_the_guide_lists,
    nothing_is_said_in_money,
    the_table_is_answered_over_the_wire,
);

const HOUR_MS: i64 = DAY_MS / 24;

const DAYS: [(Option<Date>, Option<Date>); 5] = [
    (None, None),
    (Some(date!(2026 - 11 - 03)), None),
    (None, Some(date!(2026 - 11 - 04))),
    (Some(date!(2026 - 11 - 02)), Some(date!(2026 - 11 - 05))),
    (Some(date!(2027 - 01 - 01)), None),
];

/// Every combination of filters, without cursor and text.
pub fn every_filter(program: Program) -> Vec<ReferralFilter> {
    let statuses = std::iter::once(None).chain(ReferralStatus::ALL.map(Some));
    let mut filters = Vec::new();
    for status in statuses {
        let codes = kinds(program)
            .into_iter()
            .map(|(code, _)| Some(code.to_owned()));
        for kind in std::iter::once(None).chain(codes) {
            for (from, to) in DAYS {
                for (sort, ascending) in [
                    (Sort::Date, false),
                    (Sort::Date, true),
                    (Sort::Credit, false),
                    (Sort::Credit, true),
                ] {
                    filters.push(ReferralFilter {
                        status,
                        kind: kind.clone(),
                        from,
                        to,
                        sort,
                        ascending,
                        ..ReferralFilter::all(program)
                    });
                }
            }
        }
    }
    filters
}

/// The ids that `filter` must show, in order, of the rows that `news` describe, on a site in UTC.
pub fn expected(filter: &ReferralFilter, ids: &[i64], news: &[New]) -> Vec<i64> {
    expected_in(&Zone::utc(), filter, ids, news)
}

fn expected_in(zone: &Zone, filter: &ReferralFilter, ids: &[i64], news: &[New]) -> Vec<i64> {
    let day_of = |new: &New| {
        let mut day = date!(2026 - 10 - 30);
        while let Some(next) = day.next_day()
            && zone.begin_of(next) <= FIRST_DAY * DAY_MS + new.after_ms
        {
            day = next;
        }
        day
    };
    let mut rows: Vec<_> = ids
        .iter()
        .zip(news)
        .filter(|(_, new)| filter.status.is_none_or(|status| new.status == status))
        .filter(|(_, new)| filter.kind.as_deref().is_none_or(|kind| new.kind == kind))
        .filter(|(_, new)| filter.from.is_none_or(|from| day_of(new) >= from))
        .filter(|(_, new)| filter.to.is_none_or(|to| day_of(new) <= to))
        .map(|(id, new)| match filter.sort {
            Sort::Date => (new.after_ms, *id),
            Sort::Credit => (new.credit.map_or(0, |credit| credit.0), *id),
        })
        .collect();
    rows.sort_unstable();
    if !filter.ascending {
        rows.reverse();
    }
    rows.into_iter().map(|(_, id)| id).collect()
}

async fn compare(app: &TestApp, program: Program, ids: &[i64], news: &[New]) {
    let ports = match program {
        Program::Tenant => app.dana().await,
        Program::Platform => app.pat().await,
    };
    compare_shown(&Zone::utc(), &ports, program, ids, news).await;
}

async fn compare_shown(zone: &Zone, ports: &Ports, program: Program, ids: &[i64], news: &[New]) {
    for filter in every_filter(program) {
        let page = shown(ports, &filter).await;
        let expected = expected_in(zone, &filter, ids, news);
        let first: Vec<_> = expected.iter().take(25).copied().collect();
        let got: Vec<_> = page.rows.iter().map(|row| row.id).collect();
        assert_eq!(got, first, "{filter:?}");
        assert_eq!(page.next.is_some(), expected.len() > 25, "{filter:?}");
        assert_eq!(page.previous, None);
        let of = |status: ReferralStatus| {
            let counted = expected.iter().filter(|id| {
                let at = ids.iter().position(|other| other == *id).unwrap();
                news[at].status == status
            });
            counted.count() as u64
        };
        let cards = &page.cards;
        assert_eq!(cards.total, expected.len() as u64, "{filter:?}");
        assert_eq!(
            [cards.pending, cards.credited, cards.failed],
            ReferralStatus::ALL.map(of),
            "{filter:?}"
        );
        let sum = |currency| -> i64 {
            let credits = expected.iter().filter_map(|id| {
                let at = ids.iter().position(|other| other == id).unwrap();
                news[at].credit.filter(|credit| credit.1 == currency)
            });
            credits.map(|credit| credit.0).sum()
        };
        let (usd, eur) = (
            Money::new(sum(Currency::Usd), Currency::Usd),
            Money::new(sum(Currency::Eur), Currency::Eur),
        );
        let line = match (usd.cents(), eur.cents()) {
            (0, 0) | (_, 0) => usd.to_string(),
            (0, _) => eur.to_string(),
            _ => format!("{usd} + {eur}"),
        };
        assert_eq!(cards.total_credits, line, "{filter:?}");
    }
}

async fn every_filter_and_order_of_members(app: TestApp) {
    let kinds = ["event_ticket", "course", "membership", "shop_item"];
    let news: Vec<_> = (0..60).map(|number| New::varied(number, &kinds)).collect();
    let ids = app.many(&app.detroit, &news).await;
    app.many(&app.coaching, &news[..10]).await;
    let ids: Vec<_> = ids.into_iter().map(Id::get).collect();
    compare(&app, Program::Tenant, &ids, &news).await;
}

async fn every_filter_and_order_of_partners(app: TestApp) {
    let news: Vec<_> = (0..60)
        .map(|number| New::varied(number, &["annual", "monthly", "weekly"]))
        .collect();
    let platform_referrer = app
        .platform_referrer("Pia Plum", "pia@example.com")
        .await
        .id;
    let mut ids = Vec::new();
    for (number, new) in news.iter().enumerate() {
        let customer = format!("c{number}@example.com");
        ids.push(
            app.subscribed(platform_referrer, &customer, new)
                .await
                .get(),
        );
    }
    compare(&app, Program::Platform, &ids, &news).await;
}

/// In Tokyo, whose days begin nine hours earlier, and in Detroit, whose clocks are put back on
/// November 1.
async fn every_filter_and_order_in_another_zone(app: TestApp) {
    let kinds = ["event_ticket", "course", "membership", "shop_item"];
    let news: Vec<_> = (0..60)
        .map(|number| New {
            // Some of them at midnight of the zones, and right before.
            after_ms: number as i64 * (DAY_MS / 8)
                + if number % 2 == 0 {
                    5 * HOUR_MS
                } else {
                    15 * HOUR_MS - 1
                },
            ..New::varied(number, &kinds)
        })
        .collect();
    let ids = app.many(&app.detroit, &news).await;
    let ids: Vec<_> = ids.into_iter().map(Id::get).collect();
    for (number, name) in ["Asia/Tokyo", "America/Detroit"].into_iter().enumerate() {
        let change = SiteChange {
            time_zone: Some(name.to_owned()),
            ..SiteChange::default()
        };
        set(&app.state, "detroit-arms", change).await.unwrap();
        let dana = app
            .admin(&app.detroit, &format!("dana{number}@example.com"))
            .await;
        let ports = app.ports(&app.detroit, Some(&dana)).await;
        compare_shown(
            &Zone::named(name).unwrap(),
            &ports,
            Program::Tenant,
            &ids,
            &news,
        )
        .await;
    }
}

async fn rows_say_what_the_guide_lists(app: TestApp) {
    let credited = New {
        status: ReferralStatus::Credited,
        kind: "event_ticket",
        credit: Some((1000, Currency::Usd)),
        after_ms: 21 * DAY_MS,
    };
    let id = app
        .many(&app.detroit, std::slice::from_ref(&credited))
        .await[0];
    let page = asked(&app.dana().await, Program::Tenant, "").await;
    let shown = &page.rows[0];
    let friends = shown.referred_email.clone().unwrap();
    assert!(shown.referrer_email.starts_with("nell.0."), "{shown:?}");
    assert!(friends.starts_with("friend.0."), "{shown:?}");
    let row = ReferralRow {
        id: id.get(),
        referrer: "Nell Number0".to_owned(),
        referrer_email: shown.referrer_email.clone(),
        referred: "Friend Number0".to_owned(),
        referred_email: Some(friends),
        status: ReferralStatus::Credited,
        see_settings: false,
        reason: None,
        can_retry: false,
        credit: Some(Money::new(1000, domain::money::Currency::Usd)),
        owed: None,
        kind: Some("Event ticket".to_owned()),
        date: "Nov 22, 2026".to_owned(),
        at: "2026-11-22T00:00:00Z".to_owned(),
    };
    assert_eq!(page.rows, [row]);
    let platform_referrer = app
        .platform_referrer("Pia Plum", "pia@example.com")
        .await
        .id;
    for kind in ["annual", "weekly"] {
        let new = New {
            kind,
            ..credited.clone()
        };
        app.subscribed(platform_referrer, "c@example.com", &new)
            .await;
    }
    let page = asked(&app.pat().await, Program::Platform, "dir=asc").await;
    let said: Vec<_> = page
        .rows
        .iter()
        .map(|row| {
            (
                row.referrer.as_str(),
                row.referred.as_str(),
                row.kind.as_deref(),
            )
        })
        .collect();
    let pia = |kind| ("Pia Plum", "c@example.com", Some(kind));
    assert_eq!(said, [pia("Annual"), pia("weekly")]);
}

async fn nothing_is_said_in_money(app: TestApp) {
    use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
    let mut settings = app.coaching.settings.clone().into_active_model();
    settings.currency = Set(Currency::Gbp.into());
    settings.update(app.state.db.reader()).await.unwrap();
    let coach = app.admin(&app.coaching, "coach@example.com").await;
    let ports = app.ports(&app.coaching, Some(&coach)).await;
    let page = asked(&ports, Program::Tenant, "").await;
    assert_eq!(page.cards.total_credits, "£0.00");
    assert!(page.rows.is_empty() && page.next.is_none() && page.previous.is_none());
    let page = asked(&app.pat().await, Program::Platform, "").await;
    assert_eq!(page.cards.total_credits, "$0.00");
}

async fn the_table_is_answered_over_the_wire(app: TestApp) {
    let news: Vec<_> = (0..30).map(|number| New::pending(number * 1000)).collect();
    let ids = app.many(&app.detroit, &news).await;
    let admin = app.detroit_admin().await;
    let query = [("program", "tenant"), ("query", "dir=asc&status=lost")];
    let answer = admin.fetch("admin_referrals", &query).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let page: Option<app::types::admin::ReferralsPage> =
        serde_json::from_str(&answer.text).unwrap();
    let page = page.unwrap();
    assert_eq!(page.rows[0].id, ids[0].get());
    assert_eq!(page.ignored.len(), 1);
    let next = page.next.expect("a second page").query();
    let answer = admin
        .fetch(
            "admin_referrals",
            &[("program", "tenant"), ("query", &next)],
        )
        .await;
    let page: Option<app::types::admin::ReferralsPage> =
        serde_json::from_str(&answer.text).unwrap();
    let rows: Vec<_> = page.unwrap().rows.iter().map(|row| row.id).collect();
    let expected: Vec<_> = ids[25..].iter().map(|id| id.get()).collect();
    assert_eq!(rows, expected);
}
