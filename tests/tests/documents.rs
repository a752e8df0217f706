//! Documents between real processes over real TCP: equal bytes at the end, whatever happens to the wire, and nothing for whom it is not.
//! All units, people and contents are invented.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

use anyhow::Result;
use icmc::story::{Api, until};
use icmc_protocol::documents::{File, Manifest, Reply, Request, of_case, open_manifest};
use icmc_protocol::ids::{CaseId, ChunkHash, Commitment, PlaceId, ShareId};
use icmc_protocol::wire;
use icmc_tests::documents::{case, contents, file, share, upload};
use icmc_tests::impostor::Impostor;
use icmc_tests::needles::Needles;
use icmc_tests::units::{Federation, Key, Opened, Unit};
use serde_json::{Value, json};
use std::path::PathBuf;

const MIB: usize = 1024 * 1024;

async fn here(api: &Api, case: &str, document: &str) -> Result<()> {
    until("the document to arrive", || async { Ok((file(api, case, document).await?["state"] == "here").then_some(())) }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_arrives_equal_is_nowhere_in_the_clear_and_goes_with_the_recall() {
    let planted = ["Zilquorvexa Tharnibblewick", "plinvokra-scan.pdf", "ज़िल्क्वोरवेक्सा"];
    let needles = Needles::new(&planted).unwrap();
    let mut federation = Federation::three().await.unwrap();
    let guwahati = Api::sign_in(&federation.access().guwahati).await.unwrap();
    let shillong = Api::sign_in(&federation.access().shillong).await.unwrap();
    let mut bytes = contents(5 * MIB, 1);
    for (at, text) in [(0, planted[0]), (2 * MIB, planted[2]), (5 * MIB - 100, planted[0])] {
        bytes[at..at + text.len()].copy_from_slice(text.as_bytes());
    }
    let case = case(&guwahati).await.unwrap();
    let document = upload(&guwahati, &case, "photo", planted[1], bytes.clone()).await.unwrap();
    let medical = upload(&guwahati, &case, "medical", planted[1], contents(1000, 2)).await.unwrap();
    let path = format!("/cases/{case}/documents/{document}");
    assert!(guwahati.download(&path).await.unwrap() == bytes);
    let share = share(&guwahati, &shillong, &case).await.unwrap();
    here(&shillong, &case, &document).await.unwrap();
    assert!(shillong.download(&path).await.unwrap() == bytes);
    assert_eq!(file(&shillong, &case, &medical).await.unwrap(), Value::Null, "restricted, and not chosen");
    let listed = file(&shillong, &case, &document).await.unwrap();
    assert_eq!((listed["name"].as_str(), listed["arrived"].as_u64()), (Some(planted[1]), Some(5 * MIB as u64)));

    let mut found = needles.search_files(federation.root()).unwrap();
    for key in Key::ALL {
        found.extend(needles.search("output", &federation.unit(key).output.bytes()));
    }
    assert!(found.is_empty(), "{found:#?}");

    guwahati.post(&format!("/shares/{share}/recall"), json!({})).await.unwrap();
    let blobs = federation.unit(Key::Shillong).dir.join("blobs");
    until("the chunks to be removed", || async { Ok((std::fs::read_dir(&blobs)?.count() == 0).then_some(())) }).await.unwrap();
    assert!(shillong.download(&path).await.is_err());
    federation.unit_mut(Key::Shillong).stop().await.unwrap();
    let rows = Opened::of(federation.unit(Key::Shillong)).unwrap().rows().unwrap();
    assert!(rows.iter().all(|row| needles.search("row", &row.value).is_empty()), "a row of the recalled share still opens");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_wire_and_a_killed_node_cost_only_the_chunks_on_the_way() {
    let (mut federation, links) = Federation::linked().await.unwrap();
    let guwahati = Api::sign_in(&federation.access().guwahati).await.unwrap();
    let shillong = Api::sign_in(&federation.access().shillong).await.unwrap();
    let bytes = contents(12 * MIB, 3);
    let case = case(&guwahati).await.unwrap();
    let document = upload(&guwahati, &case, "photo", "scan.pdf", bytes.clone()).await.unwrap();
    links.iter().for_each(|link| link.slow(true));
    let before: u64 = links.iter().map(icmc_tests::link::Link::carried).sum();
    share(&guwahati, &shillong, &case).await.unwrap();
    let mut arrived = 0;
    for round in 1..=4_u64 {
        let more = round * 2 * MIB as u64;
        arrived = until("more of the document", || async {
            let arrived = file(&shillong, &case, &document).await?["arrived"].as_u64().unwrap_or_default();
            Ok((arrived >= more).then_some(arrived))
        })
        .await
        .unwrap();
        links.iter().for_each(icmc_tests::link::Link::cut);
    }
    assert!(arrived < bytes.len() as u64, "it was over before the last cut");
    federation.unit_mut(Key::Shillong).kill().await.unwrap();
    federation.unit_mut(Key::Shillong).start().await.unwrap();
    let shillong = Api::sign_in(&federation.access().shillong).await.unwrap();
    assert!(
        file(&shillong, &case, &document).await.unwrap()["arrived"].as_u64() >= Some(arrived),
        "what was kept is still there"
    );
    here(&shillong, &case, &document).await.unwrap();
    assert!(shillong.download(&format!("/cases/{case}/documents/{document}")).await.unwrap() == bytes);
    let carried = links.iter().map(icmc_tests::link::Link::carried).sum::<u64>() - before;
    let chunk = icmc_protocol::documents::CHUNK as u64;
    // Six chunks are on their way at most, four cuts and one kill; the rest is what else two units say to each other.
    let most = bytes.len() as u64 + 5 * 6 * chunk + 2 * MIB as u64;
    icmc_tests::say(&format!(
        "12 MiB over a wire cut four times and a killed node: {:.1} MiB carried",
        carried as f64 / MIB as f64
    ));
    assert!(carried < most, "{carried} bytes were carried, so chunks that were here were fetched again");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_bytes_are_refused_and_whoever_sent_them_is_named() {
    let federation = Federation::three().await.unwrap();
    let guwahati = Api::sign_in(&federation.access().guwahati).await.unwrap();
    let shillong = Api::sign_in(&federation.access().shillong).await.unwrap();
    let bytes = contents(MIB, 4);
    let case = case(&guwahati).await.unwrap();
    let document = upload(&guwahati, &case, "photo", "scan.pdf", bytes.clone()).await.unwrap();
    let held = chunks(federation.unit(Key::Guwahati));
    let good: Vec<Vec<u8>> = held.iter().map(|path| std::fs::read(path).unwrap()).collect();
    for (path, good) in held.iter().zip(&good) {
        let mut bent = good.clone();
        bent[100] ^= 1;
        std::fs::write(path, bent).unwrap();
    }
    share(&guwahati, &shillong, &case).await.unwrap();
    let admin = Api::sign_in_as(&federation.access().shillong, &federation.unit(Key::Shillong).administrator()).await.unwrap();
    let peer = guwahati.unit().await.unwrap();
    until("the incident in Shillong's audit", || async {
        let entries = admin.get("/audit").await?;
        let named = |entry: &Value| {
            entry["reason"].as_str().is_some_and(|why| why.contains("do not have their hash"))
                && entry["object"].as_str() == Some(&peer)
        };
        Ok(entries["items"].as_array().into_iter().flatten().any(named).then_some(()))
    })
    .await
    .unwrap();
    assert_eq!(file(&shillong, &case, &document).await.unwrap()["state"], "coming");
    assert!(chunks(federation.unit(Key::Shillong)).is_empty(), "wrong bytes were kept");
    for (path, good) in held.iter().zip(&good) {
        std::fs::write(path, good).unwrap();
    }
    here(&shillong, &case, &document).await.unwrap();
    assert!(shillong.download(&format!("/cases/{case}/documents/{document}")).await.unwrap() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_outside_the_share_and_a_guessed_chunk_get_the_answer_of_what_is_not_there() {
    let mut federation = Federation::three().await.unwrap();
    let guwahati = Api::sign_in(&federation.access().guwahati).await.unwrap();
    let shillong = Api::sign_in(&federation.access().shillong).await.unwrap();
    let (shared_case, other_case) = (case(&guwahati).await.unwrap(), case(&guwahati).await.unwrap());
    let document = upload(&guwahati, &shared_case, "photo", "scan.pdf", contents(1000, 5)).await.unwrap();
    upload(&guwahati, &shared_case, "medical", "scan.pdf", contents(1000, 6)).await.unwrap();
    upload(&guwahati, &other_case, "photo", "scan.pdf", contents(1000, 7)).await.unwrap();
    let share: ShareId = share(&guwahati, &shillong, &shared_case).await.unwrap().parse().unwrap();
    here(&shillong, &shared_case, &document).await.unwrap();
    let victim = guwahati.unit().await.unwrap().parse().unwrap();
    federation.unit_mut(Key::Guwahati).stop().await.unwrap();
    federation.unit_mut(Key::Shillong).stop().await.unwrap();
    let within = held_files(federation.unit(Key::Guwahati), &shared_case);
    let outside = held_files(federation.unit(Key::Guwahati), &other_case);
    federation.unit_mut(Key::Guwahati).start().await.unwrap();
    let port = federation.unit(Key::Guwahati).net;
    let eve = Impostor::of(federation.unit(Key::Shillong), victim, port).await.unwrap();
    let nothing = wire::encode(&Reply::Nothing);
    let ask =
        async |document: Commitment, chunk: ChunkHash| eve.blob(wire::encode(&Request { share, document, chunk })).await.unwrap();
    let mut served = Vec::new();
    for (document, _, list) in &within {
        if ask(*document, list[0]).await != nothing {
            served.push((*document, list.clone()));
        }
    }
    assert_eq!(served.len(), 1, "the photo and not the medical paper");
    let (photo, own) = &served[0];
    assert!(
        matches!(wire::decode::<Reply>(&ask(*photo, own[0]).await, 1 << 20).unwrap(), Reply::Chunk(bytes) if own[0].names(bytes))
    );
    for (document, _, list) in within.iter().filter(|(document, ..)| document != photo).chain(&outside) {
        for chunk in list {
            assert_eq!(ask(*document, *chunk).await, nothing, "a document outside the share");
            assert_eq!(ask(*photo, *chunk).await, nothing, "another document's chunk under the shared one");
        }
    }
    assert_eq!(ask(*photo, ChunkHash([7; 32])).await, nothing, "a guessed chunk");
    assert_eq!(ask(Commitment([7; 32]), own[0]).await, nothing, "a guessed document");
    assert_eq!(eve.blob(b"no request".to_vec()).await.unwrap(), nothing);
    eve.leave().await;
}

/// Files of a case in a stopped unit's store: the change, where, and the names of all chunks.
fn held_files(unit: &Unit, case: &str) -> Vec<(Commitment, File, Vec<ChunkHash>)> {
    let opened = Opened::of(unit).unwrap();
    let view = opened.snapshot().unwrap();
    let rows = of_case(&view, case.parse::<CaseId>().unwrap()).unwrap();
    let file = |(key, row): (icmc_protocol::documents::DocumentKey, icmc_protocol::documents::DocumentRow)| {
        let file = icmc_protocol::documents::file_at(&view, &key).unwrap().unwrap();
        let list = manifest(unit, row.place, &file);
        (key.change, file.clone(), list.chunks.iter().copied().chain([file.manifest]).collect())
    };
    rows.into_iter().map(file).collect()
}

fn manifest(unit: &Unit, place: PlaceId, file: &File) -> Manifest {
    let path = unit.dir.join("blobs").join(place.to_string()).join(file.manifest.to_string());
    open_manifest(&file.key, &std::fs::read(path).unwrap()).unwrap()
}

/// The files with chunks: not the lists of them, which are short here.
fn chunks(unit: &Unit) -> Vec<PathBuf> {
    let places = std::fs::read_dir(unit.dir.join("blobs")).unwrap();
    let files = places.flat_map(|place| std::fs::read_dir(place.unwrap().path()).unwrap());
    files.map(|file| file.unwrap().path()).filter(|path| std::fs::metadata(path).unwrap().len() > 10_000).collect()
}
