//! What the staff does about money: refunds, credit by hand, referrals that they void, and credits that they
//! review. What changes something needs a recent password.

mod grants;
mod refunds;
mod reviews;
mod voids;

use app::{
    ports::{AdminMoney, Answer},
    types::{
        Outcome,
        admin::{GrantForm, GrantPage, RefundForm, RefundPage, ReviewPage, ReviewsPage, VoidPage},
    },
};
use async_trait::async_trait;
use domain::{
    credit::Program,
    forms::{FieldError, Refusal, parse_cents},
    money::{Currency, Money},
};

use super::members::complaint;
use crate::ports::{Services, internal_error};

#[async_trait]
impl AdminMoney for Services {
    async fn grants(&self, program: Program, id: i64) -> Answer<Option<GrantPage>> {
        let page = grants::page(self, program, id).await;
        page.map_err(internal_error)
    }

    async fn give(&self, program: Program, form: &GrantForm) -> Answer<Outcome> {
        self.with_recent_password(grants::give(self, program, form))
            .await
    }

    async fn take(&self, program: Program, form: &GrantForm) -> Answer<Outcome> {
        self.with_recent_password(grants::take(self, program, form))
            .await
    }

    async fn refunds(&self, program: Program, number: i64) -> Answer<Option<RefundPage>> {
        let page = refunds::page(self, program, number).await;
        page.map_err(internal_error)
    }

    async fn refund(&self, program: Program, form: &RefundForm) -> Answer<Outcome> {
        self.with_recent_password(refunds::refund(self, program, form))
            .await
    }

    async fn voiding(&self, program: Program, id: i64) -> Answer<Option<VoidPage>> {
        let page = voids::page(self, program, id).await;
        page.map_err(internal_error)
    }

    async fn void(&self, program: Program, id: i64, reason: &str) -> Answer<Outcome> {
        self.with_recent_password(voids::void(self, program, id, reason))
            .await
    }

    async fn reviews(&self, program: Program) -> Answer<Option<ReviewsPage>> {
        let page = reviews::list(self, program).await;
        page.map_err(internal_error)
    }

    async fn review(&self, program: Program, id: i64) -> Answer<Option<ReviewPage>> {
        let page = reviews::page(self, program, id).await;
        page.map_err(internal_error)
    }

    async fn decide_review(
        &self,
        program: Program,
        id: i64,
        decision: &str,
        reason: &str,
    ) -> Answer<Outcome> {
        self.with_recent_password(reviews::decide(self, program, id, (decision, reason)))
            .await
    }
}

/// The length of a token of [`server_core::random::Random::token`], in hexadecimal digits.
const TOKEN_LENGTH: usize = 32;

/// Whether a form has the token that it was rendered with.
fn is_token(token: &str) -> bool {
    token.len() == TOKEN_LENGTH && token.bytes().all(|byte| byte.is_ascii_hexdigit())
}

const INCOMPLETE: &str = "This form is incomplete. Reload the page and try again.";

/// The refusal of what was tried and cannot be tried again: the form goes on with a token of its own.
fn used_up(message: impl Into<String>) -> Outcome {
    Outcome::Refused(Refusal::message(message).keep("token", ""))
}

/// The typed amount, or what is wrong with it.
fn read_amount(typed: &str, currency: Currency) -> Result<Money, FieldError> {
    match parse_cents(typed) {
        Ok(cents) => Ok(Money::new(cents, currency)),
        Err(error) => Err(FieldError::new("amount", error.to_string())),
    }
}

/// What is wrong with the typed reason.
fn reason_error(reason: &str) -> Option<FieldError> {
    complaint(reason).map(|message| FieldError::new("reason", message))
}

fn beside(field: &str, message: impl Into<String>) -> Outcome {
    Outcome::Refused(Refusal::fields(vec![FieldError::new(field, message)]))
}
