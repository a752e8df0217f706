//! Persons for measuring: invented, as many as are wanted, each unlike the others.
//! Not the test persons of the matching, which are files.

use serde_json::{Value, json};

/// A new case with one person who takes part in matching: another for each number, the same one wherever the number is the same.
#[must_use]
pub fn case_with(number: usize, title: &str) -> Value {
    const SYLLABLES: [&str; 10] = ["bar", "lim", "dor", "ket", "nov", "pas", "run", "sol", "tev", "gim"];
    let word = |seed: usize| {
        let [a, b, c] = [seed, seed / 10, seed * 7 + 3].map(|at| SYLLABLES[at % 10]);
        format!("{a}{b}{c}")
    };
    json!({ "case": { "title": title, "kind": "suspected_trafficking", "priority": "low", "source_channel": "family",
            "legal_basis": "law_enforcement_duty" },
        "persons": [{ "ref": "p", "person": { "sex": "male", "birth": format!("{}", 1930 + number % 80), "father": word(number * 3 + 1),
                "citizenship": ["IN"], "home_country": "IN", "home_state": "IN-AS", "home_district": "IN-AS-barpeta",
                "home_village": word(number * 5 + 2) },
            "names": [{ "kind": "legal", "given": word(number), "family": word(number * 11 + 5) }],
            "phones": [{ "number": format!("+91 98{:08}", 10_203_040 + number * 1117) }],
            "roles": [{ "role": ["suspect"], "matching_basis": "law_enforcement", "matching_reason": "Measured." }] }] })
}
