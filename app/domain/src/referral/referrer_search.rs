//! The console's search for platform referrers, and the page of what it finds. It is kept in the URL, beside the
//! filter of the referrals.

/// The maximum length of the search text in characters.
const TEXT_MAX: usize = 200;
const TEXT: &str = "referrer";
const OLDER: &str = "older";
const NEWER: &str = "newer";

/// Where a page of the list lies. The list is sorted by id, newest first, so pages stay correct while referrers
/// are added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListPlace {
    /// After the referrer with this id.
    Older(i64),
    /// Before the referrer with this id.
    Newer(i64),
}

/// Which platform referrers to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReferrerSearch {
    /// Only those whose name, e-mail address or code have words with these beginnings; empty for all.
    pub text: String,
    /// The page; `None` for the first one.
    pub place: Option<ListPlace>,
}

impl ReferrerSearch {
    /// Reads a URL's query. What is not of this search, and a page that does not exist, is ignored.
    pub fn from_query(query: &str) -> Self {
        let mut search = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let id = || value.parse().ok();
            match &*name {
                TEXT => search.text = value.trim().chars().take(TEXT_MAX).collect(),
                OLDER => search.place = id().map(ListPlace::Older),
                NEWER => search.place = id().map(ListPlace::Newer),
                _ => {}
            }
        }
        search
    }

    /// The parameters of the URL, without those of the filter beside it. [`Self::from_query`] reads them back.
    pub fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.text.is_empty() {
            query.append_pair(TEXT, &self.text);
        }
        match self.place {
            Some(ListPlace::Older(id)) => query.append_pair(OLDER, &id.to_string()),
            Some(ListPlace::Newer(id)) => query.append_pair(NEWER, &id.to_string()),
            None => &mut query,
        };
        query.finish()
    }

    /// The same search on the page at `place`.
    #[must_use]
    pub fn at(&self, place: Option<ListPlace>) -> Self {
        Self {
            text: self.text.clone(),
            place,
        }
    }
}

/// Takes a URL's query apart: the parameters of the search for referrers, and all others as they are.
pub fn take_referrer_search(query: &str) -> (String, String) {
    let is_ours = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        [TEXT, OLDER, NEWER].contains(&name)
    };
    let (ours, others): (Vec<_>, Vec<_>) = query.split('&').partition(is_ours);
    (ours.join("&"), others.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_survives_its_address() {
        for query in [
            "",
            "referrer=sky+m%26ller",
            "older=7",
            "referrer=sky&newer=12",
        ] {
            assert_eq!(ReferrerSearch::from_query(query).query(), query);
        }
        let search = ReferrerSearch::from_query("tab=platform&referrer=+sky+&older=7");
        assert_eq!(search.text, "sky");
        assert_eq!(search.place, Some(ListPlace::Older(7)));
        assert_eq!(search.at(None).query(), "referrer=sky");
    }

    #[test]
    fn the_filter_of_the_referrals_and_nonsense_are_ignored() {
        let query = "tab=platform&q=sky&before=1.2&after=3.4&older=&newer=x";
        let ignored = ReferrerSearch::from_query(query);
        assert_eq!(ignored, ReferrerSearch::default());
        let long = format!("referrer={}", "x".repeat(10_000));
        assert_eq!(ReferrerSearch::from_query(&long).text.len(), TEXT_MAX);
    }

    #[test]
    fn a_query_is_taken_apart() {
        let apart = take_referrer_search;
        let two = |ours: &str, others: &str| (ours.to_owned(), others.to_owned());
        assert_eq!(apart(""), two("", ""));
        assert_eq!(
            apart("tab=platform&referrer=a%26b&status=failed&older=7"),
            two("referrer=a%26b&older=7", "tab=platform&status=failed")
        );
        assert_eq!(apart("newer=7"), two("newer=7", ""));
        assert_eq!(apart("referrers=1&q=x"), two("", "referrers=1&q=x"));
    }
}
