//! The audit log: who changed what, shown only to those who may see it.

use app::{
    ports::Settings,
    types::admin::{AuditEntry, AuditPage},
};
use domain::log_filter::LogFilter;
use store::{
    SiteId,
    audit_log::{self, Change, Field},
    entities::user,
};

use crate::support::{TestApp, moment, on_both_databases};

on_both_databases!(
    each_sees_the_changes_of_what_they_run,
    older_pages_follow_one_another,
);

/// Writes a change of `field` on the site, or on the platform program if `site_id` is `None`.
async fn changed(app: &TestApp, site_id: Option<SiteId>, actor: Option<&user::Model>, field: &str) {
    let change = Change {
        site_id,
        actor,
        subject: "Settings",
        now: moment(1_795_356_300_000),
    };
    let field = Field {
        name: field,
        old: Some("1".into()),
        new: Some("2".into()),
    };
    audit_log::write(app.state.db.writer(), &change, [field])
        .await
        .unwrap();
}

async fn seen_by(app: &TestApp, user: Option<&user::Model>, before: Option<i64>) -> AuditPage {
    let services = app.services(&app.detroit, user).await;
    services.audit(&LogFilter::default(), before).await.unwrap()
}

fn fields(entries: &[AuditEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.field.as_str()).collect()
}

async fn each_sees_the_changes_of_what_they_run(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let dana = app.admin(&app.detroit, "dana@example.com").await;
    let pat = app.platform_admin(&app.detroit, "pat@example.com").await;
    let both = app.double_admin(&app.detroit, "both@example.com").await;
    changed(&app, Some(app.detroit.id()), Some(&dana), "ours").await;
    changed(&app, Some(app.coaching.id()), None, "theirs").await;
    changed(&app, None, None, "platform").await;
    for (who, sees) in [
        (None, vec![]),
        (Some(&mia), vec![]),
        (Some(&dana), vec!["ours"]),
        (Some(&pat), vec!["platform"]),
        (Some(&both), vec!["platform", "ours"]),
    ] {
        let page = seen_by(&app, who, None).await;
        assert_eq!(fields(&page.entries), sees);
        assert_eq!(page.older, None);
    }
    let page = seen_by(&app, Some(&both), None).await;
    let (platform, ours) = (&page.entries[0], &page.entries[1]);
    assert_eq!(
        (platform.actor.as_str(), platform.platform),
        ("the command line", true)
    );
    assert_eq!((ours.actor.as_str(), ours.platform), ("Dana Stone", false));
    assert_eq!(ours.on, "Nov 22, 2026, 2:05 PM UTC");
    assert_eq!(ours.at, "2026-11-22T14:05:00Z");
    assert_eq!(
        (ours.old.as_deref(), ours.new.as_deref()),
        (Some("1"), Some("2"))
    );
}

async fn older_pages_follow_one_another(app: TestApp) {
    let dana = app.admin(&app.detroit, "dana@example.com").await;
    for number in 0..101 {
        changed(&app, Some(app.detroit.id()), None, &number.to_string()).await;
    }
    let mut seen = Vec::new();
    let mut sizes = Vec::new();
    let mut before = None;
    loop {
        let page = seen_by(&app, Some(&dana), before).await;
        sizes.push(page.entries.len());
        seen.extend(page.entries.into_iter().map(|entry| entry.field));
        before = page.older;
        if before.is_none() {
            break;
        }
    }
    let newest_first: Vec<_> = (0..101).rev().map(|number| number.to_string()).collect();
    assert_eq!(seen, newest_first);
    assert_eq!(sizes, [50, 50, 1]);
    let nowhere = seen_by(&app, Some(&dana), Some(i64::MIN)).await;
    assert!(nowhere.entries.is_empty());
}
