//! Reseller Portal: carries a provider's re-seller relationships from the first request to the revenue share.
//!
//! The modules in the order of their dependencies: values are pure; stores use the database; pages use the stores;
//! `routes` names every page; `app` joins all of it.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

pub mod values;

pub mod clock;
pub mod keyring;
pub mod private;

pub mod db;
pub mod kept;
pub mod leases;
pub mod settings;
pub mod web;

pub mod lists;

pub mod audit;
pub mod jobs;
pub mod mail;

pub mod books;

pub mod access;
pub mod catalog;
pub mod terms;

pub mod requests;

pub mod channels;
pub mod customers;
pub mod usage;

pub mod rating;
pub mod reports;
pub mod settlement;
pub mod simulation;

pub mod dashboards;
pub mod search;

pub mod work;

pub mod encryption;
pub mod tls;

pub mod metrics;
pub mod transfer;

pub mod config;
mod gate;
pub mod health;
mod once;
#[cfg(feature = "planted-holes")]
pub mod planted;
mod pressure;
pub mod routes;

pub mod app;
pub mod demo;

pub mod cli;
