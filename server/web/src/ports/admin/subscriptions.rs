//! Memberships and plans of both programs. A tenant's staff sees those of the site; the platform's staff sees
//! those of every brand.

use std::collections::HashMap;

use app::types::admin::{SubscriptionRow, SubscriptionsPage};
use domain::{
    credit::Program,
    purchase::{OrderFilter, SubscriptionFilter},
};
use server_core::dates;
use services::rights::See;
use store::{
    MemberId, Scope, SiteId, SubscriptionId,
    entities::{platform_purchase, purchase, subscription},
    sites,
    subscriptions::listed::{self, Bought, Wanted},
    users,
};

use crate::ports::{Services, memberships::read};

/// Rows on a page.
const SIZE: usize = 25;

/// The names beside the rows.
#[derive(Default)]
struct Names {
    members: HashMap<MemberId, String>,
    brands: HashMap<SiteId, String>,
}

impl Services {
    /// A page of the list; `None` without the right to it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn listed_subscriptions(
        &self,
        filter: SubscriptionFilter,
        ignored: Vec<String>,
    ) -> anyhow::Result<Option<SubscriptionsPage>> {
        let db = self.state.db.reader();
        let scope = match filter.program {
            Program::Tenant => self
                .context
                .tenant_staff::<See>()
                .map(|staff| Scope::Site(staff.site.id())),
            Program::Platform => {
                let staff = self.context.platform_staff::<See>();
                staff.map(|_| Scope::Platform)
            }
        };
        let Some(scope) = scope else {
            return Ok(None);
        };
        // One row more than the page shows tells whether there are older ones.
        let wanted = Wanted {
            standing: filter.standing,
            after: filter.after.map(SubscriptionId::new),
            limit: SIZE as u64 + 1,
        };
        let mut found = listed::newest(db, scope, wanted).await?;
        let more = found.len() > SIZE;
        found.truncate(SIZE);
        let last = found.last().filter(|_| more).map(|row| row.id.get());
        let bought = listed::bought(db, &found).await?;
        let names = match scope {
            Scope::Site(site_id) => {
                let buyers = bought.tenant.iter().map(|row| row.buyer_id).collect();
                Names {
                    members: users::named(db, site_id, buyers).await?,
                    ..Names::default()
                }
            }
            Scope::Platform => {
                let brands = sites::brands(db).await?.into_iter();
                Names {
                    brands: brands.map(|(site, _)| (site.id, site.name)).collect(),
                    ..Names::default()
                }
            }
        };
        Ok(Some(SubscriptionsPage {
            rows: found
                .iter()
                .filter_map(|row| self.row(row, &bought, &names))
                .collect(),
            older: last.map(|last| SubscriptionFilter {
                after: Some(last),
                ..filter
            }),
            ignored,
            filter,
        }))
    }

    fn row(
        &self,
        row: &subscription::Model,
        bought: &Bought,
        names: &Names,
    ) -> Option<SubscriptionRow> {
        if let Some(id) = row.purchase_id {
            let purchase = bought.tenant.iter().find(|purchase| purchase.id == id)?;
            return Some(self.of_member(row, purchase, names));
        }
        let id = row.platform_purchase_id?;
        let purchase = bought.platform.iter().find(|purchase| purchase.id == id)?;
        Some(self.of_plan(row, purchase, names))
    }

    fn of_member(
        &self,
        row: &subscription::Model,
        purchase: &purchase::Model,
        names: &Names,
    ) -> SubscriptionRow {
        SubscriptionRow {
            buyer: Some(
                names
                    .members
                    .get(&purchase.buyer_id)
                    .cloned()
                    .unwrap_or_default(),
            ),
            buyer_path: Some(format!("/admin/members/{}", purchase.buyer_id)),
            product: purchase.product_name.clone(),
            ..self.begun(row, Program::Tenant, purchase.id.get())
        }
    }

    fn of_plan(
        &self,
        row: &subscription::Model,
        purchase: &platform_purchase::Model,
        names: &Names,
    ) -> SubscriptionRow {
        let brand = names
            .brands
            .get(&purchase.site_id)
            .map_or("", String::as_str);
        SubscriptionRow {
            buyer: purchase.customer_email.clone(),
            product: format!("{brand} {}", purchase.plan_label())
                .trim()
                .to_owned(),
            ..self.begun(row, Program::Platform, purchase.id.get())
        }
    }

    /// What both programs have.
    fn begun(&self, row: &subscription::Model, program: Program, number: i64) -> SubscriptionRow {
        let zone = self.zone();
        let words = read(row.subscribed(), zone);
        let next_at = row.subscribed().and_then(|stands| stands.standing().at());
        let order = OrderFilter {
            text: format!("#{number}"),
            ..OrderFilter::all(program)
        };
        SubscriptionRow {
            on: dates::minute(row.created_at, zone),
            at: dates::iso(row.created_at),
            number,
            order_path: order.path(),
            buyer: None,
            buyer_path: None,
            product: String::new(),
            label: words.label,
            badge: words.badge,
            words: words.words,
            next_at: next_at.map(dates::iso),
        }
    }
}
