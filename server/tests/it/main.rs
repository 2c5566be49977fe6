//! The server from outside: what goes in over HTTP and what comes out.

#![expect(clippy::unwrap_used, reason = "a test that unwraps fails with the line that did")]

mod accounts;
mod admin;
mod approval;
mod backup;
mod behind_nginx;
mod calendar;
mod command;
mod competitions;
mod conditional;
mod cors;
mod cursors;
mod deployment;
mod doctor;
mod documents;
mod events;
mod facts;
mod faults;
mod health;
mod http;
mod logs;
mod look;
mod mailbox;
mod monitoring;
mod openapi;
mod pages;
mod passwords;
mod personal_tokens;
mod processes;
mod questions;
mod quickstart;
mod registrations;
mod request_ids;
mod round_trip;
mod rush;
mod sections;
mod security;
mod shared_responses;
mod support;
mod tokens;
mod traces;
mod unknown_outcomes;
mod visibility;
mod waiting_list;
mod webhooks;
