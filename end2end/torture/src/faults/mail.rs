//! Fault: the mail server is down for a while.

use std::{sync::Arc, sync::atomic::Ordering::Relaxed, time::Duration};

use tokio::time::sleep;

use super::FaultCounts;
use crate::workload::TestContext;

/// How long it is down, in a run that is long enough.
const DOWN: Duration = Duration::from_secs(180);

/// Takes the mail server down and up again until it is aborted; in a run of this duration at least once.
pub async fn take_down(context: Arc<TestContext>, counts: Arc<FaultCounts>, duration: Duration) {
    let down = DOWN.min(duration / 4);
    loop {
        sleep(down / 2).await;
        context.mailbox.set_down(true);
        counts.mail_outages.fetch_add(1, Relaxed);
        sleep(down).await;
        context.mailbox.set_down(false);
        sleep(down * 3).await;
    }
}
