//! HTTP itself: headers, files, odd requests, and live notifications.

mod access;
mod console_pages;
mod files;
mod icons;
mod news;
mod odd_requests;
mod streams;
mod time_outs;
