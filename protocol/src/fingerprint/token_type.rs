//! The kinds of combination of the recipe, with their stable order and names.
//! Not for how a combination is made: that is in `tokens`.

use serde::{Deserialize, Serialize};

/// The kinds of combination, in the order in which they are kept when a person has more than a beacon holds: unique numbers
/// and birth dates first, last those whose pairs another type finds anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TokenType {
    /// Document number.
    Id,
    /// Phone.
    Ph,
    /// Name and full birth date.
    Nd,
    /// Full birth date and district.
    Dd,
    /// Full birth date and guardian.
    Dg,
    /// Last four digits of an Aadhaar and name.
    I4,
    /// Name, birth year and month.
    Nm,
    /// Name and village.
    Nv,
    /// Guardian, village and birth year window.
    Hv,
    /// Name or alias, and guardian.
    Ag,
    /// Alias and name.
    An,
    /// Name or alias, district and birth year window.
    Ad,
    /// Name, stated birth year and district.
    Ny,
    /// Two name words and guardian.
    Fg,
    /// Two name words and district.
    Fd,
    /// Name, guardian and district.
    Ng,
    /// Phone and name.
    Pn,
}

impl TokenType {
    /// All types in keeping order.
    pub const ALL: [Self; 17] = [
        Self::Id,
        Self::Ph,
        Self::Nd,
        Self::Dd,
        Self::Dg,
        Self::I4,
        Self::Nm,
        Self::Nv,
        Self::Hv,
        Self::Ag,
        Self::An,
        Self::Ad,
        Self::Ny,
        Self::Fg,
        Self::Fd,
        Self::Ng,
        Self::Pn,
    ];

    /// The two letters that stand for the type in inputs and weights.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "ID",
            Self::Ph => "PH",
            Self::Nd => "ND",
            Self::Dd => "DD",
            Self::Dg => "DG",
            Self::I4 => "I4",
            Self::Nm => "NM",
            Self::Nv => "NV",
            Self::Hv => "HV",
            Self::Ag => "AG",
            Self::An => "AN",
            Self::Ad => "AD",
            Self::Ny => "NY",
            Self::Fg => "FG",
            Self::Fd => "FD",
            Self::Ng => "NG",
            Self::Pn => "PN",
        }
    }

    /// The type with this two-letter name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
