//! The page that lists the mails, and the page of each.

use std::sync::Arc;

use askama::Template;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::Html,
    routing::get,
};
use tokio::net::TcpListener;

use crate::{ReceivedMail, Shared};

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    /// Newest first.
    mails: Vec<ReceivedMail>,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct One {
    mail: ReceivedMail,
}

type Page = Result<Html<String>, StatusCode>;

pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let router = Router::new()
        .route("/", get(list))
        .route("/mails.json", get(json))
        .route("/mails/{number}", get(one))
        .route("/mails/{number}/html", get(html))
        .with_state(shared);
    if let Err(error) = axum::serve(listener, router).await {
        eprintln!("the mailbox's page ended: {error}");
    }
}

async fn list(State(shared): State<Arc<Shared>>) -> Page {
    let mut mails = shared.mails();
    mails.reverse();
    render(&List { mails })
}

async fn json(State(shared): State<Arc<Shared>>) -> Json<Vec<ReceivedMail>> {
    Json(shared.mails())
}

async fn one(State(shared): State<Arc<Shared>>, Path(number): Path<usize>) -> Page {
    let mail = numbered(&shared, number)?;
    render(&One { mail })
}

async fn html(State(shared): State<Arc<Shared>>, Path(number): Path<usize>) -> Page {
    let mail = numbered(&shared, number)?;
    Ok(Html(mail.html))
}

fn numbered(shared: &Shared, number: usize) -> Result<ReceivedMail, StatusCode> {
    let mut mails = shared.mails().into_iter();
    let mail = mails.find(|mail| mail.number == number);
    mail.ok_or(StatusCode::NOT_FOUND)
}

fn render(page: &impl Template) -> Page {
    let rendered = page.render().map(Html);
    rendered.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
