//! What the console's pages of both programs have in common: the filter in the address, and what is shown of
//! what was asked for.

use domain::{account::Rights, credit::Program};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::tabs::{Tab, choose};
use crate::{
    components::internal_error,
    pages::{ForbiddenPage, query},
    ports::Ports,
};

/// The program and the filter in the address, with a sentence for each value that was ignored.
pub fn in_address<Filter>(
    rights: Rights,
    tab: Tab,
    from_query: impl FnOnce(Program, &str) -> (Filter, Vec<String>),
) -> (Program, Filter, Vec<String>) {
    let (program, notice) = choose(rights, query("tab").as_deref(), tab);
    let address = use_query_map().read_untracked().to_query_string();
    let (filter, mut ignored) = from_query(program, address.trim_start_matches('?'));
    ignored.extend(notice);
    (program, filter, ignored)
}

/// The page with its data, or why there is none: the viewer may not see it, or it could not be read.
pub fn answered<Page, Error>(
    ports: &Ports,
    answer: Result<Option<Page>, Error>,
    view: impl FnOnce(Page) -> AnyView,
) -> AnyView {
    match answer {
        Ok(Some(page)) => view(page),
        Ok(None) => view! { <ForbiddenPage /> }.into_any(),
        Err(_) => internal_error(ports),
    }
}
