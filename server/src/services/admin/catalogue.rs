//! The catalogue as an admin edits it.

use app::{
    ports::{AdminCatalogue, Answer, Broken},
    types::{
        Outcome,
        admin::{ProductForm, ProductRow},
    },
};
use async_trait::async_trait;

use crate::services::Services;

#[async_trait]
impl AdminCatalogue for Services {
    async fn list(&self) -> Answer<Vec<ProductRow>> {
        Err(Broken)
    }

    async fn form(&self, _id: i64) -> Answer<Option<ProductForm>> {
        Err(Broken)
    }

    async fn save(&self, _form: ProductForm) -> Answer<Outcome> {
        Err(Broken)
    }

    async fn set_withdrawn(&self, _id: i64, _withdrawn: bool, _version: &str) -> Answer<Outcome> {
        Err(Broken)
    }
}
