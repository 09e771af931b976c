//! Beginning a Checkout session with a fault on the way: the buyer learns that nothing was charged,
//! and the next attempt makes one purchase and one credit.

use domain::{
    credit::Program,
    purchase::{ProductKind, PurchaseState},
};
use reqwest::StatusCode;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use store::{Id, ProductId, entities::purchase};
use stripe_stand_in::PaymentStatus;

use super::{
    Call, Trouble,
    owed::{KNOWN, Owed, STRANGERS},
};
use crate::support::{Browser, Phone, Referred, TestApp};

mod tenant_by_web {
    super::each_call!(
        TenantWeb;
        create_checkout => CreateCheckout,
        checkout_again => OpenSession,
    );
}

mod tenant_by_api {
    super::each_call!(
        TenantApi;
        create_checkout => CreateCheckout,
        checkout_again => OpenSession,
    );
}

mod membership_by_web {
    super::each_call!(
        MembershipWeb;
        customers_by_email => CustomersByEmail,
        create_customer => CreateCustomer,
        create_checkout => CreateCheckout,
        checkout_again => OpenSession,
    );
}

mod membership_by_api {
    super::each_call!(
        MembershipApi;
        customers_by_email => CustomersByEmail,
        create_customer => CreateCustomer,
        create_checkout => CreateCheckout,
        checkout_again => OpenSession,
    );
}

mod platform_by_web {
    super::each_call!(PlatformWeb; create_checkout => CreateCheckout);
}

const BUYER: &str = "jane@example.com";

/// How a buyer gets to Stripe's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    TenantWeb,
    TenantApi,
    /// The customer is created first, since a balance may pay for a membership.
    MembershipWeb,
    MembershipApi,
    PlatformWeb,
}

/// A buyer who uses one of these ways.
enum Buyer {
    Member(Browser, String),
    App(Phone, Value),
    Prospect(Browser),
}

async fn makes_one_sale(mut app: TestApp, (way, call): (Way, Call), trouble: Trouble) {
    trouble.shorten_patience_of_the_web(&mut app).await;
    let owed = Owed::of(&app, way.program()).await;
    prepare(&app, &owed, call, trouble).await;
    let buyer = Buyer::new(&app, &owed, way).await;
    trouble.strike(&app, call);
    buyer.is_refused().await;
    trouble.end(&app).await;
    assert!(paid(&app, &owed).await.is_empty());
    let url = buyer.begins().await;
    let sessions = owed.listed(&app, "sessions");
    let session = sessions.iter().find(|one| one["url"] == url.as_str());
    let session = session.expect("a session of this page")["id"].as_str();
    app.stripe
        .complete(
            session.unwrap(),
            PaymentStatus::Paid,
            Some("kim@example.com"),
        )
        .unwrap();
    for left in sessions.iter().filter(|one| one["status"] == "open") {
        let id = left["id"].as_str();
        if id != session {
            app.stripe.expire(id.unwrap()).unwrap();
        }
    }
    owed.tell(&app).await;
    let [sale] = paid(&app, &owed).await[..] else {
        panic!("not one sale");
    };
    match owed {
        Owed::Member(_) => app.decide(Id::new(sale)).await,
        Owed::PlatformReferrer(_) => app.decide_platform(Id::new(sale)).await,
    }
    owed.tell(&app).await;
    assert_eq!(paid(&app, &owed).await, [sale], "told once more");
    owed.assert_credited_once(&app).await;
}

/// Prepares the customers that Stripe has, and the one that we remember.
async fn prepare(app: &TestApp, owed: &Owed, call: Call, trouble: Trouble) {
    if trouble == Trouble::SharedAddress {
        let buyer = match owed {
            Owed::Member(_) => BUYER,
            Owed::PlatformReferrer(_) => owed.email(),
        };
        owed.plant(app, buyer, &STRANGERS);
    }
    if trouble == Trouble::DeletedCustomer || call == Call::OpenSession {
        owed.plant(app, BUYER, &[KNOWN]);
        match owed {
            Owed::Member(referred) => app.remember_customer(referred.jane.id, KNOWN).await,
            Owed::PlatformReferrer(_) => owed.remember(app, KNOWN).await,
        }
        owed.delete(app, KNOWN).await;
    }
}

/// The ids of the purchases that were paid.
async fn paid(app: &TestApp, owed: &Owed) -> Vec<i64> {
    let rows: Vec<_> = match owed {
        Owed::Member(_) => {
            let rows = purchase::Entity::find().all(app.state.db.reader()).await;
            let rows = rows.unwrap().into_iter();
            rows.map(|row| (row.id.get(), *row.state, row.paid_cents))
                .collect()
        }
        Owed::PlatformReferrer(_) => {
            let rows = app.platform_purchases().await.into_iter();
            rows.map(|row| (row.id.get(), *row.state, row.paid_cents))
                .collect()
        }
    };
    let (paid, others): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| row.1 == PurchaseState::Paid);
    assert!(others.iter().all(|row| row.2.is_none()), "{others:?}");
    paid.into_iter().map(|row| row.0).collect()
}

impl Way {
    fn program(self) -> Program {
        match self {
            Self::TenantWeb | Self::TenantApi | Self::MembershipWeb | Self::MembershipApi => {
                Program::Tenant
            }
            Self::PlatformWeb => Program::Platform,
        }
    }
}

impl Way {
    /// The product to buy.
    async fn product(self, app: &TestApp, referred: &Referred) -> ProductId {
        match self {
            Self::MembershipWeb | Self::MembershipApi => {
                let (site, kind) = (&app.detroit, ProductKind::Membership);
                app.product(site, kind, "member", 3900).await.id
            }
            _ => referred.ticket.id,
        }
    }
}

impl Buyer {
    async fn new(app: &TestApp, owed: &Owed, way: Way) -> Self {
        match owed {
            Owed::Member(referred) => {
                let product = way.product(app, referred).await;
                match way {
                    Way::TenantApi | Way::MembershipApi => {
                        let body = json!({ "product_id": product });
                        Self::App(app.phone_of(BUYER).await, body)
                    }
                    _ => Self::Member(app.signed_in(BUYER).await, product.to_string()),
                }
            }
            Owed::PlatformReferrer(platform) => {
                let browser = app.browser_at("pewpros.localhost");
                browser
                    .get(&format!("/pricing?ref={}", platform.jordan.code))
                    .await;
                Self::Prospect(browser)
            }
        }
    }

    /// Tries to buy, and learns that nothing was charged.
    async fn is_refused(&self) {
        const NOTHING: &str = "Nothing was charged";
        match self {
            Self::Member(browser, product) => {
                let refusal = browser.refused("buy", &form(product)).await;
                let message = refusal.message.unwrap();
                assert!(message.contains(NOTHING), "{message}");
            }
            Self::App(phone, body) => {
                let told = phone.post_once("/api/v1/purchases", "once", body).await;
                told.assert_problem(503, "stripe-unavailable");
            }
            Self::Prospect(browser) => {
                assert_eq!(leads(browser).await, "/pricing?plan=annual");
                let page = browser.get("/pricing?plan=annual").await.text;
                assert!(page.contains(NOTHING), "{page}");
            }
        }
    }

    /// Tries to buy, and returns the address of Stripe's page.
    async fn begins(&self) -> String {
        match self {
            Self::Member(browser, product) => browser.go("buy", &form(product)).await,
            Self::App(phone, body) => {
                let told = phone.post_once("/api/v1/purchases", "once", body).await;
                assert_eq!(told.status, 201, "{told:?}");
                told.text("checkout_url")
            }
            Self::Prospect(browser) => leads(browser).await,
        }
    }
}

fn form(product: &str) -> [(&str, &str); 2] {
    [("product_id", product), ("page", "/events/steel-challenge")]
}

/// Where "Get Started" leads.
async fn leads(browser: &Browser) -> String {
    let page = browser.press("/pricing/checkout?plan=annual").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    page.header("location").to_owned()
}

/// A module of tests for each of these calls on this way.
macro_rules! each_call {
    ($way:ident; $($room:ident => $call:ident),* $(,)?) => {
        $(
            mod $room {
                $crate::faults::trouble::each_trouble!(
                    $crate::faults::checkout::makes_one_sale,
                    (
                        $crate::faults::checkout::Way::$way,
                        $crate::faults::Call::$call,
                    )
                );
            }
        )*
    };
}

use each_call;
