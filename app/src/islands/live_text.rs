//! Text that changes while the page is open.

use std::cell::RefCell;

use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    prelude::*,
    tachys::{
        hydration::Cursor,
        renderer::types::{Element, Node},
        view::{Position, PositionState},
    },
};
use wasm_bindgen::JsCast;

/// The text of an element that has nothing else in it.
///
/// A browser that translates a page puts elements of its own in place of the text nodes. A string in a view goes on
/// writing into its node, which nobody sees any more; this text replaces whatever its element contains.
pub struct LiveText(pub String);

/// The text that is shown, and the element that shows it once there is one.
pub struct LiveTextState {
    text: String,
    element: RefCell<Option<Element>>,
}

impl Render for LiveText {
    type State = LiveTextState;

    fn build(self) -> Self::State {
        LiveTextState {
            text: self.0,
            element: RefCell::new(None),
        }
    }

    fn rebuild(self, state: &mut Self::State) {
        if state.text != self.0 {
            state.text = self.0;
            state.show();
        }
    }
}

impl RenderHtml for LiveText {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn html_len(&self) -> usize {
        self.0.len()
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        // Leptos writes a space for an empty string, to find a text node again. None is looked for here.
        if !self.0.is_empty() {
            self.0
                .to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
        }
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> Self::State {
        // The cursor stands at the element until its first child asks for more.
        position.set(Position::NextChild);
        LiveTextState {
            text: self.0,
            element: RefCell::new(Some(cursor.current().unchecked_into())),
        }
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl AddAnyAttr for LiveText {
    type Output<New: Attribute> = Self;

    fn add_any_attr<New: Attribute>(self, _: New) -> Self {
        self
    }
}

impl LiveTextState {
    fn show(&self) {
        if let Some(element) = &*self.element.borrow() {
            element.set_text_content(Some(&self.text));
        }
    }
}

impl Mountable for LiveTextState {
    fn unmount(&mut self) {
        if let Some(element) = self.element.take() {
            element.set_text_content(None);
        }
    }

    fn mount(&mut self, parent: &Element, _: Option<&Node>) {
        *self.element.get_mut() = Some(parent.clone());
        self.show();
    }

    /// Whatever comes before this text also comes in its place: they are of one element, which has room for one.
    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let element = self.element.take();
        if let Some(element) = &element {
            element.set_text_content(None);
            child.mount(element, None);
        }
        element.is_some()
    }

    fn elements(&self) -> Vec<Element> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_like_any_text() {
        let html = |text: &str| view! { <p>{LiveText(text.to_owned())}</p> }.to_html();
        assert_eq!(html("Tom & <Jerry>"), "<p>Tom &amp; &lt;Jerry&gt;</p>");
        assert_eq!(html(""), "<p></p>");
    }
}
