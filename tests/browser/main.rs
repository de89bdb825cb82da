//! The portal in a real browser: headless Chromium, driven through chromedriver.

mod browser;
mod closely;
mod everyday;
mod extremes;
mod in_place;
mod journey;
mod keyboard;
mod many;
mod oracle;
mod pages;
mod pictures;
mod session;
mod settlement;
#[path = "../portal/support/mod.rs"]
mod support;
