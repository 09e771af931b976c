//! What each admin sees: nothing of another tenant, and the other program only with its own right.

use app::{ports::Ports, types::Outcome};
use domain::{credit::Program, referral::ReferralFilter};

use super::{
    console::{asked, story},
    data::New,
};
use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    another_tenants_referrals_are_not_there,
    without_the_right_there_is_nothing,
    who_runs_both_sees_both,
);

async fn sees(ports: &Ports, program: Program) -> bool {
    let filter = ReferralFilter::all(program);
    let page = ports.admin_referrals.page(filter, Vec::new()).await;
    page.unwrap().is_some()
}

async fn retried(ports: &Ports, program: Program, id: i64) -> bool {
    match ports
        .admin_referrals
        .retry(program, vec![id])
        .await
        .unwrap()
    {
        Outcome::Refused(refusal) => {
            assert!(refusal.message.is_some(), "a refusal says what to do");
            false
        }
        _ => true,
    }
}

async fn another_tenants_referrals_are_not_there(app: TestApp) {
    let (ours, theirs) = (
        app.many(&app.detroit, &[New::pending(0)]).await[0],
        app.many(&app.coaching, &[New::pending(0)]).await[0],
    );
    let ports = app.dana().await;
    for query in [
        "",
        "q=nell",
        "sort=credit",
        "status=pending",
        "from=2026-11-01",
    ] {
        let page = asked(&ports, Program::Tenant, query).await;
        let rows: Vec<_> = page.rows.iter().map(|row| row.id).collect();
        assert_eq!(rows, [ours.get()], "{query}");
        assert_eq!(page.cards.total, 1, "{query}");
    }
    assert!(story(&ports, Program::Tenant, ours.get()).await.is_some());
    assert_eq!(story(&ports, Program::Tenant, theirs.get()).await, None);
    assert!(!retried(&ports, Program::Tenant, theirs.get()).await);
    // An admin of one site has no rights at another.
    let dana = app.find(&app.detroit, "dana@example.com").await;
    let elsewhere = app.admin(&app.coaching, "coach@example.com").await;
    assert_ne!(dana.unwrap().id, elsewhere.id);
    let coach = app.ports(&app.coaching, Some(&elsewhere)).await;
    assert_eq!(
        asked(&coach, Program::Tenant, "").await.rows[0].id,
        theirs.get()
    );
}

async fn without_the_right_there_is_nothing(app: TestApp) {
    let ours = app.many(&app.detroit, &[New::pending(0)]).await[0];
    let platform_referrer = app.platform_referrer("Pia", "pia@example.com").await.id;
    let new = New {
        kind: "annual",
        ..New::pending(0)
    };
    let platforms = app
        .subscribed(platform_referrer, "c@example.com", &new)
        .await;
    let member = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let visitor = app.ports(&app.detroit, None).await;
    let member = app.ports(&app.detroit, Some(&member)).await;
    let (dana, pat) = (app.dana().await, app.pat().await);
    for (ports, tenant, platform) in [
        (&visitor, false, false),
        (&member, false, false),
        (&dana, true, false),
        (&pat, false, true),
    ] {
        for (program, id, may) in [
            (Program::Tenant, ours.get(), tenant),
            (Program::Platform, platforms.get(), platform),
        ] {
            assert_eq!(sees(ports, program).await, may);
            assert_eq!(story(ports, program, id).await.is_some(), may);
            if !may {
                assert!(!retried(ports, program, id).await);
            }
        }
    }
}

async fn who_runs_both_sees_both(app: TestApp) {
    let both = app.double_admin(&app.detroit, "both@example.com").await;
    let ports = app.ports(&app.detroit, Some(&both)).await;
    assert!(sees(&ports, Program::Tenant).await && sees(&ports, Program::Platform).await);
}
