//! How chosen keepers come by a key that none of them knows: who says yes, what travels, and who is named if it fails.
//! Not the arithmetic: that is `oprf::generation`, whose four steps these are.
//!
//! 1. A person at any unit wants a key ([`start`]); a person at each keeper says yes ([`say_yes`]), and that keeper deals and sends
//!    everybody the hash of its commitment.
//! 2. With the hashes of all, it sends the commitment. 3. With the commitments of all, it sends each other keeper its share.
//! 4. With the shares of all, it keeps their sum and sends its word over the transcript, with all commitments as it had them.
//!
//! With the words of all, whoever wanted the key proposes it to the members, who approve it as any change of the charter.
//! Envelopes come in any order: each step is kept, and whatever is possible then is done. **Whoever fails ends the generation and
//! is named**, with what it signed; the others are shown it. A person can start again, which is another generation.

mod act;
mod advance;
mod rows;
mod step;
mod take;
mod view;

pub use act::{say_no, say_yes, start};
pub use advance::keep_up;
pub use rows::{Ended, State};
pub use step::{Step, Steps, What};
pub use take::receive;
pub use view::{RunSummary, runs};
