//! Two units exchange changes of a shared case while either process is killed (SIGKILL) at random points, again and again.
//! Every acknowledged write is there afterwards, at both units, once. `ICMC_LONG=1` kills 1,000 times; `ICMC_SEED` repeats a run.

use anyhow::{Context, Result, ensure};
use icmc::story::{Api, until};
use icmc_node::clock::SystemRng;
use icmc_protocol::testing::rng::SeededRng;
use icmc_tests::say;
use icmc_tests::shared::shared_case;
use icmc_tests::units::{Federation, Key, Unit};
use rand_core::Rng as _;
use reqwest::Method;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

/// Rounds with one case: a long case would only make every save slower.
const ROUNDS_OF_A_CASE: usize = 4;
/// Longest wait for an acknowledged write before a kill.
const PATIENCE: Duration = Duration::from_secs(30);

/// What one unit was asked to write in one case, and what it said it had written.
#[derive(Debug, Default)]
struct Written {
    asked: BTreeSet<String>,
    acknowledged: BTreeSet<String>,
}

/// By case: Shillong's, who owns it, and Guwahati's, who contributes.
type Books = BTreeMap<String, [Written; 2]>;

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_no_acknowledged_write_is_lost_and_none_is_there_twice() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let kills: usize = if number("ICMC_LONG") == Some(1) { 1_000 } else { 50 };
    let seed = number("ICMC_SEED").unwrap_or_else(|| SystemRng.next_u64() % 1_000_000);
    say(&format!("{kills} kills, ICMC_SEED={seed}"));
    let begun = Instant::now();
    let mut rng = SeededRng::new(seed);
    let mut federation = Federation::three().await.unwrap();
    federation.unit_mut(Key::Kathmandu).stop().await.unwrap();
    let units = federation.access();
    let apis = [Api::sign_in(&units.shillong).await.unwrap(), Api::sign_in(&units.guwahati).await.unwrap()];
    let mut books = Books::new();
    let mut case = String::new();
    for round in 0..kills / 2 {
        if round % ROUNDS_OF_A_CASE == 0 {
            case = shared_case(&apis).await.unwrap().case;
        }
        let book = books.entry(case.clone()).or_default();
        let points = [rng.next_u64(), rng.next_u64()];
        let ([one, other], (shillong, guwahati)) = (book, federation.pair_mut());
        let (first, second) = tokio::join!(
            write_and_kill(shillong, &apis[0], &case, one, points[0]),
            write_and_kill(guwahati, &apis[1], &case, other, points[1])
        );
        first.and(second).with_context(|| format!("round {round}")).unwrap();
    }
    let killed = begun.elapsed();
    for (case, book) in &books {
        for api in &apis {
            until("all that was acknowledged at both units", || async { complete(api, case, book).await }).await.unwrap();
            once(api, case, book).await.unwrap();
        }
    }
    let of = |book: &Books, which: fn(&Written) -> usize| book.values().flatten().map(which).sum::<usize>();
    let (acknowledged, asked) = (of(&books, |one| one.acknowledged.len()), of(&books, |one| one.asked.len()));
    assert!(acknowledged > kills && asked > acknowledged, "{acknowledged} of {asked} writes were acknowledged");
    say(&format!(
        "{kills} kills in {} s, together at both units within {} s: {acknowledged} acknowledged writes of {asked}, 0 lost, 0 twice",
        killed.as_secs(),
        (begun.elapsed() - killed).as_secs()
    ));
}

/// Writes until the process is killed, which is some acknowledged writes and up to 60 ms later; then starts it again.
async fn write_and_kill(unit: &mut Unit, api: &Api, case: &str, book: &mut Written, point: u64) -> Result<()> {
    let (count, counted) = watch::channel(0);
    let writer = tokio::spawn(write(api.clone(), case.to_owned(), count));
    let enough = |done: &u64| *done > point % 4;
    let mut counted = counted;
    tokio::time::timeout(PATIENCE, counted.wait_for(enough)).await.context("no write was acknowledged")??;
    sleep(Duration::from_micros(point / 4 % 60_000)).await;
    unit.kill().await?;
    let (asked, acknowledged) = writer.await?;
    book.asked.extend(asked);
    book.acknowledged.extend(acknowledged);
    unit.start().await
}

/// Adds notes until the unit does not answer any more.
async fn write(api: Api, case: String, count: watch::Sender<u64>) -> (Vec<String>, Vec<String>) {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let (mut asked, mut acknowledged) = (Vec::new(), Vec::new());
    loop {
        let note = format!("[invented note {}]", NUMBER.fetch_add(1, Ordering::Relaxed));
        let change = json!({ "changes": [{ "kind": "note", "fields": { "text": note } }] });
        asked.push(note.clone());
        match api.ask(Method::POST, &format!("/cases/{case}/changes"), Some(change)).await {
            Ok((status, _)) if status.is_success() => {
                acknowledged.push(note);
                count.send_modify(|count| *count += 1);
            }
            Ok((status, answer)) => panic!("{}: {status}: {answer}", api.name),
            Err(_) => return (asked, acknowledged),
        }
    }
}

/// How often each note is in a case.
async fn notes(api: &Api, case: &str) -> Result<BTreeMap<String, usize>> {
    let case = api.get(&format!("/cases/{case}")).await?;
    let mut found = BTreeMap::new();
    for note in case["notes"].as_array().context("no notes")? {
        let all = note.to_string();
        let begin = all.find("[invented note").context("a note without its text")?;
        let end = all[begin..].find(']').context("a note without its end")?;
        *found.entry(all[begin..=begin + end].to_owned()).or_default() += 1;
    }
    Ok(found)
}

async fn complete(api: &Api, case: &str, book: &[Written; 2]) -> Result<Option<()>> {
    let found = notes(api, case).await?;
    Ok(book.iter().flat_map(|written| &written.acknowledged).all(|note| found.contains_key(note)).then_some(()))
}

/// Nothing is there twice, and nothing that nobody asked for.
async fn once(api: &Api, case: &str, book: &[Written; 2]) -> Result<()> {
    for (note, times) in notes(api, case).await? {
        ensure!(times == 1, "{}: {note} is there {times} times", api.name);
        ensure!(book.iter().any(|written| written.asked.contains(&note)), "{}: nobody wrote {note}", api.name);
    }
    let entries = api.get(&format!("/cases/{case}")).await?;
    let hashes: Vec<&str> =
        entries["timeline"].as_array().into_iter().flatten().filter_map(|step| step["entry"].as_str()).collect();
    ensure!(hashes.iter().collect::<BTreeSet<_>>().len() == hashes.len(), "{}: an entry is there twice", api.name);
    Ok(())
}
