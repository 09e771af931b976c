//! The books: compare them, and mark a difference as done.

use leptos::prelude::*;

use crate::types::Outcome;

/// **Compare with Stripe now**.
#[server(endpoint = "compare_books")]
pub async fn compare_books(#[server(default)] program: String) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer, types::admin::books_path};

    let program = read::program(&program);
    let outcome = Ports::current().admin_books.compare(program).await;
    answer("compare_books", books_path(program), &[], outcome).await
}

/// **Mark as done**.
#[server(endpoint = "settle_difference")]
pub async fn settle_difference(
    #[server(default)] program: String,
    #[server(default)] id: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer, types::admin::books_path};

    let (program, id) = (read::program(&program), read::id(&id));
    let outcome = Ports::current().admin_books.set_done(program, id).await;
    answer("settle_difference", books_path(program), &[], outcome).await
}
