//! How keepers come by a key that none of them knows: each deals a secret of its own, the key is the sum of all.
//! Not the messages between them, nor what happens to a keeper that fails: this is arithmetic only. **Needs external review.**
//!
//! Pedersen's generation (1991) with Feldman's commitments, in an order that keeps rogue and biased keys out:
//!
//! 1. Each keeper deals ([`Dealt::new`]), makes its [`Commitment`] and sends everybody only [`Commitment::hash`].
//! 2. Once it has the hashes of *all* keepers, it sends the commitment itself; the others hold it against the hash and
//!    [`Commitment::check`] it. Nobody can choose its own after seeing another's, which would bias the key (Gennaro, Jarecki,
//!    Krawczyk, Rabin 1999), and nobody can commit to a secret that it does not know, which would cancel others' out.
//! 3. Then it sends each other keeper [`Dealt::share_for`] it, sealed; the receiver checks with [`check_share`].
//! 4. With all shares good, [`add_shares`] is the keeper's share and all sign the same [`transcript`]. [`group_key`] and
//!    [`public_share`] follow from the commitments.
//!
//! **Whoever fails ends the generation and is named.** Nobody is left out and the rest summed up: a dealer that could choose to
//! drop out after step 2 could choose between keys. Starting again means dealing again. One dealer (t = n = 1) is the same code.

mod commitment;
mod dealt;
mod sum;
mod transcript;

pub use commitment::{Commitment, check_share};
pub use dealt::Dealt;
pub use sum::{add_shares, group_key, public_share};
pub use transcript::transcript;
