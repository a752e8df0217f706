//! Every table of `store.redb`: the node's own, and with them those of the protocol.
//! Names are neutral and carry a version: they stand in the clear on disk, as do keys, so keys are random ids, hashes or counters.

use icmc_protocol::machine::Table;

/// AccountId (16 random bytes) → account: sign-in name, password hash, role.
pub const ACCOUNTS: Table = Table("n01-1");
/// BLAKE3 of the session's secret (32 bytes) → session.
pub const SESSIONS: Table = Table("n02-1");
/// Number (8 bytes big-endian) → audit entry, chained by hash.
pub const AUDIT: Table = Table("n03-1");
/// CaseId → why this account may see the case.
pub const CASE_ACCESS: Table = Table("n04-1");
/// CaseId → what search and lists need of a case, sealed under the scope that it came from.
pub const SUMMARIES: Table = Table("n05-1");
/// A fixed word → one setting.
pub const SETTINGS: Table = Table("n06-1");
/// 16 random bytes → how to undo a deletion, until when.
pub const UNDO: Table = Table("n07-1");
/// 16 random bytes → a search as typed, for the page that shows its results.
pub const QUERIES: Table = Table("n08-1");
/// CaseId ‖ CaseId → why the two are linked.
pub const LINKS: Table = Table("n09-1");
/// CaseId ‖ EntityId ‖ CaseId ‖ EntityId → what somebody decided about the two persons.
pub const SAME_PERSON: Table = Table("n10-1");
/// CaseId ‖ EntityId ‖ CaseId ‖ EntityId → since when the nodal officer is to know of the two persons.
pub const NOTED_PAIRS: Table = Table("n11-1");

/// UnitId → that the member was cut off for what it sent, until a person clears it.
pub const CUT_OFF: Table = Table("n12-1");
/// UnitId (zeros for none) ‖ 8 bytes of a hash of the sentence → how often the incident came this hour.
pub const INCIDENTS: Table = Table("n13-1");

/// The node's own tables.
pub const OWN: [Table; 13] = [
    ACCOUNTS,
    SESSIONS,
    AUDIT,
    CASE_ACCESS,
    SUMMARIES,
    SETTINGS,
    UNDO,
    QUERIES,
    LINKS,
    SAME_PERSON,
    NOTED_PAIRS,
    CUT_OFF,
    INCIDENTS,
];

/// Every table of sealed rows.
pub fn all() -> impl Iterator<Item = Table> {
    Table::ALL.into_iter().chain(OWN)
}

/// Unsealed: the word "format" → number of the format. The only row that is read before anything else.
pub(super) const FORMAT: Table = Table("f01-1");
