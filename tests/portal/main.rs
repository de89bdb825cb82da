//! The portal as people and programs meet it: real HTTP against a running app, on both databases.

mod access;
mod architecture;
mod asvs;
mod audit;
mod catalog;
mod channels;
mod columns;
mod customers;
mod dashboards;
mod demo;
mod faults;
mod log;
mod mail;
mod rating;
mod reports;
mod requests;
mod schema;
mod search;
mod settings;
mod settlement;
mod simulation;
mod support;
mod terms;
mod tls;
mod usage;
mod web;
