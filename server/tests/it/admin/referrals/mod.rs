//! Admin > Referrals: cards, table, search, stories and retries of both programs.

mod console;
mod counters;
mod data;
mod paging;
mod pending;
mod plans;
mod retry;
mod rights;
mod search;
mod story;
mod table;
mod why;
mod why_platform;
