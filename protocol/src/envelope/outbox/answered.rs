//! What the answer to an envelope does to what waits.
//! Whether the other node may be believed is said by its signature alone.

use super::{OutboxRow, row_key};
use crate::envelope::ack::{Answer, Outcome};
use crate::envelope::body::{self, Kind};
use crate::federation::{charter, own, prekey};
use crate::ids::{ShareId, UnitId};
use crate::machine::{Table, Txn, ViewError};
use crate::wire;

/// What the answer to an envelope meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// Delivered and applied.
    Applied(Kind, Option<ShareId>),
    /// Delivered and refused, for good.
    Refused(Kind, Option<ShareId>),
    /// To be tried again, now that a newer prekey is known.
    Again,
    /// To be tried later.
    Later,
}

/// Takes the answer to envelope `pair_seq`.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn answered(txn: &mut Txn<'_>, to: UnitId, pair_seq: u64, answer: &[u8]) -> Result<Answered, ViewError> {
    let key = row_key(to, pair_seq);
    let Some(row) = txn.get::<OutboxRow>(&key)? else { return Ok(Answered::Later) };
    let own = own::load(txn)?;
    match wire::decode::<Answer>(answer, 16 * 1024) {
        Ok(Answer::Ack(signed)) => {
            let Some(signer) = charter::member(txn, to)?.and_then(|member| member.present_key()) else {
                return Ok(Answered::Later);
            };
            let sent = row.body.stored().map_err(|error| ViewError(error.to_string()))?;
            let ack = signed.verify(&signer);
            let fits =
                ack.as_ref().is_ok_and(|ack| ack.to == own.unit && ack.pair_seq == pair_seq && ack.body == body::hash(&sent));
            let Ok(ack) = ack.as_ref().map_err(|_| ()) else {
                txn.incident(Some(to), "answered with an acknowledgement that does not verify");
                return Ok(Answered::Later);
            };
            if !fits {
                // What was given up here may have arrived all the same, and its acknowledgement comes after, or in a file.
                if row.kind != Kind::Void {
                    txn.incident(Some(to), "answered with an acknowledgement of something else");
                }
                return Ok(Answered::Later);
            }
            txn.delete(Table::OUTBOX, &key);
            Ok(match ack.outcome {
                Outcome::Applied => Answered::Applied(row.kind, row.about),
                Outcome::Refused => Answered::Refused(row.kind, row.about),
            })
        }
        Ok(Answer::UnknownPrekey(prekey)) => {
            let before = prekey::newest(txn, to)?.map(|prekey| prekey.number);
            if prekey::accept(txn, &prekey).is_err() {
                return Ok(Answered::Later);
            }
            let after = prekey::newest(txn, to)?.map(|prekey| prekey.number);
            Ok(if after > before { Answered::Again } else { Answered::Later })
        }
        _ => Ok(Answered::Later),
    }
}
