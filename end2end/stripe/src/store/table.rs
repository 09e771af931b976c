//! The objects of one kind in the order in which they were created, with an index by id.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Stored in the file as a plain list.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(from = "Vec<Value>", into = "Vec<Value>")]
pub struct Table {
    objects: Vec<Value>,
    /// Position by id. If two objects have the same id, the position of the older one.
    positions: HashMap<String, usize>,
    /// Positions by the customer that an object named when it was created.
    of_customers: HashMap<String, Vec<usize>>,
}

impl Table {
    /// Oldest first.
    pub fn all(&self) -> &[Value] {
        &self.objects
    }

    pub fn get(&self, id: &str) -> Option<&Value> {
        self.objects.get(*self.positions.get(id)?)
    }

    /// The object, to be changed; its id must stay.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut Value> {
        self.objects.get_mut(*self.positions.get(id)?)
    }

    /// The objects that named this customer when they were created, oldest first.
    pub fn of_customer<'a>(&'a self, customer: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        let positions = self.of_customers.get(customer).into_iter().flatten();
        positions.filter_map(|position| self.objects.get(*position))
    }

    pub fn push(&mut self, object: Value) {
        if let Some(customer) = object["customer"].as_str() {
            let positions = self.of_customers.entry(customer.to_owned()).or_default();
            positions.push(self.objects.len());
        }
        self.positions
            .entry(id_of(&object))
            .or_insert(self.objects.len());
        self.objects.push(object);
    }

    pub fn remove(&mut self, id: &str) {
        let mut objects = std::mem::take(self).objects;
        objects.retain(|object| object["id"] != id);
        *self = objects.into();
    }

    /// Keeps only the oldest `length` objects.
    pub fn truncate(&mut self, length: usize) {
        self.objects.truncate(length);
        self.positions.retain(|_, position| *position < length);
        for positions in self.of_customers.values_mut() {
            positions.retain(|position| *position < length);
        }
    }
}

fn id_of(object: &Value) -> String {
    object["id"].as_str().unwrap_or_default().to_owned()
}

impl From<Vec<Value>> for Table {
    fn from(objects: Vec<Value>) -> Self {
        let mut table = Self::default();
        objects.into_iter().for_each(|object| table.push(object));
        table
    }
}

impl From<Table> for Vec<Value> {
    fn from(table: Table) -> Self {
        table.objects
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(names: &[&str]) -> Table {
        let objects = names.iter().map(|id| json!({ "id": id, "n": 0 }));
        objects.collect::<Vec<_>>().into()
    }

    /// Asserts that these ids, and no others, can be found.
    fn assert_found(table: &Table, names: &[&str]) {
        assert_eq!(table.all().len(), names.len());
        for id in ["a", "b", "c", "d"] {
            let found = table.get(id).map(|object| object["id"].clone());
            assert_eq!(found, names.contains(&id).then(|| json!(id)), "{id}");
        }
    }

    #[test]
    fn objects_are_found_after_inserts_and_removals() {
        let mut table = table(&["a", "b", "c"]);
        assert_found(&table, &["a", "b", "c"]);
        table.remove("a");
        assert_found(&table, &["b", "c"]);
        table.push(json!({ "id": "d" }));
        assert_found(&table, &["b", "c", "d"]);
        table.truncate(1);
        assert_found(&table, &["b"]);
        table.push(json!({ "id": "c" }));
        table.get_mut("c").unwrap()["n"] = json!(1);
        assert_eq!(table.all()[1]["n"], 1);
        assert_found(&table, &["b", "c"]);
    }

    #[test]
    fn the_objects_of_a_customer_are_found_after_removals() {
        let mut table = Table::default();
        for (id, customer) in [("a", "cus_1"), ("b", "cus_2"), ("c", "cus_1")] {
            table.push(json!({ "id": id, "customer": customer }));
        }
        table.push(json!({ "id": "d", "customer": null }));
        let of = |table: &Table, customer: &str| -> Vec<Value> {
            let found = table.of_customer(customer);
            found.map(|object| object["id"].clone()).collect()
        };
        assert_eq!(of(&table, "cus_1"), ["a", "c"]);
        assert_eq!(of(&table, "cus_3"), Vec::<Value>::new());
        table.remove("a");
        assert_eq!(of(&table, "cus_1"), ["c"]);
        table.truncate(1);
        assert_eq!(of(&table, "cus_1"), Vec::<Value>::new());
        assert_eq!(of(&table, "cus_2"), ["b"]);
    }

    #[test]
    fn a_table_is_stored_as_a_plain_list() {
        let written = serde_json::to_value(table(&["a", "b"])).unwrap();
        assert_eq!(
            written,
            json!([{ "id": "a", "n": 0 }, { "id": "b", "n": 0 }])
        );
        assert_found(&serde_json::from_value(written).unwrap(), &["a", "b"]);
    }
}
