//! What happens at Stripe in a schedule, and what Stripe delivers.

use domain::credit::Program;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;
use store::entities::checkout_session;
use stripe_stand_in::{AsyncPaymentResult, PaymentStatus};

use super::{
    model::{Event, Payment, Sale},
    people::alias,
    step::Turn,
    world::{World, pick},
};
use crate::support::{PLATFORM_SECRET, WEBHOOK_SECRET, purchase_in, signature};

/// The tag in the address of a platform referrer who buys for themselves.
const OWN: &str = "me";

impl World {
    /// Continues a Checkout session; if it cannot continue this way, nothing happens.
    pub async fn turn(&self, session: u8, turn: Turn, own: bool) {
        let sessions: Vec<_> = [Program::Tenant, Program::Platform]
            .into_iter()
            .flat_map(|program| self.listed(program, "sessions"))
            .collect();
        let Some(session) = pick(&sessions, session) else {
            return;
        };
        let is_payment = !matches!(turn, Turn::Expired);
        if is_payment && !self.was_answered(session).await {
            return;
        }
        let own_address = self
            .partner_of(session)
            .filter(|_| own)
            .map(|(_, email)| alias(email, OWN));
        let email = own_address.as_deref().or(Some("kim@example.com"));
        let (stripe, id) = (&self.app.stripe, session["id"].as_str().unwrap());
        let turned = match turn {
            Turn::Paid => stripe.complete(id, PaymentStatus::Paid, email),
            Turn::PaidSlowly => stripe.complete(id, PaymentStatus::Unpaid, email),
            Turn::Arrived => stripe.finish_async_payment(id, AsyncPaymentResult::Succeeded),
            Turn::Refused => stripe.finish_async_payment(id, AsyncPaymentResult::Failed),
            Turn::Expired => stripe.expire(id),
        };
        turned.ok();
    }

    /// Whether the session's answer arrived. If it was lost and the product created another session
    /// under a new key, nobody has the address of the first one, so nobody can pay it.
    async fn was_answered(&self, session: &Value) -> bool {
        let id = session["id"].as_str().unwrap();
        let row = checkout_session::Entity::find()
            .filter(checkout_session::Column::SessionId.eq(id))
            .one(self.app.state.db.reader());
        row.await.unwrap().is_some()
    }

    /// Id and e-mail address of the platform referrer whose code a session carries.
    fn partner_of(&self, session: &Value) -> Option<(i64, &str)> {
        let code = session["metadata"]["referral_code"].as_str()?;
        let platform_referrer = self
            .platform_referrers
            .iter()
            .find(|platform_referrer| platform_referrer.code == code)?;
        Some((platform_referrer.id.get(), platform_referrer.email.as_str()))
    }

    /// Every event about a Checkout session, in the order in which they happened.
    fn events(&self) -> Vec<(Program, Value)> {
        [Program::Tenant, Program::Platform]
            .into_iter()
            .flat_map(|program| {
                let events = self.listed(program, "events").into_iter();
                events.map(move |event| (program, event))
            })
            .filter(|(_, event)| payment(event).is_some())
            .collect()
    }

    pub async fn deliver_one(&mut self, event: u8) {
        let events = self.events();
        if let Some((program, event)) = pick(&events, event) {
            self.deliver(*program, event).await;
        }
    }

    /// Delivers every event that was never delivered, the newest first.
    pub async fn deliver_the_rest(&mut self) {
        for (program, event) in self.events().into_iter().rev() {
            if !self.told.contains(event["id"].as_str().unwrap()) {
                self.deliver(program, &event).await;
            }
        }
    }

    /// Delivers an event to the product and to the model.
    async fn deliver(&mut self, program: Program, event: &Value) {
        let secret = match program {
            Program::Tenant => WEBHOOK_SECRET,
            Program::Platform => PLATFORM_SECRET,
        };
        let body = event.to_string();
        let now = self.app.state.clock.now().unix_timestamp();
        let header = signature(secret, now, &body);
        for (of, path) in &self.webhooks {
            if *of == program {
                let post = self.app.post_webhook(path, Some(&header), body.clone());
                assert_eq!(post.await, 200, "{body}");
            }
        }
        self.told.insert(event["id"].as_str().unwrap().to_owned());
        let session = &event["data"]["object"];
        let number = self.number_of(session["id"].as_str().unwrap());
        let told = Event::ApiResponse {
            purchase: number.expect("was seen"),
            sale: self.sale(program, session).await,
            payment: payment(event).unwrap(),
        };
        self.model.happen(told);
    }

    /// What was sold in a session.
    pub async fn sale(&self, program: Program, session: &Value) -> Sale {
        let cents = session["amount_total"].as_i64().unwrap();
        match program {
            Program::Tenant => {
                let row = self.app.purchase(purchase_in(session)).await;
                Sale::Product {
                    buyer: row.buyer_id.get(),
                    cents,
                }
            }
            Program::Platform => {
                let platform_referrer = self.partner_of(session);
                let address = session["customer_details"]["email"].as_str();
                Sale::Subscription {
                    platform_referrer: platform_referrer.map(|(id, _)| id),
                    own: platform_referrer
                        .is_some_and(|(_, email)| address == Some(alias(email, OWN).as_str())),
                    cents,
                }
            }
        }
    }
}

/// The result of the payment that an event reports; `None` if the event is about something else.
fn payment(event: &Value) -> Option<Payment> {
    let unpaid = event["data"]["object"]["payment_status"] == "unpaid";
    Some(match event["type"].as_str()? {
        "checkout.session.completed" if unpaid => Payment::OnItsWay,
        "checkout.session.completed" => Payment::Arrived,
        "checkout.session.async_payment_succeeded" => Payment::Arrived,
        "checkout.session.async_payment_failed" => Payment::Refused,
        "checkout.session.expired" => Payment::Expired,
        _ => return None,
    })
}
