//! The audit log and the security log, filtered and as files.

use std::time::Duration;

use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    the_audit_log_is_filtered,
    the_security_log_is_filtered,
    what_a_search_of_the_security_log_leaves_out_is_said,
    a_file_has_all_entries_of_the_filter,
    a_file_is_for_who_reads_the_log,
);

const AUDIT: &str = "/admin/settings?tab=audit";
const SECURITY: &str = "/admin/settings?tab=security";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn table(browser: &Browser, path: &str) -> String {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}");
    let (_, table) = page.text.split_once("<tbody").expect("a table");
    table.split_once("</tbody>").unwrap().0.to_owned()
}

/// Dana asks for an age, and a day later for another one.
async fn changes(app: &TestApp) -> Browser {
    app.stop_our_clock();
    let dana = app.detroit_admin().await;
    for age in ["18", "21"] {
        dana.done("save_minimum_age", &[("minimum_age", age)]).await;
        app.advance(DAY);
        dana.sign_in("dana@example.com").await;
    }
    dana
}

fn day(app: &TestApp, before: u32) -> String {
    let now = app.state.clock.now() - DAY * before;
    now.date().to_string()
}

async fn the_audit_log_is_filtered(app: TestApp) {
    let dana = changes(&app).await;
    let all = table(&dana, AUDIT).await;
    assert!(all.contains("18") && all.contains("21"));
    let (first, second) = (day(&app, 2), day(&app, 1));
    let of_first = table(&dana, &format!("{AUDIT}&from={first}&to={first}")).await;
    assert_eq!(of_first.matches("<tr").count(), 1, "{of_first}");
    let of_second = table(&dana, &format!("{AUDIT}&from={second}")).await;
    assert_eq!(of_second.matches("<tr").count(), 1, "{of_second}");
    for (text, found) in [
        ("DANA", 2),
        ("minimum", 2),
        ("nobody", 0),
        ("%25", 0),
        ("_", 0),
    ] {
        let rows = table(&dana, &format!("{AUDIT}&q={text}")).await;
        assert_eq!(rows.matches("<tr").count(), found, "{text}: {rows}");
    }
    let page = dana.get(&format!("{AUDIT}&q=nobody")).await.text;
    assert!(page.contains("Nothing matches.") && page.contains("Clear filters"));
}

async fn the_security_log_is_filtered(app: TestApp) {
    let dana = app.detroit_admin().await;
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let wrong = [("email", "mia@example.com"), ("password", "wrong")];
    app.browser().refused("sign_in", &wrong).await;
    for (query, words, other) in [
        ("&q=mia", "Mia Stone", "Dana Stone"),
        ("&event=wrong_password", "Wrong password", "Signed in"),
        ("&q=dana@exam", "Dana Stone", "Mia Stone"),
    ] {
        let rows = table(&dana, &format!("{SECURITY}{query}")).await;
        assert!(
            rows.contains(words) && !rows.contains(other),
            "{query}: {rows}"
        );
    }
    let rows = table(&dana, &format!("{SECURITY}&to=2020-01-01")).await;
    assert_eq!(rows.matches("<tr").count(), 0);
    let own = dana.get(&format!("{SECURITY}&q=mia")).await.text;
    assert!(own.contains("security.csv?q=mia"), "{own}");
}

async fn what_a_search_of_the_security_log_leaves_out_is_said(app: TestApp) {
    app.crowd(&app.detroit, "Zed", 1001).await;
    let dana = app.detroit_admin().await;
    let words = "More than 1000 members match, so some entries are left out. Narrow the search.";
    for (text, said) in [("zed", true), ("zed+number7", false), ("dana", false)] {
        let page = dana.get(&format!("{SECURITY}&q={text}")).await.text;
        assert_eq!(page.contains(words), said, "{text}: {page}");
        let file = dana
            .get(&format!("/admin/settings/security.csv?q={text}"))
            .await;
        let first = file.text.lines().nth(1).unwrap_or_default();
        assert_eq!(first.contains(words), said, "{text}: {}", file.text);
    }
}

async fn a_file_has_all_entries_of_the_filter(app: TestApp) {
    let dana = changes(&app).await;
    // More than the log has on one page.
    for age in 0..60 {
        let age = (20 + age % 2).to_string();
        dana.done("save_minimum_age", &[("minimum_age", &age)])
            .await;
    }
    let file = dana.get("/admin/settings/audit.csv").await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains("audit-log.csv"));
    let lines: Vec<_> = file.text.lines().collect();
    assert_eq!(lines[0], "When (UTC),Who,What,Field,From,To,Program");
    assert_eq!(lines.len(), 1 + 62, "{}", file.text);
    assert!(lines[62].contains(",Dana Stone,"), "{}", lines[62]);
    let first = day(&app, 2);
    let file = dana
        .get(&format!("/admin/settings/audit.csv?to={first}"))
        .await;
    assert_eq!(file.text.lines().count(), 2, "{}", file.text);
    let file = dana.get("/admin/settings/security.csv?q=dana").await;
    assert!(file.text.lines().count() > 1 && file.text.contains("Dana Stone"));
}

async fn a_file_is_for_who_reads_the_log(app: TestApp) {
    app.admin(&app.coaching, "cole@example.com").await;
    let dana = changes(&app).await;
    dana.get("/admin/settings/audit.csv").await;
    let cole = app.browser_at("coaching.localhost");
    cole.sign_in("cole@example.com").await;
    let file = cole.get("/admin/settings/audit.csv").await;
    assert!(!file.text.contains("Dana"), "{}", file.text);
    let visitor = app.browser().get("/admin/settings/audit.csv").await;
    assert_eq!(visitor.status, 303);
}
