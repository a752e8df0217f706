//! The present name of a district, whichever old, other or native name a record has.
//! Not a gazetteer of its own: names are those of `dictionary::Places`; what is not listed keeps the name it was given.
//!
//! A name that several districts bear (Bijapur, Udaipur, Patan) is looked up in the state, then in the country of the person;
//! without either, the district that has it as its present name wins.

mod index;
mod spellings;

use std::sync::LazyLock;

use index::{Index, Scope};

static INDEX: LazyLock<Index> = LazyLock::new(Index::builtin);

/// The present name, plain, of a district in this state; `nationality` only helps where the state is not known. All three
/// are plain text; `native` says that the name was written in another script, so that vowels may differ.
pub(super) fn present_name(district: String, state: &str, nationality: &str, native: bool) -> String {
    if district.is_empty() {
        return district;
    }
    let scopes = [INDEX.state(state), INDEX.country(nationality), Some(Scope::Anywhere)];
    for scope in scopes.into_iter().flatten() {
        if let Some(found) = INDEX.find(&district, scope, native) {
            return found.to_owned();
        }
    }
    district
}

#[cfg(test)]
mod tests {
    use super::super::script::plain;
    use super::*;

    fn found(district: &str, state: &str, nationality: &str) -> String {
        present_name(plain(district), &plain(state), &plain(nationality), !district.is_ascii())
    }

    #[test]
    fn an_old_name_becomes_the_present_one() {
        for (old, present) in [
            ("Cuddapah", "kadapa"),
            ("Barpeta", "barpeta"),
            ("Rangoon", "yangon"),
            ("Karimganj", "sribhumi"),
            ("Moulmein", "mawlamyine"),
            ("COX'S BAZAR", "cox's bazar"),
            ("Coxs Bazar", "cox's bazar"),
            ("Nowhere at all", "nowhere at all"),
        ] {
            assert_eq!(found(old, "", ""), present);
        }
    }

    #[test]
    fn the_state_decides_between_districts_of_one_name() {
        for (district, state, present) in [
            ("Bijapur", "Karnataka", "vijayapura"),
            ("Bijapur", "Chhattisgarh", "bijapur"),
            ("Bijapur", "", "vijayapura"), // as the reference has it
            ("Udaipur", "Tripura", "gomati"),
            ("Udaipur", "Rajasthan", "udaipur"),
            ("Udaipur", "", "udaipur"),
            ("Aurangabad", "Maharashtra", "chhatrapati sambhajinagar"),
            ("Aurangabad", "Bihar", "aurangabad"),
            ("Patan", "Bagmati", "lalitpur"),
            ("Patan", "GUJRAT", "patan"),
            ("Lakhimpur", "UP", "lakhimpur kheri"),
            ("Lakhimpur", "Assam", "lakhimpur"),
            ("Ranchi", "Bihar", "ranchi"), // a state as it was before 2000
        ] {
            assert_eq!(found(district, state, ""), present, "{district}, {state}");
        }
        assert_eq!(found("Bharatpur", "", "NP"), "chitwan");
        assert_eq!(found("Bharatpur", "", "Indian"), "bharatpur");
    }

    #[test]
    fn another_spelling_is_known_by_its_sound() {
        for (district, state, present) in [
            ("Murshedabad", "West Bengal", "murshidabad"),
            ("Moorshidabad Dist.", "West Bengal", "murshidabad"),
            ("Purbi Champaran", "Bihar", "east champaran"),
            ("South 24-Parganas", "W. Bengal", "south 24 parganas"),
            ("Gorakhpoor", "U.P.", "gorakhpur"),
            ("Rampoor", "", "rampoor"), // Rampur or Rangpur
        ] {
            assert_eq!(found(district, state, ""), present, "{district}");
        }
    }

    #[test]
    fn native_names_meet_the_english_ones() {
        let wrong: Vec<String> = include_str!("../../../data/places/native_check.csv")
            .lines()
            .skip(1)
            .filter_map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                let name = found(cells[0], cells[1], "");
                (name != cells[2]).then(|| format!("{}: {name} ({})", cells[0], plain(cells[0])))
            })
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
