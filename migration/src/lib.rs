//! The schema as migrations that run up and down on SQLite and PostgreSQL alike.
//!
//! Conventions: `*_at` columns are milliseconds since 1970, UTC, so that both databases sort and
//! compare them alike; `*_cents` are whole cents of the `currency` column beside them.

pub use sea_orm_migration::prelude::*;

mod columns;
mod m20261122_000001_sites;
mod m20261122_000002_members;
mod m20261122_000003_trade;
mod m20261122_000004_referrals;
mod m20261122_000005_platform;
mod m20261122_000006_console;
mod m20261122_000007_counts;
mod m20261122_000008_api;
mod m20261123_000009_words;
mod m20261123_000010_payers;
mod m20261123_000011_spans;
mod m20261126_000012_sent;
mod m20261127_000013_tokens;
mod m20261127_000014_location;
mod m20261127_000015_accounts;
mod m20261127_000016_customers;
mod m20261127_000017_visitors;
mod m20261127_000018_session_versions;
mod m20261127_000019_sent_sessions;
mod m20261127_000020_open_pages;
mod m20261128_000021_spending;
mod m20261128_000022_undone_sales;
mod m20261128_000023_orders;
mod m20261128_000024_currencies;
mod m20261128_000025_endpoints;
mod m20261128_000026_billing;
mod m20261128_000027_no_credit;
mod m20261128_000028_subjects;
mod m20261128_000029_customer_sources;
mod m20261128_000030_observed;
mod m20261128_000031_lean_indexes;
mod m20261128_000032_balance_versions;
mod m20261129_000033_mails;
mod m20261129_000034_confirmed;
mod m20261129_000035_spellings;
mod m20261129_000036_sign_ins;
mod m20261129_000037_second_factors;
mod m20261129_000038_attention_digests;
mod m20261129_000039_minimum_age;
mod m20261129_000040_staff;
mod m20261129_000041_site_profiles;
mod m20261129_000042_privacy;
mod m20261129_000043_receipts;
mod m20261130_000044_refunds;
mod m20261130_000045_holds;
mod m20261130_000046_grants;
mod m20261130_000047_net_counts;
mod m20261130_000048_data_keys;
mod m20261130_000049_api_docs;
mod m20261130_000050_deletion_waits;
mod m20261130_000051_indexes;
mod m20261130_000052_subscriptions;
mod m20261130_000053_reconciliations;
mod m20261130_000054_reviews;
mod m20261130_000055_issued;
mod m20261130_000056_attribution;
mod m20261130_000057_sharing;
mod m20261130_000058_referrer_days;
mod m20261130_000059_referral_clicks;
mod m20261130_000060_mobile_api;
mod m20261130_000062_shipping;
mod m20261130_000065_policies;
mod m20261130_000066_amounts;

/// All migrations, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_sites::Migration),
            Box::new(m20261122_000002_members::Migration),
            Box::new(m20261122_000003_trade::Migration),
            Box::new(m20261122_000004_referrals::Migration),
            Box::new(m20261122_000005_platform::Migration),
            Box::new(m20261122_000006_console::Migration),
            Box::new(m20261122_000007_counts::Migration),
            Box::new(m20261122_000008_api::Migration),
            Box::new(m20261123_000009_words::Migration),
            Box::new(m20261123_000010_payers::Migration),
            Box::new(m20261123_000011_spans::Migration),
            Box::new(m20261126_000012_sent::Migration),
            Box::new(m20261127_000013_tokens::Migration),
            Box::new(m20261127_000014_location::Migration),
            Box::new(m20261127_000015_accounts::Migration),
            Box::new(m20261127_000016_customers::Migration),
            Box::new(m20261127_000017_visitors::Migration),
            Box::new(m20261127_000018_session_versions::Migration),
            Box::new(m20261127_000019_sent_sessions::Migration),
            Box::new(m20261127_000020_open_pages::Migration),
            Box::new(m20261128_000021_spending::Migration),
            Box::new(m20261128_000022_undone_sales::Migration),
            Box::new(m20261128_000023_orders::Migration),
            Box::new(m20261128_000024_currencies::Migration),
            Box::new(m20261128_000025_endpoints::Migration),
            Box::new(m20261128_000026_billing::Migration),
            Box::new(m20261128_000027_no_credit::Migration),
            Box::new(m20261128_000028_subjects::Migration),
            Box::new(m20261128_000029_customer_sources::Migration),
            Box::new(m20261128_000030_observed::Migration),
            Box::new(m20261128_000031_lean_indexes::Migration),
            Box::new(m20261128_000032_balance_versions::Migration),
            Box::new(m20261129_000033_mails::Migration),
            Box::new(m20261129_000034_confirmed::Migration),
            Box::new(m20261129_000035_spellings::Migration),
            Box::new(m20261129_000036_sign_ins::Migration),
            Box::new(m20261129_000037_second_factors::Migration),
            Box::new(m20261129_000038_attention_digests::Migration),
            Box::new(m20261129_000039_minimum_age::Migration),
            Box::new(m20261129_000040_staff::Migration),
            Box::new(m20261129_000041_site_profiles::Migration),
            Box::new(m20261129_000042_privacy::Migration),
            Box::new(m20261129_000043_receipts::Migration),
            Box::new(m20261130_000044_refunds::Migration),
            Box::new(m20261130_000045_holds::Migration),
            Box::new(m20261130_000046_grants::Migration),
            Box::new(m20261130_000047_net_counts::Migration),
            Box::new(m20261130_000048_data_keys::Migration),
            Box::new(m20261130_000049_api_docs::Migration),
            Box::new(m20261130_000050_deletion_waits::Migration),
            Box::new(m20261130_000051_indexes::Migration),
            Box::new(m20261130_000052_subscriptions::Migration),
            Box::new(m20261130_000053_reconciliations::Migration),
            Box::new(m20261130_000054_reviews::Migration),
            Box::new(m20261130_000055_issued::Migration),
            Box::new(m20261130_000056_attribution::Migration),
            Box::new(m20261130_000057_sharing::Migration),
            Box::new(m20261130_000058_referrer_days::Migration),
            Box::new(m20261130_000059_referral_clicks::Migration),
            Box::new(m20261130_000060_mobile_api::Migration),
            Box::new(m20261130_000062_shipping::Migration),
            Box::new(m20261130_000065_policies::Migration),
            Box::new(m20261130_000066_amounts::Migration),
        ]
    }
}
