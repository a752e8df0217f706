//! Every domain-separation label, with its version inside.
//! A label is never reused for another purpose: a hash or signature made for one is worthless for another.

/// UnitId from a genesis payload.
pub const UNIT: &str = "icmc/v1/unit";
/// FederationId from founder and random bytes.
pub const FEDERATION: &str = "icmc/v1/federation";
/// CaseId from first owner and random bytes.
pub const CASE: &str = "icmc/v1/case";
/// Hash of a case-log entry.
pub const ENTRY: &str = "icmc/v1/entry";
/// Commitment to a change.
pub const CHANGE: &str = "icmc/v1/change";
/// Hash of a charter epoch.
pub const CHARTER: &str = "icmc/v1/charter";
/// Hash of an envelope body, for its acknowledgement.
pub const BODY: &str = "icmc/v1/body-hash";
/// Token of a blinded feature, bound to the announcing unit.
pub const TOKEN: &str = "icmc/v1/token";
/// Padding tokens of a beacon.
pub const PADDING: &str = "icmc/v1/padding";
/// Names a disclosure room by its pair of subjects.
pub const ROOM: &str = "icmc/v1/room";
/// What a yes in a disclosure room is bound to.
pub const GIVEN: &str = "icmc/v1/given";
/// Names a generation of a blinding key by its terms.
pub const GENERATION: &str = "icmc/v1/generation";
/// What the keepers of a blinding key sign.
pub const BLINDING: &str = "icmc/v1/blinding";
/// What a keeper remembers of a request, to know it again.
pub const BLIND_REQUEST: &str = "icmc/v1/blind-request";
/// HPKE info of an envelope.
pub const ENVELOPE: &[u8] = b"icmc/v1/envelope";
/// Salt of the safety words.
pub const SAFETY_WORDS: &[u8] = b"icmc/v1/safety-words";
/// Checksum of a text that people pass on.
pub const TEXT: &str = "icmc/v1/text";
/// Row keys of proofs of misbehaviour.
pub const PROOF: &str = "icmc/v1/proof";
/// Checksum of a file of envelopes.
pub const CARRIED_FILE: &str = "icmc/v1/carried-file";
/// Hash of one sealed item of such a file.
pub const CARRIED_ITEM: &str = "icmc/v1/carried-item";
/// Hash of a sealed chunk of a document.
pub const CHUNK: &str = "icmc/v1/chunk";
/// Where chunks that another unit serves are kept here.
pub const CHUNK_PLACE: &str = "icmc/v1/chunk-place";
/// Associated data of a sealed chunk, before its number.
pub const SEALED_CHUNK: &[u8] = b"icmc/v1/sealed-chunk";
/// Associated data of a sealed list of chunks.
pub const SEALED_MANIFEST: &[u8] = b"icmc/v1/sealed-manifest";
/// Prefix of the external AAD of every signature.
pub const SIGNATURE_PREFIX: &str = "icmc/v1/";
/// What a client blinds an input with.
pub const OPRF_BLIND: &str = "icmc/v1/oprf-blind";
/// Nonce of a keeper's proof over its answers.
pub const OPRF_PROOF_NONCE: &str = "icmc/v1/oprf-proof-nonce";
/// Nonce of a dealer's proof of possession.
pub const OPRF_POSSESSION_NONCE: &str = "icmc/v1/oprf-possession-nonce";
/// Challenge of a dealer's proof of possession.
pub const OPRF_POSSESSION: &str = "icmc/v1/oprf-possession";
/// By which a dealer fixes its commitment before it shows it.
pub const OPRF_COMMITMENT: &str = "icmc/v1/oprf-commitment";
/// What the keepers of a new key all sign.
pub const OPRF_TRANSCRIPT: &str = "icmc/v1/oprf-transcript";
/// Domain of `HashToGroup` (RFC 9497, mode 0x01, ristretto255-SHA512); the two below likewise.
pub const OPRF_HASH_TO_GROUP: &[u8] = b"HashToGroup-OPRFV1-\x01-ristretto255-SHA512";
/// Domain of the values that two units compare (`matching::confirm`), by the same hash to group.
pub const CONFIRM_HASH_TO_GROUP: &[u8] = b"icmc/v1/confirm-hash-to-group-ristretto255-SHA512";
/// Domain of `HashToScalar`.
pub const OPRF_HASH_TO_SCALAR: &[u8] = b"HashToScalar-OPRFV1-\x01-ristretto255-SHA512";
/// Domain of the seed of `ComputeComposites`.
pub const OPRF_SEED: &[u8] = b"Seed-OPRFV1-\x01-ristretto255-SHA512";
