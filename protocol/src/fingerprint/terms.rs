//! The terms of the linear models that weigh agreement against contradiction, with the names they have in a file of weights.
//! Not for the weights themselves, nor for working out which terms a pair of persons has.

use super::token_type::TokenType;

/// A fact that both sides know or one of them does not: it agrees, contradicts, or says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    Birth,
    BirthMonth,
    District,
    State,
    Nationality,
    Phone,
    LastFour,
    Sex,
    DocumentNumber,
}

/// Fields of names that are compared with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Names {
    Given,
    Family,
    Guardian,
    Alias,
    Village,
    /// The given name of one side with the alias of the other.
    AliasGiven,
    /// The given name of one side with the family name of the other.
    FamilyGiven,
}

/// How alike two names are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// From half their sounds upward.
    Alike,
    /// From four fifths of their sounds upward.
    Same,
    /// The share of sounds that is not common.
    Unlike,
}

/// How far apart two birth years are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    None,
    AtMostOne,
    AtMostTwo,
    Far,
}

/// One term of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Term {
    /// A token of the type is shared; worth its bits.
    Shared(TokenType),
    /// Both have the type and share no token of it.
    Unshared(TokenType),
    /// A tenth for each shared type.
    SharedTypes,
    /// Birth years more than two apart, stated or estimated.
    YearsApart,
    /// A fact that agrees, or contradicts.
    Fact(Fact, bool),
    /// Birth years; whether one of them comes from an age.
    Year(Gap, bool),
    /// Names.
    Names(Names, Likeness),
}

impl Term {
    /// The term with this name in a file of weights.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let (stem, agrees) = match (name.strip_suffix('+'), name.strip_suffix('-')) {
            (Some(stem), _) => (stem, true),
            (None, Some(stem)) => (stem, false),
            (None, None) => return None,
        };
        if let Some(kind) = TokenType::from_name(stem) {
            return Some(if agrees { Self::Shared(kind) } else { Self::Unshared(kind) });
        }
        if let Some(fact) = fact(stem) {
            return Some(Self::Fact(fact, agrees));
        }
        let term = match stem {
            "shared_types" => Self::SharedTypes,
            "years" => Self::YearsApart,
            _ => year(stem).or_else(|| named(stem))?,
        };
        (term.is_agreement() == agrees).then_some(term)
    }

    /// Whether it may only count for a pair; otherwise it may only count against.
    pub(super) const fn is_agreement(self) -> bool {
        match self {
            Self::Shared(_) | Self::SharedTypes => true,
            Self::Unshared(_) | Self::YearsApart => false,
            Self::Fact(_, agrees) => agrees,
            Self::Year(gap, _) => !matches!(gap, Gap::Far),
            Self::Names(_, likeness) => !matches!(likeness, Likeness::Unlike),
        }
    }
}

fn fact(stem: &str) -> Option<Fact> {
    Some(match stem {
        "birth" => Fact::Birth,
        "birth_month" => Fact::BirthMonth,
        "district" => Fact::District,
        "state" => Fact::State,
        "nationality" => Fact::Nationality,
        "phone" => Fact::Phone,
        "id_last4" => Fact::LastFour,
        "sex" => Fact::Sex,
        "id_number" => Fact::DocumentNumber,
        _ => return None,
    })
}

fn year(stem: &str) -> Option<Term> {
    let rest = stem.strip_prefix("year_")?;
    let (gap, estimated) = rest.strip_prefix("estimated_").map_or((rest, false), |gap| (gap, true));
    let gap = match gap {
        "equal" => Gap::None,
        "next" => Gap::AtMostOne,
        "near" => Gap::AtMostTwo,
        "far" => Gap::Far,
        _ => return None,
    };
    Some(Term::Year(gap, estimated))
}

fn named(stem: &str) -> Option<Term> {
    let (names, likeness) = stem.rsplit_once('_')?;
    let names = match names {
        "given" => Names::Given,
        "family" => Names::Family,
        "guardian" => Names::Guardian,
        "alias" => Names::Alias,
        "village" => Names::Village,
        "alias/given" => Names::AliasGiven,
        "family/given" => Names::FamilyGiven,
        _ => return None,
    };
    let likeness = match likeness {
        "alike" => Likeness::Alike,
        "same" => Likeness::Same,
        "unlike" => Likeness::Unlike,
        _ => return None,
    };
    Some(Term::Names(names, likeness))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_file_are_read_with_their_sign() {
        assert_eq!(Term::from_name("AD+"), Some(Term::Shared(TokenType::Ad)));
        assert_eq!(Term::from_name("AD-"), Some(Term::Unshared(TokenType::Ad)));
        assert_eq!(Term::from_name("sex-"), Some(Term::Fact(Fact::Sex, false)));
        assert_eq!(Term::from_name("year_near+"), Some(Term::Year(Gap::AtMostTwo, false)));
        assert_eq!(Term::from_name("year_estimated_far-"), Some(Term::Year(Gap::Far, true)));
        assert_eq!(Term::from_name("alias/given_unlike-"), Some(Term::Names(Names::AliasGiven, Likeness::Unlike)));
        for wrong in ["", "+", "AD", "QQ+", "years+", "shared_types-", "year_far+", "given_unlike+", "given/alias_same+"] {
            assert_eq!(Term::from_name(wrong), None, "{wrong}");
        }
    }
}
