//! The people of this unit who may sign in: their rows, their passwords, the rules for both.
//! Not who is signed in (`sessions`), nor what they may do (`access`).

mod account;
mod hash;
mod id;
mod one_time;
mod role;
mod rules;

#[cfg(test)]
mod tests;

pub use account::{ACCOUNTS_MAX, Account, NewAccount, all, by_sign_in, create, find};
pub use hash::{HashError, PasswordHash};
pub use id::AccountId;
pub use one_time::{ONE_TIME_LIFE, OneTimePassword};
pub use role::Role;
pub use rules::{
    NameFault, PASSWORD_MAX, PASSWORD_MIN, PasswordFault, check_name, check_password, check_sign_in, normal_sign_in,
};
