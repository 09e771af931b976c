//! One test run on one database: set-up, workload with faults and outages, completion, audit.

use std::{
    collections::HashSet,
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool, atomic::Ordering::Relaxed},
    time::Duration,
};

use anyhow::Context;
use rand::{SeedableRng, rngs::StdRng};
use stripe_stand_in::{Endpoint, Options, StandIn};
use tokio::{
    net::TcpListener,
    sync::Mutex,
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    activity_log::{ActivityLog, Jump},
    audit::{self, Audited, Baseline, Work},
    balancer::balance,
    clock::Clock,
    database::{Connection, TestDatabase},
    demo::{Demo, HOLDS, TAKES_SHARE},
    evidence,
    faults::FaultInjector,
    report::Report,
    server_processes::ServerProcesses,
    workload::{self, TestContext},
};

/// Simulated buyers at the same time.
const BUYERS: u64 = 10;
/// Members who reload their dashboard during the run.
const DASHBOARD_VIEWERS: usize = 2;
/// Longer than Stripe keeps idempotency keys (24 hours), and longer than any lease.
const CLOCK_JUMP: Duration = Duration::from_secs(25 * 60 * 60);
/// An outage occurs at this interval, and once in a shorter run.
const OUTAGE_INTERVAL: Duration = Duration::from_secs(600);
/// How long the product may take to complete its work without help.
const COMPLETION_TIMEOUT: Duration = Duration::from_secs(180);
/// How long it may take after a further clock jump.
const FINAL_COMPLETION_TIMEOUT: Duration = Duration::from_secs(180);

/// The options of a test run.
pub struct TestRun {
    pub server: PathBuf,
    pub folder: PathBuf,
    pub clock: Clock,
    pub seed: u64,
    pub duration: Duration,
    pub database: TestDatabase,
}

/// What a test run works on, once it is set up.
struct Environment {
    context: Arc<TestContext>,
    processes: Arc<Mutex<ServerProcesses>>,
    database: Arc<TestDatabase>,
    cut_connections: Arc<AtomicBool>,
    baseline: Baseline,
    clock: Clock,
    /// For logs.
    folder: PathBuf,
    outages: u64,
}

impl TestRun {
    /// Runs the workload, injects faults, and audits the result.
    ///
    /// # Errors
    /// If the test itself could not be carried out.
    pub async fn run(self) -> anyhow::Result<Report> {
        let (seed, duration) = (self.seed, self.duration);
        let mut balancer_task = JoinSet::new();
        let mut environment = self.set_up(&mut balancer_task).await?;
        let deadline = Instant::now() + duration;
        let mut workload = JoinSet::new();
        for number in 0..BUYERS {
            let seed = seed.wrapping_mul(31).wrapping_add(number);
            workload.spawn(workload::buy_until(
                environment.context.clone(),
                seed,
                deadline,
            ));
        }
        for number in 0..DASHBOARD_VIEWERS {
            let seed = seed.wrapping_add(1_000 + number as u64);
            workload.spawn(workload::view_dashboard(
                environment.context.clone(),
                number,
                seed,
                deadline,
            ));
        }
        let mut injector = FaultInjector::start(
            &environment.context,
            &environment.processes,
            &environment.database,
            &environment.cut_connections,
            seed,
            duration,
        );
        for outage in outages(duration) {
            tokio::time::sleep_until(deadline - duration + outage).await;
            environment.outage().await?;
        }
        tokio::time::sleep_until(deadline).await;
        let stripe_faults = injector.stop().await;
        environment.processes.lock().await.start()?;
        if duration < OUTAGE_INTERVAL {
            environment.outage().await?;
        }
        while let Some(finished) = workload.join_next().await {
            finished?;
        }
        environment.finish_work().await?;
        environment
            .report(&injector, stripe_faults, seed, duration)
            .await
    }

    async fn set_up(self, balancer_task: &mut JoinSet<()>) -> anyhow::Result<Environment> {
        std::fs::create_dir_all(&self.folder)?;
        self.database.create().await?;
        let stripe = Arc::new(stripe_stand_in::start(Options::default()).await?);
        let mailbox = mailbox::start(mailbox::Ports::default()).await?;
        mailbox.forget_texts();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let balancer = listener.local_addr()?;
        let env = vec![
            ("DATABASE_URL", self.database.url()),
            ("APP_SECRET", "torture: 32 characters and a few".to_owned()),
            ("STRIPE_API_BASE", stripe.base_url.clone()),
            ("TRUSTED_PROXIES", "127.0.0.1".to_owned()),
            ("SMTP_URL", mailbox.smtp_url.clone()),
            ("MAIL_FROM", "no-reply@pewpros.example".to_owned()),
            // The users are faster than any mail provider allows.
            ("MAIL_PER_SECOND", "1000".to_owned()),
        ];
        let shared = self.database.is_shared();
        let mut processes = ServerProcesses::new(&self.server, env, &self.folder, shared)?;
        processes.run_command(&["migrate"], balancer).await?;
        let demo = processes.run_command(&["demo", "--json"], balancer).await?;
        let demo: Demo = serde_json::from_str(&demo).context("`server demo --json`")?;
        register_webhooks(&stripe, &demo);
        let take_share = [
            "partial-refunds",
            "--site",
            TAKES_SHARE,
            "--take-share",
            "true",
        ];
        processes.run_command(&take_share, balancer).await?;
        processes.start()?;
        processes.wait_until_listening().await?;
        let cut_connections = Arc::new(AtomicBool::new(false));
        let web = Arc::new(processes.web_addresses());
        balancer_task.spawn(balance(listener, web, cut_connections.clone(), self.seed));

        let log = Arc::new(ActivityLog::default());
        let mut rng = StdRng::seed_from_u64(self.seed);
        let members = workload::register_members(&demo, balancer, &log, &mut rng).await?;
        let connection = Connection::open(&self.database).await?;
        let codes = "SELECT code FROM platform_referrers ORDER BY id LIMIT 2";
        let context = TestContext {
            platform_referrer_codes: connection.rows(codes, |row| row.try_get_by(0)).await?,
            demo,
            balancer,
            stripe,
            mailbox,
            log,
            members,
            rolled_keys: std::sync::Mutex::default(),
            live: std::sync::Mutex::default(),
            live_since: std::sync::Mutex::default(),
            connection_lock: Mutex::default(),
        };
        workload::set_hold(&context, HOLDS, &mut rng).await?;
        let baseline = audit::take_baseline(&connection, &context.stripe, &context.demo).await?;
        Ok(Environment {
            context: Arc::new(context),
            processes: Arc::new(Mutex::new(processes)),
            database: Arc::new(self.database),
            cut_connections,
            baseline,
            clock: self.clock,
            folder: self.folder,
            outages: 0,
        })
    }
}

fn register_webhooks(stripe: &StandIn, demo: &Demo) {
    let mut seen = HashSet::new();
    for site in &demo.sites {
        if seen.insert(site.stripe_secret_key.clone()) {
            stripe.register_endpoint(Endpoint::new(
                &site.stripe_secret_key,
                &site.webhook_url,
                &site.webhook_secret,
            ));
        }
    }
}

/// When outages begin, counted from the start of the run.
fn outages(duration: Duration) -> Vec<Duration> {
    let mut at: Vec<Duration> = (1..)
        .map(|number| OUTAGE_INTERVAL * number)
        .take_while(|at| *at < duration)
        .collect();
    if at.is_empty() {
        at.push(duration.mul_f64(0.6));
    }
    at
}

impl Environment {
    /// Stops everything and starts it again 25 hours later: idempotency keys and leases have
    /// expired.
    async fn outage(&mut self) -> anyhow::Result<()> {
        let mut processes = self.processes.lock().await;
        processes.kill_all().await?;
        // Stripe finishes the requests that it has started at once, not a day later.
        self.context.finish_stripe_requests().await;
        self.jump(Work::Interrupted).await?;
        self.outages += 1;
        processes.start()?;
        processes.wait_until_listening().await
    }

    /// Moves the clock, and records what the product knew before.
    async fn jump(&self, work: Work) -> anyhow::Result<()> {
        let connection = Connection::open(&self.database).await?;
        let context = &self.context;
        let known = audit::known_before_jump(&connection, context, work).await?;
        self.clock.jump(CLOCK_JUMP).await?;
        // Until now, users went on.
        let at = context.stripe.now() - i64::try_from(CLOCK_JUMP.as_secs())?;
        context.log.record_jump(Jump { at, ..known });
        Ok(())
    }

    /// Waits until the product has completed its work. Then the clock jumps once, so that holds end.
    /// In a long run, processes that are stuck get no other help. A short run has no time to wait
    /// until leases of killed processes expire or until the next sweep, so its users end with an outage.
    async fn finish_work(&mut self) -> anyhow::Result<()> {
        let work = match self.wait_for_completion(COMPLETION_TIMEOUT).await? {
            true => Work::Completed,
            false => Work::Interrupted,
        };
        self.jump(work).await?;
        self.wait_for_completion(FINAL_COMPLETION_TIMEOUT).await?;
        self.compare_books().await?;
        self.wait_for_completion(FINAL_COMPLETION_TIMEOUT).await?;
        // Of a slow payment that was learned since, what it earned is on hold from then on.
        let connection = Connection::open(&self.database).await?;
        if audit::is_anything_on_hold(&connection).await? {
            self.jump(Work::Completed).await?;
            self.wait_for_completion(FINAL_COMPLETION_TIMEOUT).await?;
        }
        Ok(())
    }

    /// Compares the books, as is done each night: what went back while no endpoint was there to hear of it is found
    /// with them. It fails where a person has to look, as after a restore; the audit looks itself.
    async fn compare_books(&self) -> anyhow::Result<()> {
        let processes = self.processes.lock().await;
        let compared = processes.try_command(&["reconcile"], self.context.balancer);
        std::fs::write(self.folder.join("books.log"), compared.await?.stdout)?;
        Ok(())
    }

    async fn wait_for_completion(&self, timeout: Duration) -> anyhow::Result<bool> {
        let started = Instant::now();
        while started.elapsed() < timeout {
            let connection = Connection::open(&self.database).await?;
            let unfinished = audit::unfinished(&connection, &self.baseline).await?;
            let unknown_payments =
                audit::unknown_payments(&connection, &self.context, &self.baseline).await?;
            let undelivered = audit::undelivered(&connection, &self.context).await?;
            if unfinished.is_empty() && unknown_payments == 0 && undelivered.is_empty() {
                return Ok(true);
            }
            sleep(Duration::from_millis(500)).await;
        }
        Ok(false)
    }

    async fn report(
        &self,
        injector: &FaultInjector,
        stripe_faults: u64,
        seed: u64,
        duration: Duration,
    ) -> anyhow::Result<Report> {
        let connection = Connection::open(&self.database).await?;
        let Audited {
            findings,
            ended_in_hold,
        } = audit::audit(&connection, &self.context, &self.baseline).await?;
        if !findings.is_empty() {
            evidence::keep(&self.context, &self.folder)?;
        }
        let log = &self.context.log;
        let accounts = self.context.accounts();
        let deliveries = accounts
            .iter()
            .flat_map(|key| self.context.stripe.deliveries(key));
        let deliveries: u64 = deliveries
            .map(|delivery| delivery.statuses.len() as u64)
            .sum();
        let events = connection
            .count("SELECT COUNT(*) FROM stripe_events")
            .await?;
        Ok(Report {
            database: self.database.name(),
            is_shared: self.database.is_shared(),
            seed,
            seconds: duration.as_secs(),
            purchases: log.friends().len() + log.subscriptions().len(),
            memberships: log.memberships.load(Relaxed),
            credit_purchases: log.credit_purchases.load(Relaxed),
            counter_sales: log.counter_sales().len(),
            undone_sales: log.undone_sales.load(Relaxed),
            refunds: log.refunds.load(Relaxed),
            disputes: log.disputes.load(Relaxed),
            dashboard_cancellations: log.dashboard_cancellations.load(Relaxed),
            membership_cancellations: log.membership_cancellations.load(Relaxed),
            plan_cancellations: log.plan_cancellations.load(Relaxed),
            ended_in_hold,
            plan_refunds: log.plan_refunds.load(Relaxed),
            abandoned_checkouts: log.abandoned_checkouts.load(Relaxed),
            credits: usize::try_from(
                connection
                    .count(&format!(
                        "SELECT COUNT(*) FROM credits WHERE id > {} AND state = 'issued'",
                        self.baseline.credit_id
                    ))
                    .await?,
            )?,
            kills: injector.counts.kills.load(Relaxed),
            stops: injector.counts.stops.load(Relaxed),
            connections_cut: injector.counts.connections_cut.load(Relaxed),
            full_disks: injector.counts.full_disks.load(Relaxed),
            clones: injector.counts.clones.load(Relaxed),
            restores: injector.counts.restores.load(Relaxed),
            reconnects: injector.counts.reconnects.load(Relaxed),
            endpoint_removals: injector.counts.endpoint_removals.load(Relaxed),
            went_live: injector.counts.went_live.load(Relaxed),
            key_rolls: injector.counts.key_rolls.load(Relaxed),
            outages: self.outages,
            mail_outages: injector.counts.mail_outages.load(Relaxed),
            mails: self.context.mailbox.mails().len(),
            stripe_faults,
            retries: log.retries.load(Relaxed) + deliveries.saturating_sub(u64::try_from(events)?),
            findings,
            failures: log.failures(),
        })
    }
}
