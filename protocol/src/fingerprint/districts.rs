//! Old and other names of districts (public administrative names).
//! Not a gazetteer: a district that is not listed keeps the name it was given.

/// Other name, present name.
const OTHER_NAMES: [(&str, &str); 47] = [
    ("purnea", "purnia"),
    ("motihari", "east champaran"),
    ("bettiah", "west champaran"),
    ("sahebganj", "sahibganj"),
    ("chaibasa", "west singhbhum"),
    ("maldah", "malda"),
    ("koch behar", "cooch behar"),
    ("koch bihar", "cooch behar"),
    ("calcutta", "kolkata"),
    ("haora", "howrah"),
    ("banaras", "varanasi"),
    ("allahabad", "prayagraj"),
    ("bolangir", "balangir"),
    ("ananthapuramu", "anantapur"),
    ("cuddapah", "kadapa"),
    ("belgaum", "belagavi"),
    ("gulbarga", "kalaburagi"),
    ("bangalore", "bengaluru urban"),
    ("bellary", "ballari"),
    ("viluppuram", "villupuram"),
    ("bombay", "mumbai"),
    ("poona", "pune"),
    ("bid", "beed"),
    ("sindhupalchowk", "sindhupalchok"),
    ("makawanpur", "makwanpur"),
    ("kavrepalanchok", "kavre"),
    ("dhanusa", "dhanusha"),
    ("jessore", "jashore"),
    ("dacca", "dhaka"),
    ("coxs bazar", "cox's bazar"),
    ("comilla", "cumilla"),
    ("chittagong", "chattogram"),
    ("bogra", "bogura"),
    ("kalay", "kale"),
    ("rangoon", "yangon"),
    ("gurgaon", "gurugram"),
    ("mysore", "mysuru"),
    ("bijapur", "vijayapura"),
    ("shimoga", "shivamogga"),
    ("tumkur", "tumakuru"),
    ("calicut", "kozhikode"),
    ("trivandrum", "thiruvananthapuram"),
    ("pondicherry", "puducherry"),
    ("baroda", "vadodara"),
    ("nuh", "mewat"),
    ("tuticorin", "thoothukudi"),
    ("barisal", "barishal"),
];

/// The present name of a plain district name.
pub(super) fn present_name(district: String) -> String {
    let known = OTHER_NAMES.iter().find(|(other, _)| *other == district);
    known.map_or(district, |(_, present)| (*present).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_name_becomes_the_present_one() {
        assert_eq!(present_name("cuddapah".to_owned()), "kadapa");
        assert_eq!(present_name("barpeta".to_owned()), "barpeta");
    }
}
