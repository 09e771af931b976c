//! Views whose type is forgotten, so that what shows them is compiled once for all of them.

use leptos::prelude::*;

/// [`IntoAny`] for islands.
pub trait Erase {
    /// The same view, its type forgotten.
    fn erased(self) -> AnyView;
}

#[cfg(feature = "ssr")]
impl<T: IntoAny> Erase for T {
    fn erased(self) -> AnyView {
        self.into_any()
    }
}

#[cfg(not(feature = "ssr"))]
impl<T: RenderHtml> Erase for T {
    fn erased(self) -> AnyView {
        browser::AtOnce(self.into_owned()).into_any()
    }
}

#[cfg(not(feature = "ssr"))]
mod browser {
    use leptos::{
        attr::{Attribute, any_attribute::AnyAttribute},
        prelude::*,
        tachys::{
            hydration::Cursor,
            view::{Position, PositionState},
        },
    };

    /// A view that wakes at once. An `AnyView` keeps a second, asynchronous way as well, which only
    /// lazy routes take: written out for every view, it would be a tenth of what browsers load.
    pub struct AtOnce<T>(pub T);

    impl<T: Render> Render for AtOnce<T> {
        type State = T::State;

        fn build(self) -> Self::State {
            self.0.build()
        }

        fn rebuild(self, state: &mut Self::State) {
            self.0.rebuild(state);
        }
    }

    impl<T: RenderHtml> RenderHtml for AtOnce<T> {
        type AsyncOutput = Self;
        type Owned = AtOnce<T::Owned>;

        const MIN_LENGTH: usize = T::MIN_LENGTH;
        const EXISTS: bool = T::EXISTS;

        fn dry_resolve(&mut self) {}

        async fn resolve(self) -> Self {
            self
        }

        fn to_html_with_buf(
            self,
            buf: &mut String,
            position: &mut Position,
            escape: bool,
            mark_branches: bool,
            extra_attrs: Vec<AnyAttribute>,
        ) {
            self.0
                .to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
        }

        // `hydrate_async` stays as the trait has it: it hydrates at once.
        fn hydrate<const FROM_SERVER: bool>(
            self,
            cursor: &Cursor,
            position: &PositionState,
        ) -> Self::State {
            self.0.hydrate::<FROM_SERVER>(cursor, position)
        }

        fn into_owned(self) -> Self::Owned {
            AtOnce(self.0.into_owned())
        }
    }

    impl<T: RenderHtml> AddAnyAttr for AtOnce<T> {
        type Output<New: Attribute> = AtOnce<T::Output<New>>;

        fn add_any_attr<New: Attribute>(self, attribute: New) -> Self::Output<New>
        where
            Self::Output<New>: RenderHtml,
        {
            AtOnce(self.0.add_any_attr(attribute))
        }
    }
}
