//! The catalog, as an admin changes it. Each change leaves a line in the audit log.

mod save;
mod withdraw;

use sea_orm::{ConnectionTrait, DbErr};
use store::{entities::product, products, sites::Site};

use crate::stale_form::who_was_first;

pub use save::{add, change};
pub use withdraw::set_withdrawn;

/// The refusal for an id that this site does not have, whether another site has it or not.
const UNKNOWN: &str = "There is no such product here.";

/// `audit_log.subject` of the product with this name.
fn subject(name: &str) -> String {
    format!("Product {name}")
}

/// Says who saved the product while another admin had its form open, and when. The audit log knows products by
/// their names: where several have this one, nobody is named.
async fn saved_meanwhile(
    db: &impl ConnectionTrait,
    site: &Site,
    product: &product::Model,
) -> Result<String, DbErr> {
    let all = products::all(db, site.id()).await?;
    let namesakes = all.iter().filter(|other| other.name == product.name);
    if namesakes.count() > 1 {
        return Ok("Somebody saved this product while you were here.".to_owned());
    }
    let (subject, zone) = (subject(&product.name), &site.row.time_zone);
    who_was_first(db, Some(site.id()), &subject, "saved this product", zone).await
}
