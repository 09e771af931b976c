//! Members, as an admin finds them, and counter sales.

use std::collections::BTreeSet;

use app::{
    ports::AdminMembers,
    types::admin::{MemberPage, MemberPlaces, MembersPage},
};
use domain::purchase::ProductKind;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use store::{Id, MemberId, entities::referral, purchases};

use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    members_are_found_by_the_beginnings_of_their_words,
    pages_follow_one_another_by_key,
    a_members_page_tells_everything,
    all_purchases_and_referrals_are_reached_by_pages,
    a_sale_is_recorded_once_for_each_form,
    a_form_sent_twice_at_once_records_one_sale,
    what_is_not_there_cannot_be_sold,
    another_tenants_members_are_unknown,
);

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const OTHER_TOKEN: &str = "fedcba9876543210fedcba9876543210";

fn form<'a>(member: &'a str, product: &'a str, token: &'a str) -> [(&'a str, &'a str); 3] {
    [
        ("member_id", member),
        ("product_id", product),
        ("token", token),
    ]
}

async fn listed(browser: &Browser, fields: &[(&str, &str)]) -> MembersPage {
    let page = browser.fetch("admin_members", fields).await;
    serde_json::from_str(&page.text).unwrap()
}

fn names(page: &MembersPage) -> Vec<&str> {
    page.members.iter().map(|row| row.name.as_str()).collect()
}

async fn one(app: &TestApp, id: MemberId) -> Option<MemberPage> {
    listed_from(app, id, MemberPlaces::default()).await
}

/// The same with the lists from these places on.
async fn listed_from(app: &TestApp, id: MemberId, places: MemberPlaces) -> Option<MemberPage> {
    let dana = app.find(&app.detroit, "dana@example.com").await;
    let services = app.services(&app.detroit, dana.as_ref()).await;
    services.one(id.get(), places).await.unwrap()
}

async fn members_are_found_by_the_beginnings_of_their_words(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    app.member(&app.detroit, "Mina", "x.young@example.com")
        .await;
    app.member(&app.coaching, "Mia", "mia@example.com").await;
    let dana = app.detroit_admin().await;
    for (text, found) in [
        ("", vec!["Dana Stone", "Mina Stone", "Mia Stone"]),
        ("  ", vec!["Dana Stone", "Mina Stone", "Mia Stone"]),
        ("MI", vec!["Mina Stone", "Mia Stone"]),
        ("mia@ex", vec!["Mia Stone"]),
        ("young", vec!["Mina Stone"]),
        ("stone mia", vec!["Mia Stone"]),
        ("ia", vec![]),
        ("%", vec![]),
        ("mia\0", vec!["Mia Stone"]),
        ("<b>", vec![]),
    ] {
        let page = listed(&dana, &[("text", text)]).await;
        assert_eq!(names(&page), found, "{text:?}");
        assert_eq!((page.next, page.too_many), (None, false));
    }
    let page = listed(&dana, &[]).await;
    assert!(page.members[0].admin && !page.members[1].admin);
    assert_eq!(page.members[2].email, "mia@example.com");
}

async fn pages_follow_one_another_by_key(app: TestApp) {
    for number in 0..55 {
        let email = format!("member{number}@example.com");
        app.member(&app.detroit, "Mia", &email).await;
    }
    let dana = app.detroit_admin().await;
    let mut seen = Vec::new();
    let mut before = String::new();
    loop {
        let page = listed(&dana, &[("text", "mia st"), ("before", &before)]).await;
        assert!(page.members.len() <= 25);
        seen.extend(page.members.into_iter().map(|row| row.email));
        // A member who joins meanwhile shifts nobody to another page.
        let newcomer = format!("newcomer{}@example.com", seen.len());
        app.member(&app.detroit, "Mia", &newcomer).await;
        let Some(next) = page.next else { break };
        before = next.strip_prefix("q=mia+st&before=").unwrap().to_owned();
    }
    let newest_first: Vec<_> = (0..55)
        .rev()
        .map(|number| format!("member{number}@example.com"))
        .collect();
    assert_eq!(seen, newest_first);
    let nonsense = listed(&dana, &[("before", "x")]).await;
    assert_eq!(nonsense.members.len(), 25);
}

async fn a_members_page_tells_everything(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    let id = referred.jane.id.to_string();
    let product = referred.ticket.id.to_string();
    let sale = [
        ("member_id", id.as_str()),
        ("product_id", &product),
        ("token", TOKEN),
    ];
    dana.done("record_sale", &sale).await;
    let jane = one(&app, referred.jane.id).await.unwrap();
    assert_eq!(jane.purchases.len(), 1);
    assert!(jane.purchases[0].line.in_person);
    let (by, referral) = jane.referred_by.unwrap();
    assert_eq!(
        (by.as_str(), referral),
        ("Mia Stone", app.referral().await.id.get())
    );
    assert_eq!(jane.products[0].id, referred.ticket.id.get());
    let mia = one(&app, referred.mia.id).await.unwrap();
    assert_eq!(mia.referrals.len(), 1);
    assert_eq!(mia.referrals[0].friend, "Jane Doe", "in full");
    assert_eq!((mia.joined, mia.older_referrals), (1, None));
    assert!(mia.earned.iter().all(|earned| !earned.is_positive()));
    assert_eq!(mia.referral_code, referred.mia.referral_code);
    assert_eq!(mia.date_of_birth, "April 12, 1985");
    assert_ne!(mia.sale_token, jane.sale_token);
    let with_token = [
        ("member_id", id.as_str()),
        ("product_id", &product),
        ("token", &jane.sale_token),
    ];
    dana.done("record_sale", &with_token).await;
    assert_eq!(
        one(&app, referred.jane.id).await.unwrap().purchases.len(),
        2
    );
    app.run_jobs().await;
}

async fn all_purchases_and_referrals_are_reached_by_pages(app: TestApp) {
    let mut referred = app.referred().await;
    let (mia, jane) = (referred.mia.id, referred.jane.id);
    app.admin(&app.detroit, "dana@example.com").await;
    for _ in 0..27 {
        app.sell(&referred).await;
    }
    let (mut seen, mut sizes) = (BTreeSet::new(), Vec::new());
    let mut places = MemberPlaces::default();
    loop {
        let page = listed_from(&app, jane, places).await.unwrap();
        sizes.push(page.purchases.len());
        seen.extend(page.purchases.iter().map(|purchase| purchase.line.id));
        places.purchases = page.older_purchases;
        if places.purchases.is_none() {
            break;
        }
    }
    assert_eq!((sizes, seen.len()), (vec![25, 2], 27));

    for _ in 0..25 {
        app.refer_anew(&mut referred).await;
        let db = app.state.db.writer();
        let row = referral::Entity::find()
            .filter(referral::Column::ReferredId.eq(referred.jane.id))
            .one(db)
            .await;
        let mut row = row.unwrap().unwrap().into_active_model();
        row.referrer_id = Set(mia);
        row.update(db).await.unwrap();
    }
    let first = one(&app, mia).await.unwrap();
    assert_eq!((first.referrals.len(), first.joined), (25, 26));
    let rest = MemberPlaces {
        referrals: first.older_referrals,
        ..MemberPlaces::default()
    };
    let rest = listed_from(&app, mia, rest).await.unwrap();
    assert_eq!((rest.referrals.len(), rest.older_referrals), (1, None));
    assert_eq!(rest.referrals[0].friend, "Jane Doe");
    app.leave_jobs();
}

async fn a_sale_is_recorded_once_for_each_form(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let noah = app.member(&app.detroit, "Noah", "noah@example.com").await;
    let ticket = app
        .product(
            &app.detroit,
            ProductKind::EventTicket,
            "steel-challenge",
            4500,
        )
        .await;
    let free = app
        .product(&app.detroit, ProductKind::EventTicket, "open-day", 0)
        .await;
    let dana = app.detroit_admin().await;
    let (mia_id, noah_id) = (mia.id.to_string(), noah.id.to_string());
    let (ticket_id, free_id) = (ticket.id.to_string(), free.id.to_string());
    for _ in 0..2 {
        let said = dana
            .done("record_sale", &form(&mia_id, &ticket_id, TOKEN))
            .await;
        assert_eq!(said, "The sale was recorded.");
    }
    for other in [
        form(&mia_id, &free_id, TOKEN),
        form(&noah_id, &ticket_id, TOKEN),
    ] {
        let refusal = dana.refused("record_sale", &other).await;
        let said = refusal.message.unwrap();
        assert!(said.contains("has already recorded another sale"), "{said}");
    }
    dana.done("record_sale", &form(&mia_id, &free_id, OTHER_TOKEN))
        .await;
    let sale = purchases::by_form_token(app.state.db.reader(), TOKEN).await;
    let sale = sale.unwrap().unwrap();
    assert_eq!((sale.paid_cents, sale.in_person), (Some(4500), true));
    assert_eq!(sale.credit_check.code(), "due");
    let given = purchases::by_form_token(app.state.db.reader(), OTHER_TOKEN).await;
    assert_eq!(given.unwrap().unwrap().credit_check.code(), "done");
    let traces: Vec<_> = app
        .audit_rows()
        .await
        .into_iter()
        .map(|row| {
            (
                row.actor,
                row.subject,
                row.field,
                row.old_value,
                row.new_value,
            )
        })
        .collect();
    let trace = |what: &str| {
        (
            "Dana Stone".to_owned(),
            "Mia Stone".to_owned(),
            "Sale in person".to_owned(),
            None,
            Some(what.to_owned()),
        )
    };
    assert_eq!(
        traces,
        [
            trace("The steel-challenge, $45.00"),
            trace("The open-day, $0.00")
        ]
    );
    app.run_jobs().await;
}

async fn a_form_sent_twice_at_once_records_one_sale(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let ticket = app
        .product(
            &app.detroit,
            ProductKind::EventTicket,
            "steel-challenge",
            4500,
        )
        .await;
    let dana = app.detroit_admin().await;
    let (member, product) = (mia.id.to_string(), ticket.id.to_string());
    let form = [
        ("member_id", member.as_str()),
        ("product_id", &product),
        ("token", TOKEN),
    ];
    let sent = (0..6).map(|_| dana.done("record_sale", &form));
    for said in futures::future::join_all(sent).await {
        assert_eq!(said, "The sale was recorded.");
    }
    assert_eq!(one(&app, mia.id).await.unwrap().purchases.len(), 1);
    assert_eq!(app.audit_rows().await.len(), 1);
    app.run_jobs().await;
}

async fn what_is_not_there_cannot_be_sold(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let theirs = app.member(&app.coaching, "Cole", "cole@example.com").await;
    let ticket = app
        .product(&app.detroit, ProductKind::EventTicket, "ours", 4500)
        .await;
    let other = app
        .product(&app.coaching, ProductKind::EventTicket, "theirs", 4500)
        .await;
    let dana = app.detroit_admin().await;
    for (member, product, token) in [
        (theirs.id.to_string(), ticket.id.to_string(), TOKEN),
        ("0".to_owned(), ticket.id.to_string(), TOKEN),
        ("x".to_owned(), ticket.id.to_string(), TOKEN),
        (mia.id.to_string(), other.id.to_string(), TOKEN),
        (mia.id.to_string(), String::new(), TOKEN),
        (mia.id.to_string(), ticket.id.to_string(), ""),
        (mia.id.to_string(), ticket.id.to_string(), "' OR 1=1"),
        (
            mia.id.to_string(),
            ticket.id.to_string(),
            "not-a-token-but-of-32-characters",
        ),
    ] {
        let form = [
            ("member_id", member.as_str()),
            ("product_id", &product),
            ("token", token),
        ];
        let refusal = dana.refused("record_sale", &form).await;
        let beside = refusal.about("product_id").is_some();
        assert!(beside || refusal.message.is_some(), "{form:?}");
    }
    assert!(one(&app, mia.id).await.unwrap().purchases.is_empty());
    assert!(app.audit_rows().await.is_empty());
}

async fn another_tenants_members_are_unknown(app: TestApp) {
    let theirs = app.member(&app.coaching, "Cole", "cole@example.com").await;
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    app.admin(&app.detroit, "dana@example.com").await;
    assert!(one(&app, theirs.id).await.is_none());
    assert!(one(&app, mia.id).await.is_some());
    for nobody in [0, -1, i64::MAX] {
        assert!(one(&app, Id::new(nobody)).await.is_none());
    }
    let pat = app.platform_admin(&app.detroit, "pat@example.com").await;
    for user in [None, Some(&mia), Some(&pat)] {
        let services = app.services(&app.detroit, user).await;
        let seen = services.one(mia.id.get(), MemberPlaces::default()).await;
        assert!(seen.unwrap().is_none());
        let list = AdminMembers::list(&services, "", None).await.unwrap();
        assert!(list.members.is_empty());
    }
}
