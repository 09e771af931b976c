//! Members who share their link: registered before the trouble begins.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context, ensure};
use rand::rngs::StdRng;
use reqwest::Method;
use serde_json::json;

use super::PASSWORD;
use crate::{
    activity_log::Diary,
    demo::{Demo, TENANTS},
    simulated_user::Person,
};

/// A member with a code.
pub struct Member {
    pub site: &'static str,
    pub email: String,
    pub code: String,
    pub token: String,
    /// What the shop offers.
    pub products: Vec<i64>,
    /// Those of them that a balance pays for.
    pub memberships: Vec<i64>,
}

/// How many share their link on each site.
const ON_EACH_SITE: usize = 6;

/// Registers members on each tenant's site, and lets them ask for their link.
pub async fn members(
    demo: &Demo,
    balancer: SocketAddr,
    diary: &Arc<Diary>,
    chance: &mut StdRng,
) -> anyhow::Result<Vec<Member>> {
    let mut members = Vec::new();
    for site in TENANTS {
        for number in 0..ON_EACH_SITE {
            let origin = &demo.site(site)?.url;
            let person = Person::new(origin, balancer, diary.clone(), chance)?;
            let email = format!("member-{number}@example.org");
            members.push(member(&person, site, email, chance).await?);
        }
    }
    Ok(members)
}

async fn member(
    person: &Person,
    site: &'static str,
    email: String,
    chance: &mut StdRng,
) -> anyhow::Result<Member> {
    let form = json!({
        "email": email, "password": PASSWORD,
        "first_name": "Mia", "last_name": "Novak", "date_of_birth": "1990-01-15",
    });
    let path = "auth/register";
    let answer = person
        .call(Method::POST, path, None, Some(&form), chance)
        .await?;
    ensure!(answer.status == 201, "{answer:?}");
    let token = text(&answer.json["token"])?;
    let link = person
        .call(Method::POST, "me/referral-link", Some(&token), None, chance)
        .await?;
    let shop = person
        .call(Method::GET, "products", None, None, chance)
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
        code: text(&link.json["code"])?,
        token,
        products: ids(|_| true),
        memberships,
    })
}

/// A text of an answer.
pub fn text(value: &serde_json::Value) -> anyhow::Result<String> {
    Ok(value.as_str().context("a text in the answer")?.to_owned())
}
