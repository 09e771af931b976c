//! What staff gave to a member or platform referrer and took, as a table. On a phone each row is shown as
//! a card.

use leptos::prelude::*;

use crate::types::admin::GrantLine;

/// The panel; nothing if nothing was given or taken.
pub fn past(lines: Vec<GrantLine>) -> impl IntoView {
    let is_empty = lines.is_empty();
    let rows: Vec<_> = lines.into_iter().map(row).collect();
    (!is_empty).then(|| {
        let heads = LABELS.map(|label| view! { <th role="columnheader" scope="col">{label}</th> });
        view! {
            <section class="panel" aria-labelledby="past-title">
                <h2 class="panel-title" id="past-title">"Given and taken so far"</h2>
                <table class="audit" role="table" aria-labelledby="past-title">
                    <thead role="rowgroup"><tr role="row">{heads}</tr></thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </section>
        }
    })
}

const LABELS: [&str; 4] = ["Date", "Amount", "Reason", "State"];

fn row(line: GrantLine) -> impl IntoView {
    let sign = if line.amount.is_positive() { "+" } else { "" };
    view! {
        <tr role="row">
            <td role="cell" data-label=LABELS[0]><time datetime=line.at>{line.on}</time></td>
            <td role="cell" data-label=LABELS[1]>
                <span class="money">{format!("{sign}{}", line.amount)}</span>
            </td>
            <td role="cell" data-label=LABELS[2]><span dir="auto">{line.reason}</span></td>
            <td role="cell" data-label=LABELS[3]>{line.state}</td>
        </tr>
    }
}
