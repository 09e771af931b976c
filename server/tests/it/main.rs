//! Tests of the whole product: a real server on a real port, on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

mod accounts;
mod admin;
mod admins;
mod api;
mod books;
mod capture;
mod connections;
mod currencies;
mod faults;
mod friends;
mod full_disk;
mod holds;
mod hosts;
mod jobs;
mod mail_from;
mod memberships;
mod migrations;
mod operator;
mod platform;
mod pooler;
mod previews;
mod privacy;
mod processes;
mod purchases;
mod readiness;
mod refunds;
mod restores;
mod reviews;
mod schedules;
mod secrets;
mod sharing;
mod shop;
mod sites;
mod snapshots;
mod stripe_accounts;
mod unreadable;
mod web;
mod webhooks;
mod without_postgres;
