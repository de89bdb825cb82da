//! The portal as people and programs meet it: real HTTP against a running app, on both databases.

mod access;
mod catalog;
mod customers;
mod support;
