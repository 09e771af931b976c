//! The living parts of the console.
