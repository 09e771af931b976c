//! Pages that ask Stripe about money, with a fault on the way: they say less, never something
//! wrong, and the next page says everything. The platform's pages do not ask Stripe.

use std::time::Duration;
use store::PurchaseId;

use app::types::Purchase;
use domain::{
    credit::{Balance, Program},
    money::{Currency, Money},
    purchase::ProductKind,
};
use serde_json::Value;
use services::purchases::checkout::{Begun, Buyer, Order, begin};
use stripe_stand_in::{PaymentStatus, Seed, SeedCustomer, SeedTransaction};

use super::{
    Call, Trouble,
    owed::{KNOWN, Owed, STRANGERS},
};
use crate::support::{STRIPE_KEY, TestApp};

mod balance {
    crate::faults::trouble::each_trouble!(
        crate::faults::reads::says_what_it_knows,
        crate::faults::reads::Read::Balance
    );
}

mod credit_used {
    crate::faults::trouble::each_trouble!(
        crate::faults::reads::says_what_it_knows,
        crate::faults::reads::Read::CreditUsed
    );
}

const MIA: &str = "mia@example.com";

/// What a page asks Stripe.
#[derive(Clone, Copy, Debug)]
enum Read {
    /// Mia's balance: on the dashboard, and in the app.
    Balance,
    /// How much of the balance paid for a membership: on the page of the purchase.
    CreditUsed,
}

async fn says_what_it_knows(mut app: TestApp, read: Read, trouble: Trouble) {
    trouble.shorten_patience_of_the_web(&mut app).await;
    let owed = Owed::of(&app, Program::Tenant).await;
    plant(&app);
    owed.remember(&app, KNOWN).await;
    if trouble == Trouble::SharedAddress {
        owed.plant(&app, MIA, &STRANGERS);
    }
    match read {
        Read::Balance => read_balance(&app, &owed, trouble).await,
        Read::CreditUsed => read_credit_used(&app, &owed, trouble).await,
    }
    assert!(app.credits().await.is_empty());
}

async fn read_balance(app: &TestApp, owed: &Owed, trouble: Trouble) {
    let deleted = trouble == Trouble::DeletedCustomer;
    let ten = Money::new(1000, Currency::Usd);
    let phone = app.phone_of(MIA).await;
    let in_the_app = async || phone.get("/api/v1/me").await.json["balance"].clone();
    if deleted {
        owed.delete(app, KNOWN).await;
    }
    trouble.strike(app, Call::CustomerById);
    assert_eq!(on_the_dashboard(app).await, Balance::Unknown);
    trouble.end(app).await;
    trouble.strike(app, Call::CustomerById);
    assert_eq!(in_the_app().await["status"], "unknown");
    trouble.end(app).await;
    let (known, last_known) = match deleted {
        true => (Balance::Empty, Balance::Unknown),
        false => (Balance::Credit(ten), Balance::LastKnown(ten)),
    };
    assert_eq!(on_the_dashboard(app).await, known);
    app.advance(Duration::from_secs(61));
    trouble.strike(app, Call::CustomerById);
    assert_eq!(on_the_dashboard(app).await, last_known);
    trouble.end(app).await;
    let told = in_the_app().await;
    let (status, cents) = match deleted {
        true => ("empty", Value::Null),
        false => ("credit", 1000.into()),
    };
    assert_eq!(told["status"], status);
    assert_eq!(told["amount"]["cents"], cents);
    assert_eq!(app.balance_transactions().len(), 1);
}

async fn on_the_dashboard(app: &TestApp) -> Balance {
    let mia = app.find(&app.detroit, MIA).await.unwrap();
    let ports = app.ports(&app.detroit, Some(&mia)).await;
    let dashboard = ports.referrals.dashboard().await.unwrap();
    dashboard.unwrap().balance.now
}

async fn read_credit_used(app: &TestApp, owed: &Owed, trouble: Trouble) {
    let id = buy_membership(app, owed).await;
    if trouble == Trouble::DeletedCustomer {
        owed.delete(app, KNOWN).await;
    }
    trouble.strike(app, Call::FindBalance);
    assert_eq!(page_of(app, id).await.paid, None);
    assert_eq!(app.purchase(id).await.credit_used_cents, None);
    trouble.end(app).await;
    let by_card = Some(Money::new(2900, Currency::Usd).to_string());
    assert_eq!(page_of(app, id).await.paid, by_card);
    assert_eq!(app.purchase(id).await.credit_used_cents, Some(1000));
    let asked = app.stripe.requests().len();
    assert_eq!(page_of(app, id).await.paid, by_card);
    assert_eq!(app.stripe.requests().len(), asked, "it is known now");
    app.run_jobs().await;
}

async fn page_of(app: &TestApp, purchase: PurchaseId) -> Purchase {
    let mia = app.find(&app.detroit, MIA).await.unwrap();
    let ports = app.ports(&app.detroit, Some(&mia)).await;
    ports.purchases.one(purchase.get()).await.unwrap().unwrap()
}

/// Mia pays $39.00 for a membership, $10.00 of it from her balance.
async fn buy_membership(app: &TestApp, owed: &Owed) -> PurchaseId {
    let membership = app
        .product(&app.detroit, ProductKind::Membership, "member", 3900)
        .await;
    let (site, mia) = (app.site().await, app.find(&app.detroit, MIA).await.unwrap());
    let buyer = Buyer {
        site: &site,
        user: &mia,
        base_url: "http://localhost",
    };
    let order = Order {
        product: &membership,
        another: false,
        credit: None,
        form_token: None,
        return_url: None,
    };
    let begun = begin(&app.state, &buyer, order).await.unwrap();
    let Begun::Checkout { purchase, .. } = begun else {
        panic!("no page of Stripe's");
    };
    let session = app.purchase(purchase.id).await.checkout_session_id;
    app.stripe
        .complete(&session.unwrap(), PaymentStatus::Paid, None)
        .unwrap();
    owed.tell(app).await;
    assert_eq!(app.purchase(purchase.id).await.state.code(), "paid");
    purchase.id
}

/// Gives Mia's customer a balance of $10.00 in her favor.
fn plant(app: &TestApp) {
    let entry = SeedTransaction {
        id: "cbtxn_known".to_owned(),
        amount: -1000,
        currency: "usd".to_owned(),
        ..Default::default()
    };
    let customer = SeedCustomer {
        id: KNOWN.to_owned(),
        email: Some(MIA.to_owned()),
        balance_transactions: vec![entry],
        ..Default::default()
    };
    let seed = Seed {
        secret_key: STRIPE_KEY.to_owned(),
        account: None,
        customers: vec![customer],
    };
    app.stripe.seed(seed).unwrap();
}
