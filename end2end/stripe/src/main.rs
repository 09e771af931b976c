//! `stripe-stand-in`: the stand-in as a program, for `cargo xtask run` and the browser tests.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use stripe_stand_in::{Endpoint, Options, start};
use tokio::signal::unix::{SignalKind, signal};

/// Behaves as Stripe does, in memory and on 127.0.0.1 only. All payments are simulated.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The port on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Keep all objects in this JSON file
    #[arg(long, value_name = "FILE")]
    books: Option<PathBuf>,
    /// Send webhooks: URL=SECRET_KEY=SIGNING_SECRET[,SIGNING_SECRET…]; may be repeated
    #[arg(long = "webhook", value_name = "URL=KEY=SECRET", value_parser = endpoint)]
    webhooks: Vec<Endpoint>,
    /// Delay every response under /v1/ by this many milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    answer_after: u64,
}

/// Splits from the right, because the URL may contain `=`.
fn endpoint(text: &str) -> Result<Endpoint, String> {
    let mut parts = text.rsplitn(3, '=');
    let (Some(secrets), Some(key), Some(url)) = (parts.next(), parts.next(), parts.next()) else {
        return Err("wanted URL=SECRET_KEY=SIGNING_SECRET".into());
    };
    let signing_secrets = secrets.split(',').map(Into::into).collect();
    Ok(Endpoint {
        secret_key: key.into(),
        url: url.into(),
        signing_secrets,
        connect: false,
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let options = Options {
        port: Some(arguments.port),
        store_file: arguments.books,
        webhooks: arguments.webhooks,
        latency: Duration::from_millis(arguments.answer_after),
    };
    let stand_in = match start(options).await {
        Ok(stand_in) => stand_in,
        Err(error) => {
            eprintln!("stripe-stand-in could not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", stand_in.base_url);
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return ExitCode::FAILURE;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
    // Saves the store file a last time.
    drop(stand_in);
    ExitCode::SUCCESS
}
