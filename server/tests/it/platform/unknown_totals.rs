//! A subscription whose amount nobody can tell waits for an admin; it is not taken for US dollars or for free.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use store::entities::stripe_event;

use crate::support::{TestApp, event, on_both_databases, subscription};

on_both_databases!(a_total_that_cannot_be_known_waits_unmatched);

const COMPLETED: &str = "checkout.session.completed";

async fn a_total_that_cannot_be_known_waits_unmatched(app: TestApp) {
    let platform = app.platform().await;
    let code = Some(platform.jordan.code.as_str());
    for (number, changed) in [
        json!({"currency": "dollars"}),
        json!({"amount_total": null, "currency": "xts"}),
        json!({"amount_total": null, "currency": "eur"}),
        json!({"amount_total": null, "metadata": {"plan": "weekly"}}),
        json!({"currency": null, "metadata": {"plan": "weekly"}}),
    ]
    .iter()
    .enumerate()
    {
        let id = format!("cs_{number}");
        let mut session = subscription(&id, &platform.pewpros, "kim@example.com", code);
        for (name, value) in changed.as_object().unwrap() {
            match value.as_object() {
                Some(inner) => {
                    for (name, value) in inner {
                        session["metadata"][name] = value.clone();
                    }
                }
                None => session[name] = value.clone(),
            }
        }
        let event_id = format!("evt_{number}");
        let body = event(&event_id, COMPLETED, session);
        assert_eq!(
            app.deliver_to_platform(&platform, &body).await,
            409,
            "{changed}"
        );
        let outcome = app.outcome_of(&event_id).await;
        assert_eq!(
            outcome, "paid, with an amount that cannot be read",
            "{changed}"
        );
        let waiting = stripe_event::Entity::find()
            .filter(stripe_event::Column::EventId.eq(&event_id))
            .filter(stripe_event::Column::UnmatchedSince.is_not_null())
            .count(app.state.db.reader());
        assert_eq!(waiting.await.unwrap(), 1, "{changed}");
        assert!(app.platform_purchases().await.is_empty(), "{changed}");
    }
    assert!(app.platform_referrals().await.is_empty());
    assert!(app.credits().await.is_empty());
}
