//! The console's list of platform referrers: its search and its pages.

use app::types::admin::ReferrersPage;

use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    pages_lead_to_each_other_and_stay_while_referrers_are_added,
    a_search_finds_name_address_and_code_in_every_spelling,
    a_search_is_paged,
    without_javascript_the_search_keeps_the_filter_beside_it,
    a_form_that_is_refused_without_javascript_comes_back_open,
);

const TAB: &str = "/admin/referrals?tab=platform";

/// Pat, who runs the platform program, signed in at Detroit Arms.
async fn pat(app: &TestApp) -> Browser {
    app.platform_admin(&app.detroit, "pat@example.com").await;
    app.signed_in("pat@example.com").await
}

async fn page(browser: &Browser, query: &str) -> ReferrersPage {
    let page = browser
        .fetch("platform_referrers", &[("query", query)])
        .await;
    assert_eq!(page.status, 200, "{}", page.text);
    serde_json::from_str(&page.text).unwrap()
}

/// Adds these many, named `name` and a number from 1 on.
async fn crowd(app: &TestApp, name: &str, many: usize) {
    for number in 1..=many {
        let email = format!("{}{number}@example.com", name.to_lowercase());
        app.platform_referrer(&format!("{name} {number}"), &email)
            .await;
    }
}

fn names(page: &ReferrersPage) -> Vec<&str> {
    page.referrers.iter().map(|one| one.name.as_str()).collect()
}

/// `Sky 12` down to `Sky 3`.
fn down(name: &str, from: usize, to: usize) -> Vec<String> {
    let numbers = (to..=from).rev();
    numbers.map(|number| format!("{name} {number}")).collect()
}

async fn pages_lead_to_each_other_and_stay_while_referrers_are_added(app: TestApp) {
    crowd(&app, "Sky", 23).await;
    let pat = pat(&app).await;
    let first = page(&pat, "").await;
    assert_eq!(names(&first), down("Sky", 23, 14));
    assert_eq!((first.first, first.total), (1, 23));
    assert_eq!(first.previous, None);
    let second = page(&pat, first.next.as_ref().unwrap()).await;
    assert_eq!(names(&second), down("Sky", 13, 4));
    assert_eq!((second.first, second.total), (11, 23));
    let last = page(&pat, second.next.as_ref().unwrap()).await;
    assert_eq!(names(&last), down("Sky", 3, 1));
    assert_eq!((last.first, last.next), (21, None));
    let back = page(&pat, last.previous.as_ref().unwrap()).await;
    assert_eq!(names(&back), names(&second));

    app.platform_referrer("Newest", "newest@example.com").await;
    let same = page(&pat, &second.query).await;
    assert_eq!(names(&same), names(&second));
    assert_eq!((same.first, same.total), (12, 24));
    let before = page(&pat, same.previous.as_ref().unwrap()).await;
    assert_eq!(names(&before), down("Sky", 23, 14));
    // Between this page and the start is one row, and the first page is a whole one.
    let start = page(&pat, before.previous.as_ref().unwrap()).await;
    assert_eq!(names(&start)[..2], ["Newest", "Sky 23"]);
    assert_eq!((start.referrers.len(), start.previous), (10, None));

    let past = page(&pat, "older=0").await;
    assert_eq!((past.referrers.len(), past.first, past.total), (0, 0, 24));
    assert_eq!((past.previous, past.next), (None, None));
    // Nonsense is the first page.
    for query in ["older=x", "newer=", "referrer=%00", "q=nobody"] {
        assert_eq!(
            page(&pat, query).await.referrers,
            start.referrers,
            "{query}"
        );
    }
}

async fn a_search_finds_name_address_and_code_in_every_spelling(app: TestApp) {
    let jurgen = app
        .platform_referrer("Jürgen Müller-Łukasik", "jm@bücher.de")
        .await;
    app.platform_referrer("Sinéad O\u{2019}Brien", "sinead@example.com")
        .await;
    let pat = pat(&app).await;
    let link = format!("https://pewpros.com/pricing?ref={}", jurgen.code);
    let upper = jurgen.code.to_uppercase();
    for (text, found) in [
        ("muller lukasik", "Jürgen Müller-Łukasik"),
        ("JÜRGEN", "Jürgen Müller-Łukasik"),
        ("jm@xn--bcher-kva.de", "Jürgen Müller-Łukasik"),
        (jurgen.code.as_str(), "Jürgen Müller-Łukasik"),
        (upper.as_str(), "Jürgen Müller-Łukasik"),
        (link.as_str(), "Jürgen Müller-Łukasik"),
        ("O'Brien", "Sinéad O\u{2019}Brien"),
        ("obrien sine", "Sinéad O\u{2019}Brien"),
    ] {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("referrer", text)
            .finish();
        let page = page(&pat, &query).await;
        assert_eq!(names(&page), [found], "{text}");
        assert_eq!((page.total, page.text.as_str()), (1, text));
    }
    let nobody = page(&pat, "referrer=rgen").await;
    assert_eq!((nobody.total, nobody.referrers.len()), (0, 0));
}

async fn a_search_is_paged(app: TestApp) {
    crowd(&app, "Sky", 12).await;
    crowd(&app, "Lee", 11).await;
    let pat = pat(&app).await;
    let first = page(&pat, "referrer=sky").await;
    assert_eq!(names(&first), down("Sky", 12, 3));
    assert_eq!((first.first, first.total), (1, 12));
    let next = first.next.unwrap();
    assert!(next.starts_with("referrer=sky&older="), "{next}");
    let second = page(&pat, &next).await;
    assert_eq!(names(&second), down("Sky", 2, 1));
    assert_eq!((second.first, second.total), (11, 12));
    let back = page(&pat, second.previous.as_ref().unwrap()).await;
    assert_eq!(back.referrers, first.referrers);
    assert_eq!(second.start, "referrer=sky");
}

async fn without_javascript_the_search_keeps_the_filter_beside_it(app: TestApp) {
    crowd(&app, "Sky", 12).await;
    crowd(&app, "Lee", 1).await;
    let pat = pat(&app).await;
    let found = pat
        .get(&format!("{TAB}&status=failed&referrer=sky"))
        .await
        .text;
    for shown in [
        "Sky 12",
        "1–10 of 12",
        "name=\"status\" value=\"failed\"",
        "name=\"referrer\" value=\"sky\"",
        "/admin/referrals?tab=platform&amp;status=failed&amp;referrer=sky&amp;older=",
    ] {
        assert!(found.contains(shown), "{shown} in {found}");
    }
    assert!(!found.contains("Lee 1"), "{found}");
    let nobody = pat.get(&format!("{TAB}&referrer=nobody")).await.text;
    assert!(nobody.contains("No referrers match"), "{nobody}");
    // The filter of the referrals has names of its own.
    let filtered = pat.get(&format!("{TAB}&q=sky")).await.text;
    assert!(filtered.contains("Lee 1"), "{filtered}");
}

async fn a_form_that_is_refused_without_javascript_comes_back_open(app: TestApp) {
    const OPEN: &str = "popover=\"auto\" open";
    crowd(&app, "Sky", 12).await;
    let pat = pat(&app).await;
    let here = format!("{TAB}&referrer=sky#platform-referrers");
    let twelfth = page(&pat, "").await.referrers.remove(0);
    assert!(!pat.get(&here).await.text.contains(OPEN));
    let id = twelfth.id.to_string();
    let rename = [
        ("id", id.as_str()),
        ("name", "Sky Twelve"),
        ("email", "not an address"),
        ("version", "1"),
        ("back", here.as_str()),
    ];
    let answer = pat.submit("change_referrer", &rename).await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), here);
    let refused = pat.get(&here).await.text;
    assert_eq!(refused.matches(OPEN).count(), 1, "{refused}");
    for kept in ["value=\"Sky Twelve\"", "value=\"not an address\""] {
        assert!(refused.contains(kept), "{kept} in {refused}");
    }
    // The next page shows it no more.
    assert!(!pat.get(&here).await.text.contains(OPEN));
    // An address of another site is no way back.
    let elsewhere = [
        ("id", id.as_str()),
        ("disabled", "true"),
        ("version", "1"),
        ("back", "https://evil.example"),
    ];
    let answer = pat.submit("set_referrer_disabled", &elsewhere).await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), TAB);
    // What is wrong with somebody whom the search does not find is said above the list.
    let nobody = format!("{TAB}&referrer=nobody");
    let lost = [
        ("id", id.as_str()),
        ("disabled", "false"),
        ("version", "1"),
        ("back", nobody.as_str()),
    ];
    pat.submit("set_referrer_disabled", &lost).await;
    let said = pat.get(&nobody).await.text;
    assert!(
        said.contains("Pat Stone changed this referrer at"),
        "{said}"
    );
}
