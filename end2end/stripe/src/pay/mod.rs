//! The page on which a person pays, pays slowly, or goes back.

mod html;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Form, Path, State},
    http::{HeaderValue, StatusCode, header::LOCATION},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::Value;

use self::html::View;
use crate::{
    checkout::{
        finish::{self, is_settling, needs_email, with_session},
        money::balance_spent,
    },
    types::{How, Problem, Settlement},
    world::Shared,
};

/// The page's only route.
pub fn router() -> Router<Arc<Shared>> {
    Router::new().route("/pay/{session}", get(show).post(press))
}

#[derive(Deserialize)]
struct Pressed {
    action: String,
    #[serde(default)]
    email: String,
}

fn page(shared: &Arc<Shared>, id: &str, complaint: Option<&str>) -> Response {
    let view = with_session(shared, id, |call, session| {
        Ok(View {
            items: call.store().line_items.get(id).cloned().unwrap_or_default(),
            balance: balance_spent(call, &session),
            needs_email: needs_email(&session),
            settling: is_settling(call, &session),
            return_to: success_url(&session),
            session,
        })
    });
    match view {
        Ok(view) => {
            let status = if complaint.is_some() {
                StatusCode::BAD_REQUEST
            } else {
                StatusCode::OK
            };
            (status, Html(html::render(&view, complaint))).into_response()
        }
        Err(Problem(problem)) => {
            (StatusCode::NOT_FOUND, Html(html::nothing(&problem))).into_response()
        }
    }
}

async fn show(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    page(&shared, &id, None)
}

async fn press(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Response {
    let email = Some(pressed.email.trim());
    let outcome = match pressed.action.as_str() {
        "pay" => {
            finish::complete(&shared, &id, How::Paid, email).map(|session| success_url(&session))
        }
        "pay_slowly" => {
            finish::complete(&shared, &id, How::Unpaid, email).map(|_| format!("/pay/{id}"))
        }
        "succeed" => {
            finish::settle(&shared, &id, Settlement::Succeeded).map(|session| success_url(&session))
        }
        "fail" => finish::settle(&shared, &id, Settlement::Failed).map(|_| format!("/pay/{id}")),
        _ => Err(Problem("there is no such button".into())),
    };
    match outcome {
        Ok(place) => see_other(&place),
        Err(Problem(problem)) => page(&shared, &id, Some(&problem)),
    }
}

fn success_url(session: &Value) -> String {
    let id = session["id"].as_str().unwrap_or_default();
    let url = session["success_url"].as_str().unwrap_or_default();
    url.replace("{CHECKOUT_SESSION_ID}", id)
}

fn see_other(place: &str) -> Response {
    match HeaderValue::from_str(place) {
        Ok(place) => (StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
