//! Starts the server. It does not use `axum::serve`, because a fault must be able to close a
//! connection without a response.

use std::{convert::Infallible, io, sync::Arc};

use axum::{Router, body::Body, extract::DefaultBodyLimit, response::Response, routing::any};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Handle,
    sync::mpsc,
    task::JoinSet,
};
use tower::ServiceExt;

use crate::{
    control,
    delivery::{attempt::deliver_scheduled, localhost::Localhost},
    pay, portal,
    request::{self, response::DropConnection},
    stand_in::StandIn,
    state::{SharedState, StripeState},
    store_file,
    types::Options,
};

/// Starts a stand-in on 127.0.0.1. Must be called inside a tokio runtime.
pub async fn start(options: Options) -> io::Result<StandIn> {
    let listener = TcpListener::bind(("127.0.0.1", options.port.unwrap_or(0))).await?;
    let base_url = format!("http://{}/", listener.local_addr()?);
    let mut state = StripeState {
        endpoints: options.webhooks,
        ..StripeState::default()
    };
    if let Some(path) = &options.store_file {
        state.stores = store_file::load(path)?;
    }
    // Webhooks go to this machine, so a proxy that the environment names must not be used.
    let http = reqwest::Client::builder()
        .no_proxy()
        .dns_resolver(Arc::new(Localhost))
        .build()
        .map_err(io::Error::other)?;
    let (scheduler, scheduled) = mpsc::unbounded_channel();
    let shared = Arc::new(SharedState::new(
        state,
        base_url.clone(),
        http,
        Handle::current(),
        scheduler,
        options.latency,
    ));
    tokio::spawn(deliver_scheduled(Arc::downgrade(&shared), scheduled));
    if let Some(path) = options.store_file.clone() {
        store_file::save_on_change(&shared, path);
    }
    let server = tokio::spawn(accept(listener, router(shared.clone())));
    Ok(StandIn {
        base_url,
        store_file: options.store_file,
        shared,
        server,
    })
}

fn router(shared: Arc<SharedState>) -> Router {
    Router::new()
        .route("/v1/{*path}", any(request::handle))
        .merge(pay::router())
        .merge(portal::router())
        .nest("/_control", control::router())
        .layer(DefaultBodyLimit::max(8 << 20))
        .with_state(shared)
}

async fn accept(listener: TcpListener, router: Router) {
    // Dropping the set, when this task is aborted, closes all connections.
    let mut connections = JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(serve_connection(stream, router.clone()));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve_connection(stream: TcpStream, router: Router) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let result: Result<Response, Infallible> = router.oneshot(request.map(Body::new)).await;
            let Ok(response) = result;
            match response.extensions().get::<DropConnection>() {
                Some(_) => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
                None => Ok(response),
            }
        }
    });
    // An error here only means that the connection was closed, by the client or by a fault.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
