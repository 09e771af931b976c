//! What phones read to learn which apps open a site's links: Apple's association file and Android's Digital Asset Links
//! (`docs/rules.md` 212). Both are read at each host of the site, and neither follows a redirect.

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{account::SiteKind, mobile_apps::MobileApps};
use serde_json::{Value, json};
use services::mobile_apps;
use store::sites;

use crate::{middleware::Host, state::AppState};

/// Apple, "Supporting associated domains".
pub const APPLE: &str = "/.well-known/apple-app-site-association";
/// Google, "Digital Asset Links".
pub const ANDROID: &str = "/.well-known/assetlinks.json";

pub async fn apple(State(state): State<AppState>, request: Request) -> Response {
    answer(&state, host(&state, &request), of_apple).await
}

pub async fn android(State(state): State<AppState>, request: Request) -> Response {
    answer(&state, host(&state, &request), of_android).await
}

fn host(state: &AppState, request: &Request) -> Option<Host> {
    Host::of(request.headers(), request.uri(), state.config.scheme())
}

async fn answer(
    state: &AppState,
    host: Option<Host>,
    file: fn(&MobileApps) -> Option<Value>,
) -> Response {
    match apps(state, host).await {
        Ok(Some(apps)) => match file(&apps) {
            Some(file) => Json(file).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!("{error:#}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The apps of the tenant's site at this host.
async fn apps(state: &AppState, host: Option<Host>) -> anyhow::Result<Option<MobileApps>> {
    let Some(host) = host else {
        return Ok(None);
    };
    let found = sites::by_host(state.db.reader(), &host.name).await?;
    let site = found.map(|found| found.site);
    let site = site.filter(|site| site.kind() == SiteKind::Tenant);
    site.map(|site| mobile_apps::of_site(&site.row)).transpose()
}

/// Links with a referral code open the app; other pages stay in the browser. No file hands saved passwords to an app:
/// that is another permission than the one that was asked for.
fn of_apple(apps: &MobileApps) -> Option<Value> {
    let ids = &apps.ios_apps;
    (!ids.is_empty()).then(|| {
        json!({
            "applinks": {
                "details": [{
                    "appIDs": ids,
                    "components": [{ "/": "/r/*" }, { "/": "*", "?": { "ref": "?*" } }],
                }],
            },
        })
    })
}

/// Android reads in the app which links it opens.
fn of_android(apps: &MobileApps) -> Option<Value> {
    let statements: Vec<_> = apps
        .android_apps
        .iter()
        .map(|app| {
            json!({
                "relation": ["delegate_permission/common.handle_all_urls"],
                "target": {
                    "namespace": "android_app",
                    "package_name": app.package,
                    "sha256_cert_fingerprints": [app.fingerprint],
                },
            })
        })
        .collect();
    (!statements.is_empty()).then(|| statements.into())
}
