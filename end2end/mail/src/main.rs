//! `mailbox`: the mailbox as a program, for `cargo xtask run` and the browser tests.

use std::process::ExitCode;

use clap::Parser;
use mailbox::{Ports, start};
use tokio::signal::unix::{SignalKind, signal};

/// Takes every mail over SMTP on 127.0.0.1, and shows it on a page
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The port for SMTP on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    smtp_port: u16,
    /// The port of the page on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    http_port: u16,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ports = Ports {
        smtp: arguments.smtp_port,
        http: arguments.http_port,
    };
    let mailbox = match start(ports).await {
        Ok(mailbox) => mailbox,
        Err(error) => {
            eprintln!("the mailbox could not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{} {}", mailbox.smtp_url, mailbox.page_url);
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return ExitCode::FAILURE;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
    ExitCode::SUCCESS
}
