//! `POST /admin/settings/logo`: a file that becomes the site's logo. A server function takes no files.

use app::server_fns::admin::GENERAL_PATH;
use axum::{
    Extension,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    account::Permission,
    forms::{FieldError, Refusal},
};
use futures::stream;
use multer::Multipart;
use services::site_logo;

use crate::{
    error_page,
    middleware::RequestContext,
    ports::{admin::mail::own_site, form_response},
    state::AppState,
};

/// The form, and its field.
const FORM: &str = "logo";
/// The largest body that is read to its end, in bytes, so that the page can say that the file is too
/// large.
const MOST_BYTES: usize = 8 * 1024 * 1024;

const NOT_SENT: &str =
    "The file did not arrive whole, or is far too large. Choose one of at most 256 KB.";
const NOT_YOURS: &str = "Only an admin of this site may do this.";

/// Takes the file, and sends the browser back to the page.
pub async fn upload(
    State(state): State<AppState>,
    Extension(context): Extension<RequestContext>,
    request: Request,
) -> Response {
    match upload_here(&state, &context, request).await {
        Ok(()) => Redirect::to(GENERAL_PATH).into_response(),
        Err(error) => error_page::internal_error(&error),
    }
}

async fn upload_here(
    state: &AppState,
    context: &RequestContext,
    request: Request,
) -> anyhow::Result<()> {
    let (Some(site_id), Some(user)) =
        (own_site(context, Permission::ManageSettings), &context.user)
    else {
        return form_response::keep(context, FORM, &refusal(NOT_YOURS)).await;
    };
    let Some(content) = file_in(request).await else {
        return form_response::keep(context, FORM, &refusal(NOT_SENT)).await;
    };
    match site_logo::set(state, site_id, Some(user), content).await? {
        Ok(()) => form_response::keep_done(context, "The logo was saved.").await,
        Err(why) => form_response::keep(context, FORM, &refusal(why)).await,
    }
}

fn refusal(why: &str) -> Refusal {
    Refusal::fields(vec![FieldError::new(FORM, why)])
}

/// The file of the form; `None` if it is not there, or the body is no form.
async fn file_in(request: Request) -> Option<Vec<u8>> {
    let content_type = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    let boundary = multer::parse_boundary(content_type).ok()?;
    let body = whole(request.into_body()).await?;
    let mut form = Multipart::new(stream::iter([Ok::<_, std::io::Error>(body)]), boundary);
    while let Some(field) = form.next_field().await.ok()? {
        if field.name() == Some(FORM) {
            return Some(field.bytes().await.ok()?.to_vec());
        }
    }
    None
}

async fn whole(body: Body) -> Option<Bytes> {
    to_bytes(body, MOST_BYTES).await.ok()
}
