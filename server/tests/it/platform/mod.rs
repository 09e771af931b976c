//! Scenario 2 of the guide: PewPros and CoachPros, sold through platform referrers' links.

mod checkout;
mod codes;
mod credit;
mod customers;
mod one_page;
mod own_page;
mod platform_referrers;
mod pricing;
mod receipts;
mod referrer_list;
mod referrer_sign_in;
mod registration;
mod unknown_totals;
mod webhook;
