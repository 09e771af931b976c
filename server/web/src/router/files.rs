//! Serves the browser's files, which were compressed before the server starts.

use std::{convert::Infallible, path::Path};

use axum::{
    BoxError,
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, VARY},
    },
    response::{IntoResponse, Response},
};
use futures::future::Either;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn, util::BoxCloneSyncService};
use tower_http::services::ServeDir;

use crate::middleware::RESOURCE_POLICY;

const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400, must-revalidate");

type Files = BoxCloneSyncService<Request, Response, Infallible>;

/// Files with a hash in their names: they never change, so browsers may keep them for a year.
pub fn for_good(folder: &Path) -> Files {
    let missing = ServiceBuilder::new().service_fn(async |_: Request| {
        Ok::<_, Infallible>((StatusCode::NOT_FOUND, "There is no such file.\n").into_response())
    });
    kept(ServeDir::new(folder), FOR_GOOD, missing)
}

/// Files whose content may change: browsers keep them for a day. `missing` answers for a file that
/// does not exist.
pub fn for_a_day<S>(folder: &Path, missing: S) -> Files
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    kept(ServeDir::new(folder), A_DAY, missing)
}

fn kept<S>(files: ServeDir, how_long: HeaderValue, missing: S) -> Files
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let files = files
        .precompressed_br()
        .append_index_html_on_directories(false)
        .call_fallback_on_method_not_allowed(true)
        .fallback(missing.clone().map_response(own))
        .map_response(move |response| keep(response, &how_long));
    BoxCloneSyncService::new(service_fn(move |request: Request| {
        let answers = match is_no_file_name(request.uri().path()) {
            true => Either::Left(missing.clone()),
            false => Either::Right(files.clone()),
        };
        async move {
            match answers {
                Either::Left(missing) => missing.oneshot(request).await,
                Either::Right(files) => files.oneshot(request).await,
            }
        }
    }))
}

/// Whether file systems refuse so long a name or path (ENAMETOOLONG; Linux's NAME_MAX and PATH_MAX
/// in limits.h). `ServeDir` would report that as a disk error.
fn is_no_file_name(path: &str) -> bool {
    const LONGEST_NAME: usize = 255 - ".br".len();
    const LONGEST_PATH: usize = 2048;
    path.len() > LONGEST_PATH || path.split('/').any(|name| name.len() > LONGEST_NAME)
}

/// Marks an answer that is not a file, so that it gets no caching headers.
#[derive(Clone)]
struct NoFile;

fn own(mut response: Response) -> Response {
    response.extensions_mut().insert(NoFile);
    response
}

fn keep<B>(response: axum::http::Response<B>, how_long: &HeaderValue) -> Response
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let mut response = response.map(Body::new);
    let is_file = response.extensions_mut().remove::<NoFile>().is_none();
    if is_file && (response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED)
    {
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, how_long.clone());
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        // An app on another origin shows the products' pictures.
        headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    }
    response
}
