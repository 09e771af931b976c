//! A mailbox for the demo and the tests: takes every mail over SMTP on 127.0.0.1, sends none on, and
//! shows them on a page.

mod faults;
mod pages;
mod received;
mod smtp;

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

pub use faults::Fault;
pub use received::ReceivedMail;

/// Where the mailbox listens on 127.0.0.1; 0 takes any free port.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    pub smtp: u16,
    pub http: u16,
}

/// A running mailbox, until dropped.
pub struct Mailbox {
    /// `smtp://127.0.0.1:…`
    pub smtp_url: String,
    /// The page with the mails, `http://127.0.0.1:…/`.
    pub page_url: String,
    shared: Arc<Shared>,
    tasks: [JoinHandle<()>; 2],
}

/// What the SMTP server and the page share.
#[derive(Default)]
pub(crate) struct Shared {
    mails: Mutex<Vec<ReceivedMail>>,
    faults: Mutex<Vec<Fault>>,
    /// How many mails there are.
    count: watch::Sender<usize>,
    /// Connections end at once.
    is_down: AtomicBool,
    /// Of a mail only what identifies it is kept.
    forgets_texts: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn mails(&self) -> Vec<ReceivedMail> {
        lock(&self.mails).clone()
    }

    fn take(&self, raw: &[u8], from: String, to: Vec<String>) {
        let mut mails = lock(&self.mails);
        let number = mails.len() + 1;
        let mut mail = ReceivedMail::read(number, raw, from, to);
        if self.forgets_texts.load(Ordering::Relaxed) {
            mail.forget_texts();
        }
        mails.push(mail);
        self.count.send_replace(number);
    }

    /// The next fault that `strikes`, which happens once.
    fn fault(&self, strikes: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let mut faults = lock(&self.faults);
        let position = faults.iter().position(strikes)?;
        Some(faults.remove(position))
    }
}

/// Starts a mailbox. Must be called inside a tokio runtime.
///
/// # Errors
/// If a port is taken.
pub async fn start(ports: Ports) -> io::Result<Mailbox> {
    let smtp = TcpListener::bind(("127.0.0.1", ports.smtp)).await?;
    let http = TcpListener::bind(("127.0.0.1", ports.http)).await?;
    let smtp_url = format!("smtp://{}", smtp.local_addr()?);
    let page_url = format!("http://{}/", http.local_addr()?);
    let shared = Arc::new(Shared::default());
    let tasks = [
        tokio::spawn(smtp::accept(smtp, shared.clone())),
        tokio::spawn(pages::serve(http, shared.clone())),
    ];
    Ok(Mailbox {
        smtp_url,
        page_url,
        shared,
        tasks,
    })
}

impl Mailbox {
    /// Every mail that was taken, oldest first.
    pub fn mails(&self) -> Vec<ReceivedMail> {
        self.shared.mails()
    }

    /// Waits until `count` mails were taken, and returns them all.
    pub async fn wait_for(&self, count: usize) -> Vec<ReceivedMail> {
        let mut counted = self.shared.count.subscribe();
        // The sender is in `shared`, so that it cannot be dropped meanwhile.
        counted.wait_for(|now| *now >= count).await.ok();
        self.mails()
    }

    /// Adds a fault, which strikes once.
    pub fn fault(&self, fault: Fault) {
        lock(&self.shared.faults).push(fault);
    }

    /// Ends every connection at once, as while the mail server is down, until it is up again.
    pub fn set_down(&self, is_down: bool) {
        self.shared.is_down.store(is_down, Ordering::Relaxed);
    }

    /// Keeps no texts of the mails that are taken from now on, for tests with very many.
    pub fn forget_texts(&self) {
        self.shared.forgets_texts.store(true, Ordering::Relaxed);
    }

    /// How many faults have not struck.
    pub fn unused_faults(&self) -> usize {
        lock(&self.shared.faults).len()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
