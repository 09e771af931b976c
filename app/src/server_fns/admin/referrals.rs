//! Referrals of both programs.

use leptos::prelude::*;

use crate::types::{Outcome, admin::ReferralsPage};

/// The cards and a page of the table for the query of an address, and how the referrals stand that
/// `retried` names (`7.12`); `None` without the right to see it.
#[server(name = ListReferrals, endpoint = "admin_referrals")]
pub async fn list_referrals(
    #[server(default)] program: String,
    #[server(default)] query: String,
    #[server(default)] retried: String,
) -> Result<Option<ReferralsPage>, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::internal_error};
    use domain::referral::ReferralFilter;

    let program = read::program(&program);
    let (filter, ignored) = ReferralFilter::from_query(program, &query);
    let referrals = Ports::current().admin_referrals;
    let page = referrals.page(filter, ignored).await;
    let Some(mut page) = page.map_err(|_| internal_error())? else {
        return Ok(None);
    };
    let outcome = referrals.retried(program, retried_ids(&retried)).await;
    page.retried = outcome.map_err(|_| internal_error())?;
    Ok(Some(page))
}

/// Referrals' ids as they stand in an address: `7.12`.
pub fn retried_text(ids: &[i64]) -> String {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    ids.join(".")
}

/// Reads them back; what is no id is left out.
#[cfg(feature = "ssr")]
pub fn retried_ids(text: &str) -> Vec<i64> {
    text.split('.').filter_map(|id| id.parse().ok()).collect()
}

/// The page `back`, which tells how these credits ended if it is the table.
#[cfg(feature = "ssr")]
fn with_retried(back: &str, ids: &[i64]) -> String {
    use domain::referral::REFERRALS_PATH;

    let query = back.strip_prefix(REFERRALS_PATH);
    match query.filter(|_| !ids.is_empty()) {
        Some("") => format!("{back}?retried={}", retried_text(ids)),
        Some(query) if query.starts_with('?') => {
            format!("{back}&retried={}", retried_text(ids))
        }
        _ => back.to_owned(),
    }
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

    let ids: Vec<_> = ids.iter().map(|id| read::id(id)).collect();
    let referrals = Ports::current().admin_referrals;
    let outcome = referrals.retry(read::program(&program), ids.clone()).await;
    let back = local::path(&back).unwrap_or(REFERRALS_PATH);
    let back = match &outcome {
        Ok(Outcome::Done(_)) => with_retried(back, &ids),
        _ => back.to_owned(),
    };
    answer("retry_referrals", &back, &[], outcome).await
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

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_how_a_retry_ended() {
        let back = |path| with_retried(path, &[7, 12]);
        assert_eq!(back("/admin/referrals"), "/admin/referrals?retried=7.12");
        assert_eq!(
            back("/admin/referrals?status=failed"),
            "/admin/referrals?status=failed&retried=7.12"
        );
        let story = "/admin/referrals/tenant/7?refresh=0";
        assert_eq!(back(story), story, "a story tells it anyway");
        assert_eq!(with_retried("/admin/referrals", &[]), "/admin/referrals");
    }

    #[test]
    fn ids_in_an_address_are_read_back() {
        assert_eq!(retried_ids(&retried_text(&[7, 12])), [7, 12]);
        assert_eq!(retried_ids("7.x..-1.99999999999999999999"), [7, -1]);
        assert!(retried_ids("").is_empty());
    }
}
