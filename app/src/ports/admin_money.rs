//! What staff does about money: refunds, credit by hand, referrals that they void, and credits that they review.

use async_trait::async_trait;
use domain::credit::Program;

use super::Answer;
use crate::types::{
    Outcome,
    admin::{GrantForm, GrantPage, RefundForm, RefundPage, ReviewPage, ReviewsPage, VoidPage},
};

/// Each function checks the permission. What changes something needs a recent password.
#[async_trait]
pub trait AdminMoney: Send + Sync {
    /// The credit by hand of the member or platform referrer with this id.
    async fn grants(&self, program: Program, id: i64) -> Answer<Option<GrantPage>>;
    /// **Give** of a credit. Once everything is right, the refusal's `typed` holds under `confirm` what
    /// `confirmed` has to be.
    async fn give(&self, program: Program, form: &GrantForm) -> Answer<Outcome>;
    /// **Take** of credit, as [`Self::give`].
    async fn take(&self, program: Program, form: &GrantForm) -> Answer<Outcome>;
    /// The refunds of the purchase with this number, and what is left to refund.
    async fn refunds(&self, program: Program, number: i64) -> Answer<Option<RefundPage>>;
    /// **Refund**, once for each form.
    async fn refund(&self, program: Program, form: &RefundForm) -> Answer<Outcome>;
    /// What voiding the referral does.
    async fn voiding(&self, program: Program, id: i64) -> Answer<Option<VoidPage>>;
    /// **Void this referral**, with the reason.
    async fn void(&self, program: Program, id: i64, reason: &str) -> Answer<Outcome>;
    /// The credits of the program that are under review.
    async fn reviews(&self, program: Program) -> Answer<Option<ReviewsPage>>;
    /// The review of the referral's credit.
    async fn review(&self, program: Program, id: i64) -> Answer<Option<ReviewPage>>;
    /// Approves the credit of the referral if the `decision` is `approve`, and denies it if it is `deny`.
    async fn decide_review(
        &self,
        program: Program,
        id: i64,
        decision: &str,
        reason: &str,
    ) -> Answer<Outcome>;
}
