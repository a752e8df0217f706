//! The weights of all three models, as integers, from the versioned data file.
//! Not for computing scores: `score` does that for shared tokens, `comparison` for pairs that were compared.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::{score::SCALE, terms::Term, token_type::TokenType, tokens::RECIPE};

static SHIPPED: LazyLock<Weights> = LazyLock::new(|| {
    Weights::from_json(include_str!("../../data/matching/weights.json"))
        .expect("the embedded file is read by the tests of this module")
});

/// What is wrong with a file of weights.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// Not JSON of the expected form.
    #[error("reading the weights")]
    Json(#[from] serde_json::Error),
    /// Fitted for other inputs than this recipe makes.
    #[error("the weights belong to another recipe than {RECIPE}")]
    Recipe,
    /// Fitted for another index size.
    #[error("the weights were not fitted for {SCALE} persons")]
    Scale,
    /// Names a feature that this recipe does not have.
    #[error("the weights name an unknown feature")]
    Feature,
    /// Agreement may not count against, contradiction not for a pair, and no weight may be larger than 1,000.
    #[error("a weight is out of range")]
    Range,
}

/// The linear models; all numbers in thousandths. Of the positive one, which a node computes alone, no weight is negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    pub(super) bias: i64,
    pub(super) shared_types: i64,
    pub(super) types: BTreeMap<TokenType, i64>,
    pub(super) signed: Model,
    pub(super) confirm: Model,
}

/// A model in which contradiction counts too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Model {
    pub(super) bias: i64,
    pub(super) terms: BTreeMap<Term, i64>,
}

#[derive(Deserialize)]
struct File {
    version: String,
    scale: u64,
    positive: Written,
    signed: Written,
    confirm: Written,
}

#[derive(Deserialize)]
struct Written {
    bias: f64,
    weights: BTreeMap<String, f64>,
}

impl Weights {
    /// The weights that come with this recipe.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads and checks a file of weights.
    pub fn from_json(text: &str) -> Result<Self, WeightsError> {
        let file: File = serde_json::from_str(text)?;
        if file.version != RECIPE {
            return Err(WeightsError::Recipe);
        }
        if file.scale != SCALE {
            return Err(WeightsError::Scale);
        }
        let mut shared_types = 0;
        let mut types = BTreeMap::new();
        for (name, value) in file.positive.weights {
            let value = thousandths(value)?;
            if value < 0 {
                return Err(WeightsError::Range);
            }
            let name = name.strip_suffix('+').ok_or(WeightsError::Feature)?;
            if name == "shared_types" {
                shared_types = value;
            } else {
                let kind = TokenType::from_name(name).ok_or(WeightsError::Feature)?;
                types.insert(kind, value);
            }
        }
        let (signed, confirm) = (Model::read(file.signed)?, Model::read(file.confirm)?);
        Ok(Self { bias: thousandths(file.positive.bias)?, shared_types, types, signed, confirm })
    }
}

impl Model {
    fn read(written: Written) -> Result<Self, WeightsError> {
        let mut terms = BTreeMap::new();
        for (name, value) in written.weights {
            let term = Term::from_name(&name).ok_or(WeightsError::Feature)?;
            let value = thousandths(value)?;
            if value != 0 && (value > 0) != term.is_agreement() {
                return Err(WeightsError::Range);
            }
            terms.insert(term, value);
        }
        Ok(Self { bias: thousandths(written.bias)?, terms })
    }
}

/// The file has four decimals: these are taken exactly and rounded, half away from zero, as integers.
fn thousandths(value: f64) -> Result<i64, WeightsError> {
    if value.is_nan() || value.abs() > 1_000.0 {
        return Err(WeightsError::Range);
    }
    let fine = (value * 10_000.0).round() as i64;
    Ok((fine + 5 * fine.signum()) / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{"version": "m2", "scale": 10000, "positive": {"bias": -3.6117, "weights": {"AD+": 1.8616}},
        "signed": {"bias": -0.3604, "weights": {"sex-": -4.8575}}, "confirm": {"bias": -1.8185, "weights": {"given_alike+": 0.5622}}}"#;

    #[test]
    fn the_shipped_file_is_read_and_rounded() {
        let weights = Weights::shipped();
        assert_eq!((weights.bias, weights.shared_types), (-3942, 1065));
        assert_eq!(weights.types[&TokenType::Id], 3750);
        assert_eq!(weights.types.len(), TokenType::ALL.len());
        assert_eq!((weights.signed.bias, weights.confirm.bias), (-377, -1_759));
        assert_eq!((weights.signed.terms.len(), weights.confirm.terms.len()), (34, 69));
    }

    #[test]
    fn a_wrong_file_is_refused_with_its_reason() {
        let read = |from: &str, to: &str| Weights::from_json(&FILE.replace(from, to));
        assert!(read("", "").is_ok());
        assert!(matches!(read("m2", "m1"), Err(WeightsError::Recipe)));
        assert!(matches!(read("10000", "20000"), Err(WeightsError::Scale)));
        assert!(matches!(read("AD+", "QQ+"), Err(WeightsError::Feature)));
        assert!(matches!(read("AD+", "AD-"), Err(WeightsError::Feature)));
        assert!(matches!(read("1.8616", "-1.8"), Err(WeightsError::Range)));
        assert!(matches!(read("1.8616", "1e9"), Err(WeightsError::Range)));
        assert!(matches!(read("sex-", "sexes-"), Err(WeightsError::Feature)));
        assert!(matches!(read("-4.8575", "4.8575"), Err(WeightsError::Range)));
        assert!(matches!(read("0.5622", "-0.5622"), Err(WeightsError::Range)));
        assert!(matches!(read("confirm", "confirmed"), Err(WeightsError::Json(_))));
        assert!(matches!(read("{", ""), Err(WeightsError::Json(_))));
    }
}
