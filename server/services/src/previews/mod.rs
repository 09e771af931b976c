//! The pictures that programs show beside a shared link: drawn once, and kept in memory (`docs/rules.md` 184 to
//! 187).

mod canvas;
mod card;
mod draw;
mod font;
mod lines;

use std::{num::NonZeroUsize, sync::Arc, thread};

use domain::{account::SiteKind, referral::ReferralCode};
use quick_cache::{Weighter, sync::Cache};
use store::{Reader, products, sites::Site, users};
use tokio::sync::Semaphore;

pub use canvas::{HEIGHT, WIDTH};
pub use card::Card;

/// How many bytes of pictures are kept.
const KEPT_BYTES: u64 = 16 * 1024 * 1024;
/// About how many pictures that is.
const KEPT_PICTURES: usize = 256;

/// The file of a picture.
pub type Picture = Arc<[u8]>;

/// Weighs a picture by its bytes.
#[derive(Clone, Debug)]
struct Bytes;

impl Weighter<String, Picture> for Bytes {
    fn weight(&self, key: &String, picture: &Picture) -> u64 {
        (key.len() + picture.len()) as u64
    }
}

/// Draws pictures and keeps them. Cheap to clone.
#[derive(Clone)]
pub struct Previews {
    kept: Arc<Cache<String, Picture, Bytes>>,
    /// One is taken while a picture is drawn: half of the machine is left to everybody else.
    places: Arc<Semaphore>,
}

impl Default for Previews {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            kept: Arc::new(Cache::with_weighter(KEPT_PICTURES, KEPT_BYTES, Bytes)),
            places: Arc::new(Semaphore::new((cores / 2).max(1))),
        }
    }
}

impl Previews {
    /// The picture of this card. Requests that come while it is drawn wait for it.
    ///
    /// # Errors
    /// If it cannot be drawn.
    pub async fn picture(&self, card: Card) -> anyhow::Result<Picture> {
        let key = card.key()?;
        self.once(key, move || draw::png(&card)).await
    }

    async fn once(
        &self,
        key: String,
        draw: impl FnOnce() -> anyhow::Result<Vec<u8>> + Send + 'static,
    ) -> anyhow::Result<Picture> {
        let drawing = async {
            let place = self.places.clone().acquire_owned().await?;
            let drawn = tokio::task::spawn_blocking(move || {
                let drawn = draw();
                // A client that hangs up does not free the place early.
                drop(place);
                drawn
            });
            anyhow::Ok(Picture::from(drawn.await??))
        };
        self.kept.get_or_insert_async(&key, drawing).await
    }
}

/// The card of the page at `path` of a site, as the link with this code shows it. A path that is no product's has
/// the site's card, and so has a code that is nobody's; nobody is named where the site does not want it.
///
/// # Errors
/// If the database fails, or the font cannot be read.
pub async fn card_of_page(
    db: &Reader,
    site: &Site,
    host: &str,
    path: Option<&str>,
    code: Option<&ReferralCode>,
) -> anyhow::Result<Card> {
    let is_tenant = site.kind() == SiteKind::Tenant;
    let product = match path.filter(|_| is_tenant) {
        Some(path) => products::by_path(db, site.id(), path).await?,
        None => None,
    };
    // A platform referrer may be a firm, which has no first name.
    let names = is_tenant && !site.row.previews_without_names;
    let member = match code.filter(|_| names) {
        Some(code) => users::by_referral_code(db, site.id(), code).await?,
        None => None,
    };
    let first_name = member.as_ref().map(|member| member.first_name.as_str());
    Card::of(&site.row, host, product.as_ref(), first_name)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::future::join_all;

    use super::*;

    #[tokio::test]
    async fn whoever_asks_at_once_gets_one_picture() {
        let (previews, drawn) = (Previews::default(), Arc::new(AtomicUsize::new(0)));
        let ask = |key: &str| {
            let drawn = drawn.clone();
            previews.once(key.to_owned(), move || {
                Ok(vec![drawn.fetch_add(1, Ordering::Relaxed) as u8; 100])
            })
        };
        let answers = join_all((0..50).map(|_| ask("one"))).await;
        for answer in answers {
            assert_eq!(&*answer.unwrap(), [0; 100]);
        }
        assert_eq!(drawn.load(Ordering::Relaxed), 1);
        ask("other").await.unwrap();
        ask("one").await.unwrap();
        assert_eq!(drawn.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_picture_that_failed_is_drawn_again() {
        let previews = Previews::default();
        let failing = previews.once("one".to_owned(), || anyhow::bail!("no"));
        assert!(failing.await.is_err());
        let picture = previews.once("one".to_owned(), || Ok(vec![7])).await;
        assert_eq!(&*picture.unwrap(), [7]);
    }

    #[tokio::test]
    async fn few_are_drawn_at_once() {
        let (previews, at_once) = (Previews::default(), Arc::new(AtomicUsize::new(0)));
        let places = previews.places.available_permits();
        let ask = |number: usize| {
            let at_once = at_once.clone();
            previews.once(number.to_string(), move || {
                let now = at_once.fetch_add(1, Ordering::SeqCst) + 1;
                anyhow::ensure!(now <= places, "{now} are drawn at once");
                thread::yield_now();
                at_once.fetch_sub(1, Ordering::SeqCst);
                Ok(vec![0])
            })
        };
        for answer in join_all((0..200).map(ask)).await {
            answer.unwrap();
        }
    }

    #[tokio::test]
    async fn what_is_kept_is_bounded() {
        let previews = Previews::default();
        for number in 0..100 {
            let picture = previews.once(number.to_string(), || Ok(vec![0; 500_000]));
            picture.await.unwrap();
        }
        assert!(previews.kept.weight() <= KEPT_BYTES);
        assert!(previews.kept.len() > 5);
    }
}
