//! Why a step of the blinding was refused.
//! Never carries what a peer sent: points of a person's features are not for logs.

/// What was wrong. Everything here can be caused by a peer and is a value, not a fault of this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OprfError {
    /// Bytes that are not the one encoding of a group element, or the identity.
    #[error("not the canonical form of a group element other than the identity")]
    Point,
    /// Bytes that are not the one encoding of a scalar, or a secret of zero.
    #[error("not the canonical form of a usable scalar")]
    Scalar,
    /// A keeper's position of zero.
    #[error("keepers are counted from 1")]
    Index,
    /// No points, more than [`POINTS_MAX`](super::POINTS_MAX), or lists of different lengths.
    #[error("lists of points that are empty, too long or of different lengths")]
    Count,
    /// Two answers said to be of one keeper.
    #[error("one keeper's position stands twice")]
    RepeatedIndex,
    /// An input that RFC 9497 cannot frame: more than 65,535 bytes.
    #[error("the input is longer than 65,535 bytes")]
    InputTooLong,
    /// The result is the identity: the points were chosen to cancel out.
    #[error("the points cancel out")]
    Identity,
    /// The proof does not belong to these points and this public share.
    #[error("the proof does not hold")]
    Proof,
    /// Not between 1 and [`KEEPERS_MAX`](super::KEEPERS_MAX), or not the threshold of this generation.
    #[error("not the threshold of this generation")]
    Threshold,
    /// No dealers, or more than [`KEEPERS_MAX`](super::KEEPERS_MAX).
    #[error("no dealers, or too many")]
    Dealers,
    /// The dealer did not show that it knows the secret behind its commitment.
    #[error("the proof of possession does not hold")]
    Possession,
}
