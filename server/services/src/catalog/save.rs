//! Adds a product, or changes one.

use anyhow::{Context, ensure};
use domain::{
    forms::{ProductDraft, Refusal, TypedProduct, read_product, slug},
    money::{Currency, Money},
    purchase::ProductKind,
};
use sea_orm::Set;
use server_core::dates;
use store::{
    ProductId, SiteId, Timestamp, Write,
    audit_log::{self, Change, Field},
    entities::product,
    products,
    sites::Site,
};

use super::{UNKNOWN, saved_meanwhile, subject};
use crate::{
    Engine,
    rights::{ManageCatalog, TenantStaff},
};

/// Most products of one kind that may share a name.
const MOST_NAMESAKES: u32 = 1000;

/// Adds a product of this kind (`ProductKind::code`), or refuses with all mistakes at once.
pub async fn add(
    engine: &Engine,
    admin: &TenantStaff<ManageCatalog>,
    kind: &str,
    typed: TypedProduct<'_>,
) -> anyhow::Result<Result<ProductId, Refusal>> {
    let kind = ProductKind::parse(kind);
    let currency = admin.site.currency();
    let (draft, kind) = match (read_product(kind, currency, typed), kind) {
        (Ok(draft), Some(kind)) => (draft, kind),
        (read, _) => return Ok(Err(Refusal::fields(read.err().unwrap_or_default()))),
    };
    let starts_at = starts_at(&admin.site, &draft)?;
    let tx = engine.db.begin().await?;
    let row = (&draft, starts_at);
    let id = insert(&tx, admin.site.id(), kind, currency, row).await?;
    let new = |name, new: String| Field {
        name,
        old: None,
        new: (!new.is_empty()).then_some(new),
    };
    let fields = [
        new("Kind", kind.label().to_owned()),
        new("Name", draft.name.clone()),
        new("Summary", draft.summary),
        new("Description", draft.description),
        new("Detail", draft.detail),
        new("Starts", starts(&admin.site, starts_at)),
        new(
            "Ships",
            if draft.ships {
                yes_or_no(true).to_owned()
            } else {
                String::new()
            },
        ),
        new("Price", Money::new(draft.price_cents, currency).to_string()),
    ];
    record(&tx, engine, admin, &draft.name, fields).await?;
    tx.commit().await?;
    Ok(Ok(id))
}

async fn insert(
    tx: &impl Write,
    site_id: SiteId,
    kind: ProductKind,
    currency: Currency,
    (draft, starts_at): (&ProductDraft, Option<Timestamp>),
) -> anyhow::Result<ProductId> {
    let position = products::last_position(tx, site_id).await? + 1;
    for number in 1..=MOST_NAMESAKES {
        let product = product::ActiveModel {
            site_id: Set(site_id),
            kind: Set(kind.into()),
            slug: Set(slug(kind, &draft.name, number)),
            name: Set(draft.name.clone()),
            summary: Set(draft.summary.clone()),
            description: Set(draft.description.clone()),
            detail: Set(draft.detail.clone()),
            starts_at: Set(starts_at),
            ships: Set(draft.ships),
            price_cents: Set(draft.price_cents),
            currency: Set(currency.into()),
            picture: Set(String::new()),
            position: Set(position),
            version: Set(1),
            ..Default::default()
        };
        if let Some(id) = products::insert_at_free_slug(tx, product).await? {
            return Ok(id);
        }
    }
    anyhow::bail!("{MOST_NAMESAKES} products of one kind share a name")
}

/// Changes the product that the form was filled from at `version`. Refuses where the site has no such
/// product, or another admin saved other values since.
pub async fn change(
    engine: &Engine,
    admin: &TenantStaff<ManageCatalog>,
    id: Option<ProductId>,
    version: &str,
    typed: TypedProduct<'_>,
) -> anyhow::Result<Result<ProductId, Refusal>> {
    let tx = engine.db.begin().await?;
    let before = match id {
        Some(id) => products::lock(&tx, admin.site.id(), id).await?,
        None => None,
    };
    let Some(before) = before else {
        return Ok(Err(Refusal::message(UNKNOWN)));
    };
    // The kind never changes, whatever was sent: the product's address contains it.
    let draft = match read_product(Some(*before.kind), *before.currency, typed) {
        Ok(draft) => draft,
        Err(errors) => return Ok(Err(Refusal::fields(errors))),
    };
    let starts_at = starts_at(&admin.site, &draft)?;
    let changes = changes(&admin.site, &before, (&draft, starts_at));
    if changes.is_empty() {
        return Ok(Ok(before.id));
    }
    if version.parse() != Ok(before.version) {
        let first = saved_meanwhile(&tx, &admin.site, &before).await?;
        return Ok(Err(conflict(&first, &before, &changes)));
    }
    let (site_id, new) = (before.site_id, (&draft, starts_at));
    let changed = products::change(&tx, site_id, before.id, before.version, new).await?;
    ensure!(changed, "the product was locked and changed all the same");
    record(&tx, engine, admin, &draft.name, changes).await?;
    tx.commit().await?;
    Ok(Ok(before.id))
}

/// The fields whose typed value differs from the stored one.
fn changes(
    site: &Site,
    before: &product::Model,
    (draft, starts_at): (&ProductDraft, Option<Timestamp>),
) -> Vec<Field<'static>> {
    let after = Money::new(draft.price_cents, before.price().currency());
    let field = |name, old: &str, new: &str| Field {
        name,
        old: Some(old.to_owned()),
        new: Some(new.to_owned()),
    };
    [
        field("Name", &before.name, &draft.name),
        field("Summary", &before.summary, &draft.summary),
        field("Description", &before.description, &draft.description),
        field("Detail", &before.detail, &draft.detail),
        field(
            "Starts",
            &starts(site, before.starts_at),
            &starts(site, starts_at),
        ),
        field("Ships", yes_or_no(before.ships), yes_or_no(draft.ships)),
        field("Price", &before.price().to_string(), &after.to_string()),
    ]
    .into_iter()
    .filter(|field| field.old != field.new)
    .collect()
}

/// The moment at which an event starts.
fn starts_at(site: &Site, draft: &ProductDraft) -> anyhow::Result<Option<Timestamp>> {
    let Some(shown) = draft.starts else {
        return Ok(None);
    };
    let moment = site.row.time_zone.moment_of(shown);
    Ok(Some(moment.context("a day of the calendar")?.into()))
}

/// The same in words; empty for no date.
fn starts(site: &Site, starts_at: Option<Timestamp>) -> String {
    let zone = &site.row.time_zone;
    starts_at.map_or_else(String::new, |at| dates::event(at, zone))
}

fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// Says who was `first`, and what is stored now.
fn conflict(first: &str, before: &product::Model, changes: &[Field<'_>]) -> Refusal {
    const SHOWN: usize = 200;
    let now: Vec<_> = changes
        .iter()
        .map(|change| {
            let old: String = change
                .old
                .iter()
                .flat_map(|old| old.chars())
                .take(SHOWN)
                .collect();
            format!("{} \u{201c}{old}\u{201d}", change.name)
        })
        .collect();
    Refusal::message(format!(
        "{first} Now saved: {}. What you typed is kept; save again to replace it.",
        now.join(", ")
    ))
    .keep("version", &before.version.to_string())
}

async fn record(
    tx: &impl Write,
    engine: &Engine,
    admin: &TenantStaff<ManageCatalog>,
    name: &str,
    fields: impl IntoIterator<Item = Field<'_>>,
) -> anyhow::Result<()> {
    let change = Change {
        site_id: Some(admin.site.id()),
        actor: Some(&admin.user),
        subject: &subject(name),
        now: engine.now(),
    };
    Ok(audit_log::write(tx, &change, fields).await?)
}
