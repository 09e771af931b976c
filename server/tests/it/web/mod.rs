//! The web itself: headers, files, odd requests, and news as it comes.

mod access;
mod files;
mod news;
mod odd_requests;
