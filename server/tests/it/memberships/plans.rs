//! However many memberships there are, neither the sweep nor a list reads them all.

use domain::purchase::StandingFilter;
use store::{
    Paid, PlatformPurchaseId, Scope, SubscriptionId,
    subscriptions::{self, listed},
};

use super::member;
use crate::support::{Explained, TestApp, on_both_databases};

on_both_databases!(each_query_reads_by_an_index);

async fn each_query_reads_by_an_index(app: TestApp) {
    let (scene, bought) = member(&app).await;
    let (site, jane) = (app.detroit.id(), scene.referred.jane.id);
    let db = Explained::begin(&app).await;
    subscriptions::due(&db, app.state.now(), 10).await.unwrap();
    db.assert_reads(&["ix_subscriptions_check_at"]);
    subscriptions::unknown(&db, 10).await.unwrap();
    db.assert_reads(&[
        "ix_purchases_subscription_unknown",
        "ix_platform_purchases_subscription_unknown",
    ]);
    subscriptions::by_stripe_id(&db, "sub_1").await.unwrap();
    db.assert_reads(&["ux_subscriptions_stripe_id_stripe_account_id"]);
    let paid = Paid::Tenant(bought.id);
    subscriptions::of_purchase(&db, paid).await.unwrap();
    db.assert_reads(&["ux_subscriptions_purchase_id"]);
    let paid = Paid::Platform(PlatformPurchaseId::new(1));
    subscriptions::of_purchase(&db, paid).await.unwrap();
    db.assert_reads(&["ux_subscriptions_platform_purchase_id"]);
    let own = subscriptions::of_member(&db, site, jane).await.unwrap();
    assert_eq!(own.len(), 1);
    db.assert_reads(&["ux_subscriptions_purchase_id"]);
    for (scope, index) in [
        (Scope::Site(site), "ix_subscriptions_site_id_id"),
        (Scope::Platform, "ix_subscriptions_of_platform"),
    ] {
        for standing in [None].into_iter().chain(StandingFilter::ALL.map(Some)) {
            let wanted = listed::Wanted {
                standing,
                after: None,
                limit: 26,
            };
            listed::newest(&db, scope, wanted).await.unwrap();
            db.assert_reads(&[index]);
            let wanted = listed::Wanted {
                after: Some(SubscriptionId::new(7)),
                ..wanted
            };
            listed::newest(&db, scope, wanted).await.unwrap();
            db.assert_reads(&[]);
        }
    }
}
