//! The tables of the protocol's state. Names are neutral and carry a version: they stand in the clear on disk.
//! Not for the node's own tables (accounts, sessions, audit): those are in `node::store::tables`.

/// One table, by its name on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table(pub &'static str);

impl Table {
    /// Own keys, secrets and counters. Key: a fixed word.
    pub const OWN: Self = Self("p01-1");
    /// Charter epochs. Key: epoch as 8 bytes big-endian.
    pub const CHARTER: Self = Self("p02-1");
    /// Invitations, proposals and joining. Key: a letter, then an id.
    pub const JOINING: Self = Self("p03-1");
    /// What this node knows of each other member. Key: UnitId.
    pub const PEERS: Self = Self("p04-1");
    /// Prekeys. Key: UnitId ‖ number (8 bytes big-endian).
    pub const PREKEYS: Self = Self("p05-1");
    /// Envelopes to send. Key: UnitId ‖ pair_seq (8 bytes big-endian).
    pub const OUTBOX: Self = Self("p06-1");
    /// Acknowledgements given. Key: UnitId ‖ pair_seq.
    pub const SEEN: Self = Self("p07-1");
    /// Entries of the case log. Key: CaseId ‖ UnitId ‖ seq (8 bytes big-endian).
    pub const ENTRIES: Self = Self("p08-1");
    /// Changes. Key: CaseId ‖ Commitment ‖ the share it came under (zeros for none).
    pub const CHANGES: Self = Self("p09-1");
    /// One row a case: owner, heads, state. Key: CaseId.
    pub const CASES: Self = Self("p10-1");
    /// Shares given. Key: ShareId.
    pub const SHARES_OUT: Self = Self("p11-1");
    /// Shares received. Key: ShareId.
    pub const SHARES_IN: Self = Self("p12-1");
    /// Shares of a case, either way. Key: CaseId ‖ ShareId.
    pub const SHARES_BY_CASE: Self = Self("p13-1");
    /// Own subjects with their blinded features. Key: SubjectId.
    pub const SUBJECTS: Self = Self("p14-1");
    /// The subject of a person. Key: CaseId ‖ EntityId.
    pub const SUBJECT_OF: Self = Self("p15-1");
    /// What own subjects are announced by, from which the tokens of any unit are made. Key: SubjectId.
    pub const OWN_TOKENS: Self = Self("p16-2");
    /// Beacons heard and sent. Key: UnitId ‖ number (8 bytes big-endian). The number 18 was that of their tokens, and is not used again.
    pub const BEACONS: Self = Self("p17-2");
    /// Beacon heads heard. Key: UnitId.
    pub const BEACON_HEADS: Self = Self("p19-1");
    /// Alerts. Key: AlertId.
    pub const ALERTS: Self = Self("p20-1");
    /// The alert of a pair. Key: own SubjectId ‖ peer UnitId ‖ peer SubjectId.
    pub const ALERT_OF: Self = Self("p21-1");
    /// Erasures that are decided and not yet carried out. Key: encoded scope.
    pub const ERASURES: Self = Self("p22-1");
    /// Proofs of misbehaviour kept for people to see. Key: UnitId ‖ hash.
    pub const PROOFS: Self = Self("p23-1");
    /// Parts of a share that wait for their predecessor. Key: ShareId ‖ pair_seq (8 bytes big-endian).
    pub const WAITING: Self = Self("p24-1");
    /// Contributions of other units to own cases. Key: CaseId ‖ EntryHash.
    pub const CONTRIBUTIONS: Self = Self("p25-1");
    /// What a received share says, for as long as its key lives. Key: ShareId.
    pub const SHARE_TERMS: Self = Self("p26-1");
    /// Files of documents that are here or wanted. Key: CaseId ‖ Commitment ‖ the share it came under (zeros for none), as in `CHANGES`.
    pub const DOCUMENTS: Self = Self("p27-1");
    /// What is to be done about chunks, and what units said they have. Key: a letter, then where or who.
    pub const DOCUMENT_WORK: Self = Self("p28-1");
    /// Requests to check something, asked and received, and messages. Key: a letter, then the handle.
    pub const REQUESTS: Self = Self("p29-1");
    /// Directory entries and materials. Key: a letter ‖ UnitId ‖ PublicationId.
    pub const PUBLISHED: Self = Self("p30-1");
    /// This unit's contributions to cases of others: on what terms, and what became of them. Key: CaseId ‖ EntryHash; CaseId alone
    /// for the terms of what comes next.
    pub const CONTRIBUTED: Self = Self("p31-1");
    /// What two persons of this unit decide together about an own case. Key: CaseId ‖ 16 random bytes.
    pub const DECISIONS: Self = Self("p32-1");
    /// Cases being handed over, either way, and what their next owners could not be told yet. Key: a letter, then the case, the transfer or
    /// the unit.
    pub const TRANSFERS: Self = Self("p33-1");
    /// After a restore from a backup: which units have shown what they hold. Key: a letter, then a unit or a case.
    pub const RESTORED: Self = Self("p34-1");
    /// Node keys of members, present and past, and of former members. Key: NodeKey.
    pub const NODE_KEYS: Self = Self("p35-1");
    /// What members said about the charter beside its epochs. Key: a letter, then a UnitId or CharterHash.
    pub const CHARTER_NOTES: Self = Self("p36-1");
    /// Acknowledgements that wait to be carried back in a file. Key: UnitId ‖ pair_seq.
    pub const OWED: Self = Self("p37-1");
    /// Blinding keys: own shares, generations, quotas, what keepers did. Key: a letter, then which.
    pub const KEEPING: Self = Self("p38-1");

    /// Comparisons with other units in counts only. Key: a letter, then the pair, the peer or the run.
    pub const CONFIRMS: Self = Self("p40-1");
    /// Disclosure rooms. Key: a letter, then the room, the alert or the case.
    pub const ROOMS: Self = Self("p42-1");

    /// Every table of the protocol, for the store to create.
    pub const ALL: [Self; 39] = [
        Self::OWN,
        Self::CHARTER,
        Self::JOINING,
        Self::PEERS,
        Self::PREKEYS,
        Self::OUTBOX,
        Self::SEEN,
        Self::ENTRIES,
        Self::CHANGES,
        Self::CASES,
        Self::SHARES_OUT,
        Self::SHARES_IN,
        Self::SHARES_BY_CASE,
        Self::SUBJECTS,
        Self::SUBJECT_OF,
        Self::OWN_TOKENS,
        Self::BEACONS,
        Self::BEACON_HEADS,
        Self::ALERTS,
        Self::ALERT_OF,
        Self::ERASURES,
        Self::PROOFS,
        Self::WAITING,
        Self::CONTRIBUTIONS,
        Self::SHARE_TERMS,
        Self::DOCUMENTS,
        Self::DOCUMENT_WORK,
        Self::REQUESTS,
        Self::PUBLISHED,
        Self::CONTRIBUTED,
        Self::DECISIONS,
        Self::TRANSFERS,
        Self::RESTORED,
        Self::NODE_KEYS,
        Self::CHARTER_NOTES,
        Self::OWED,
        Self::KEEPING,
        Self::CONFIRMS,
        Self::ROOMS,
    ];
}
