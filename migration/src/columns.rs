//! Helpers for the columns, foreign keys and indexes of this schema.

use sea_orm_migration::{prelude::*, schema::big_integer};

/// The primary key `id`, which the database counts up.
pub fn id() -> ColumnDef {
    ColumnDef::new(Alias::new("id"))
        .big_integer()
        .not_null()
        .auto_increment()
        .primary_key()
        .take()
}

/// A foreign key from column `name` of table `from` to the `id` of `table`. A row that is referred
/// to cannot be deleted.
pub fn points_to(
    from: &'static str,
    name: &'static str,
    table: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{from}_{name}"))
        .from(Alias::new(from), Alias::new(name))
        .to(Alias::new(table), Alias::new("id"))
        .on_delete(ForeignKeyAction::Restrict)
        .take()
}

/// An integer that is not null: cents, milliseconds, or the id of another row.
pub fn number(name: &'static str) -> ColumnDef {
    big_integer(Alias::new(name)).take()
}

/// An integer that may be null.
pub fn maybe_number(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).big_integer().null().take()
}

/// A text that is not null.
pub fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).text().not_null().take()
}

/// A text that may be null.
pub fn maybe_text(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).text().null().take()
}

/// A boolean that is not null; false by default.
pub fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
        .boolean()
        .not_null()
        .default(false)
        .take()
}

/// A table without columns.
pub fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(Alias::new(name)).take()
}

/// An index on `columns` of `table`, named after them.
pub fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create()
        .name(format!("ix_{table}_{}", columns.join("_")))
        .table(Alias::new(table))
        .take();
    for column in columns {
        index.col(Alias::new(*column));
    }
    index
}

/// A unique index on `columns` of `table`, named after them.
pub fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index(table, columns)
        .name(format!("ux_{table}_{}", columns.join("_")))
        .unique()
        .take()
}

/// Creates `tables`, then `indexes`.
pub async fn make(
    manager: &SchemaManager<'_>,
    tables: Vec<TableCreateStatement>,
    indexes: Vec<IndexCreateStatement>,
) -> Result<(), DbErr> {
    for table in tables {
        manager.create_table(table).await?;
    }
    for index in indexes {
        manager.create_index(index).await?;
    }
    Ok(())
}

/// Drops `tables` in the given order.
pub async fn unmake(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager
            .drop_table(Table::drop().table(Alias::new(*table)).take())
            .await?;
    }
    Ok(())
}

/// Adds `columns` to `table`, one per statement, as SQLite requires.
pub async fn add(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: Vec<ColumnDef>,
) -> Result<(), DbErr> {
    for column in columns {
        let mut alter = Table::alter().table(Alias::new(table)).take();
        manager.alter_table(alter.add_column(column).take()).await?;
    }
    Ok(())
}

/// Drops `columns` of `table`.
pub async fn remove(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    for column in columns {
        let mut alter = Table::alter().table(Alias::new(table)).take();
        manager
            .alter_table(alter.drop_column(Alias::new(*column)).take())
            .await?;
    }
    Ok(())
}
