//! Stripe's OpenAPI description: which operations exist and which parameters they take.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::{
    error::StripeError,
    form::{Pairs, Tree, tree},
};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../contract/openapi-subset.json"))
        .expect("the contract is JSON: it is part of the program")
});

/// The API version that the description is of.
pub fn version() -> &'static str {
    DOCUMENT["info"]["version"].as_str().unwrap_or_default()
}

/// An operation of the API, found by method and path.
pub struct Operation {
    /// Stripe's `operationId`, for example `Customer.create`.
    pub name: &'static str,
    /// The ids in the path, from left to right.
    pub ids: Vec<String>,
    parameters: Value,
}

/// Finds the operation. A path without placeholders (`/v1/customers/search`) is preferred to one
/// with them (`/v1/customers/{customer}`).
pub fn find(method: &str, path: &str) -> Option<Operation> {
    let method = method.to_lowercase();
    let paths = DOCUMENT["paths"].as_object()?;
    let mut matching: Vec<_> = paths
        .iter()
        .filter_map(|(template, calls)| Some((template_ids(template, path)?, calls.get(&method)?)))
        .collect();
    matching.sort_by_key(|(ids, _)| ids.len());
    let (ids, call) = matching.into_iter().next()?;
    Some(Operation {
        name: call["operationId"].as_str()?,
        ids,
        parameters: parameters(call),
    })
}

fn template_ids(template: &str, path: &str) -> Option<Vec<String>> {
    let (wanted, given): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    if wanted.len() != given.len() {
        return None;
    }
    let mut ids = Vec::new();
    for (want, have) in wanted.iter().zip(given) {
        if want.starts_with('{') && !have.is_empty() {
            ids.push(have.to_owned());
        } else if *want != have {
            return None;
        }
    }
    Some(ids)
}

fn parameters(call: &Value) -> Value {
    let body = &call["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
    if body.is_object() {
        return resolve(body).clone();
    }
    let mut properties = Map::new();
    let mut required = Vec::new();
    for parameter in call["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "query" {
            let name = parameter["name"].as_str().unwrap_or_default();
            properties.insert(name.into(), parameter["schema"].clone());
            if parameter["required"] == true {
                required.push(name);
            }
        }
    }
    json!({ "type": "object", "properties": properties, "required": required,
            "additionalProperties": false })
}

impl Operation {
    /// Checks the parameters against the schema, before anything is executed, and converts them to
    /// their types.
    pub fn check(&self, pairs: &Pairs) -> Result<Map<String, Value>, StripeError> {
        match object(&self.parameters, &tree(pairs), "")? {
            Value::Object(params) => Ok(params),
            _ => Ok(Map::new()),
        }
    }
}

fn resolve(schema: &Value) -> &Value {
    match schema["$ref"].as_str() {
        Some(name) => {
            let name = name.rsplit('/').next().unwrap_or_default();
            &DOCUMENT["components"]["schemas"][name]
        }
        None => schema,
    }
}

fn nested_name(at: &str, name: &str) -> String {
    if at.is_empty() {
        name.to_owned()
    } else {
        format!("{at}[{name}]")
    }
}

fn value(schema: &Value, tree: &Tree, at: &str) -> Result<Value, StripeError> {
    let schema = resolve(schema);
    if let Some(choices) = schema["anyOf"].as_array() {
        return any_of(choices, tree, at);
    }
    match (schema["type"].as_str().unwrap_or_default(), tree) {
        ("object", Tree::Branch(branch)) => object(schema, branch, at),
        ("array", Tree::Branch(branch)) => array(schema, branch, at),
        ("object" | "array", Tree::Leaf(_)) => {
            let what = if schema["type"] == "object" {
                "object"
            } else {
                "array"
            };
            Err(StripeError::invalid(format!("Invalid {what}")).at(at))
        }
        (_, Tree::Branch(_)) => Err(StripeError::invalid("Invalid string: {...}").at(at)),
        (kind, Tree::Leaf(text)) => scalar(schema, kind, text, at),
    }
}

/// If no alternative matches, the error is that of the last one, which is the most complete one in
/// Stripe's description.
fn any_of(choices: &[Value], tree: &Tree, at: &str) -> Result<Value, StripeError> {
    let mut outcome = Err(StripeError::invalid("Invalid value").at(at));
    for choice in choices {
        outcome = value(choice, tree, at);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

fn object(schema: &Value, branch: &[(String, Tree)], at: &str) -> Result<Value, StripeError> {
    let (known, others) = (&schema["properties"], &schema["additionalProperties"]);
    let unknown: Vec<_> = branch
        .iter()
        .filter(|(name, _)| known.get(name).is_none() && !others.is_object())
        .map(|(name, _)| nested_name(at, name))
        .collect();
    if let Some(first) = unknown.first() {
        let plural = if unknown.len() > 1 { "s" } else { "" };
        let message = format!("Received unknown parameter{plural}: {}", unknown.join(", "));
        return Err(StripeError::coded("parameter_unknown", message).at(first));
    }
    let mut values = Map::new();
    for (name, tree) in branch {
        let inner = known.get(name).unwrap_or(others);
        values.insert(name.clone(), value(inner, tree, &nested_name(at, name))?);
    }
    for name in schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        if !values.contains_key(name) {
            return Err(StripeError::missing_param(&nested_name(at, name)));
        }
    }
    Ok(Value::Object(values))
}

fn array(schema: &Value, branch: &[(String, Tree)], at: &str) -> Result<Value, StripeError> {
    let mut numbered = Vec::new();
    for (name, tree) in branch {
        let Ok(index) = name.parse::<usize>() else {
            return Err(StripeError::invalid("Invalid array").at(at));
        };
        numbered.push((
            index,
            value(&schema["items"], tree, &nested_name(at, name))?,
        ));
    }
    numbered.sort_by_key(|(index, _)| *index);
    Ok(numbered.into_iter().map(|(_, value)| value).collect())
}

fn scalar(schema: &Value, kind: &str, text: &str, at: &str) -> Result<Value, StripeError> {
    let name = match at.rsplit('[').next().unwrap_or(at).trim_end_matches(']') {
        // The place in a list says nothing without the list.
        place if place.parse::<usize>().is_ok() => at,
        name => name,
    };
    if text.is_empty() && kind != "string" {
        let message = format!(
            "You passed an empty string for '{at}'. We assume empty values are an attempt to unset a \
             parameter; however '{at}' cannot be unset. You should remove '{at}' from your request or \
             supply a non-empty value."
        );
        return Err(StripeError::coded("parameter_invalid_empty", message).at(at));
    }
    let listed = schema.get("enum").or_else(|| schema.get("x-known-values"));
    if let Some(listed) = listed.and_then(Value::as_array)
        && !listed.iter().any(|one| one == text)
    {
        let choices: Vec<_> = listed.iter().filter_map(Value::as_str).collect();
        let message = format!("Invalid {name}: must be one of {}", choices.join(", "));
        return Err(StripeError::invalid(message).at(at));
    }
    match kind {
        "integer" => text.parse::<i64>().map(Value::from).map_err(|_| {
            let message = format!("Invalid integer: {text}");
            StripeError::coded("parameter_invalid_integer", message).at(at)
        }),
        "number" => text
            .parse::<f64>()
            .map(Value::from)
            .map_err(|_| StripeError::invalid(format!("Invalid decimal: {text}")).at(at)),
        "boolean" => text
            .parse::<bool>()
            .map(Value::from)
            .map_err(|_| StripeError::invalid(format!("Invalid boolean: {text}")).at(at)),
        _ => Ok(Value::from(text)),
    }
}
