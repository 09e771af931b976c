//! Compresses pages, the API's answers and tables with gzip, where a browser takes it. Files were compressed before
//! the server starts, better than there is time for here. What is secret is in cookies and in no page, so that the
//! length of a page tells nothing of it.

use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate, SizeAbove},
    },
};

/// What is smaller, in bytes, fits into one packet anyway.
const LEAST: u16 = 1_024;

/// The layer. An event stream is sent as it is, or its events would wait for each other.
pub fn compression() -> CompressionLayer<impl Predicate> {
    let compressed = DefaultPredicate::new()
        .and(SizeAbove::new(LEAST))
        .and(NotForContentType::const_new("application/wasm"));
    CompressionLayer::new()
        .gzip(true)
        .quality(CompressionLevel::Fastest)
        .compress_when(compressed)
}
