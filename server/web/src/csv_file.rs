//! A table as a file for a spreadsheet (RFC 4180), sent page by page while it is read.

use std::pin::Pin;

use axum::{
    body::{Body, Bytes},
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use futures::stream;

/// A page of rows, and where the next one begins; `None` after the last.
pub type Page<Place = i64> = (Vec<Vec<String>>, Option<Place>);

/// Reads the page that begins at a place, or the first.
pub type ReadPage<Place> = dyn Fn(Option<Place>) -> Pin<Box<dyn Future<Output = anyhow::Result<Page<Place>>> + Send>>
    + Send
    + Sync;

/// The file `name` with these column heads. A page that cannot be read ends the answer as broken, so
/// that nobody takes a part for the whole.
pub fn answer<Place: Send + 'static>(
    name: &str,
    heads: &[&str],
    read: Box<ReadPage<Place>>,
) -> Response {
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let pages = stream::try_unfold(
        (Some(heads), Some(None), read),
        |(heads, place, read)| async move {
            let Some(place) = place else {
                return Ok::<_, anyhow::Error>(None);
            };
            let (rows, next) = read(place).await?;
            let rows = heads.into_iter().chain(rows);
            Ok(Some((text(rows)?, (None, next.map(Some), read))))
        },
    );
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, Body::from_stream(pages)).into_response()
}

fn text(rows: impl Iterator<Item = Vec<String>>) -> anyhow::Result<Bytes> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|cell| plain(cell)))?;
    }
    Ok(writer.into_inner()?.into())
}

/// A cell that a spreadsheet takes for text: one that begins like a formula gets an apostrophe before it
/// (OWASP, CSV Injection).
fn plain(cell: &str) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        let rows = [vec![
            "=HYPERLINK(\"https://evil.example\")".to_owned(),
            "a, \"b\"\nc".to_owned(),
            "-5".to_owned(),
            String::new(),
        ]];
        let text = text(rows.into_iter()).unwrap();
        assert_eq!(
            &text[..],
            b"\"'=HYPERLINK(\"\"https://evil.example\"\")\",\"a, \"\"b\"\"\nc\",'-5,\n"
        );
    }
}
