//! A page that was rendered before.

use std::{fs, path::Path};

use anyhow::Result;
use axum::{
    Router,
    body::Bytes,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
};

pub fn router(file: &Path) -> Result<Router> {
    let page = Bytes::from(fs::read(file)?);
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "private, no-cache"),
    ];
    Ok(Router::new().fallback(move || async move { (headers, page) }))
}
