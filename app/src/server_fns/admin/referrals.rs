//! Referrals of both programs.

use leptos::prelude::*;

use crate::types::{Outcome, admin::ReferralsPage};

/// The cards and a page of the table for the query of an address; `None` without the right to see it.
#[server(name = ListReferrals, endpoint = "admin_referrals")]
pub async fn list_referrals(
    #[server(default)] program: String,
    #[server(default)] query: String,
) -> Result<Option<ReferralsPage>, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::internal_error};
    use domain::referral::ReferralFilter;

    let (filter, ignored) = ReferralFilter::from_query(read::program(&program), &query);
    let referrals = Ports::current().admin_referrals;
    referrals
        .page(filter, ignored)
        .await
        .map_err(|_| internal_error())
}

/// Retries Failed credits; `back` is the page that shows them.
#[server(endpoint = "retry_referrals")]
pub async fn retry_referrals(
    #[server(default)] program: String,
    #[server(default)] ids: Vec<String>,
    #[server(default)] back: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer, types::local};
    use domain::referral::REFERRALS_PATH;

    let ids = ids.iter().map(|id| read::id(id)).collect();
    let referrals = Ports::current().admin_referrals;
    let outcome = referrals.retry(read::program(&program), ids).await;
    let back = local::path(&back).unwrap_or(REFERRALS_PATH);
    answer("retry_referrals", back, &[], outcome).await
}

/// **Decide again**, for a purchase that was made while the program was off.
#[server(endpoint = "decide_again")]
pub async fn decide_again(
    #[server(default)] program: String,
    #[server(default)] id: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};
    use domain::referral::REFERRALS_PATH;

    let (program, id) = (read::program(&program), read::id(&id));
    let referrals = Ports::current().admin_referrals;
    let outcome = referrals.decide_again(program, id).await;
    let back = format!("{REFERRALS_PATH}/{}/{id}?refresh=0", program.code());
    answer("decide_again", &back, &[], outcome).await
}
