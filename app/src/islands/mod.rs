//! The parts of a page that also run in the browser.
