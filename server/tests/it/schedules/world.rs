//! One installation that runs a schedule, and the model that gets the same events.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use domain::{
    credit::Program,
    purchase::{CreditCheck, ProductKind},
};
use sea_orm::EntityTrait;
use serde_json::Value;
use store::{
    MemberId, ProductId, PurchaseId,
    entities::{platform_referrer, purchase, user},
};
use stripe_stand_in::{Seed, SeedCustomer};

use super::{
    model::{Event, Model, Payment},
    step::Step,
};
use crate::support::{
    Browser, PLATFORM_KEY, Phone, Platform, STRIPE_KEY, TestApp, WEBHOOK_SECRET, purchase_in,
};

/// The price of the ticket, in cents.
pub const PRICE: i64 = 4_500;

/// Customers at Stripe that we do not know; both have a referrer's address.
pub const STRANGERS: [&str; 2] = ["cus_stranger", "cus_another_stranger"];

pub struct World {
    pub app: TestApp,
    pub model: Model,
    /// Members who share their links.
    pub referrers: Vec<user::Model>,
    pub platform_referrers: Vec<platform_referrer::Model>,
    pub friends: Vec<Friend>,
    /// In the order in which they were seen: the model knows each by its index.
    pub purchases: Vec<Purchase>,
    /// The secret key of each program's account at Stripe.
    pub keys: [(Program, String); 2],
    /// Every webhook endpoint so far: Stripe still delivers events of an account that was
    /// disconnected.
    pub webhooks: Vec<(Program, String)>,
    /// The ids of the delivered events.
    pub told: BTreeSet<String>,
    pub ticket: ProductId,
    pub free_ticket: ProductId,
    pub dana: user::Model,
    pub pat: user::Model,
}

/// Somebody who registered.
pub struct Friend {
    pub id: MemberId,
    pub client: Client,
}

/// What a friend buys with.
pub enum Client {
    Web(Browser),
    App(Phone),
}

/// A purchase that was begun.
pub struct Purchase {
    /// The purchase's id, in the tenant program.
    /// `None` for a counter sale.
    pub row: Option<PurchaseId>,
    pub session: Option<String>,
}

/// The element that `number` picks.
pub fn pick<T>(all: &[T], number: u8) -> Option<&T> {
    all.get(usize::from(number) % all.len().max(1))
}

impl World {
    /// Two members with links, two platform referrers, and Stripe, which delivers nothing by
    /// itself.
    pub async fn open(mut app: TestApp) -> Self {
        // Jobs stay in the queue, so that a schedule may run them again; `come_to_rest` decides what is
        // left.
        app.leave_jobs();
        app.shorten_patience();
        for key in [STRIPE_KEY, PLATFORM_KEY] {
            app.stripe.hold_deliveries(key);
        }
        let Platform {
            jordan,
            webhook: platform_webhook,
            ..
        } = app.platform().await;
        let site = &app.detroit;
        let webhook = app.connect_stripe(site, STRIPE_KEY, WEBHOOK_SECRET).await;
        let kind = ProductKind::EventTicket;
        let ticket = app.product(site, kind, "steel-challenge", PRICE).await.id;
        let free_ticket = app.product(site, kind, "open-house", 0).await.id;
        let referrers = vec![
            app.referrer(site, "mia@example.com", "ab3kx7mn").await,
            app.referrer(site, "noah@example.com", "q9wm4t2k").await,
        ];
        let platform_referrers = vec![
            jordan,
            app.platform_referrer("Sky Lane", "sky@example.com").await,
        ];
        plant(&app, STRIPE_KEY, &referrers[0].email);
        plant(&app, PLATFORM_KEY, &platform_referrers[0].email);
        Self {
            dana: app.admin(site, "dana@example.com").await,
            pat: app.platform_admin(site, "pat@example.com").await,
            model: Model::new(1_000, 5_000),
            referrers,
            platform_referrers,
            friends: Vec::new(),
            purchases: Vec::new(),
            keys: [
                (Program::Tenant, STRIPE_KEY.to_owned()),
                (Program::Platform, PLATFORM_KEY.to_owned()),
            ],
            webhooks: vec![
                (Program::Tenant, webhook),
                (Program::Platform, platform_webhook),
            ],
            told: BTreeSet::new(),
            ticket,
            free_ticket,
            app,
        }
    }

    /// Takes one step, in the product and in the model.
    pub async fn step(&mut self, step: &Step) {
        match *step {
            Step::Register {
                way,
                through,
                same_person,
            } => self.register(way, through, same_person).await,
            Step::Buy { friend, free } => self.buy(friend, free).await,
            Step::Sell { friend } => self.sell(friend).await,
            Step::Subscribe {
                host,
                plan,
                platform_referrer,
            } => self.subscribe(host, plan, platform_referrer).await,
            Step::Session { session, turn, own } => self.turn(session, turn, own).await,
            Step::Deliver { event } => self.deliver_one(event).await,
            Step::Fault { call, kind } => self.app.stripe.fault(call.fault(kind)),
            Step::Work { job } => self.work(job).await,
            Step::Crash {
                job,
                call,
                executed,
            } => self.crash(job, call, executed).await,
            Step::LoseJobs => self.app.lose_jobs().await,
            Step::Sweep => self.sweep().await,
            Step::Retry { program } => self.retry(program).await,
            Step::SetAmount { program, cents } => self.set_amount(program, cents).await,
            Step::SetStripe { program, connected } => self.set_stripe(program, connected).await,
            Step::RollKey { program, anew } => self.roll_key(program, anew).await,
            Step::Wait { seconds } => self.app.advance(Duration::from_secs(seconds)),
        }
        self.app.stripe.release_hung();
        self.app.stripe.wait_until_requests_finish().await.unwrap();
        self.observe().await;
    }

    /// Records the purchases that were begun, and tells the model which were processed: the amount
    /// that is set at that moment counts. A payment of which no event told yet may have been asked for.
    pub async fn observe(&mut self) {
        let mut paid = BTreeMap::new();
        for program in [Program::Tenant, Program::Platform] {
            for session in self.listed(program, "sessions") {
                let id = session["id"].as_str().unwrap();
                if self.number_of(id).is_none() {
                    let is_product = program == Program::Tenant;
                    self.purchases.push(Purchase {
                        row: is_product.then(|| purchase_in(&session)),
                        session: Some(id.to_owned()),
                    });
                }
                if session["payment_status"] == "paid" {
                    let number = self.number_of(id).expect("was seen");
                    paid.insert(number, (program, session));
                }
            }
        }
        for number in self.processed().await {
            if let Some((program, session)) = paid.get(&number) {
                let told = Event::ApiResponse {
                    purchase: number,
                    sale: self.sale(*program, session).await,
                    payment: Payment::Arrived,
                };
                self.model.happen(told);
            }
            self.model.happen(Event::Processed { purchase: number });
        }
    }

    /// The indexes of the purchases that the product has processed.
    async fn processed(&self) -> Vec<i64> {
        let db = self.app.state.db.reader();
        let rows = purchase::Entity::find().all(db).await.unwrap();
        let rows = rows
            .into_iter()
            .filter(|row| row.credit_check == CreditCheck::Done);
        let sold = rows.map(|row| self.place(|one| one.row == Some(row.id)));
        let subscriptions = self.app.platform_purchases().await.into_iter();
        let subscriptions = subscriptions
            .filter(|row| row.credit_check == CreditCheck::Done)
            .map(|row| self.number_of(&row.checkout_session_id));
        sold.chain(subscriptions)
            .map(|number| number.expect("was seen"))
            .collect()
    }

    /// The index of the purchase with this Checkout session.
    pub fn number_of(&self, session: &str) -> Option<i64> {
        self.place(|one| one.session.as_deref() == Some(session))
    }

    fn place(&self, is_it: impl Fn(&Purchase) -> bool) -> Option<i64> {
        let place = self.purchases.iter().position(is_it)?;
        i64::try_from(place).ok()
    }

    /// The secret key of a program's account.
    pub fn secret_key(&self, program: Program) -> String {
        let mut keys = self.keys.iter();
        let of = keys.find(|(of, _)| *of == program);
        of.expect("each has one").1.clone()
    }

    /// A list of the objects in a program's Stripe account: `customers`, `sessions`, `events`.
    pub fn listed(&self, program: Program, list: &str) -> Vec<Value> {
        let books = self.app.stripe.objects(&self.secret_key(program), None);
        books[list].as_array().cloned().expect("a list")
    }
}

/// Gives two customers this address.
fn plant(app: &TestApp, key: &str, email: &str) {
    let customer = |id: &str| SeedCustomer {
        id: id.to_owned(),
        email: Some(email.to_owned()),
        ..Default::default()
    };
    let seed = Seed {
        secret_key: key.to_owned(),
        account: None,
        customers: STRANGERS.map(customer).to_vec(),
    };
    app.stripe.seed(seed).unwrap();
}
