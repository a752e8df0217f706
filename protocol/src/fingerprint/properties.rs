//! What holds for any input, however strange.
//! Not for comparing with the reference.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// Text that reaches the rules: any character, and what names and dates are made of.
fn text() -> BoxedStrategy<String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z@/ .0-9-]{0,40}",
        "[\u{900}-\u{dff} @]{0,20}",
        "[\u{1000}-\u{109f}\u{aa60}-\u{aa7f}\u{200c} @]{0,20}",
        "[\u{600}-\u{6ff}\u{750}-\u{77f}\u{fb50}-\u{fdff}\u{fe70}-\u{feff}\u{200c} @]{0,20}",
        "[ابدرعلمنویہیےء ]{0,20}",
        "[ကခငစညတနမယရလဝသအ\u{102b}-\u{103e} ]{0,20}",
        "([a-z]{1,9}(/o| @| urf|) ){0,60}",
        "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?",
        "[0-9]{1,25}",
    ]
    .boxed() // persons are made of many of them, and a test's stack is small
}

/// A name that a district has or had, or something else.
fn district() -> impl Strategy<Value = String> {
    let named = crate::dictionary::Places::builtin().all().filter(|place| place.parent.is_some());
    let names = named.flat_map(|place| place.alt_names.iter().chain([&place.name]).cloned()).collect::<Vec<_>>();
    prop_oneof![4 => proptest::sample::select(names), 1 => text()]
}

fn identity() -> impl Strategy<Value = Identity> {
    let lists = || proptest::collection::vec(text(), 0..4);
    (proptest::array::uniform11(text()), lists(), lists(), lists()).prop_map(|(fields, aliases, phones, numbers)| {
        let [
            given_name,
            family_name,
            sex,
            birth_date,
            age_at_record,
            recorded_on,
            guardian_name,
            nationality,
            state,
            district,
            village,
        ] = fields;
        let kind = "aadhaar".to_owned();
        let identifiers = numbers.into_iter().map(|number| Identifier { kind: kind.clone(), number }).collect();
        Identity {
            given_name,
            family_name,
            aliases,
            sex,
            birth_date,
            age_at_record,
            recorded_on,
            guardian_name,
            nationality,
            state,
            district,
            village,
            phones,
            identifiers,
        }
    })
}

proptest! {
    #[test]
    fn anybody_gets_at_most_24_sorted_whole_features(identity in identity()) {
        let features = features(&Person::from(&identity));
        prop_assert!(features.len() <= MAX_TOKENS);
        prop_assert!(features.is_sorted_by(|one, two| one < two));
        prop_assert!(features.iter().all(|f| f.parts.iter().all(|part| !part.is_empty())));
        prop_assert!(features.iter().all(|f| f.parts.len() > 1 || matches!(f.kind, TokenType::Id | TokenType::Ph)));
    }

    #[test]
    fn two_persons_get_one_score_from_either_side(one in identity(), other in identity(), df in 1_u64..500, persons in 0_u64..1_000_000) {
        let (one, other) = (Person::from(&one), Person::from(&other));
        let facts = compare(&one, &other, persons, |_| Df(df));
        let swapped = compare(&other, &one, persons, |_| Df(df));
        prop_assert_eq!(&facts.turned(), &swapped);
        let weights = Weights::shipped();
        prop_assert_eq!(confirm_score(&facts, weights), confirm_score(&swapped, weights));
        let with_himself = compare(&one, &one, persons, |_| Df(df));
        prop_assert!(with_himself.lists.iter().zip(ListKind::ALL).all(|(counts, kind)| usize::from(counts.own) <= kind.most()
            && counts.common <= counts.own.min(counts.other)));
    }

    #[test]
    fn words_are_lower_case_ascii_and_words_of_themselves(text in text()) {
        let found = words(&text);
        prop_assert!(found.iter().all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase())));
        prop_assert_eq!(&words(&found.join(" ")), &found);
    }

    #[test]
    fn the_present_name_of_a_district_stays(text in district(), native in any::<bool>()) {
        // Without a state: in a wrong one a present name may sound like another district.
        let present = districts::present_name(plain(&text), "", "", native);
        prop_assert_eq!(&districts::present_name(present.clone(), "", "", native), &present);
    }

    #[test]
    fn no_text_grows_out_of_bounds(text in text(), times in 1_usize..50) {
        let long = text.repeat(times);
        // The longest a single character gives is a ligature of Arabic words (NFKC: 18 letters, two Latin letters each).
        prop_assert!(plain(&long).len() <= 64 * long.chars().count() + 64);
    }

    #[test]
    fn keys_of_any_text_do_not_panic(text in text()) {
        prop_assert!(key2(&text).chars().count() <= key1(&text).chars().count());
    }

    #[test]
    fn years_at_most_two_apart_share_a_window(year in -3_000_i64..9_999, gap in 0_i64..=5) {
        let (one, two) = (tokens::year_windows(year), tokens::year_windows(year + gap));
        let shared = one.iter().any(|w| two.contains(w));
        prop_assert!(shared || gap > 2);
        prop_assert!(!shared || gap <= 3);
    }

    #[test]
    fn scores_never_panic_and_more_evidence_is_never_less(df in 0_u64.., persons in 0_u64..) {
        let mut shared = BTreeMap::new();
        let mut last = positive_score(&shared, persons);
        for kind in TokenType::ALL {
            shared.insert(kind, Df(df));
            let score = positive_score(&shared, persons);
            prop_assert!(score >= last);
            last = score;
        }
        let types: BTreeSet<TokenType> = shared.keys().copied().collect();
        prop_assert!(classify(last, &types, persons, true) >= Some(MatchClass::Possible));
    }
}
