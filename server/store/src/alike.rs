//! People whose e-mail addresses are spellings of the same one, as they could be registered before
//! spellings were compared (`docs/rules.md` 76). One of them holds the key of the address; the others
//! (`email_alike`) have none.

use std::collections::HashMap;

/// A row with an e-mail address.
pub(crate) trait Addressed {
    /// Its id.
    fn number(&self) -> i64;
    /// The key of its address, whether or not it holds it.
    fn shared_key(&self) -> String;
    /// The key that it holds.
    fn held_key(&self) -> Option<&str>;
}

/// Rows whose addresses are spellings of the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike<Row> {
    /// The id of the oldest of them who lacks the key. Groups are in its order.
    pub first: i64,
    /// Oldest first, at least two.
    pub people: Vec<Row>,
}

/// Puts together the rows that lack the key, which come oldest first: at most `limit` groups after the
/// one whose [`Alike::first`] is `after`, by key. A later row may belong to an earlier group, so all of
/// them are needed.
pub(crate) fn grouped<Row: Addressed>(
    without_key: Vec<Row>,
    after: Option<i64>,
    limit: usize,
) -> Vec<(String, Alike<Row>)> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<(String, Alike<Row>)> = Vec::new();
    for row in without_key {
        let (first, key) = (row.number(), row.shared_key());
        let place = *places.entry(key.clone()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, group)) => group.people.push(row),
            None => {
                let people = vec![row];
                groups.push((key, Alike { first, people }));
            }
        }
    }
    let after = after.unwrap_or(0);
    let wanted = groups.into_iter().filter(|(_, group)| group.first > after);
    wanted.take(limit).collect()
}

/// Adds to each group the one who holds its key.
pub(crate) fn with_holders<Row: Addressed>(
    groups: Vec<(String, Alike<Row>)>,
    holders: Vec<Row>,
) -> Vec<Alike<Row>> {
    let holders = holders.into_iter().filter_map(|holder| {
        let key = holder.held_key()?.to_owned();
        Some((key, holder))
    });
    let mut holders: HashMap<String, Row> = holders.collect();
    let complete = groups.into_iter().map(|(key, mut group)| {
        group.people.extend(holders.remove(&key));
        group.people.sort_by_key(Addressed::number);
        group
    });
    complete.filter(|group| group.people.len() > 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Person(i64, &'static str, bool);

    impl Addressed for Person {
        fn number(&self) -> i64 {
            self.0
        }

        fn shared_key(&self) -> String {
            self.1.to_lowercase()
        }

        fn held_key(&self) -> Option<&str> {
            self.2.then_some(self.1)
        }
    }

    #[test]
    fn groups_are_paged_and_each_is_whole() {
        let without = [(2, "A"), (4, "B"), (5, "Alone"), (7, "A")];
        let without = without.map(|(id, address)| Person(id, address, false));
        let holders = vec![Person(9, "a", true), Person(1, "b", true)];
        let page = |after, limit| {
            let groups = grouped(without.to_vec(), after, limit);
            let alike = with_holders(groups, holders.clone());
            let ids = |group: Alike<Person>| {
                let ids = group.people.iter().map(Addressed::number);
                (group.first, ids.collect::<Vec<_>>())
            };
            alike.into_iter().map(ids).collect::<Vec<_>>()
        };
        assert_eq!(page(None, 9), [(2, vec![2, 7, 9]), (4, vec![1, 4])]);
        assert_eq!(page(None, 1), [(2, vec![2, 7, 9])]);
        assert_eq!(page(Some(2), 1), [(4, vec![1, 4])]);
        assert_eq!(page(Some(4), 9), []);
    }
}
