//! Addresses that are the same in different spellings, as the console lists them (`docs/rules.md` 155).

use domain::account::{Role, TenantRole};
use sea_orm::ConnectionTrait;
use services::{operator::spellings::alike, respellings};

use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    members_with_one_address_are_listed_side_by_side,
    many_addresses_are_paged,
    platform_referrers_with_one_address_are_listed,
);

const MEMBERS: &str = "/admin/members/same-address";
const REFERRERS: &str = "/admin/platform-referrers/same-address";
const LINK: &str = "Addresses that are the same";

/// Two spellings of one address.
fn spellings(name: &str) -> [String; 2] {
    ["bücher.de", "xn--bcher-kva.de"].map(|domain| format!("{name}@{domain}"))
}

/// Gives rows of `table` these addresses, as they could be registered before spellings were compared.
async fn respell(app: &TestApp, table: &str, rows: impl IntoIterator<Item = (i64, String)>) {
    let db = app.state.db.writer();
    for (id, email) in rows {
        db.execute_unprepared(&format!(
            "UPDATE {table} SET email = '{email}', email_account = '{email}', email_key = NULL \
             WHERE id = {id}"
        ))
        .await
        .unwrap();
    }
    respellings::go_on(&app.state).await.unwrap();
}

async fn text(browser: &Browser, path: &str) -> String {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.text);
    page.text
}

async fn members_with_one_address_are_listed_side_by_side(app: TestApp) {
    let dana = app.detroit_admin().await;
    let page = text(&dana, MEMBERS).await;
    assert!(
        page.contains("No two members have the same email address"),
        "{page}"
    );
    assert!(!text(&dana, "/admin/members").await.contains(LINK));
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let max = app.member(&app.detroit, "Max", "max@example.com").await;
    let rows = [mia.id.get(), max.id.get()];
    respell(&app, "users", rows.into_iter().zip(spellings("mia9"))).await;
    assert!(text(&dana, "/admin/members").await.contains(LINK));
    let page = text(&dana, MEMBERS).await;
    let [first, second] = spellings("mia9");
    for shown in [&first, &second, "Mia Stone", "Max Stone"] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    for id in rows {
        assert!(
            page.contains(&format!("href=\"/admin/members/{id}\"")),
            "{page}"
        );
        assert!(
            page.contains(&format!("/admin/members/{id}/erase")),
            "{page}"
        );
    }
    // Who may see members only sees them; nobody sees those of another site.
    let viewer = Role::Tenant(TenantRole::Viewer);
    app.staff(&app.detroit, viewer, "sam@example.com").await;
    let page = text(&app.signed_in("sam@example.com").await, MEMBERS).await;
    assert!(page.contains(&first) && !page.contains("/erase"), "{page}");
    app.admin(&app.coaching, "cole@example.com").await;
    let cole = app.browser_at("coaching.localhost");
    cole.sign_in("cole@example.com").await;
    let page = text(&cole, MEMBERS).await;
    assert!(!page.contains("mia9"), "{page}");
    // Once one of them has another address, nothing is the same.
    let new = domain::account::Email::parse("max@example.com").unwrap();
    let tx = app.state.db.begin().await.unwrap();
    let max = app.find(&app.detroit, &second).await.unwrap();
    let changed = store::users::set_email(&tx, &max, &new, app.state.now()).await;
    assert!(changed.unwrap().is_some());
    tx.commit().await.unwrap();
    assert!(!text(&dana, "/admin/members").await.contains(LINK));
}

async fn many_addresses_are_paged(app: TestApp) {
    let dana = app.detroit_admin().await;
    let mut rows = Vec::new();
    for number in 0..26 {
        for (half, email) in spellings(&format!("person{number}"))
            .into_iter()
            .enumerate()
        {
            let address = format!("p{number}.{half}@example.com");
            let member = app.member(&app.detroit, "Mia", &address).await;
            rows.push((member.id.get(), email));
        }
    }
    respell(&app, "users", rows).await;
    let first = text(&dana, MEMBERS).await;
    assert_eq!(first.matches("/erase\"").count(), 50, "{first}");
    assert!(!first.contains("person25@"), "{first}");
    let (_, rest) = first.split_once(&format!("{MEMBERS}?after=")).unwrap();
    let after = rest.split('"').next().unwrap();
    let last = text(&dana, &format!("{MEMBERS}?after={after}")).await;
    assert_eq!(last.matches("/erase\"").count(), 2, "{last}");
    assert!(last.contains("person25@") && last.contains("First page"));
    assert!(!last.contains("More addresses"), "{last}");
    let listed = alike(&app.state).await.unwrap();
    assert_eq!(listed.len(), 26, "the command line has all");
}

async fn platform_referrers_with_one_address_are_listed(app: TestApp) {
    app.platform().await;
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let tab = "/admin/referrals?tab=platform";
    let page = text(&pat, REFERRERS).await;
    assert!(page.contains("No two platform referrers have"), "{page}");
    assert!(!text(&pat, tab).await.contains(LINK));
    let sky = app.platform_referrer("Sky Marsh", "sky@example.com").await;
    let jo = app.platform_referrer("Jo Marsh", "jo@example.com").await;
    let rows = [sky.id.get(), jo.id.get()];
    respell(
        &app,
        "platform_referrers",
        rows.into_iter().zip(spellings("sky")),
    )
    .await;
    assert!(text(&pat, tab).await.contains(LINK));
    let page = text(&pat, REFERRERS).await;
    for id in rows {
        assert!(
            page.contains(&format!("/admin/platform-referrers/{id}\"")),
            "{page}"
        );
    }
    let [first, second] = spellings("sky");
    assert!(page.contains(&first) && page.contains(&second), "{page}");
    let listed = alike(&app.state).await.unwrap();
    let line = format!("platform program: {first} (Sky Marsh), {second} (Jo Marsh)");
    assert_eq!(listed, [line]);
    // Sky, who holds the key, gets another address: the key is Jo's, and nobody else's.
    let id = sky.id.to_string();
    let form = [
        ("id", id.as_str()),
        ("name", "Sky Marsh"),
        ("email", "sky@example.com"),
        ("version", "1"),
    ];
    pat.done("change_referrer", &form).await;
    assert!(!text(&pat, tab).await.contains(LINK));
    let jo = app.partner_now(&jo).await;
    assert_eq!((jo.email_alike, jo.email_key.is_some()), (false, true));
    let form = [("name", "Ann"), ("email", first.as_str())];
    let refusal = pat.refused("add_referrer", &form).await;
    assert!(refusal.about("email").is_some(), "{refusal:?}");
}
