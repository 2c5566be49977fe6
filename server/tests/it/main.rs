//! The server from outside: what goes in over HTTP and what comes out.

mod accounts;
mod command;
mod competitions;
mod cors;
mod faults;
mod health;
mod mailbox;
mod openapi;
mod pages;
mod registrations;
mod rush;
mod support;
