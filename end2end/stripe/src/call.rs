//! An API request while it is being executed.

use serde_json::{Map, Value};

use crate::{authentication::Scope, error::StripeError, state::StripeState, store::Store};

/// What the handler of an API request reads and changes.
pub struct Call<'a> {
    pub state: &'a mut StripeState,
    pub scope: Scope,
    pub base_url: &'a str,
    /// The secret key of the request. It differs from `scope.key` if the key was rolled, because
    /// the store keeps the name of the account's first key.
    pub sent_key: String,
    /// The field `request` of the events that this request creates.
    pub event_request: Value,
    /// The ids in the path, from left to right.
    pub ids: Vec<String>,
    pub params: Map<String, Value>,
}

impl<'a> Call<'a> {
    pub fn new(
        state: &'a mut StripeState,
        scope: Scope,
        base_url: &'a str,
        event_request: Value,
    ) -> Self {
        Self {
            state,
            sent_key: scope.key.clone(),
            scope,
            base_url,
            event_request,
            ids: Vec::new(),
            params: Map::new(),
        }
    }

    pub fn store(&mut self) -> &mut Store {
        self.state.store(&self.scope)
    }

    pub fn now(&self) -> i64 {
        self.state.clock.now()
    }

    /// The id at position `at` in the path, counted from 0; empty if there is none.
    pub fn id(&self, at: usize) -> String {
        self.ids.get(at).cloned().unwrap_or_default()
    }

    /// A parameter; null if it was not sent.
    pub fn param(&self, name: &str) -> Value {
        self.params.get(name).cloned().unwrap_or_default()
    }

    /// A text parameter. An empty text counts as not sent, as at Stripe.
    pub fn text(&self, name: &str) -> Option<String> {
        self.params
            .get(name)?
            .as_str()
            .filter(|text| !text.is_empty())
            .map(Into::into)
    }

    /// Finds an object, or returns Stripe's error 404 `resource_missing`.
    pub fn find(&mut self, table: &str, what: &str, id: &str) -> Result<Value, StripeError> {
        self.store()
            .get(table, id)
            .cloned()
            .ok_or_else(|| StripeError::no_such(what, id))
    }

    /// Replaces the stored object that has the same id.
    pub fn replace(&mut self, table: &str, object: &Value) {
        let id = object["id"].as_str().unwrap_or_default().to_owned();
        if let Some(stored) = self.store().get_mut(table, &id) {
            *stored = object.clone();
        }
    }

    /// Stores a new object and returns it with its `livemode` set.
    pub fn insert(&mut self, table: &str, mut object: Value) -> Value {
        set_mode(&mut object, self.scope.livemode());
        self.store().insert(table, object.clone());
        object
    }
}

/// Sets `livemode` in an object and in all objects nested in it.
pub fn set_mode(value: &mut Value, live: bool) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::Bool(mode) if name == "livemode" => *mode = live,
                    field => set_mode(field, live),
                }
            }
        }
        Value::Array(elements) => elements
            .iter_mut()
            .for_each(|element| set_mode(element, live)),
        _ => {}
    }
}
