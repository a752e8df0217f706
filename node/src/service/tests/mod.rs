//! Signing in, accounts and the audit through a running node with its store on disk. The people are invented.
//! No network, no cases.

mod accounts;
mod audit;
mod desk;
mod ending;
mod freezing;
mod sign_in;
mod two_persons;
mod unit;
mod who;
