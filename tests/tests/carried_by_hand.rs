//! Two real units that never meet on the network again after they joined: everything between them goes by files.
//! What damaged files do is in the tests of `protocol::carried`.

use anyhow::{Context, Result, ensure};
use icmc::config::Config;
use icmc::story::Api;
use icmc_tests::browser::{Driver, Options, Size, Window};
use icmc_tests::documents::{case, contents, file, upload};
use icmc_tests::units::{Federation, Key, Unit};
use icmc_web_ui::paths;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const MIB: usize = 1024 * 1024;

/// Both at work where the other does not look for them; Kathmandu is off.
async fn apart() -> Result<Federation> {
    let mut federation = Federation::three().await?;
    for key in Key::ALL {
        federation.unit_mut(key).stop().await?;
    }
    for key in [Key::Shillong, Key::Guwahati] {
        let dir = federation.unit(key).dir.clone();
        let config = Config { listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()], ..Config::load(&dir)? };
        config.store(&dir)?;
        federation.unit_mut(key).start().await?;
    }
    Ok(federation)
}

/// Makes a file at one unit and takes it at the other; gives what both said.
async fn carry(from: &Unit, to: &Unit, number: u32) -> Result<(PathBuf, String)> {
    let file = from.dir.with_extension(format!("{number}.icmc"));
    let name = file.to_str().context("a name")?;
    let unit = Api::sign_in(&to.access()).await?.unit().await?;
    from.command(&["envelopes", "export", "--to", &unit[..12], "--out", name]).await?;
    let said = to.command(&["envelopes", "import", name]).await?;
    Ok((file, said))
}

async fn share_of(api: &Api, case: &str) -> Result<Value> {
    Ok(api.get(&format!("/cases/{case}/shares")).await?[0].take())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_shared_worked_on_and_recalled_by_files() {
    let federation = apart().await.unwrap();
    story(&federation).await.unwrap();
}

async fn story(federation: &Federation) -> Result<()> {
    let (shillong, guwahati) = (federation.unit(Key::Shillong), federation.unit(Key::Guwahati));
    let (here, there) = (Api::sign_in(&guwahati.access()).await?, Api::sign_in(&shillong.access()).await?);
    let case = json!({ "case": { "title": "An invented case", "kind": "suspected_trafficking", "priority": "low",
        "source_channel": "family", "legal_basis": "law_enforcement_duty" }, "persons": [] });
    let case = here.post("/cases", case).await?["id"].as_str().context("no id")?.to_owned();
    let share = json!({ "to": there.unit().await?, "persons": [], "sections": ["case"], "classes": ["S", "B"], "items": [],
        "rights": "contribute", "purpose": "investigation", "handling": "H1", "onward": "none", "days": 7, "note": "" });
    let share = here.post(&format!("/cases/{case}/shares"), share).await?["id"].as_str().context("no id")?.to_owned();

    let (file, said) = carry(guwahati, shillong, 1).await?;
    ensure!(said.contains(" 0 already here"), "{said}");
    let name = file.to_str().context("a name")?;
    let again = shillong.command(&["envelopes", "import", name]).await?;
    ensure!(again.contains(" 0 new, ") && !again.contains(" 0 already here"), "{again}");
    let back = guwahati.command(&["envelopes", "import", name]).await.expect_err("it is not for Guwahati").to_string();
    ensure!(back.contains(name) && back.contains("for another unit"), "{back}");
    let shown = there.get(&format!("/inbox/{share}")).await?.to_string();
    ensure!(shown.contains("An invented case"), "the preview is complete");
    there.post(&format!("/inbox/{share}/accept"), json!({})).await?;
    let note = json!({ "changes": [{ "kind": "note", "fields": { "text": "Seen at the bus stand." } }] });
    there.post(&format!("/cases/{case}/changes"), note).await?;
    ensure!(share_of(&here, &case).await?["state"] == "sent", "Guwahati cannot know yet");

    carry(shillong, guwahati, 1).await?;
    ensure!(share_of(&here, &case).await?["state"] == "active", "{}", share_of(&here, &case).await?);
    let entry =
        here.get(&format!("/cases/{case}")).await?["contributions"][0]["entry"].as_str().context("no contribution")?.to_owned();
    here.post(&format!("/cases/{case}/contributions/{entry}/admit"), json!({})).await?;
    carry(guwahati, shillong, 2).await?;
    ensure!(there.get(&format!("/cases/{case}")).await?["notes"][0]["pending"] == json!(false), "the note counts");
    here.post(&format!("/shares/{share}/recall"), json!({})).await?;
    carry(guwahati, shillong, 3).await?;
    ensure!(!there.get(&format!("/cases/{case}")).await?.to_string().contains("An invented case"), "it was recalled");
    carry(shillong, guwahati, 2).await?;
    let ended = share_of(&here, &case).await?;
    ensure!(ended["state"] == "recalled" && !ended["receipt_at"].is_null(), "{ended}");

    for unit in [shillong, guwahati] {
        let peers = unit.command(&["peers", "list"]).await?;
        ensure!(!peers.contains("connected"), "they met: {peers}");
        let admin = Api::sign_in_as(&unit.access(), &unit.administrator()).await?;
        for action in ["envelopes_exported", "envelopes_imported"] {
            let found = admin.get(&format!("/audit?action={action}")).await?;
            ensure!(found["total"].as_u64().unwrap_or_default() >= 2, "{action} is in the audit of {}", unit.name);
        }
    }
    let said =
        guwahati.command(&["envelopes", "export", "--to", &there.unit().await?, "--out", name]).await.expect_err("it is there");
    ensure!(said.to_string().contains("is there already"), "{said}");
    Ok(())
}

/// Makes a file of documents at one unit for another; gives what was said.
async fn export(from: &Unit, to: &Unit, file: &Path, most: &str) -> Result<String> {
    let unit = Api::sign_in(&to.access()).await?.unit().await?;
    let name = file.to_str().context("a name")?;
    from.command(&["envelopes", "export", "--documents", "--most", most, "--to", &unit[..12], "--out", name]).await
}

async fn import(at: &Unit, file: &Path) -> Result<String> {
    at.command(&["envelopes", "import", file.to_str().context("a name")?]).await
}

async fn refused(at: &Unit, file: &Path, why: &str) -> Result<()> {
    let said = import(at, file).await.expect_err("it is to be refused").to_string();
    ensure!(said.contains(why), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_go_by_files_in_parts_both_ways_and_not_beyond_the_share() {
    let federation = apart().await.unwrap();
    documents(&federation).await.unwrap();
}

async fn documents(federation: &Federation) -> Result<()> {
    let (shillong, guwahati) = (federation.unit(Key::Shillong), federation.unit(Key::Guwahati));
    let (here, there) = (Api::sign_in(&guwahati.access()).await?, Api::sign_in(&shillong.access()).await?);
    let named = |name: &str| guwahati.dir.with_extension(format!("{name}.icmc"));
    let kept = || walk(&shillong.dir.join("blobs")).len();
    let case = case(&here).await?;
    let bytes = contents(3 * MIB, 1);
    let document = upload(&here, &case, "photo", "scan.pdf", bytes.clone()).await?;
    upload(&here, &case, "medical", "scan.pdf", contents(1000, 2)).await?;
    let share = json!({ "to": there.unit().await?, "persons": [], "sections": ["case", "documents"], "classes": ["S", "B", "I"],
        "items": [], "rights": "contribute", "purpose": "investigation", "handling": "H1", "onward": "none", "days": 7, "note": "" });
    let share = here.post(&format!("/cases/{case}/shares"), share).await?["id"].as_str().context("no id")?.to_owned();

    // The list and 13 chunks; seven of them have room in 4 MiB.
    let first = named("first");
    let said = export(guwahati, shillong, &first, "4").await?;
    ensure!(
        said.contains("7 parts of documents, ") && said.contains("7 more found no room: the rest goes in the next file"),
        "{said}"
    );
    ensure!(std::fs::metadata(&first)?.len() <= 4 * MIB as u64, "larger than was allowed");
    let said = import(shillong, &first).await?;
    ensure!(said.contains("7 belong to no share in force"), "{said}");
    carry(guwahati, shillong, 1).await?;
    let said = import(shillong, &first).await?;
    ensure!(said.contains("7 cannot be taken yet") && kept() == 0, "nobody has accepted: {said}");
    there.post(&format!("/inbox/{share}/accept"), json!({})).await?;

    refused(guwahati, &first, "for another unit").await?;
    let whole = std::fs::read(&first)?;
    let (cut, bent) = (named("cut"), named("bent"));
    let mut other = whole.clone();
    other[100] ^= 1;
    std::fs::write(&bent, &other)?;
    refused(shillong, &bent, "was changed on its way").await?;
    ensure!(kept() == 0, "nothing of it is kept");
    std::fs::write(&cut, &whole[..whole.len() * 6 / 10])?;
    refused(shillong, &cut, "ends too early or was changed; copy it again; the 4 parts before it are kept").await?;
    let held = kept();
    other = whole.clone();
    other[whole.len() * 8 / 10] ^= 1;
    std::fs::write(&bent, &other)?;
    refused(shillong, &bent, "part 6 of the file was changed").await?;
    ensure!((held, kept()) == (4, 5), "{held}");
    let said = import(shillong, &first).await?;
    ensure!(said.contains(": 2 parts of documents new, 5 already here; 0 documents are whole"), "{said}");
    let said = import(shillong, &first).await?;
    ensure!(said.contains(": 0 parts of documents new, 7 already here") && kept() == 7, "once more: {said}");
    ensure!(file(&there, &case, &document).await?["state"] == "coming", "not whole yet");

    let said = export(guwahati, shillong, &named("same"), "4").await?;
    ensure!(said.contains("7 more found no room"), "nobody has answered: {said}");
    export(shillong, guwahati, &named("answer"), "4").await?;
    import(guwahati, &named("answer")).await?;
    let said = export(guwahati, shillong, &named("second"), "4").await?;
    ensure!(said.contains("7 parts of documents, ") && !said.contains("more found no room"), "{said}");
    let said = import(shillong, &named("second")).await?;
    ensure!(said.contains(": 7 parts of documents new, 0 already here; 1 document is whole now"), "{said}");
    ensure!(there.download(&format!("/cases/{case}/documents/{document}")).await? == bytes, "other bytes");
    export(shillong, guwahati, &named("answered"), "4").await?;
    import(guwahati, &named("answered")).await?;
    import(guwahati, &named("answer")).await?;
    let said = export(guwahati, shillong, &named("none"), "4").await.expect_err("all of it is there").to_string();
    ensure!(said.contains("nothing waits for that unit") && !named("none").exists(), "an older answer says nothing: {said}");

    let bytes = contents(MIB, 3);
    let back = upload(&there, &case, "photo", "scan.pdf", bytes.clone()).await?;
    carry(shillong, guwahati, 1).await?;
    export(shillong, guwahati, &named("back"), "4095").await?;
    let said = import(guwahati, &named("back")).await?;
    ensure!(said.contains(": 6 parts of documents new, 0 already here; 1 document is whole now"), "{said}");
    ensure!(here.download(&format!("/cases/{case}/documents/{back}")).await? == bytes, "other bytes");

    upload(&here, &case, "photo", "scan.pdf", contents(1000, 4)).await?;
    here.post(&format!("/shares/{share}/recall"), json!({})).await?;
    let said = export(guwahati, shillong, &named("recalled"), "4").await?;
    ensure!(said.contains("0 parts of documents, "), "only what Guwahati has: {said}");
    carry(guwahati, shillong, 2).await?;
    let said = import(shillong, &first).await?;
    ensure!(said.contains("7 belong to no share in force"), "an old file after the recall: {said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_made_and_taken_in_the_browser() {
    let Some(driver) = Driver::start().await.unwrap() else { return };
    let federation = apart().await.unwrap();
    in_the_browser(&driver, &federation).await.unwrap();
}

/// Makes a file of either sort in one unit's browser and takes it in the other's.
async fn hand_over(from: &Window, to: &Window, to_name: &str, button: &str, begins: &str, file: &Path) -> Result<()> {
    from.go(paths::peers()).await?;
    from.card(to_name).click("Carry by hand").await?;
    from.sees(&format!("Carry files to {to_name}")).await?;
    from.page().click(button).await?;
    from.downloaded(begins, file).await?;
    to.go(paths::peers()).await?;
    to.page().choose("The file that another unit made for this one", file).await?;
    to.page().click("Import").await
}

async fn in_the_browser(driver: &Driver, federation: &Federation) -> Result<()> {
    let (shillong, guwahati) = (federation.unit(Key::Shillong), federation.unit(Key::Guwahati));
    let (here, there) = (Api::sign_in(&guwahati.access()).await?, Api::sign_in(&shillong.access()).await?);
    let case = case(&here).await?;
    let bytes = contents(2 * MIB, 5);
    let document = upload(&here, &case, "photo", "scan.pdf", bytes.clone()).await?;
    let share = json!({ "to": there.unit().await?, "persons": [], "sections": ["case", "documents"], "classes": ["S", "B", "I"],
        "items": [], "rights": "contribute", "purpose": "investigation", "handling": "H1", "onward": "none", "days": 7, "note": "" });
    let share = here.post(&format!("/cases/{case}/shares"), share).await?["id"].as_str().context("no id")?.to_owned();

    let a = Window::signed_in(driver, &guwahati.access(), Options::default()).await?;
    let b = Window::signed_in(driver, &shillong.access(), Options { size: Size::Phone, ..Options::default() }).await?;
    let file = guwahati.dir.with_extension("browser.icmc");
    a.go(&paths::carry(there.unit().await?)).await?;
    a.sees("1 document, at most 3 MiB").await?;
    a.picture("carried-1-waits").await?;
    hand_over(&a, &b, "AHTU Shillong", "Export what waits for this unit", "for-", &file).await?;
    b.sees("From AHTU Guwahati: ").await?;
    b.picture("carried-2-taken").await?;
    // The same file at the unit that made it, and a picture in its place.
    a.go(paths::peers()).await?;
    a.page().choose("The file that another unit made for this one", &file).await?;
    a.page().click("Import").await?;
    a.sees("The file is for another unit").await?;
    a.picture("carried-2-wrong").await?;

    b.go(&paths::preview(&share)).await?;
    b.page().click("Accept").await?;
    b.sees("Papers").await?;
    hand_over(&a, &b, "AHTU Shillong", "Export documents", "documents-for-", &file).await?;
    b.sees("1 document is whole now").await?;
    ensure!(there.download(&format!("/cases/{case}/documents/{document}")).await? == bytes, "other bytes");
    hand_over(&b, &a, "AHTU Guwahati", "Export what waits for this unit", "for-", &file).await?;
    a.sees("From AHTU Shillong: ").await?;
    ensure!(share_of(&here, &case).await?["state"] == "active", "the acknowledgements and the yes came back");
    hand_over(&b, &a, "AHTU Guwahati", "Export documents", "documents-for-", &file).await?;
    a.go(&paths::carry(there.unit().await?)).await?;
    a.sees("No documents wait for it.").await?;
    a.page().click("Export documents").await?;
    a.sees("Nothing waits for that unit").await?;
    a.picture("carried-3-nothing").await?;
    b.go(&paths::carry(here.unit().await?)).await?;
    b.picture("carried-3-phone").await?;
    for window in [a, b] {
        window.close().await?;
    }
    Ok(())
}

/// The files in a folder of folders.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let places = std::fs::read_dir(folder).into_iter().flatten().flatten();
    places.flat_map(|place| std::fs::read_dir(place.path()).into_iter().flatten().flatten().map(|file| file.path())).collect()
}
