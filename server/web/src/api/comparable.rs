//! Compares bodies by their JSON, whatever the order of names, the white space, and the spelling of
//! numbers and letters.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

/// Returns the same bytes for every spelling of the same JSON. A body that is not JSON is returned
/// as it is.
pub fn comparable(sent: &[u8]) -> Cow<'_, [u8]> {
    match serde_json::from_slice(sent) {
        Ok(value) => Cow::Owned(plain(value).to_string().into_bytes()),
        Err(_) => Cow::Borrowed(sent),
    }
}

fn plain(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut members: Vec<_> = object.into_iter().collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            let members = members
                .into_iter()
                .map(|(name, value)| (name, plain(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(plain).collect()),
        Value::Number(number) => Value::Number(whole(&number).unwrap_or(number)),
        other => other,
    }
}

/// The whole number that was written with a point or an exponent.
fn whole(number: &Number) -> Option<Number> {
    let written = number.as_f64().filter(|value| value.fract() == 0.0)?;
    if !number.is_f64() {
        return None;
    }
    // A conversion of a float saturates at the ends of `i128`, which lie beyond both target types.
    let value = written as i128;
    let signed = i64::try_from(value).ok().map(Number::from);
    signed.or_else(|| u64::try_from(value).ok().map(Number::from))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn same(one: &str, other: &str) -> bool {
        comparable(one.as_bytes()) == comparable(other.as_bytes())
    }

    #[test]
    fn order_space_and_spelling_do_not_matter() {
        for (one, other) in [
            (
                r#"{"a":1,"b":{"c":2,"d":3}}"#,
                "{ \"b\": {\"d\":3,\n\"c\":2}, \"a\": 1 }",
            ),
            (r#"{"a":[1,2]}"#, r#"{"a":[1.0,20e-1]}"#),
            (r#"{"a":"é/"}"#, r#"{"a":"\u00e9\/"}"#),
            (r#"{"a":0}"#, r#"{"a":-0.0}"#),
            (r#"{"a":100000000000000000}"#, r#"{"a":1e17}"#),
            (
                r#"{"a":18446744073709549568}"#,
                r#"{"a":18446744073709549568.0}"#,
            ),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn what_says_something_else_is_another() {
        for (one, other) in [
            (r#"{"a":1}"#, r#"{"a":"1"}"#),
            (r#"{"a":1}"#, r#"{"a":1.5}"#),
            (r#"{"a":1}"#, r#"{"a":true}"#),
            (r#"{"a":[1,2]}"#, r#"{"a":[2,1]}"#),
            (r#"{"a":null}"#, "{}"),
            (r#"{"a":1}"#, r#"{"A":1}"#),
            (r#"{"a":"x"}"#, r#"{"a":"x "}"#),
            (r#"{"a":9007199254740993}"#, r#"{"a":9007199254740992}"#),
            ("", "{}"),
            ("{\"a\":", "{\"a\": "),
            ("\u{feff}{}", "{}"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<i32>().prop_map(|quarters| Value::from(f64::from(quarters) / 4.0)),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".*", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_spelling_is_its_own(json in any_json()) {
            let plain = comparable(json.to_string().as_bytes()).into_owned();
            let spaced = serde_json::to_string_pretty(&json).unwrap();
            let spaced = comparable(spaced.as_bytes()).into_owned();
            let again = comparable(&plain).into_owned();
            prop_assert_eq!(&spaced, &plain);
            prop_assert_eq!(&again, &plain);
        }

        #[test]
        fn any_bytes_are_taken(sent in prop::collection::vec(any::<u8>(), 0..64)) {
            comparable(&sent);
        }
    }
}
