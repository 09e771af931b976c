//! How an answer travels: as a value to a browser with JavaScript, as a redirect to one without.

use app::{
    ports::{Exchange, RefusedForm},
    types::Outcome,
};
use async_trait::async_trait;
use axum::http::{HeaderValue, StatusCode, header::LOCATION};
use domain::Refusal;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use percent_encoding::{CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::Services;

const REFUSED: &str = "refused";
const DONE: &str = "done";

/// A refused form on its way through the redirect. Never holds a password.
#[derive(Serialize, Deserialize)]
struct Kept {
    form: String,
    refusal: Refusal,
}

/// Keeps a refusal for the next page.
pub async fn keep(session: &Session, form: &str, refusal: &Refusal) -> anyhow::Result<()> {
    let kept = Kept {
        form: form.to_owned(),
        refusal: refusal.clone(),
    };
    Ok(session.insert(REFUSED, kept).await?)
}

/// What was kept, once.
pub async fn take_refused(session: &Session) -> anyhow::Result<Option<RefusedForm>> {
    let Some(kept) = session.get::<Kept>(REFUSED).await? else {
        return Ok(None);
    };
    session.remove_value(REFUSED).await?;
    Ok(Some(RefusedForm {
        form: kept.form,
        refusal: kept.refusal,
    }))
}

/// What was done just before, once.
pub async fn take_done(session: &Session) -> anyhow::Result<Option<String>> {
    let Some(notice) = session.get(DONE).await? else {
        return Ok(None);
    };
    session.remove_value(DONE).await?;
    Ok(Some(notice))
}

/// Sends the browser to `to` with a `GET`.
fn see_other(to: &str) {
    let Some(response) = use_context::<ResponseOptions>() else {
        return;
    };
    let to = utf8_percent_encode(to, CONTROLS).to_string();
    if let Ok(to) = HeaderValue::from_str(&to) {
        response.set_status(StatusCode::SEE_OTHER);
        response.insert_header(LOCATION, to);
    }
}

#[async_trait]
impl Exchange for Services {
    async fn answer(&self, form: &str, page: &str, outcome: &Outcome) {
        if !self.visit.html_form {
            return;
        }
        match outcome {
            Outcome::Go(to) => see_other(to),
            Outcome::Done(notice) => {
                if let Err(error) = self.visit.session.insert(DONE, notice).await {
                    tracing::error!("{error:#}");
                }
                see_other(page);
            }
            Outcome::Refused(refusal) => {
                if let Err(error) = keep(&self.visit.session, form, refusal).await {
                    tracing::error!("{error:#}");
                }
                see_other(page);
            }
        }
    }

    fn status(&self, code: u16) {
        if let (Some(response), Ok(status)) =
            (use_context::<ResponseOptions>(), StatusCode::from_u16(code))
        {
            response.set_status(status);
        }
    }

    fn redirect(&self, to: &str) {
        see_other(to);
    }
}
