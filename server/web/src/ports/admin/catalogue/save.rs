//! Adding a product, and changing one.

use anyhow::ensure;
use app::types::{Outcome, admin::ProductForm};
use domain::{
    forms::{ProductDraft, Refusal, TypedProduct, read_product, slug},
    money::{Currency, Money},
    purchase::ProductKind,
};
use sea_orm::Set;
use services::rights::TenantAdmin;
use store::ProductId;
use store::SiteId;
use store::{
    Write,
    audit_log::{self, Change, Field},
    entities::product,
    products,
};

use super::{UNKNOWN, price, subject};
use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

/// Products of one kind that may share a name.
const MOST_NAMESAKES: u32 = 1000;

/// Adds a product (no `id`) or changes one.
pub async fn save(services: &Services, form: &ProductForm) -> anyhow::Result<Outcome> {
    let Some(admin) = services.visit.tenant_admin() else {
        return Ok(not_yours());
    };
    match form.id.trim() {
        "" => add(services, &admin, form).await,
        id => change(services, &admin, id.parse().ok(), form).await,
    }
}

fn typed(form: &ProductForm) -> TypedProduct<'_> {
    TypedProduct {
        name: &form.name,
        summary: &form.summary,
        description: &form.description,
        detail: &form.detail,
        price: &form.price,
    }
}

fn saved(id: i64) -> Outcome {
    Outcome::Go(format!("/admin/catalogue?saved={id}"))
}

async fn add(
    services: &Services,
    admin: &TenantAdmin,
    form: &ProductForm,
) -> anyhow::Result<Outcome> {
    let kind = ProductKind::parse(&form.kind);
    let (draft, kind) = match (read_product(kind, typed(form)), kind) {
        (Ok(draft), Some(kind)) => (draft, kind),
        (read, _) => {
            let errors = read.err().unwrap_or_default();
            return Ok(Outcome::Refused(Refusal::fields(errors)));
        }
    };
    let tx = services.state.db.begin().await?;
    let currency = admin.site.currency();
    let id = insert(&tx, admin.site.id(), kind, currency, &draft).await?;
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
        new("Price", Money::new(draft.price_cents, currency).to_string()),
    ];
    write(&tx, services, admin, &draft.name, fields).await?;
    tx.commit().await?;
    Ok(saved(id))
}

async fn insert(
    tx: &impl Write,
    site_id: SiteId,
    kind: ProductKind,
    currency: Currency,
    draft: &ProductDraft,
) -> anyhow::Result<i64> {
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
            price_cents: Set(draft.price_cents),
            currency: Set(currency.into()),
            picture: Set(String::new()),
            position: Set(position),
            version: Set(1),
            ..Default::default()
        };
        if let Some(id) = products::insert_at_free_slug(tx, product).await? {
            return Ok(id.get());
        }
    }
    anyhow::bail!("{MOST_NAMESAKES} products of one kind share a name")
}

async fn change(
    services: &Services,
    admin: &TenantAdmin,
    id: Option<i64>,
    form: &ProductForm,
) -> anyhow::Result<Outcome> {
    let tx = services.state.db.begin().await?;
    let before = match id {
        Some(id) => products::lock(&tx, admin.site.id(), ProductId::new(id)).await?,
        None => None,
    };
    let Some(before) = before else {
        return Ok(refused(UNKNOWN));
    };
    // The kind is what it was, whatever was sent: the product's address tells it.
    let draft = match read_product(Some(*before.kind), typed(form)) {
        Ok(draft) => draft,
        Err(errors) => return Ok(Outcome::Refused(Refusal::fields(errors))),
    };
    let changes = changes(&before, &draft);
    if changes.is_empty() {
        return Ok(saved(before.id.get()));
    }
    if form.version.parse() != Ok(before.version) {
        return Ok(Outcome::Refused(conflict(&before, &changes)));
    }
    let changed = products::change(&tx, before.site_id, before.id, before.version, &draft).await?;
    ensure!(changed, "the product was locked and changed all the same");
    write(&tx, services, admin, &draft.name, changes).await?;
    tx.commit().await?;
    Ok(saved(before.id.get()))
}

/// What was typed and is not in force.
fn changes(before: &product::Model, draft: &ProductDraft) -> Vec<Field<'static>> {
    let after = Money::new(draft.price_cents, price(before).currency());
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
        field("Price", &price(before).to_string(), &after.to_string()),
    ]
    .into_iter()
    .filter(|field| field.old != field.new)
    .collect()
}

/// Tells what is in force now. Names are not unique, so the audit log cannot tell by whom.
fn conflict(before: &product::Model, changes: &[Field<'_>]) -> Refusal {
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
        "Somebody saved this product while you were here. Now saved: {}. What you typed is kept; \
         save again to replace it.",
        now.join(", ")
    ))
    .keep("version", &before.version.to_string())
}

async fn write(
    tx: &impl Write,
    services: &Services,
    admin: &TenantAdmin,
    name: &str,
    fields: impl IntoIterator<Item = Field<'_>>,
) -> anyhow::Result<()> {
    let change = Change {
        site_id: Some(admin.site.id()),
        actor: Some(&admin.user),
        subject: &subject(name),
        now: services.state.now(),
    };
    Ok(audit_log::write(tx, &change, fields).await?)
}
