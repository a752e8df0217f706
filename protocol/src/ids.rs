//! Newtypes for every id, hash and key handle that two units exchange.
//! Not for secrets: those live in `crypto` and have no `Debug`.

use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Text that is not the hexadecimal form of an id of the expected length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} hexadecimal digits")]
pub struct IdError {
    /// How many digits the id has.
    pub expected: usize,
}

macro_rules! bytes_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// The raw bytes, for keys of rows and for hashing.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }

            /// From a slice of exactly the right length.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// Fresh random bytes.
            pub fn random(rng: &mut dyn rand_core::CryptoRng) -> Self {
                let mut bytes = [0; $len];
                rng.fill_bytes(&mut bytes);
                Self(bytes)
            }

            /// The first eight hexadecimal digits, for logs.
            #[must_use]
            pub fn short(&self) -> String {
                data_encoding::HEXLOWER.encode(&self.0[..4])
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({}…)"), self.short())
            }
        }

        impl core::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                data_encoding::HEXLOWER_PERMISSIVE
                    .decode(text.as_bytes())
                    .ok()
                    .and_then(|bytes| Self::from_slice(&bytes))
                    .ok_or(IdError { expected: $len * 2 })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_bytes(&self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = String::deserialize(deserializer)?;
                    text.parse().map_err(de::Error::custom)
                } else {
                    let bytes = serde_bytes::ByteBuf::deserialize(deserializer)?;
                    Self::from_slice(&bytes).ok_or_else(|| de::Error::invalid_length(bytes.len(), &stringify!($len)))
                }
            }
        }
    };
}

bytes_id!(
    /// An agency that runs a node: hash of its genesis payload, never changes.
    UnitId, 32);
bytes_id!(
    /// A federation: hash of the founder and 32 random bytes.
    FederationId, 32);
bytes_id!(
    /// A case: hash of its first owner and 32 random bytes.
    CaseId, 32);
bytes_id!(
    /// A person, a note, a route leg: one entity of one kind in one case.
    EntityId, 16);
bytes_id!(
    /// One share of one case with one unit.
    ShareId, 16);
bytes_id!(
    /// One proposal to hand a case over.
    TransferId, 16);
bytes_id!(
    /// A directory entry or a material, through all its versions.
    PublicationId, 16);
bytes_id!(
    /// A single-use invitation.
    InvitationId, 16);
bytes_id!(
    /// One raised alert, local to the node that shows it.
    AlertId, 16);
bytes_id!(
    /// Random handle under which a person is announced in beacons.
    SubjectId, 16);
bytes_id!(
    /// One comparison of two persons of two units, in counts only; chosen by the unit that starts it.
    ConfirmId, 16);
bytes_id!(
    /// A disclosure room: hash of the two subjects that it is about.
    RoomId, 32);
bytes_id!(
    /// Hash of what a unit gives in one step of a disclosure room; stands in its yes.
    GivenHash, 32);
bytes_id!(
    /// Handle of one blinding request, unlinkable to the person.
    PersonRef, 16);
bytes_id!(
    /// One generation of a blinding key: hash of its terms.
    GenerationId, 32);
bytes_id!(
    /// What a keeper's answers are verified against, as it stands in a charter: a group element, decoded by whoever uses it.
    PublicShare, 32);
bytes_id!(
    /// What all keepers of one blinding key signed: hash of its terms, its shares and how they came about.
    Transcript, 32);
bytes_id!(
    /// Hash of a case-log entry's signed payload.
    EntryHash, 32);
bytes_id!(
    /// Hash of one change: what an entry holds in its place.
    Commitment, 32);
bytes_id!(
    /// Hash of an envelope body, named in its acknowledgement.
    BodyHash, 32);
bytes_id!(
    /// Hash of a charter epoch's payload.
    CharterHash, 32);
bytes_id!(
    /// Ed25519 public key of a node, compressed.
    NodeKey, 32);
bytes_id!(
    /// A blinded feature as it stands in a beacon, bound to the announcing unit.
    Token, 16);
bytes_id!(
    /// 32 random bytes that hide a change's value until it is shown.
    Salt, 32);
bytes_id!(
    /// Hash of one sealed chunk of a document, or of the sealed list of its chunks.
    ChunkHash, 32);
bytes_id!(
    /// Where the chunks of one document are kept; means something on this node only.
    PlaceId, 32);
