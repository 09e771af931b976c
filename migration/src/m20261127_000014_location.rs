//! The location at which the database was last served, so that a copy is recognized; and a row that
//! is updated to check whether the database can be written to.

use sea_orm_migration::prelude::*;

use crate::columns::{make, maybe_number, maybe_text, number, table, unmake};

#[derive(DeriveMigrationName)]
pub struct Migration;

const LOCATION: &str = "database_location";
const PROBE: &str = "write_probe";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let location = table(LOCATION)
            .col(number("id").not_null().primary_key())
            .col(maybe_text("location"))
            .col(maybe_number("recorded_at"))
            .col(maybe_number("detached_at"))
            .take();
        let payload = ColumnDef::new(Alias::new("payload"))
            .binary()
            .not_null()
            .take();
        let probe = table(PROBE)
            .col(number("id").not_null().primary_key())
            .col(number("written_at").not_null())
            .col(payload)
            .take();
        make(manager, vec![location, probe], vec![]).await?;
        let row = Query::insert()
            .into_table(Alias::new(LOCATION))
            .columns([Alias::new("id")])
            .values_panic([1.into()])
            .take();
        manager.execute(row).await?;
        let columns = ["id", "written_at", "payload"].map(Alias::new);
        let row = Query::insert()
            .into_table(Alias::new(PROBE))
            .columns(columns)
            .values_panic([1.into(), 0.into(), Vec::<u8>::new().into()])
            .take();
        manager.execute(row).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unmake(manager, &[PROBE, LOCATION]).await
    }
}
