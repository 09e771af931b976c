//! Whoever buys while their account is deleted: one of the two is first (`docs/rules.md` 101).

use std::{sync::Arc, time::Duration};

use domain::{
    money::{Currency, Money},
    purchase::{ProductKind, PurchaseState},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::{
    Engine,
    privacy::{self, Asked, By},
    purchases::{
        checkout::{Begun, Buyer, NoCheckout, Order, UseCredit, begin},
        counter_sale::{self, Form, NotRecorded},
    },
};
use store::{
    deletions,
    entities::{product, purchase, user},
    purchases,
    sites::Site,
};

use crate::support::{STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases};

on_both_databases!(
    whoever_left_buys_nothing,
    what_was_bought_first_is_waited_for,
    at_once_one_of_the_two_is_first,
);

const MINUTE: Duration = Duration::from_secs(60);
const BALANCE: i64 = 2_000;

/// The ways to buy.
#[derive(Clone, Copy, Debug)]
enum Way {
    OnAPage,
    WithCredit,
    ForNothing,
    AtTheCounter,
    AtTheCounterWithCredit,
}

const WAYS: [Way; 5] = [
    Way::OnAPage,
    Way::WithCredit,
    Way::ForNothing,
    Way::AtTheCounter,
    Way::AtTheCounterWithCredit,
];

struct Scene {
    site: Site,
    ticket: product::Model,
    free: product::Model,
    dana: user::Model,
}

async fn scene(app: &TestApp) -> Arc<Scene> {
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let kind = ProductKind::EventTicket;
    Arc::new(Scene {
        site: app.site().await,
        ticket: app.product(&app.detroit, kind, "steel", 4_500).await,
        free: app.product(&app.detroit, kind, "open-day", 0).await,
        dana: app.admin(&app.detroit, "dana@example.com").await,
    })
}

/// A member for this way, with $20.00 on the balance.
async fn buyer(app: &TestApp, name: &str) -> user::Model {
    let email = format!("{}@example.com", name.to_lowercase());
    let member = app.member(&app.detroit, "Jane", &email).await;
    let customer = format!("cus_{}", name.to_lowercase());
    app.give_balance(&member, &customer, BALANCE).await;
    member
}

/// Whether `member`, as a request read the row at its beginning, buys.
async fn buys(engine: Engine, scene: Arc<Scene>, member: user::Model, way: Way) -> bool {
    let token = engine.random.token();
    let buyer = Buyer {
        site: &scene.site,
        user: &member,
        base_url: "http://localhost",
    };
    let online = async |product, credit| {
        let order = Order {
            product,
            another: false,
            credit,
            form_token: Some(&*token),
            return_url: None,
        };
        match begin(&engine, &buyer, order).await.unwrap() {
            Begun::Checkout { .. } | Begun::Bought(_) => true,
            Begun::Refused(why) => {
                assert_eq!(why, NoCheckout::AccountDeleted, "{way:?}");
                false
            }
            Begun::Changed { to_pay } => panic!("{to_pay} is to be paid"),
        }
    };
    let credit = Money::new(500, Currency::Usd);
    let form = Form {
        actor: &scene.dana,
        token: &token,
        credit: matches!(way, Way::AtTheCounterWithCredit).then_some(credit),
    };
    match way {
        Way::OnAPage => online(&scene.ticket, None).await,
        Way::WithCredit => online(&scene.ticket, Some(UseCredit { shown: None })).await,
        Way::ForNothing => online(&scene.free, None).await,
        Way::AtTheCounter | Way::AtTheCounterWithCredit => {
            let (site, ticket) = (&scene.site, scene.ticket.id);
            let sold = counter_sale::record_once(&engine, site, member.id, ticket, form).await;
            match sold.unwrap() {
                Ok(_) => true,
                Err(why) => {
                    assert_eq!(why, NotRecorded::UnknownMember, "{way:?}");
                    false
                }
            }
        }
    }
}

/// Deletes the account; a credit that was spent meanwhile is confirmed anew.
async fn leaves(engine: Engine, scene: Arc<Scene>, member: user::Model) {
    loop {
        let lost = privacy::lost(&engine, &scene.site, &member).await.unwrap();
        let by = By::Member {
            forfeits_cents: Some(lost.credit.cents()),
        };
        let asked = privacy::request(&engine, &scene.site, &member, by).await;
        if asked.unwrap() == Asked::Accepted {
            return;
        }
    }
}

async fn bought(app: &TestApp, member: &user::Model) -> Vec<purchase::Model> {
    purchase::Entity::find()
        .filter(purchase::Column::BuyerId.eq(member.id))
        .all(app.state.db.reader())
        .await
        .unwrap()
}

/// A deletion that is not committed yet keeps a purchase waiting, and then from being made.
async fn whoever_left_buys_nothing(app: TestApp) {
    let scene = scene(&app).await;
    for way in WAYS {
        let jane = buyer(&app, &format!("{way:?}")).await;
        let tx = app.state.db.begin().await.unwrap();
        let now = app.state.now();
        assert!(deletions::request(&tx, &jane, now).await.unwrap());
        let buying = tokio::spawn(buys(
            app.state.engine.clone(),
            scene.clone(),
            jane.clone(),
            way,
        ));
        tx.commit().await.unwrap();
        assert!(!buying.await.unwrap(), "{way:?}");
        assert!(bought(&app, &jane).await.is_empty(), "{way:?}");
    }
    app.leave_jobs();
}

async fn what_was_bought_first_is_waited_for(app: TestApp) {
    let scene = scene(&app).await;
    let jane = buyer(&app, "jane").await;
    let tx = app.state.db.begin().await.unwrap();
    let staying = deletions::lock_staying(&tx, jane.site_id, jane.id).await;
    assert!(staying.unwrap().is_some());
    let (ticket, now) = (&scene.ticket, app.state.now());
    let sale = purchases::insert(&tx, ticket, jane.id, None, now).await;
    let leaving = tokio::spawn(leaves(
        app.state.engine.clone(),
        scene.clone(),
        jane.clone(),
    ));
    tx.commit().await.unwrap();
    leaving.await.unwrap();
    app.sweep_after(MINUTE).await;
    assert!(!app.is_deleted(&jane).await);
    let db = app.state.db.writer();
    purchases::set_expired(db, sale.unwrap().id).await.unwrap();
    app.sweep_after(MINUTE).await;
    assert!(app.is_deleted(&jane).await);
}

async fn at_once_one_of_the_two_is_first(app: TestApp) {
    let scene = scene(&app).await;
    for way in WAYS {
        for leaves_first in [true, false] {
            let jane = buyer(&app, &format!("{way:?}{leaves_first}")).await;
            let engine = || app.state.engine.clone();
            let leaving = || tokio::spawn(leaves(engine(), scene.clone(), jane.clone()));
            let buying = || tokio::spawn(buys(engine(), scene.clone(), jane.clone(), way));
            let (left, buys) = match leaves_first {
                true => {
                    let left = leaving();
                    (left, buying())
                }
                false => {
                    let buys = buying();
                    (leaving(), buys)
                }
            };
            left.await.unwrap();
            let buys = buys.await.unwrap();
            for _ in 0..3 {
                app.sweep_after(MINUTE).await;
            }
            assert!(app.is_deleted(&jane).await, "{way:?}");
            let bought = bought(&app, &jane).await;
            assert_eq!(bought.len(), usize::from(buys), "{way:?}");
            for sale in bought {
                let ended = [PurchaseState::Paid, PurchaseState::Expired].contains(&sale.state);
                assert!(ended, "{way:?}: {:?}", sale.state);
            }
        }
    }
    app.assert_nothing_is_left().await;
}
