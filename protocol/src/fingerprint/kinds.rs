//! What an alert says about why two persons matched: kinds of facts, never a value.
//! Not for scores: agreement in kind says nothing about how rare the fact is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::token_type::TokenType;

/// A kind of fact that agreed, in the order in which an alert lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgreedKind {
    /// A document number.
    DocumentNumber,
    /// The last four digits of an Aadhaar.
    DocumentLastFour,
    /// A phone.
    Phone,
    /// A word of the name.
    Name,
    /// A name of one side, which may be an alias on the other.
    NameOrAlias,
    /// An alias.
    Alias,
    /// The guardian's name.
    Guardian,
    /// The district.
    District,
    /// The village or town.
    Village,
    /// The full birth date.
    BirthDate,
    /// Birth year and month.
    BirthMonth,
    /// The stated birth year.
    BirthYear,
    /// Birth years at most three apart.
    NearBirthYear,
}

impl AgreedKind {
    /// The kind in plain English.
    pub const fn label(self) -> &'static str {
        match self {
            Self::DocumentNumber => "document number",
            Self::DocumentLastFour => "last four digits of a document",
            Self::Phone => "phone",
            Self::Name => "name",
            Self::NameOrAlias => "name or alias",
            Self::Alias => "alias",
            Self::Guardian => "guardian",
            Self::District => "district",
            Self::Village => "village",
            Self::BirthDate => "full birth date",
            Self::BirthMonth => "birth year and month",
            Self::BirthYear => "birth year",
            Self::NearBirthYear => "birth year within three years",
        }
    }
}

/// What the shared types agree in, each kind once; a kind that a stronger one contains is left out.
pub fn agreed_in_kind(types: impl IntoIterator<Item = TokenType>) -> Vec<AgreedKind> {
    use AgreedKind::{BirthDate, BirthMonth, BirthYear, DocumentLastFour, DocumentNumber, Name, NameOrAlias, NearBirthYear};
    let mut kinds: BTreeSet<AgreedKind> = types.into_iter().flat_map(kinds_of).copied().collect();
    let implied: [(AgreedKind, &[AgreedKind]); 5] = [
        (BirthDate, &[BirthMonth, BirthYear, NearBirthYear]),
        (BirthMonth, &[BirthYear, NearBirthYear]),
        (BirthYear, &[NearBirthYear]),
        (DocumentNumber, &[DocumentLastFour]),
        (Name, &[NameOrAlias]),
    ];
    for (stronger, weaker) in implied {
        if kinds.contains(&stronger) {
            kinds.retain(|kind| !weaker.contains(kind));
        }
    }
    kinds.into_iter().collect()
}

fn kinds_of(kind: TokenType) -> &'static [AgreedKind] {
    use AgreedKind::{
        Alias, BirthDate, BirthMonth, BirthYear, District, DocumentLastFour, DocumentNumber, Guardian, Name, NameOrAlias,
        NearBirthYear, Phone, Village,
    };
    match kind {
        TokenType::Id => &[DocumentNumber],
        TokenType::Ph => &[Phone],
        TokenType::Nd => &[Name, BirthDate],
        TokenType::Dd => &[BirthDate, District],
        TokenType::Dg => &[BirthDate, Guardian],
        TokenType::I4 => &[DocumentLastFour, Name],
        TokenType::Nm => &[Name, BirthMonth],
        TokenType::Nv => &[Name, Village],
        TokenType::Hv => &[Guardian, Village, NearBirthYear],
        TokenType::Ag => &[NameOrAlias, Guardian],
        TokenType::An => &[Alias, Name],
        TokenType::Ad => &[NameOrAlias, District, NearBirthYear],
        TokenType::Ny => &[Name, BirthYear, District],
        TokenType::Fg => &[Name, Guardian],
        TokenType::Fd => &[Name, District],
        TokenType::Ng => &[Name, Guardian, District],
        TokenType::Pn => &[Phone, Name],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(types: &[TokenType]) -> Vec<&'static str> {
        let kinds = agreed_in_kind(types.iter().copied());
        kinds.into_iter().map(AgreedKind::label).collect()
    }

    #[test]
    fn each_kind_is_said_once_and_the_stronger_one_wins() {
        use TokenType::{Ad, Ag, Dd, Ng, Nm};
        assert_eq!(labels(&[Ad, Ag]), ["name or alias", "guardian", "district", "birth year within three years"]);
        assert_eq!(labels(&[Ad, Ng, Nm]), ["name", "guardian", "district", "birth year and month"]);
        assert_eq!(labels(&[Ad, Nm, Dd]), ["name", "district", "full birth date"]);
    }
}
