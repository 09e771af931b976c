//! One trial on one database: set up, trouble, an outage of a day, and the end.

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
    activity_log::Diary,
    audit::{self, Start},
    balancer::balance,
    clock::Clock,
    database::{Look, Place},
    demo::Demo,
    faults::Trouble,
    report::Report,
    server_processes::Crew,
    workload::{self, World},
};

/// People at once.
const CROWD: u64 = 10;
/// Members who look at their dashboard meanwhile.
const WATCHERS: usize = 2;
/// Longer than Stripe remembers a key, and than anybody holds anything.
const A_DAY_AND_MORE: Duration = Duration::from_secs(25 * 60 * 60);
/// An outage comes this often, and once in a shorter trial.
const BETWEEN_OUTAGES: Duration = Duration::from_secs(600);
/// How long the product may take to do what is left without help.
const SETTLES_WITHIN: Duration = Duration::from_secs(180);
/// The same after a day has passed.
const SETTLES_AT_LAST: Duration = Duration::from_secs(180);

/// What is to be done.
pub struct Trial {
    pub server: PathBuf,
    pub folder: PathBuf,
    pub clock: Clock,
    pub seed: u64,
    pub lasts: Duration,
    pub place: Place,
}

/// A trial that is set up.
struct Stage {
    world: Arc<World>,
    crew: Arc<Mutex<Crew>>,
    place: Arc<Place>,
    rough: Arc<AtomicBool>,
    from: Start,
    clock: Clock,
    outages: u64,
}

impl Trial {
    /// Lets people buy, breaks everything, and compares.
    ///
    /// # Errors
    /// If the trial itself could not be held.
    pub async fn run(self) -> anyhow::Result<Report> {
        let (seed, lasts) = (self.seed, self.lasts);
        let mut balancing = JoinSet::new();
        let mut stage = self.set_up(&mut balancing).await?;
        let deadline = Instant::now() + lasts;
        let mut people = JoinSet::new();
        for number in 0..CROWD {
            let seed = seed.wrapping_mul(31).wrapping_add(number);
            people.spawn(workload::crowd(stage.world.clone(), seed, deadline));
        }
        for number in 0..WATCHERS {
            let seed = seed.wrapping_add(1_000 + number as u64);
            people.spawn(workload::watch(stage.world.clone(), number, seed, deadline));
        }
        let mut trouble = Trouble::begin(
            &stage.world,
            &stage.crew,
            &stage.place,
            &stage.rough,
            seed,
            lasts,
        );
        for outage in outages(lasts) {
            tokio::time::sleep_until(deadline - lasts + outage).await;
            stage.outage().await?;
        }
        tokio::time::sleep_until(deadline).await;
        let faults = trouble.end().await;
        stage.crew.lock().await.start()?;
        while let Some(person) = people.join_next().await {
            person?;
        }
        stage.settle(lasts).await?;
        stage.report(&trouble, faults, seed, lasts).await
    }

    async fn set_up(self, balancing: &mut JoinSet<()>) -> anyhow::Result<Stage> {
        std::fs::create_dir_all(&self.folder)?;
        self.place.make().await?;
        let stripe = Arc::new(stripe_stand_in::start(Options::default()).await?);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let balancer = listener.local_addr()?;
        let env = vec![
            ("DATABASE_URL", self.place.url()),
            ("APP_SECRET", "torture: 32 characters and a few".to_owned()),
            ("STRIPE_API_BASE", stripe.base_url.clone()),
            ("TRUSTED_PROXIES", "127.0.0.1".to_owned()),
        ];
        let shared = self.place.is_shared();
        let mut crew = Crew::new(&self.server, env, &self.folder, shared)?;
        crew.order(&["migrate"], balancer).await?;
        let demo = crew.order(&["demo", "--json"], balancer).await?;
        let demo: Demo = serde_json::from_str(&demo).context("`server demo --json`")?;
        register_webhooks(&stripe, &demo);
        crew.start()?;
        crew.listens().await?;
        let rough = Arc::new(AtomicBool::new(false));
        let web = Arc::new(crew.web());
        balancing.spawn(balance(listener, web, rough.clone(), self.seed));

        let diary = Arc::new(Diary::default());
        let mut chance = StdRng::seed_from_u64(self.seed);
        let members = workload::members(&demo, balancer, &diary, &mut chance).await?;
        let look = Look::at(&self.place).await?;
        let codes = "SELECT code FROM platform_referrers ORDER BY id LIMIT 2";
        let world = World {
            partners: look.rows(codes, |row| row.try_get_by(0)).await?,
            demo,
            balancer,
            stripe,
            diary,
            members,
            keys: std::sync::Mutex::default(),
            live: std::sync::Mutex::default(),
            live_since: std::sync::Mutex::default(),
            connecting: Mutex::default(),
        };
        let from = audit::start(&look, &world.stripe, &world.demo).await?;
        Ok(Stage {
            world: Arc::new(world),
            crew: Arc::new(Mutex::new(crew)),
            place: Arc::new(self.place),
            rough,
            from,
            clock: self.clock,
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

/// When outages begin, from the start of the trial.
fn outages(lasts: Duration) -> Vec<Duration> {
    let mut at: Vec<Duration> = (1..)
        .map(|number| BETWEEN_OUTAGES * number)
        .take_while(|at| *at < lasts)
        .collect();
    if at.is_empty() {
        at.push(lasts.mul_f64(0.6));
    }
    at
}

impl Stage {
    /// Everything is down, and comes back a day later: keys are forgotten, leases are over.
    async fn outage(&mut self) -> anyhow::Result<()> {
        let mut crew = self.crew.lock().await;
        crew.kill_all().await?;
        // What Stripe has begun it ends at once, and not a day later.
        self.world.calls_end().await;
        self.clock.jump(A_DAY_AND_MORE).await?;
        self.outages += 1;
        crew.start()?;
        crew.listens().await
    }

    /// Waits until nothing is left to do; a day passes if that takes long. Processes that are stuck
    /// get no help then, but for those of a short trial: it has no time to wait until the jobs of the
    /// dead are taken up, nor for the next sweep.
    async fn settle(&mut self, lasted: Duration) -> anyhow::Result<()> {
        if lasted < BETWEEN_OUTAGES {
            self.outage().await?;
        } else if !self.settles(SETTLES_WITHIN).await? {
            self.clock.jump(A_DAY_AND_MORE).await?;
        }
        self.settles(SETTLES_AT_LAST).await?;
        Ok(())
    }

    async fn settles(&self, within: Duration) -> anyhow::Result<bool> {
        let began = Instant::now();
        while began.elapsed() < within {
            let look = Look::at(&self.place).await?;
            let left = audit::unfinished(&look, &self.from).await?;
            let unknown = audit::unknown_sales(&look, &self.world, &self.from).await?;
            let undelivered = audit::undelivered(&look, &self.world).await?;
            if left.is_nothing() && unknown == 0 && undelivered.is_empty() {
                return Ok(true);
            }
            sleep(Duration::from_millis(500)).await;
        }
        Ok(false)
    }

    async fn report(
        &self,
        trouble: &Trouble,
        faults: u64,
        seed: u64,
        lasts: Duration,
    ) -> anyhow::Result<Report> {
        let look = Look::at(&self.place).await?;
        let findings = audit::audit(&look, &self.world, &self.from).await?;
        let diary = &self.world.diary;
        let again = self.world.accounts();
        let again = again
            .iter()
            .flat_map(|key| self.world.stripe.deliveries(key));
        let deliveries: u64 = again.map(|delivery| delivery.statuses.len() as u64).sum();
        let events = look.count("SELECT COUNT(*) FROM stripe_events").await?;
        Ok(Report {
            place: self.place.name(),
            shared: self.place.is_shared(),
            seed,
            seconds: lasts.as_secs(),
            purchases: diary.friends().len() + diary.subscriptions().len(),
            memberships: diary.memberships.load(Relaxed),
            pages_left: diary.pages_left.load(Relaxed),
            credits: usize::try_from(
                look.count(&format!(
                    "SELECT COUNT(*) FROM credits WHERE id > {} AND state = 'issued'",
                    self.from.credit_id
                ))
                .await?,
            )?,
            kills: trouble.count.kills.load(Relaxed),
            stops: trouble.count.stops.load(Relaxed),
            cuts: trouble.count.cuts.load(Relaxed),
            full_disks: trouble.count.full_disks.load(Relaxed),
            clones: trouble.count.clones.load(Relaxed),
            restores: trouble.count.restores.load(Relaxed),
            reconnects: trouble.count.reconnects.load(Relaxed),
            endpoints: trouble.count.endpoints.load(Relaxed),
            went_live: trouble.count.went_live.load(Relaxed),
            rolls: trouble.count.rolls.load(Relaxed),
            outages: self.outages,
            faults,
            repeats: diary.repeats.load(Relaxed)
                + deliveries.saturating_sub(u64::try_from(events)?),
            findings,
            broken: diary.broken(),
        })
    }
}
