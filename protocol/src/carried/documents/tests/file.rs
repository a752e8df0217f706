//! The file itself: in whatever pieces it comes, spoilt, of another file, for another unit, at its largest, byte for byte.
//! Not which parts are in it.

use super::*;

/// A file of Guwahati's for Shillong with these parts, piece by piece: the beginning with the header, the parts, the end.
fn pieces(world: &World, have: Vec<Have>, parts: &[Part], seed: u64) -> Vec<Vec<u8>> {
    let rng = &mut SeededRng::new(seed);
    let (mut packing, first) = Packing::begin(&world["guwahati"].view, world["shillong"].id, world.now, have, rng).unwrap();
    let mut pieces = vec![first];
    pieces.extend(parts.iter().map(|part| packing.part(part.clone(), rng).unwrap()));
    pieces.push(packing.end(rng).unwrap());
    pieces
}

fn part(number: u8) -> Part {
    Part {
        case: CaseId([number; 32]),
        document: Commitment([2; 32]),
        chunk: ChunkHash([3; 32]),
        sealed: b"not really a chunk".to_vec(),
    }
}

/// Reads a file in pieces of this length; gives what was taken, and what was wrong.
fn unpack(world: &World, unit: &str, file: &[u8], step: usize) -> (Vec<Unpacked>, Option<CarriedError>) {
    let (mut unpacking, mut taken) = (Unpacking::default(), Vec::new());
    for mut bytes in file.chunks(step) {
        loop {
            match unpacking.feed(&mut bytes) {
                Ok(Some(item)) => match unpacking.open(&world[unit].view, &item) {
                    Ok(unpacked) => taken.push(unpacked),
                    Err(error) => return (taken, Some(error)),
                },
                Ok(None) => break,
                Err(error) => return (taken, Some(error)),
            }
        }
    }
    (taken, unpacking.finish().err())
}

#[test]
fn a_file_says_the_same_in_whatever_pieces_it_comes() {
    let (world, ..) = apart();
    let have = vec![Have { share: ShareId([5; 16]), document: Commitment([2; 32]), parts: 3 }];
    let file = pieces(&world, have.clone(), &[part(1), part(4)], 5).concat();
    let header = Unpacked::Header { from: world["guwahati"].id, created: world.now, have };
    let whole = vec![header, Unpacked::Part(part(1)), Unpacked::Part(part(4)), Unpacked::End];
    for step in [1, 7, 1000, file.len()] {
        assert_eq!(unpack(&world, "shillong", &file, step), (whole.clone(), None), "in pieces of {step}");
    }
    assert!(begins(&file) && !begins(b"ICMC envelopes 1"));
}

#[test]
fn every_cut_and_every_flipped_bit_is_found_and_nothing_behind_it_is_taken() {
    let (world, ..) = apart();
    let parts = [part(1), part(4)];
    let file = pieces(&world, Vec::new(), &parts, 5).concat();
    let whole = unpack(&world, "shillong", &file, file.len()).0;
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    // One bit of every byte of the beginning, and of the long ciphertexts of every 37th; with `ICMC_LONG` every bit of everything.
    let long = std::env::var_os("ICMC_LONG").is_some();
    let looked = |at: &usize| long || *at < 100 || at.is_multiple_of(37);
    let mut cases = 0;
    for at in (0..file.len()).filter(looked) {
        for bit in if long { 0..8 } else { at % 8..at % 8 + 1 } {
            let mut bytes = file.clone();
            bytes[at] ^= 1 << bit;
            let (taken, why) = unpack(&world, "shillong", &bytes, bytes.len());
            assert!(taken.len() < whole.len() && taken == whole[..taken.len()], "byte {at}");
            *said.entry(why.expect("a flipped bit").to_string()).or_default() += 1;
            cases += 1;
        }
        let (taken, why) = unpack(&world, "shillong", &file[..at], file.len());
        assert!(taken.len() < whole.len() && taken == whole[..taken.len()] && why.is_some(), "cut at {at}");
        cases += 1;
    }
    assert_eq!(unpack(&world, "shillong", &[&file[..], b"x"].concat(), 100).1, Some(CarriedError::Cut), "something behind it");
    for number in [1, 2, 3] {
        assert!(said.contains_key(&CarriedError::Part(number).to_string()), "{said:?}");
    }
    say(&format!("{cases} spoilt files of documents refused at the place where they are spoilt"));
}

#[test]
fn parts_are_taken_only_in_their_place_and_from_their_own_file() {
    let (world, ..) = apart();
    let file = pieces(&world, Vec::new(), &[part(1), part(4)], 5);
    let other = pieces(&world, Vec::new(), &[part(1), part(4)], 6);
    let wrong = |order: &[&Vec<u8>]| {
        let bytes: Vec<u8> = order.iter().flat_map(|piece| piece.iter().copied()).collect();
        unpack(&world, "shillong", &bytes, 1000).1
    };
    let [first, one, two, end] = [0, 1, 2, 3].map(|at| &file[at]);
    assert_eq!(wrong(&[first, one, two, end]), None);
    assert_eq!(wrong(&[first, two, one, end]), Some(CarriedError::Part(1)), "swapped");
    assert_eq!(wrong(&[first, one, one, end]), Some(CarriedError::Part(2)), "twice");
    assert_eq!(wrong(&[first, one, end]), Some(CarriedError::Part(2)), "one is missing");
    assert_eq!(wrong(&[first, one, two]), Some(CarriedError::Cut), "no end");
    assert_eq!(wrong(&[first, &other[1], two, end]), Some(CarriedError::Part(1)), "of another file");
    assert_eq!(wrong(&[&other[0], one, two, end]), Some(CarriedError::Part(1)), "under another header");
    // What anybody can seal to Shillong, not knowing the name of the file.
    let newest = prekey::newest(&world["guwahati"].view, world["shillong"].id).unwrap().unwrap();
    let item = wire::encode(&Item { file: ByteArray::new([0; 16]), number: 0, part: Some(part(1)) });
    let sealed = Sealed::seal(&item, newest.number, &newest.key, &mut SeededRng::new(9)).unwrap();
    let forged = [u32::try_from(sealed.len()).unwrap().to_be_bytes().as_slice(), &sealed].concat();
    assert_eq!(wrong(&[first, &forged, two, end]), Some(CarriedError::Part(1)), "of a stranger");
}

#[test]
fn a_file_for_another_unit_or_from_nobody_is_refused() {
    let (world, ..) = apart();
    let file = pieces(&world, Vec::new(), &[part(1)], 5).concat();
    for unit in ["kathmandu", "guwahati"] {
        assert_eq!(unpack(&world, unit, &file, 1000), (Vec::new(), Some(CarriedError::NotOpened)));
    }
    for odd in [b"ICMC envelopes 1 and so on".as_slice(), b"PK", b""] {
        assert_eq!(unpack(&world, "shillong", odd, 1000).1, Some(CarriedError::NotDocuments));
    }
    let newest = prekey::newest(&world["guwahati"].view, world["shillong"].id).unwrap().unwrap();
    let genuine = own::load(&world["guwahati"].view).unwrap().key();
    let federation = charter::current(&world["guwahati"].view).unwrap().unwrap().federation;
    let honest = Header { federation, from: world["guwahati"].id, to: world["shillong"].id, ..sample() };
    let begun = |header: &Header, key: &NodeSecret| {
        let signed = Signed::sign(header, key);
        let sealed = Sealed::seal(signed.as_bytes(), newest.number, &newest.key, &mut SeededRng::new(5)).unwrap();
        let file = [BEGINNING.as_slice(), &u32::try_from(sealed.len()).unwrap().to_be_bytes(), &sealed].concat();
        unpack(&world, "shillong", &file, 1000)
    };
    let stranger = NodeSecret::from_seed(&[9; 32]);
    let forged = [
        (begun(&honest, &stranger), CarriedError::Stranger),
        (begun(&Header { from: world["kathmandu"].id, ..honest.clone() }, &genuine), CarriedError::Stranger),
        (begun(&Header { federation: FederationId([1; 32]), ..honest.clone() }, &genuine), CarriedError::Stranger),
        (begun(&Header { to: world["kathmandu"].id, ..honest.clone() }, &genuine), CarriedError::NotForUs),
    ];
    for (unpacked, why) in forged {
        assert_eq!(unpacked, (Vec::new(), Some(why)));
    }
    let (taken, why) = begun(&honest, &genuine);
    assert_eq!((taken.len(), why), (1, Some(CarriedError::Cut)), "only these were wrong with it");
    assert_eq!(
        Packing::begin(&world["guwahati"].view, UnitId([9; 32]), world.now, Vec::new(), &mut SeededRng::new(1)).err(),
        Some(CarriedError::NotAMember)
    );
}

#[test]
fn the_largest_part_and_the_longest_header_fit_and_the_largest_file_fits_a_stick() {
    let (world, ..) = apart();
    let have = Have { share: ShareId([255; 16]), document: Commitment([255; 32]), parts: u32::MAX };
    let largest = Part { sealed: vec![7; crate::documents::SEALED_MAX], ..part(1) };
    assert!(largest.sealed.len() > CHUNK);
    let pieces = pieces(&world, vec![have; HAVE_MAX + 1], core::slice::from_ref(&largest), 5);
    let (taken, why) = unpack(&world, "shillong", &pieces.concat(), 64 * 1024);
    assert_eq!(why, None);
    assert!(matches!(&taken[0], Unpacked::Header { have, .. } if have.len() == HAVE_MAX));
    assert_eq!(taken[1], Unpacked::Part(largest));
    let most = pieces[0].len() as u64 + u64::from(PARTS_MAX) * pieces[1].len() as u64 + pieces[2].len() as u64;
    assert!(most <= FILE_MAX, "{most}");
    assert!(pieces[1].len() as u64 <= PART_ROOM && pieces[0].len() <= crate::envelope::SEALED_MAX + 20);
    assert_eq!((parts_in(FILE_MAX), parts_in(u64::MAX), parts_in(0)), (PARTS_MAX, PARTS_MAX, 0));
    assert!((1..8).contains(&parts_in(4 * 1024 * 1024)));
    let larger = Part { sealed: vec![7; crate::documents::SEALED_MAX + 1], ..part(1) };
    let pieces = self::pieces(&world, Vec::new(), &[larger], 5);
    assert_eq!(unpack(&world, "shillong", &pieces.concat(), 64 * 1024).1, Some(CarriedError::Part(1)), "larger than any chunk");
}

#[test]
fn bytes_of_the_file_are_the_golden_ones() {
    let signed = Signed::sign(&sample(), &NodeSecret::from_seed(&[2; 32]));
    compare("carried-documents", signed.as_bytes());
    let items = [(0, Some(part(1))), (258, None)];
    for (name, (number, part)) in ["carried-documents-part", "carried-documents-end"].into_iter().zip(items) {
        let item = Item { file: ByteArray::new([6; 16]), number, part };
        compare(name, &wire::encode(&item));
        assert!(wire::decode::<Item>(&read(name), 4096).unwrap() == item);
    }
    // The outside, with what is not really sealed.
    let items = [b"not really sealed".as_slice(), b"nor this"];
    let sections = items.map(|item| [u32::try_from(item.len()).unwrap().to_be_bytes().as_slice(), item].concat());
    compare("carried-documents-file", &[BEGINNING.as_slice(), &sections.concat()].concat());
    let file = read("carried-documents-file");
    let (mut unpacking, mut bytes) = (Unpacking::default(), file.as_slice());
    for item in items {
        assert_eq!(unpacking.feed(&mut bytes).unwrap().unwrap(), item);
    }
    assert_eq!(unpacking.feed(&mut bytes), Ok(None));
    let key = PrekeySecret::from_bytes(&[4; 32]).public();
    assert!(Sealed::seal(signed.as_bytes(), 1, &key, &mut SeededRng::new(8)).is_ok());
}

fn sample() -> Header {
    Header {
        federation: FederationId([7; 32]),
        from: UnitId([2; 32]),
        to: UnitId([3; 32]),
        created: NOON,
        file: ByteArray::new([6; 16]),
        have: BoundedVec::new(vec![Have { share: ShareId([5; 16]), document: Commitment([2; 32]), parts: 300 }]).unwrap(),
    }
}
