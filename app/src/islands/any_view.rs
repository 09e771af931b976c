//! Views without their static type, so that the code which renders them is compiled only once.

use leptos::prelude::*;

/// [`IntoAny`] for islands, smaller in the browser.
pub trait IntoAnyView {
    /// The same view, type-erased.
    fn into_any_view(self) -> AnyView;
}

#[cfg(feature = "ssr")]
impl<T: IntoAny> IntoAnyView for T {
    fn into_any_view(self) -> AnyView {
        self.into_any()
    }
}

#[cfg(not(feature = "ssr"))]
impl<T: RenderHtml> IntoAnyView for T {
    fn into_any_view(self) -> AnyView {
        browser::Synchronous(self.into_owned()).into_any()
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

    /// A view that hydrates synchronously. An `AnyView` can also hydrate asynchronously, which only
    /// lazy routes need; compiled for every view, that would be a tenth of what browsers load.
    pub struct Synchronous<T>(pub T);

    impl<T: Render> Render for Synchronous<T> {
        type State = T::State;

        fn build(self) -> Self::State {
            self.0.build()
        }

        fn rebuild(self, state: &mut Self::State) {
            self.0.rebuild(state);
        }
    }

    impl<T: RenderHtml> RenderHtml for Synchronous<T> {
        type AsyncOutput = Self;
        type Owned = Synchronous<T::Owned>;

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

        // The trait's own `hydrate_async` calls this one.
        fn hydrate<const FROM_SERVER: bool>(
            self,
            cursor: &Cursor,
            position: &PositionState,
        ) -> Self::State {
            self.0.hydrate::<FROM_SERVER>(cursor, position)
        }

        fn into_owned(self) -> Self::Owned {
            Synchronous(self.0.into_owned())
        }
    }

    impl<T: RenderHtml> AddAnyAttr for Synchronous<T> {
        type Output<New: Attribute> = Synchronous<T::Output<New>>;

        fn add_any_attr<New: Attribute>(self, attribute: New) -> Self::Output<New>
        where
            Self::Output<New>: RenderHtml,
        {
            Synchronous(self.0.add_any_attr(attribute))
        }
    }
}
