//! Orders of both programs. A tenant's staff sees the purchases of the site; the platform's staff sees
//! those of every brand.

mod platform;
mod tenant;

use app::{
    ports::{AdminOrders, Answer},
    types::admin::{OrderRow, OrdersPage},
};
use async_trait::async_trait;
use domain::{
    account::Permission,
    credit::Program,
    money::Money,
    purchase::{OrderFilter, PurchaseState, SoughtOrder},
    search::beginnings,
};
use server_core::zone::Zone;
use services::rights::See;
use store::{
    Reader, Scope,
    orders::{self, Orders, Source, Wanted},
    search_words::MOST,
};

use crate::ports::{Services, internal_error};

/// Orders on a page.
const SIZE: usize = 25;
/// Products, or plans of a brand, in which one search looks; each takes a query.
const MOST_PRODUCTS: usize = 20;

#[async_trait]
impl AdminOrders for Services {
    async fn page(&self, filter: OrderFilter, ignored: Vec<String>) -> Answer<Option<OrdersPage>> {
        let db = self.state.db.reader();
        let (context, program) = (&self.context, filter.program);
        let scope = match filter.program {
            Program::Tenant => context
                .tenant_staff::<See>()
                .map(|staff| Scope::Site(staff.site.id())),
            Program::Platform => context.platform_staff::<See>().map(|_| Scope::Platform),
        };
        let page = match scope {
            None => return Ok(None),
            Some(Scope::Site(site_id)) => {
                read(db, tenant::Site(site_id), self.zone(), filter, ignored).await
            }
            Some(Scope::Platform) => read(db, platform::Brands, self.zone(), filter, ignored).await,
        };
        let may_refund = context.rights().may(program, Permission::ManageCredits);
        let mut page = page.map_err(internal_error)?;
        if !may_refund {
            page.rows.iter_mut().for_each(|row| row.refund_path = None);
        }
        Ok(Some(page))
    }
}

/// The purchases that the viewer may see.
#[async_trait]
trait Listed: Sync {
    type Table: Orders;

    /// All of them.
    fn all(&self) -> Source<Self::Table>;
    fn numbered(&self, id: i64) -> Source<Self::Table>;
    fn of_session(&self, session_id: &str) -> Source<Self::Table>;
    /// Those of the buyers and products whose words have these beginnings.
    async fn found(&self, db: &Reader, beginnings: &[String])
    -> anyhow::Result<Found<Self::Table>>;
    async fn rows(
        &self,
        db: &Reader,
        purchases: Vec<<Self::Table as sea_orm::EntityTrait>::Model>,
        zone: &Zone,
    ) -> anyhow::Result<Vec<OrderRow>>;
}

struct Found<E: Orders> {
    sources: Vec<Source<E>>,
    /// More buyers match than were searched.
    more_buyers: bool,
    /// More products match than were searched.
    more_products: bool,
}

/// Reads what `filter` shows.
async fn read<L: Listed>(
    db: &Reader,
    listed: L,
    zone: &Zone,
    filter: OrderFilter,
    mut ignored: Vec<String>,
) -> anyhow::Result<OrdersPage> {
    let sources = sources(db, &listed, &filter, &mut ignored).await?;
    // One row more than the page shows tells whether there are older ones.
    let wanted = Wanted {
        state: filter.state,
        after: filter.after,
        limit: SIZE as u64 + 1,
    };
    let mut purchases = orders::newest(db, sources, wanted).await?;
    let more = purchases.len() > SIZE;
    purchases.truncate(SIZE);
    let last = purchases.last().filter(|_| more).map(L::Table::key);
    Ok(OrdersPage {
        older: last.map(|last| OrderFilter {
            after: Some(last),
            ..filter.clone()
        }),
        rows: listed.rows(db, purchases, zone).await?,
        ignored,
        filter,
    })
}

async fn sources<L: Listed>(
    db: &Reader,
    listed: &L,
    filter: &OrderFilter,
    ignored: &mut Vec<String>,
) -> anyhow::Result<Vec<Source<L::Table>>> {
    let number = match filter.sought() {
        None => return Ok(vec![listed.all()]),
        Some(SoughtOrder::Session(id)) => return Ok(vec![listed.of_session(id)]),
        Some(SoughtOrder::Number(id)) => return Ok(vec![listed.numbered(id)]),
        Some(SoughtOrder::NumberOrWords(id)) => Some(id),
        Some(SoughtOrder::Words) => None,
    };
    let found = listed.found(db, &beginnings(&filter.text)).await?;
    let mut too_many = |more: bool, most: usize, what: &str| {
        if more {
            ignored.push(format!(
                "More than {most} {what} match \u{201c}{}\u{201d}, so only {most} of them were \
                 checked. Type more.",
                filter.text
            ));
        }
    };
    too_many(found.more_buyers, MOST, "buyers");
    too_many(found.more_products, MOST_PRODUCTS, "products");
    let mut sources = found.sources;
    sources.extend(number.map(|id| listed.numbered(id)));
    Ok(sources)
}

/// Whether something may be left to refund: only what was paid on Stripe's page, or with credit.
fn is_refundable(state: PurchaseState, in_person: bool, price: Money) -> bool {
    state == PurchaseState::Paid && !in_person && price.is_positive()
}
