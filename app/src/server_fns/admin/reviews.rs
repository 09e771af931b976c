//! Credits that wait until an admin has looked at them.

use domain::credit::Program;
use leptos::prelude::*;

use crate::types::{Outcome, admin::referral_path};

/// **Approve** or **Deny** of a credit under review, with the reason.
#[server(endpoint = "decide_review")]
pub async fn decide_review(
    #[server(default)] program: String,
    #[server(default)] id: String,
    #[server(default)] decision: String,
    #[server(default)] reason: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let (program, id) = (read::program(&program), read::id(&id));
    let money = Ports::current().admin_money;
    let outcome = money.decide_review(program, id, &decision, &reason).await;
    let page = match &outcome {
        Ok(Outcome::Done(_)) => referral_path(program, id),
        _ => review_path(program, id),
    };
    let typed = [("decision", decision.as_str()), ("reason", reason.as_str())];
    answer("decide_review", &page, &typed, outcome).await
}

/// The page that approves or denies the credit of a referral.
pub fn review_path(program: Program, id: i64) -> String {
    format!("{}/review", referral_path(program, id))
}
