//! Members who share their referral link. They register before faults are injected.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context, ensure};
use rand::rngs::StdRng;
use reqwest::Method;
use serde_json::json;

use super::PASSWORD;
use crate::{
    activity_log::ActivityLog,
    demo::{Demo, TENANTS},
    simulated_user::SimulatedUser,
};

/// A member with a referral code.
pub struct Member {
    pub site: &'static str,
    pub email: String,
    pub code: String,
    pub token: String,
    /// Ids of the products of the site that cost something.
    pub products: Vec<i64>,
    /// Ids of the products that the balance can pay for.
    pub memberships: Vec<i64>,
}

impl Member {
    /// Ids of the products that a friend can pay for at the counter.
    pub fn at_counter(&self) -> Vec<i64> {
        let mut products = self.products.clone();
        products.retain(|id| !self.memberships.contains(id));
        products
    }
}

const MEMBERS_PER_SITE: usize = 6;

/// Registers members on each tenant's site and requests their referral links.
pub async fn register_members(
    demo: &Demo,
    balancer: SocketAddr,
    log: &Arc<ActivityLog>,
    rng: &mut StdRng,
) -> anyhow::Result<Vec<Member>> {
    let mut members = Vec::new();
    for site in TENANTS {
        for number in 0..MEMBERS_PER_SITE {
            let origin = &demo.site(site)?.url;
            let user = SimulatedUser::new(origin, balancer, log.clone(), rng)?;
            let email = format!("member-{number}@example.org");
            members.push(register_member(&user, site, email, rng).await?);
        }
    }
    Ok(members)
}

async fn register_member(
    user: &SimulatedUser,
    site: &'static str,
    email: String,
    rng: &mut StdRng,
) -> anyhow::Result<Member> {
    let form = json!({
        "email": email, "password": PASSWORD,
        "first_name": "Mia", "last_name": "Novak", "date_of_birth": "1990-01-15",
    });
    let path = "auth/register";
    let response = user
        .call_api(Method::POST, path, None, Some(&form), rng)
        .await?;
    ensure!(response.status == 201, "{response:?}");
    let token = required_text(&response.json["token"])?;
    let link = user
        .call_api(Method::POST, "me/referral-link", Some(&token), None, rng)
        .await?;
    let shop = user
        .call_api(Method::GET, "products", None, None, rng)
        .await?;
    let products = shop.json["data"].as_array().context("products")?;
    let ids = |wanted: fn(&serde_json::Value) -> bool| {
        let of_kind = products.iter().filter(|product| wanted(product));
        of_kind
            .filter_map(|product| product["id"].as_i64())
            .collect()
    };
    let memberships: Vec<i64> = ids(|product| product["kind"] == "membership");
    ensure!(!memberships.is_empty(), "{site} sells no membership");
    Ok(Member {
        site,
        email,
        code: required_text(&link.json["code"])?,
        token,
        products: ids(|product| product["price"]["cents"] != 0),
        memberships,
    })
}

/// A text of a JSON response, or an error.
pub fn required_text(value: &serde_json::Value) -> anyhow::Result<String> {
    Ok(value
        .as_str()
        .context("the response has no such text")?
        .to_owned())
}
