//! How a form's outcome reaches the browser: as a value where JavaScript runs, otherwise as a
//! redirect.

use app::{
    ports::{self, FormResponse},
    types::Outcome,
};
use async_trait::async_trait;
use axum::http::{
    HeaderValue, StatusCode,
    header::{LOCATION, RETRY_AFTER},
};
use domain::forms::Refusal;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use percent_encoding::{CONTROLS, utf8_percent_encode};
use serde::de::DeserializeOwned;
use services::accounts::passwords::Busy;
use tower_sessions::Session;

use super::Services;
use crate::middleware::{Memory, RefusedForm, RequestContext};

const REFUSED: &str = "refused";
const DONE: &str = "done";

/// Keeps a refusal for the next page. It goes into the visitor's cookie; an admin's refusal that
/// does not fit there (a product's long text) goes into the admin's session.
pub async fn keep(context: &RequestContext, form: &str, refusal: &Refusal) -> anyhow::Result<()> {
    let refused = RefusedForm::new(form, refusal.clone());
    if fits_in_browser(context, |memory| memory.refused = Some(refused.clone()))? {
        return context
            .visitor
            .update(|memory| memory.refused = Some(refused));
    }
    Ok(context.session.insert(REFUSED, refused).await?)
}

/// Takes the refusal that the previous request kept, so that only one page shows it.
pub async fn take_refused(context: &RequestContext) -> anyhow::Result<Option<ports::RefusedForm>> {
    let refused = match context.visitor.get()?.refused {
        Some(refused) => {
            context.visitor.update(|memory| memory.refused = None)?;
            Some(refused)
        }
        None => take::<RefusedForm>(&context.session, REFUSED).await?,
    };
    Ok(refused.map(|refused| ports::RefusedForm {
        form: refused.form.clone(),
        refusal: refused.into_refusal(),
    }))
}

/// Keeps the notice of what was done for the next page, in the same places as [`keep`].
pub async fn keep_done(context: &RequestContext, notice: &str) -> anyhow::Result<()> {
    if fits_in_browser(context, |memory| memory.done = Some(notice.to_owned()))? {
        let keep = |memory: &mut Memory| memory.done = Some(notice.to_owned());
        return context.visitor.update(keep);
    }
    Ok(context.session.insert(DONE, notice).await?)
}

/// Takes the notice that the previous request kept, so that only one page shows it.
pub async fn take_done(context: &RequestContext) -> anyhow::Result<Option<String>> {
    match context.visitor.get()?.done {
        Some(done) => {
            context.visitor.update(|memory| memory.done = None)?;
            Ok(Some(done))
        }
        None => take(&context.session, DONE).await,
    }
}

/// Writes the session only if the value was there, since every page calls this.
async fn take<T: DeserializeOwned>(session: &Session, name: &str) -> anyhow::Result<Option<T>> {
    let taken = session.get(name).await?;
    if taken.is_some() {
        session.remove_value(name).await?;
    }
    Ok(taken)
}

/// Whether the change goes into the cookie: always for a visitor who is not of the staff, even if the
/// cookie must drop a part of it. Anybody can become a member, and a session row is kept for days.
fn fits_in_browser(
    context: &RequestContext,
    change: impl FnOnce(&mut Memory),
) -> anyhow::Result<bool> {
    let is_staff = context.rights().any();
    let mut memory = context.visitor.get()?;
    change(&mut memory);
    Ok(!is_staff || memory.fits())
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
impl FormResponse for Services {
    async fn answer(&self, form: &str, page: &str, outcome: &Outcome) {
        if !self.context.html_form {
            return;
        }
        match outcome {
            Outcome::Go(to) => see_other(to),
            Outcome::Done(notice) => {
                if let Err(error) = keep_done(&self.context, notice).await {
                    tracing::error!("{error:#}");
                }
                see_other(page);
            }
            Outcome::Refused(refusal) => {
                if let Err(error) = keep(&self.context, form, refusal).await {
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

    fn busy(&self) {
        if self.context.html_form {
            return;
        }
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(StatusCode::SERVICE_UNAVAILABLE);
            response.insert_header(RETRY_AFTER, HeaderValue::from(Busy::RETRY_AFTER));
        }
    }

    fn redirect(&self, to: &str) {
        see_other(to);
    }
}
