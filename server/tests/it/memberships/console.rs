//! The console lists memberships with how they stand.

use stripe_stand_in::CancelWhen;

use super::{member, subscription_of};
use crate::{
    refunds::rest,
    support::{TestApp, on_both_databases},
};

on_both_databases!(
    memberships_are_listed_by_state,
    memberships_are_a_file,
    who_sees_no_orders_sees_no_memberships,
);

const PATH: &str = "/admin/orders/subscriptions";

async fn memberships_are_listed_by_state(app: TestApp) {
    let (_, bought) = member(&app).await;
    let dana = app.detroit_admin().await;
    let orders = dana.get("/admin/orders").await.text;
    assert!(orders.contains(PATH), "{orders}");
    let page = dana.get(PATH).await.text;
    assert!(page.contains("Next payment on "), "{page}");
    assert!(page.contains(&format!("Order #{}", bought.id)), "{page}");
    let shown = async |state: &str| {
        let page = dana.get(&format!("{PATH}?state={state}")).await.text;
        page.contains(&format!("Order #{}", bought.id))
    };
    assert!(shown("active").await && !shown("ends").await && !shown("ended").await);
    for (when, state) in [
        (CancelWhen::AtPeriodEnd, "ends"),
        (CancelWhen::Now, "ended"),
    ] {
        let canceled = app
            .stripe
            .cancel_subscription(subscription_of(&bought), when);
        canceled.unwrap();
        rest(&app).await;
        assert!(shown(state).await, "{state}");
        assert!(!shown("active").await && !shown("past_due").await);
    }
    let ignored = dana.get(&format!("{PATH}?state=gone&after=x")).await.text;
    assert!(ignored.contains("There is no such state"), "{ignored}");
}

async fn who_sees_no_orders_sees_no_memberships(app: TestApp) {
    let (scene, _) = member(&app).await;
    assert_eq!(scene.jane.get(PATH).await.status, 403);
    let visitor = app.browser().get(PATH).await;
    assert_ne!(visitor.status, 200);
}

async fn memberships_are_a_file(app: TestApp) {
    let (scene, bought) = member(&app).await;
    let dana = app.detroit_admin().await;
    let page = dana.get(&format!("{PATH}?state=active")).await.text;
    let link = format!("{PATH}.csv?state=active");
    assert!(page.contains(&link), "{page}");
    let file = dana.get(&link).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        file.header("content-disposition")
            .contains("memberships.csv")
    );
    let lines: Vec<_> = file.text.lines().collect();
    assert_eq!(lines.len(), 2, "{}", file.text);
    assert!(lines[0].ends_with("Member,Membership,State,Next payment or end (UTC)"));
    assert!(
        lines[1].starts_with(&format!("{},", bought.id)),
        "{}",
        lines[1]
    );
    let (_, next) = lines[1].split_once(",Active,").expect(lines[1]);
    let began = lines[1].split(',').nth(1).unwrap();
    assert!(next.ends_with('Z') && next > began, "{}", lines[1]);
    let ended = dana.get(&format!("{PATH}.csv?state=ended")).await;
    assert_eq!(ended.text.lines().count(), 1, "{}", ended.text);
    assert_eq!(scene.jane.get(&link).await.status, 403);
}
