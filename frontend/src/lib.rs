//! The entry point of the WASM: hydrates the islands of a page that the server rendered.

use app as _;

/// Called by the page's script once the module has loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
