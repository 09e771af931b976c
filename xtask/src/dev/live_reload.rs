//! Tells open pages to load again: the other end of Leptos's `AutoReload`, which pages contain when
//! `LEPTOS_WATCH` is in the server's environment.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use tungstenite::{Message, WebSocket, accept};

/// How long a page may take for its handshake, and for a message.
const PATIENCE: Duration = Duration::from_secs(2);

type Pages = Arc<Mutex<Vec<WebSocket<TcpStream>>>>;

/// The open pages.
pub struct LiveReload {
    pub port: u16,
    pages: Pages,
}

impl LiveReload {
    /// Listens on a port of this machine; pages connect to it and wait.
    pub fn start(port: u16) -> Result<Self> {
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener =
            TcpListener::bind(addr).with_context(|| format!("port {port} cannot be used"))?;
        let port = listener.local_addr()?.port();
        let pages = Pages::default();
        let accepted = Arc::clone(&pages);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let accepted = Arc::clone(&accepted);
                // Browsers also open connections that they may never use.
                thread::spawn(move || {
                    if let Some(page) = connect(stream) {
                        lock(&accepted).push(page);
                    }
                });
            }
        });
        Ok(Self { port, pages })
    }

    /// Has every open page load again and returns how many there were.
    pub fn reload(&self) -> usize {
        let mut pages = lock(&self.pages);
        // A page that has been left does not take the message. One that loads again opens a new
        // connection, so none is kept.
        let open = pages
            .drain(..)
            .filter_map(|mut page| page.send(Message::text(r#"{"all":"changed"}"#)).ok());
        open.count()
    }
}

fn lock(pages: &Pages) -> MutexGuard<'_, Vec<WebSocket<TcpStream>>> {
    pages.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(stream: TcpStream) -> Option<WebSocket<TcpStream>> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    accept(stream).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn an_open_page_is_told_once() {
        let reload = LiveReload::start(0).unwrap();
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, reload.port)).unwrap();
        let address = format!("ws://localhost:{}/live_reload", reload.port);
        let (mut page, _) = tungstenite::client(address, stream).unwrap();
        let start = Instant::now();
        while reload.reload() == 0 {
            assert!(start.elapsed() < Duration::from_secs(10));
            thread::yield_now();
        }
        let message: serde_json::Value =
            serde_json::from_str(page.read().unwrap().to_text().unwrap()).unwrap();
        assert!(message["all"].is_string(), "{message}");
        assert_eq!(reload.reload(), 0);
    }
}
