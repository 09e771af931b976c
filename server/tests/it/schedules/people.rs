//! What friends and subscribers do in a schedule.

use app::types::Outcome;
use domain::{credit::Program, purchase::Plan};
use serde_json::json;
use services::purchases::counter_sale;
use store::{MemberId, PurchaseId};
use stripe_stand_in::ReceivedRequest;

use super::{
    model::{Event, Payment, Sale},
    step::Way,
    world::{Client, Friend, PRICE, Purchase, World, pick},
};
use crate::{
    faults::Call,
    support::{Browser, PASSWORD, Phone},
};

/// Few friends, because registering is slow on purpose.
const MOST_FRIENDS: usize = 5;

/// Another address of the same person.
pub fn alias(email: &str, tag: &str) -> String {
    email.replacen('@', &format!("+{tag}@"), 1)
}

impl World {
    pub async fn register(&mut self, way: Way, through: Option<u8>, same_person: bool) {
        let number = self.friends.len();
        if number == MOST_FRIENDS {
            return;
        }
        let referrer = through.and_then(|through| pick(&self.referrers, through));
        let email = match referrer {
            Some(referrer) if same_person => alias(&referrer.email, &number.to_string()),
            _ => format!("friend-{number}@example.com"),
        };
        let code = referrer.and_then(|referrer| referrer.referral_code.as_deref());
        let client = match way {
            Way::Web => Client::Web(self.register_by_web(&email, code).await),
            Way::Api => Client::App(self.register_by_api(&email, code).await),
        };
        let member = self.app.find(&self.app.detroit, &email).await;
        let id = member.expect("registered").id;
        let registered = Event::Registered {
            member: id.get(),
            through: referrer.map(|referrer| referrer.id.get()),
            same_person,
        };
        self.model.happen(registered);
        self.friends.push(Friend { id, client });
    }

    async fn register_by_web(&self, email: &str, code: Option<&str>) -> Browser {
        let browser = self.app.browser();
        if let Some(code) = code {
            browser.get(&format!("/?ref={code}")).await;
        }
        let form = [
            ("first_name", "Jane"),
            ("last_name", "Doe"),
            ("email", email),
            ("date_of_birth", "1990-01-15"),
            ("password", PASSWORD),
        ];
        browser.go("register", &form).await;
        browser
    }

    async fn register_by_api(&self, email: &str, code: Option<&str>) -> Phone {
        let mut phone = self.app.phone();
        let mut body = json!({
            "email": email,
            "password": PASSWORD,
            "first_name": "Jane",
            "last_name": "Doe",
            "date_of_birth": "1990-01-15",
        });
        if let Some(code) = code {
            body["referral_code"] = json!(code);
        }
        let told = phone.post("/api/v1/auth/register", &body).await;
        assert_eq!(told.status, 201, "{told:?}");
        phone.token = Some(told.text("token"));
        phone
    }

    pub async fn buy(&mut self, friend: u8, free: bool) {
        let Some(friend) = pick(&self.friends, friend) else {
            return;
        };
        let product = match free {
            true => self.free_ticket,
            false => self.ticket,
        };
        let asked_before = self.checkouts_asked_for().len();
        let begun = match &friend.client {
            Client::Web(browser) => {
                let id = product.to_string();
                match browser
                    .call("buy", &[("product_id", &id), ("page", "/")])
                    .await
                {
                    Outcome::Go(url) => free || url.starts_with(&self.app.stripe.base_url),
                    Outcome::Refused(_) => false,
                    Outcome::Done(text) => panic!("{text}"),
                }
            }
            Client::App(phone) => {
                let body = json!({ "product_id": product });
                let told = phone.post("/api/v1/purchases", &body).await;
                assert!([201, 409, 503].contains(&told.status), "{told:?}");
                told.status == 201
            }
        };
        let buyer = friend.id;
        match free {
            true => {
                assert!(begun, "what is free needs no Stripe");
                assert_eq!(self.checkouts_asked_for().len(), asked_before);
                self.record_free(buyer).await;
            }
            false => self.assert_checkout(Program::Tenant, begun, asked_before),
        }
    }

    /// A free ticket is paid as soon as it is asked for.
    async fn record_free(&mut self, buyer: MemberId) {
        let known = |id| self.purchases.iter().any(|one| one.row == Some(id));
        let rows = self.app.purchases().await.into_iter();
        let mut new = rows.filter(|row| row.price_cents == 0 && !known(row.id));
        let row = new.next().expect("a purchase of the free ticket").id;
        assert!(new.next().is_none(), "one click, one ticket");
        self.bought_without_page(row, buyer, 0);
    }

    /// A purchase that has no Checkout session.
    fn bought_without_page(&mut self, row: PurchaseId, buyer: MemberId, cents: i64) {
        let purchase = i64::try_from(self.purchases.len()).unwrap();
        self.purchases.push(Purchase {
            row: Some(row),
            session: None,
        });
        self.model.happen(Event::ApiResponse {
            purchase,
            sale: Sale::Product {
                buyer: buyer.get(),
                cents,
            },
            payment: Payment::Arrived,
        });
    }

    pub async fn subscribe(&mut self, host: &str, plan: Plan, platform_referrer: Option<u8>) {
        let platform_referrer = platform_referrer
            .and_then(|platform_referrer| pick(&self.platform_referrers, platform_referrer));
        let path = format!("/pricing/checkout?plan={}", plan.code());
        let browser = self.app.browser_at(host);
        if let Some(platform_referrer) = platform_referrer {
            browser
                .get(&format!("{path}&ref={}", platform_referrer.code))
                .await;
        }
        let asked_before = self.checkouts_asked_for().len();
        let page = browser.press(&path).await;
        assert_eq!(page.status, 303, "{}", page.text);
        let begun = page
            .header("location")
            .starts_with(&self.app.stripe.base_url);
        self.assert_checkout(Program::Platform, begun, asked_before);
    }

    /// If Stripe is connected, it is asked for a new Checkout session or about the open one. The
    /// buyer is led to every session that Stripe creates, and to none without an answer from
    /// Stripe.
    fn assert_checkout(&self, program: Program, begun: bool, asked_before: usize) {
        let asked = self.checkouts_asked_for();
        let last = asked[asked_before..].last();
        assert_eq!(last.is_some(), self.model.is_connected(program));
        let answered = last.is_some_and(|last| last.status == Some(200));
        let made = answered && last.is_some_and(|last| Call::CreateCheckout.is(last));
        assert!(
            !made || begun,
            "a session was made, and nobody was led to it"
        );
        assert!(!begun || answered, "a page that Stripe did not answer with");
    }

    fn checkouts_asked_for(&self) -> Vec<ReceivedRequest> {
        let mut asked = self.app.stripe.requests();
        asked.retain(|received| received.path.starts_with("/v1/checkout/sessions"));
        asked
    }

    pub async fn sell(&mut self, friend: u8) {
        let Some(buyer) = pick(&self.friends, friend).map(|friend| friend.id) else {
            return;
        };
        let site = self.app.site().await;
        let sold = counter_sale::record(&self.app.state, &site, buyer, self.ticket).await;
        let row = sold.unwrap().unwrap();
        self.bought_without_page(row, buyer, PRICE);
    }
}
