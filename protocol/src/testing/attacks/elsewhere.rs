//! What the catalogue names and other tests try: where they stand.
//! A test that is renamed or removed has to be looked for here.

/// Row of the catalogue, file under `protocol/`, name of the test.
pub(super) const LISTED: &[(&str, &str, &str)] = &[
    ("T5", "src/envelope/tests/flipped.rs", "every_flipped_bit_of_even_bytes_outside_is_refused"),
    ("T5", "src/envelope/tests/flipped.rs", "every_flipped_bit_inside_is_refused"),
    ("T5", "src/envelope/tests/flipped.rs", "every_beginning_and_every_tail_is_refused"),
    ("T5", "src/federation/tests/flipped.rs", "a_genesis_and_an_invitation"),
    ("T5", "src/federation/tests/flipped.rs", "a_request_to_join"),
    ("T5", "src/federation/tests/flipped.rs", "a_prekey"),
    ("T5", "src/federation/tests/flipped.rs", "a_charter_epoch"),
    ("T5", "src/sharing/tests/flipped.rs", "every_flipped_bit_of_a_share_is_refused"),
    ("T5", "src/caselog/tests/hostile.rs", "every_flipped_bit_of_an_entry_and_of_a_change_is_refused"),
    ("T5", "src/carried/tests.rs", "every_cut_and_every_flipped_bit_is_found_before_anything_is_taken"),
    ("T5", "src/documents/tests.rs", "every_flipped_bit_and_every_length_of_a_list_of_chunks_is_refused"),
    ("T5", "src/testing/spoilt/mod.rs", "whatever_is_signed_is_refused_with_any_bit_of_it_spoilt"),
    ("T6", "src/wire/cbor.rs", "every_lax_form_is_refused"),
    ("T6", "src/testing/hostile_vectors.rs", "every_hostile_vector_is_refused_as_written_beside_it"),
    ("T7", "src/crypto/tests.rs", "signatures_of_the_many_eddsas_are_refused"),
    ("T7", "src/crypto/tests.rs", "no_encoding_of_a_point_of_small_order_is_a_key"),
    ("T7", "src/federation/tests/changing.rs", "a_new_node_key_is_in_use_once_it_has_passed"),
    ("T8", "src/sharing/tests/arriving.rs", "four_parts_in_every_order_come_to_the_same"),
    ("T8", "src/sharing/tests/contributing.rs", "contributions_count_alike_in_whatever_order_they_come"),
    ("T9", "src/caselog/tests/hostile.rs", "a_fork_freezes_the_case_for_its_unit_and_keeps_the_proof"),
    ("T9", "src/caselog/tests/hostile.rs", "an_owner_who_signed_two_histories_freezes_what_is_written_here"),
    ("T9", "src/transfer/tests/hostile.rs", "two_transfers_from_one_number_freeze_the_case_until_a_person_decides"),
    ("T9", "src/matching/tests/hostile.rs", "two_beacons_of_one_number_are_kept_as_a_proof"),
    ("d", "src/caselog/tests/folding.rs", "an_owner_only_field_from_a_contributor_stays_a_proposal"),
    ("d", "src/sharing/tests/contributing.rs", "owner_only_fields_stay_proposals_even_when_admitted"),
    ("d", "src/sharing/tests/contributing.rs", "nothing_but_fields_of_people_can_be_contributed"),
    ("d", "src/caselog/tests/structure.rs", "an_id_used_again_under_another_kind_orphans_nobody"),
    ("d", "src/caselog/tests/hostile.rs", "nobody_invents_an_owner"),
    ("e", "src/standing/tests/shares.rs", "a_sender_put_back_before_a_recall_does_not_send_again"),
    ("e", "src/standing/tests/shares.rs", "a_receiver_put_back_before_a_recall_destroys_the_key_at_once"),
    ("e", "src/standing/tests/numbers.rs", "many_lost_envelopes_leave_no_number_used_twice"),
    ("f", "src/sharing/tests/masks.rs", "the_receiver_holds_what_the_mask_names_and_nothing_else"),
    ("f", "src/caselog/tests/disclosing.rs", "the_second_victim_stays_here_without_a_basis_of_her_own"),
    ("f", "src/caselog/tests/disclosing.rs", "class_x_leaves_as_todays_value_and_never_as_tomorrows"),
    ("f", "src/caselog/tests/disclosing.rs", "a_header_with_nothing_travels_only_with_a_later_one_that_has_something"),
    ("g", "src/federation/tests/settling.rs", "one_member_alone_freezes_nothing"),
    ("g", "src/federation/tests/hostile.rs", "prekey_numbers_only_rise_and_stand_for_one_key"),
    ("g", "src/federation/tests/charter.rs", "every_rule_holds_against_properly_signed_epochs"),
    ("g", "src/federation/tests/charter.rs", "two_charters_of_one_number_freeze_both_ends"),
    ("h", "src/sharing/tests/arriving.rs", "a_recall_that_overtakes_its_share_keeps_it_out"),
    ("b", "src/matching/tests/comparing/hostile.rs", "a_first_step_out_of_form_is_refused"),
    ("b", "src/matching/tests/comparing/hostile.rs", "whoever_has_the_whole_transcript_recovers_nothing_by_guessing"),
    ("j", "src/keepers/tests/hostile.rs", "an_answer_counts_only_for_its_request_and_with_its_proof"),
    ("j", "src/keepers/tests/cheating.rs", "who_shows_two_keepers_two_commitments_is_named_by_both"),
    ("j", "src/keepers/tests/changing.rs", "a_keeper_that_is_left_out_leaves_the_key_working_and_a_former_key_is_refused"),
    ("j", "src/keepers/tests/quota.rs", "over_the_quota_is_refused_with_an_alarm_on_both_sides_and_goes_on_the_next_day"),
    ("k", "src/documents/tests.rs", "a_document_is_served_to_whom_an_active_share_names_and_every_other_answer_is_the_same"),
    ("k", "src/documents/tests.rs", "what_hangs_on_a_person_goes_with_that_person_only"),
    ("l", "src/caselog/tests/hostile.rs", "a_salt_is_used_once"),
];

#[test]
fn every_listed_test_is_there() {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    for (row, file, name) in LISTED {
        let path = std::path::Path::new(&package).join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{row}: {}: {error}", path.display()));
        assert!(text.contains(&format!("fn {name}(")), "{row}: {file} has no test {name}");
    }
}
