//! PgBouncer in transaction mode is refused, and accepted in session mode. Its place is taken by a
//! pooler of the test's own, which speaks as much of PostgreSQL's protocol as the test needs. The
//! pooler also counts the messages that wait for an answer: there must be none besides our own
//! statements.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use sea_orm::ConnectionTrait;
use store::{Db, Pool};
use tokio::{
    io::{self, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Mutex, Semaphore},
    task::yield_now,
};

use crate::support::Database;

/// When a client returns its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    AfterEachTransaction,
    AtItsEnd,
}

/// Which of the idle connections is given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    LastUsedFirst,
    InTurn,
}

struct Pooler {
    mode: Mode,
    order: Order,
    waiting: Mutex<VecDeque<TcpStream>>,
    number: Semaphore,
    /// How many messages so far wait for an answer.
    asked: AtomicUsize,
}

impl Pooler {
    /// Opens this many connections to the database at `url`; also returns the address to connect to
    /// instead.
    async fn start(url: &str, connections: usize, mode: Mode, order: Order) -> (Arc<Self>, String) {
        let (user_and_host, database) = url.rsplit_once('/').unwrap();
        let (user, host) = user_and_host.rsplit_once('@').unwrap();
        let name = user.rsplit_once('/').unwrap().1.split(':').next().unwrap();
        let database = database.split('?').next().unwrap();
        let mut waiting = VecDeque::new();
        for _ in 0..connections {
            let mut server = TcpStream::connect(host).await.unwrap();
            let hello = format!("user\0{name}\0database\0{database}\0\0");
            server.write_u32(8 + hello.len() as u32).await.unwrap();
            server.write_u32(3 << 16).await.unwrap();
            server.write_all(hello.as_bytes()).await.unwrap();
            while read(&mut server).await.unwrap().0 != b'Z' {}
            waiting.push_back(server);
        }
        let pooler = Arc::new(Self {
            mode,
            order,
            waiting: Mutex::new(waiting),
            number: Semaphore::new(connections),
            asked: AtomicUsize::new(0),
        });
        let serving = pooler.clone();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let pooler = serving.clone();
                // The task ends when the client hangs up.
                tokio::spawn(async move { pooler.serve(client).await.ok() });
            }
        });
        (pooler, format!("{user}@{address}/{database}"))
    }

    async fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        const SSL: u32 = 80_877_103;
        loop {
            let length = client.read_u32().await?;
            let mut hello = vec![0; length as usize - 4];
            client.read_exact(&mut hello).await?;
            if hello[..4] != SSL.to_be_bytes() {
                break;
            }
            client.write_all(b"N").await?;
        }
        client.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 0]).await?;
        client.write_all(&[b'Z', 0, 0, 0, 5, b'I']).await?;
        let mut held = None;
        let ended = self.relay(&mut client, &mut held).await;
        if let Some(server) = held {
            self.give_back(server).await;
        }
        ended
    }

    async fn relay(&self, client: &mut TcpStream, held: &mut Option<TcpStream>) -> io::Result<()> {
        loop {
            let (kind, message) = read(client).await?;
            if kind == b'X' {
                return Ok(());
            }
            if held.is_none() {
                *held = Some(self.take().await);
            }
            let server = held.as_mut().expect("just taken");
            write(server, kind, &message).await?;
            if !matches!(kind, b'Q' | b'S') {
                continue;
            }
            self.asked.fetch_add(1, Ordering::SeqCst);
            let idle = loop {
                let (kind, message) = read(server).await?;
                write(client, kind, &message).await?;
                if kind == b'Z' {
                    break message == b"I";
                }
            };
            if idle && self.mode == Mode::AfterEachTransaction {
                self.give_back(held.take().expect("in use")).await;
            }
        }
    }

    async fn take(&self) -> TcpStream {
        self.number.acquire().await.unwrap().forget();
        let mut waiting = self.waiting.lock().await;
        let taken = match self.order {
            Order::LastUsedFirst => waiting.pop_back(),
            Order::InTurn => waiting.pop_front(),
        };
        taken.expect("as many as permits")
    }

    async fn give_back(&self, server: TcpStream) {
        self.waiting.lock().await.push_back(server);
        self.number.add_permits(1);
    }
}

/// Reads one message: its kind, and the bytes after its length.
async fn read(from: &mut TcpStream) -> io::Result<(u8, Vec<u8>)> {
    let kind = from.read_u8().await?;
    let length = from.read_u32().await?;
    let mut message = vec![0; length as usize - 4];
    from.read_exact(&mut message).await?;
    Ok((kind, message))
}

async fn write(to: &mut TcpStream, kind: u8, message: &[u8]) -> io::Result<()> {
    to.write_u8(kind).await?;
    to.write_u32(4 + message.len() as u32).await?;
    to.write_all(message).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_hands_connections_out_by_the_transaction_is_refused() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    for connections in [1, 2, 3, 5] {
        for order in [Order::LastUsedFirst, Order::InTurn] {
            let mode = Mode::AfterEachTransaction;
            let (_, url) = Pooler::start(&database.url, connections, mode, order).await;
            let refused = Db::connect(&url).await.unwrap_err().to_string();
            let case = format!("{connections} {order:?}: {refused}");
            assert!(refused.contains("pool_mode = session"), "{case}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_leaves_a_client_its_connection_is_welcome() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    for order in [Order::LastUsedFirst, Order::InTurn] {
        let (_, url) = Pooler::start(&database.url, 12, Mode::AtItsEnd, order).await;
        Db::connect(&url).await.unwrap().close().await.unwrap();
    }
}

/// On one thread, nothing else happens between an answer and the next line of the test.
#[tokio::test]
async fn a_connection_from_the_pool_costs_no_question() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let order = Order::LastUsedFirst;
    let (pooler, url) = Pooler::start(&database.url, 12, Mode::AtItsEnd, order).await;
    let db = Db::connect(&url).await.unwrap();
    let Pool::Postgres(pool) = db.pool() else {
        unreachable!("this is PostgreSQL");
    };
    let so_far = async || {
        // Each connection is tested as it is returned, when nobody waits for it.
        while pool.num_idle() < pool.size() as usize {
            yield_now().await;
        }
        pooler.asked.load(Ordering::SeqCst)
    };
    const READ: &str = "SELECT 1";
    let before = so_far().await;
    db.reader().execute_unprepared(READ).await.unwrap();
    let asked = pooler.asked.load(Ordering::SeqCst) - before;
    assert_eq!(asked, 1, "the statement");

    let before = so_far().await;
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared(READ).await.unwrap();
    tx.commit().await.unwrap();
    let asked = pooler.asked.load(Ordering::SeqCst) - before;
    assert_eq!(asked, 3, "the beginning, the statement and the end");
    db.close().await.unwrap();
}
