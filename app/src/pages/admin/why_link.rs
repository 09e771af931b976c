//! The name of the page *Why did they get nothing?*, and the link to it.

use domain::{
    account::{Permission, Rights},
    credit::Program,
};
use leptos::prelude::*;

use crate::types::admin::why_page;

/// The name of the page, and of the links to it.
pub const TITLE: &str = "Why did they get nothing?";

/// The link on Admin > Referrals; `None` for somebody who may not see the program.
pub fn why_link(rights: Rights, program: Program) -> Option<impl IntoView> {
    let shown = rights.may(program, Permission::See);
    shown.then(|| view! { <p><a class="button" href=why_page(program)>{TITLE}</a></p> })
}
