//! Why a file was not made, or not taken: sentences for the person who carries it.
//! Nothing of what is inside is in them.

use crate::machine::ViewError;

/// Nothing was written, or nothing was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CarriedError {
    /// Another kind of file.
    #[error("this is not a file of envelopes")]
    OtherFile,
    /// Above `FILE_MAX`.
    #[error("the file is larger than 64 MiB")]
    TooLarge,
    /// The lengths in it do not add up.
    #[error("the file ends too early or was changed; copy it again")]
    Cut,
    /// The checksum at its end does not fit.
    #[error("the file was changed on its way; copy it again")]
    Changed,
    /// The list of contents does not open although the file is whole.
    #[error("the file is for another unit, or for a key that this unit no longer has; ask for a new one")]
    NotForUs,
    /// The list of contents is signed by no present key of another member.
    #[error("the file is from no unit of this federation")]
    Stranger,
    /// The list of contents does not fit the file.
    #[error("the list of contents in the file is not in order; ask for a new file")]
    List,
    /// One item is not what the list says.
    #[error("item {number} of {of} in the file was changed; ask for a new file")]
    Item {
        /// Which, from 1.
        number: usize,
        /// How many there are.
        of: usize,
    },
    /// Not a file of documents.
    #[error("this is not a file of documents")]
    NotDocuments,
    /// Above the `FILE_MAX` of documents.
    #[error("the file is larger than 4 GiB")]
    DocumentsTooLarge,
    /// The beginning of a file of documents does not open.
    #[error(
        "the file is for another unit, or was changed on its way, or this unit no longer has the key for it: copy it again or ask for a new one"
    )]
    NotOpened,
    /// One part of a file of documents is not what its maker put there.
    #[error("part {0} of the file was changed; copy it again or ask for a new one")]
    Part(u64),
    /// This unit is in no federation, or the other one is not in it.
    #[error("that unit is not a member of the federation")]
    NotAMember,
    /// No prekey of the receiver.
    #[error("no key of that unit is known here, so nothing can be sealed for it: the two have to meet on the network once")]
    NoPrekey,
    /// Nothing to carry.
    #[error("nothing waits for that unit")]
    Nothing,
    /// The store.
    #[error(transparent)]
    View(#[from] ViewError),
}
