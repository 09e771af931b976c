//! The SMTP server (RFC 5321): as much as a client needs to hand a mail in.

use std::{
    io,
    sync::{Arc, atomic::Ordering},
};

use smtp_proto::{Request, request::receiver::DataReceiver};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufStream},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::{Fault, Shared};

/// The longest line that is read, in bytes.
const LONGEST_LINE: usize = 4096;

pub(crate) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Dropping the set, when this task is aborted, closes all connections.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let shared = shared.clone();
        connections.spawn(async move {
            // A client that hangs up is no error of ours.
            Session::new(stream, shared).run().await.ok();
        });
    }
}

/// What to do after a command.
enum Next {
    Go(&'static str),
    TakeMail,
    End(Option<&'static str>),
}

/// A connection with a client.
struct Session {
    stream: BufStream<TcpStream>,
    shared: Arc<Shared>,
    from: String,
    to: Vec<String>,
}

impl Session {
    fn new(stream: TcpStream, shared: Arc<Shared>) -> Self {
        Self {
            stream: BufStream::new(stream),
            shared,
            from: String::new(),
            to: Vec::new(),
        }
    }

    async fn run(mut self) -> io::Result<()> {
        let is_down = self.shared.is_down.load(Ordering::Relaxed);
        if is_down || self.shared.fault(|fault| *fault == Fault::HangUp).is_some() {
            return Ok(());
        }
        self.say("220 mailbox ESMTP").await?;
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).await? == 0 || line.len() > LONGEST_LINE {
                return Ok(());
            }
            match self.answer(&line) {
                Next::Go(reply) => self.say(reply).await?,
                Next::TakeMail => {
                    if self.shared.is_down.load(Ordering::Relaxed) {
                        return Ok(());
                    }
                    self.say("354 end with a dot").await?;
                    let mail = self.read_mail().await?;
                    let (from, to) = (self.from.clone(), std::mem::take(&mut self.to));
                    self.shared.take(&mail, from, to);
                    if self
                        .shared
                        .fault(|fault| *fault == Fault::LoseAnswer)
                        .is_some()
                    {
                        return Ok(());
                    }
                    self.say("250 taken").await?;
                }
                Next::End(reply) => {
                    if let Some(reply) = reply {
                        self.say(reply).await?;
                    }
                    return Ok(());
                }
            }
        }
    }

    fn answer(&mut self, line: &[u8]) -> Next {
        match Request::parse(&mut line.iter()) {
            Ok(Request::Ehlo { .. }) => Next::Go("250-mailbox\r\n250 8BITMIME"),
            Ok(Request::Helo { .. }) => Next::Go("250 mailbox"),
            Ok(Request::Mail { from }) => {
                self.from = from.address.into_owned();
                Next::Go("250 ok")
            }
            Ok(Request::Rcpt { to }) => {
                let refusal =
                    |fault: &Fault| matches!(fault, Fault::RefuseRecipient | Fault::TryLater);
                match self.shared.fault(refusal) {
                    Some(Fault::RefuseRecipient) => Next::Go("550 5.1.1 no such user"),
                    Some(_) => Next::Go("451 4.3.0 try again later"),
                    None => {
                        self.to.push(to.address.into_owned());
                        Next::Go("250 ok")
                    }
                }
            }
            Ok(Request::Data) => Next::TakeMail,
            Ok(Request::Rset | Request::Noop { .. }) => Next::Go("250 ok"),
            Ok(Request::Quit) => Next::End(Some("221 bye")),
            Ok(_) => Next::Go("502 not implemented"),
            Err(_) => Next::Go("500 not understood"),
        }
    }

    async fn read_mail(&mut self) -> io::Result<Vec<u8>> {
        let (mut receiver, mut mail) = (DataReceiver::new(), Vec::new());
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if receiver.ingest(&mut line.iter(), &mut mail) {
                return Ok(mail);
            }
        }
    }

    async fn say(&mut self, reply: &str) -> io::Result<()> {
        self.stream.write_all(reply.as_bytes()).await?;
        self.stream.write_all(b"\r\n").await?;
        self.stream.flush().await
    }
}
