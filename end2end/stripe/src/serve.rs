//! Starts the server: by hand instead of with `axum::serve`, so that a connection can be dropped
//! without an answer.

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
    book_file, control,
    delivery::attempt::carry_all,
    handle::StandIn,
    pay,
    request::{self, reply::Dropped},
    types::Options,
    world::{Shared, World},
};

/// Starts a stand-in on 127.0.0.1; call it inside a tokio runtime.
pub async fn start(options: Options) -> io::Result<StandIn> {
    let listener = TcpListener::bind(("127.0.0.1", options.port.unwrap_or(0))).await?;
    let base_url = format!("http://{}/", listener.local_addr()?);
    let mut world = World {
        endpoints: options.webhooks,
        ..World::default()
    };
    if let Some(path) = &options.books {
        world.stores = book_file::load(path)?;
    }
    // Webhooks go to this machine: a proxy of the environment has no part in it.
    let http = reqwest::Client::builder()
        .no_proxy()
        .build()
        .map_err(io::Error::other)?;
    let (departing, departures) = mpsc::unbounded_channel();
    let shared = Arc::new(Shared::new(
        world,
        base_url.clone(),
        http,
        Handle::current(),
        departing,
        options.answer_after,
    ));
    tokio::spawn(carry_all(Arc::downgrade(&shared), departures));
    if let Some(path) = options.books.clone() {
        book_file::keep(&shared, path);
    }
    let server = tokio::spawn(accept(listener, router(shared.clone())));
    Ok(StandIn {
        base_url,
        books: options.books,
        shared,
        server,
    })
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1/{*path}", any(request::enter))
        .merge(pay::router())
        .nest("/_control", control::router())
        .layer(DefaultBodyLimit::max(8 << 20))
        .with_state(shared)
}

async fn accept(listener: TcpListener, router: Router) {
    // Dropped with this task, and the connections with it.
    let mut connections = JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(connection(stream, router.clone()));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(stream: TcpStream, router: Router) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let answer: Result<Response, Infallible> = router.oneshot(request.map(Body::new)).await;
            let Ok(response) = answer;
            match response.extensions().get::<Dropped>() {
                Some(_) => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
                None => Ok(response),
            }
        }
    });
    // An error here is a connection that was cut, by the caller or on purpose.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
