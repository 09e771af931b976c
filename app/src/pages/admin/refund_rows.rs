//! The refunds of one purchase, as a table. On a phone each row is shown as a card.

use leptos::prelude::*;

use crate::types::admin::RefundLine;

/// The panel; nothing if nothing was refunded.
pub fn past(lines: Vec<RefundLine>) -> impl IntoView {
    let is_empty = lines.is_empty();
    let rows: Vec<_> = lines.into_iter().map(row).collect();
    (!is_empty).then(|| {
        let heads = LABELS.map(|label| view! { <th role="columnheader" scope="col">{label}</th> });
        view! {
            <section class="panel" aria-labelledby="refunds-title">
                <h2 class="panel-title" id="refunds-title">"Earlier refunds"</h2>
                <table class="audit" role="table" aria-labelledby="refunds-title">
                    <thead role="rowgroup"><tr role="row">{heads}</tr></thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </section>
        }
    })
}

const LABELS: [&str; 5] = ["Date", "To the card", "To the credit", "State", "By"];

fn row(line: RefundLine) -> impl IntoView {
    let credit = line.by_credit.map(|credit| credit.to_string());
    let reason = (!line.reason.is_empty())
        .then(|| view! { <span class="audit-field" dir="auto">{line.reason}</span> });
    view! {
        <tr role="row">
            <td role="cell" data-label=LABELS[0]><time datetime=line.at>{line.on}</time></td>
            <td role="cell" data-label=LABELS[1]><span class="money">{line.by_card}</span></td>
            <td role="cell" data-label=LABELS[2]><span class="money">{credit}</span></td>
            <td role="cell" data-label=LABELS[3]>{line.status}</td>
            <td role="cell" data-label=LABELS[4]>
                <span><span dir="auto">{line.by}</span>{reason}</span>
            </td>
        </tr>
    }
}
