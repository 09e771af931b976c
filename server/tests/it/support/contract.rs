//! Compares the API's answers with the committed OpenAPI document.

use std::sync::LazyLock;

use boon::{Compiler, Schemas};
use reqwest::Method;
use serde_json::{Value, json};

pub const COMMITTED: &str = include_str!("../../../../docs/openapi.json");

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(COMMITTED).unwrap());

/// An operation of the document.
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// `/api/v1/purchases/{id}`.
    pub path: String,
    pub needs_token: bool,
    described: &'static Value,
}

/// Every operation of the document.
pub fn operations() -> Vec<Operation> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, described)| Operation {
            id: described["operationId"].as_str().unwrap().to_owned(),
            method: method.to_uppercase().parse().unwrap(),
            path: path.clone(),
            needs_token: described["security"] != json!([]),
            described,
        })
    });
    operations.collect()
}

/// The operation that a call reaches.
pub fn operation(method: &Method, path: &str) -> Option<Operation> {
    let path = path.split('?').next().unwrap();
    operations()
        .into_iter()
        .find(|operation| operation.method == method && fits(&operation.path, path))
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template
            .iter()
            .zip(path)
            .all(|(expected, segment)| expected.starts_with('{') || *expected == segment)
}

impl Operation {
    /// Fails unless the document has this status with this content. Answers with 201, 401 and 429
    /// must also carry their headers.
    pub fn assert_documented(&self, status: u16, header: impl Fn(&str) -> String, body: &str) {
        let described = &self.described["responses"][status.to_string()];
        let of = &self.id;
        assert!(
            described.is_object(),
            "{of}: {status} is not documented: {body}"
        );
        let content_type = header("content-type");
        let Some(contents) = described["content"].as_object() else {
            assert_eq!(body, "", "{of}: {status} has no documented content");
            return;
        };
        let Some(content) = contents.get(&content_type) else {
            panic!("{of}: {status} as {content_type:?} is not documented: {body}");
        };
        assert_fits(&content["schema"], body);
        let problem: Value = serde_json::from_str(body).unwrap();
        if let Some(kind) = problem["type"].as_str() {
            let examples = content["examples"].as_object().unwrap();
            let name = kind.rsplit(':').next().unwrap();
            assert!(
                examples.contains_key(name),
                "{of}: {kind} is not documented"
            );
            assert_eq!(problem["status"], status);
        }
        let location = described["headers"]["location"].is_object();
        assert!(
            !location || !header("location").is_empty(),
            "{of}: no location"
        );
        for (name, promised) in [("www-authenticate", 401), ("retry-after", 429)] {
            assert!(
                status != promised || !header(name).is_empty(),
                "{of}: no {name}"
            );
        }
    }
}

/// Fails unless `body` fits this schema of the document.
pub fn assert_fits(schema: &Value, body: &str) {
    const NAME: &str = "openapi.json";
    let instance: Value = serde_json::from_str(body).unwrap();
    let reference = schema["$ref"].as_str().expect("answers are components");
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.enable_format_assertions();
    compiler.add_resource(NAME, DOCUMENT.clone()).unwrap();
    let schema = compiler.compile(&format!("{NAME}{reference}"), &mut schemas);
    if let Err(error) = schemas.validate(&instance, schema.unwrap()) {
        panic!("{reference}: {error:#} in {body}");
    }
}

/// Fails unless `body` fits the schema of problems.
pub fn assert_problem(body: &str) {
    assert_fits(&json!({ "$ref": "#/components/schemas/Problem" }), body);
}
