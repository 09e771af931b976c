//! Credit amounts of the audit log as money. The log has whole cents; the currency is the one that the site had at
//! the time.

use domain::{
    money::{Currency, Money},
    purchase::Plan,
};
use sea_orm::DbErr;
use services::settings::{CURRENCY, SUBJECT};
use store::{Timestamp, audit_log, entities::audit_entry};

use crate::ports::Services;

/// The currencies of a site over time.
struct Currencies {
    /// When the currency changed, oldest first, and what it was before.
    before: Vec<(Timestamp, Currency)>,
    now: Currency,
}

impl Currencies {
    /// Before what was saved at this moment.
    fn until(&self, at: Timestamp) -> Currency {
        self.changed(|changed| changed >= at)
    }

    /// After it.
    fn since(&self, at: Timestamp) -> Currency {
        self.changed(|changed| changed > at)
    }

    /// The one before the first change of which this holds.
    fn changed(&self, later: impl Fn(Timestamp) -> bool) -> Currency {
        let next = self.before.iter().find(|(changed, _)| later(*changed));
        next.map_or(self.now, |(_, before)| *before)
    }
}

/// Writes the credit amounts of these entries as money.
///
/// # Errors
/// If the database fails.
pub async fn as_money(
    services: &Services,
    entries: &mut [audit_entry::Model],
) -> Result<(), DbErr> {
    let of_site = |entry: &audit_entry::Model| entry.site_id.is_some() && is_amount(entry);
    let platform = Currencies {
        before: Vec::new(),
        now: Plan::CURRENCY,
    };
    let site = match entries.iter().any(of_site) {
        true => of_this_site(services).await?,
        false => Currencies {
            before: Vec::new(),
            now: services.context.site.currency(),
        },
    };
    for entry in entries.iter_mut().filter(|entry| is_amount(entry)) {
        let currencies = if entry.site_id.is_some() {
            &site
        } else {
            &platform
        };
        let at = entry.created_at;
        entry.old_value = money(entry.old_value.take(), currencies.until(at));
        entry.new_value = money(entry.new_value.take(), currencies.since(at));
    }
    Ok(())
}

fn is_amount(entry: &audit_entry::Model) -> bool {
    entry.field.ends_with("Credit Amount")
}

async fn of_this_site(services: &Services) -> Result<Currencies, DbErr> {
    let (db, site) = (services.state.db.reader(), &services.context.site);
    let changes = audit_log::of_field(db, site.id(), SUBJECT, CURRENCY).await?;
    let before = changes.iter().filter_map(|change| {
        let before = Currency::parse(change.old_value.as_deref()?)?;
        Some((change.created_at, before))
    });
    Ok(Currencies {
        before: before.collect(),
        now: site.currency(),
    })
}

/// What is no number of cents stays as it is.
fn money(value: Option<String>, currency: Currency) -> Option<String> {
    let value = value?;
    match value.parse() {
        Ok(cents) => Some(Money::new(cents, currency).to_string()),
        Err(_) => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, OffsetDateTime};

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from(OffsetDateTime::UNIX_EPOCH + Duration::seconds(seconds))
    }

    #[test]
    fn an_amount_has_the_currency_of_its_time() {
        let site = Currencies {
            before: vec![(at(10), Currency::Usd), (at(20), Currency::Eur)],
            now: Currency::Cad,
        };
        assert_eq!(site.since(at(5)), Currency::Usd);
        // Saved together with the currency.
        assert_eq!(site.until(at(10)), Currency::Usd);
        assert_eq!(site.since(at(10)), Currency::Eur);
        assert_eq!(site.until(at(15)), Currency::Eur);
        assert_eq!(site.since(at(25)), Currency::Cad);
    }

    #[test]
    fn cents_become_money_and_words_stay() {
        let shown = |value: &str| money(Some(value.to_owned()), Currency::Usd).unwrap();
        assert_eq!(shown("1000"), "$10.00");
        assert_eq!(shown("none"), "none");
        assert_eq!(money(None, Currency::Usd), None);
    }
}
