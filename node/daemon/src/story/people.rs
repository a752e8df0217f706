//! The persons and cases that the story enters. All of them are invented.
//! Spelled as different hands would write them.

use serde_json::{Value, json};

/// What Guwahati has, if it is not there already: one victim, and the suspect.
pub(super) fn guwahati_case() -> Value {
    json!({
        "case": case("Young woman from Barpeta taken to Delhi for a job"),
        "persons": [
            { "ref": "v", "person": { "sex": "female", "birth": "2004-02", "father": "Hanif Ali Dewan", "citizenship": ["IN"],
                "home_country": "IN", "home_state": "IN-AS", "home_district": "IN-AS-barpeta", "home_village": "Sorbhog" },
              "names": [{ "kind": "legal", "given": "Jahanara", "family": "Parbin" }],
              "roles": [{ "role": ["victim"], "matching_basis": "consent", "trafficking_status": "confirmed" }] },
            { "ref": "s", "person": { "sex": "male", "birth": "1984", "father": "Abdul Karim", "citizenship": ["IN"],
                "home_country": "IN", "home_state": "IN-AS", "home_district": "IN-AS-barpeta", "home_village": "Kalgachia" },
              "names": [{ "kind": "legal", "given": "Md. Rofiqul", "family": "Islam" }],
              "roles": [suspect_role()] }
        ],
        "legs": [{ "person": "v", "seq": 1, "kind": "source", "from_country": "IN", "from_state": "IN-AS",
            "from_district": "IN-AS-barpeta", "to_country": "IN", "to_state": "IN-DL", "mode": "train", "confidence": "known" }],
        "stages": [{ "person": "v", "stage": "R1", "state": "done", "entered_on": "2026-08-12", "outcome": "registered_fir" }],
        "notes": [{ "person": "s", "text": "Two neighbours say that he has work at a building site in Meghalaya." }]
    })
}

/// What Shillong enters: the same man by another hand.
pub(super) fn shillong_case() -> Value {
    json!({
        "case": case("Two girls missing from a school near Shillong"),
        "persons": [
            { "ref": "s", "person": { "sex": "male", "age_stated": 40, "father": "Abdul Kareem", "citizenship": ["IN"],
                "home_country": "IN", "home_state": "IN-AS", "home_district": "IN-AS-barpeta", "home_village": "Kalgachhia" },
              "names": [{ "kind": "legal", "given": "Mohammad Rafiqul", "family": "Islam" }],
              "roles": [suspect_role()] }
        ]
    })
}

/// A girl as Kathmandu writes her.
pub(super) fn kathmandu_victim() -> Value {
    victim("सुनीता", "यादव", "रामबहादुर", "लहान")
}

/// The same girl as Shillong writes her.
pub(super) fn shillong_victim() -> Value {
    victim("Sunita", "Yadav", "Ram Bahadur", "Lahan")
}

fn victim(given: &str, family: &str, father: &str, village: &str) -> Value {
    json!({
        "case": case("Girl found at a bus station"),
        "persons": [
            { "ref": "v", "person": { "sex": "female", "birth": "2009-05-14", "father": father, "citizenship": ["NP"],
                "home_country": "NP", "home_state": "NP-P2", "home_district": "NP-P2-siraha", "home_village": village },
              "names": [{ "kind": "legal", "given": given, "family": family }],
              "roles": [{ "role": ["victim"], "matching_basis": "child_best_interest",
                  "matching_reason": "Her family is being sought.", "trafficking_status": "possible" }] }
        ]
    })
}

fn case(title: &str) -> Value {
    json!({ "title": title, "kind": "suspected_trafficking", "priority": "high", "source_channel": "family",
        "legal_basis": "law_enforcement_duty" })
}

fn suspect_role() -> Value {
    json!({ "role": ["suspect"], "matching_basis": "law_enforcement", "matching_reason": "Named as suspect in the report of this case.",
        "part": ["recruiter"], "suspect_status": "named" })
}
