//! Decodes Stripe's form encoding, `line_items[0][price_data][currency]=usd`, into a tree.

use std::mem::take;

/// Decoded names and values; the names still have their brackets.
pub type Pairs = Vec<(String, String)>;

/// A parameter with what is nested in it, in the order sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Tree {
    Leaf(String),
    Branch(Vec<(String, Tree)>),
}

/// Decodes a query string or a request body.
pub fn pairs(encoded: &[u8]) -> Pairs {
    form_urlencoded::parse(encoded).into_owned().collect()
}

/// Nests the parameters by their brackets. If a name occurs twice the last value counts, as at
/// Stripe.
pub fn tree(pairs: &Pairs) -> Vec<(String, Tree)> {
    let mut root = Vec::new();
    for (name, value) in pairs {
        insert_at(&mut root, &segments(name), value);
    }
    root
}

fn segments(name: &str) -> Vec<&str> {
    match name.split_once('[') {
        Some((first, rest)) if rest.ends_with(']') => {
            let inner = &rest[..rest.len() - 1];
            std::iter::once(first).chain(inner.split("][")).collect()
        }
        _ => vec![name],
    }
}

fn insert_at(branch: &mut Vec<(String, Tree)>, path: &[&str], value: &str) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    // The elements of `expand[]=a&expand[]=b` have no index, so each gets the next one.
    let name = if first.is_empty() {
        branch.len().to_string()
    } else {
        (*first).to_owned()
    };
    let at = branch
        .iter()
        .position(|(known, _)| *known == name)
        .unwrap_or_else(|| {
            branch.push((name, Tree::Branch(Vec::new())));
            branch.len() - 1
        });
    let target = &mut branch[at].1;
    if rest.is_empty() {
        *target = Tree::Leaf(value.to_owned());
        return;
    }
    let mut inner = match target {
        Tree::Branch(inner) => take(inner),
        Tree::Leaf(_) => Vec::new(),
    };
    insert_at(&mut inner, rest, value);
    *target = Tree::Branch(inner);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nests_brackets_and_unnumbered_lists() {
        let tree = tree(&pairs(b"a[0][b]=x%5By%5D&a[0][c]=+&e[]=1&e[]=2"));
        let leaf = |name: &str, value: &str| (name.to_owned(), Tree::Leaf(value.into()));
        let first = Tree::Branch(vec![leaf("b", "x[y]"), leaf("c", " ")]);
        assert_eq!(
            tree,
            vec![
                ("a".into(), Tree::Branch(vec![("0".into(), first)])),
                (
                    "e".into(),
                    Tree::Branch(vec![leaf("0", "1"), leaf("1", "2")])
                ),
            ]
        );
    }
}
