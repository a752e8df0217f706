//! A small reader of our own pages: tags, ids, labels, headings, attributes that the security policy forbids.
//! Not an HTML parser: it knows what these templates write.

use std::collections::BTreeSet;

#[derive(Debug)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Opening tags, and closing ones with a slash before the name.
fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let mut inside = String::new();
        let mut quoted = false;
        for letter in rest.chars() {
            match letter {
                '"' => quoted = !quoted,
                '>' if !quoted => break,
                _ => {}
            }
            inside.push(letter);
        }
        rest = &rest[inside.len()..];
        let (name, mut left) = inside.split_once(char::is_whitespace).unwrap_or((inside.as_str(), ""));
        let mut attributes = Vec::new();
        while !left.trim().is_empty() {
            left = left.trim_start();
            let end = left.find(|letter: char| letter == '=' || letter.is_whitespace()).unwrap_or(left.len());
            let key = left[..end].to_owned();
            left = &left[end..];
            let mut value = String::new();
            if let Some(after) = left.strip_prefix("=\"") {
                let close = after.find('"').unwrap_or(after.len());
                value = after[..close].to_owned();
                left = after.get(close + 1..).unwrap_or_default();
            }
            attributes.push((key, value));
        }
        tags.push(Tag { name: name.to_lowercase(), attributes });
    }
    tags
}

/// What is wrong with a page.
pub(crate) fn faults(html: &str) -> Vec<String> {
    let tags = tags(html);
    let mut faults = Vec::new();
    let mut ids = BTreeSet::new();
    for id in tags.iter().filter_map(|tag| tag.get("id")) {
        if id.is_empty() || id.contains(char::is_whitespace) || !ids.insert(id) {
            faults.push(format!("id twice or not one word: {id}"));
        }
    }
    let labels: BTreeSet<&str> = tags.iter().filter(|tag| tag.name == "label").filter_map(|tag| tag.get("for")).collect();
    let (mut level, mut in_label) = (0, false);
    for tag in &tags {
        match tag.name.as_str() {
            "label" => in_label = true,
            "/label" => in_label = false,
            "input" | "select" | "textarea" if tag.get("type") != Some("hidden") => {
                let named = in_label || tag.get("aria-label").is_some() || tag.get("id").is_some_and(|id| labels.contains(id));
                if !named {
                    faults.push(format!("no label: {tag:?}"));
                }
            }
            "h1" | "h2" | "h3" | "h4" => {
                let this: usize = tag.name[1..].parse().unwrap();
                if this > level + 1 {
                    faults.push(format!("heading {this} after {level}"));
                }
                level = this;
            }
            _ => {}
        }
        for (key, value) in &tag.attributes {
            if key.starts_with("on") || key == "style" {
                faults.push(format!("forbidden attribute {key}"));
            }
            let refers = matches!(key.as_str(), "for" | "aria-labelledby" | "aria-describedby" | "list");
            faults.extend(
                value.split(' ').filter(|id| refers && !ids.contains(id)).map(|id| format!("{key} refers to nothing: {id}")),
            );
            if key == "href" && value.starts_with('#') && !ids.contains(&value[1..]) {
                faults.push(format!("link to nothing: {value}"));
            }
            if matches!(key.as_str(), "href" | "src" | "action") && !value.starts_with(['/', '#']) {
                faults.push(format!("leads outside: {value}"));
            }
        }
    }
    if tags.iter().filter(|tag| tag.name == "h1").count() != 1 {
        faults.push("not one h1".to_owned());
    }
    for landmark in ["main", "header", "footer"] {
        if !tags.iter().any(|tag| tag.name == landmark) {
            faults.push(format!("no {landmark}"));
        }
    }
    for name in
        ["div", "section", "article", "form", "fieldset", "details", "ul", "ol", "dl", "p", "table", "select", "bdi", "span"]
    {
        let count = |wanted: &str| tags.iter().filter(|tag| tag.name == wanted).count();
        if count(name) != count(&format!("/{name}")) {
            faults.push(format!("{name} opened {} times, closed {}", count(name), count(&format!("/{name}"))));
        }
    }
    for script in tags.iter().filter(|tag| tag.name == "script" && tag.get("src").is_none()) {
        faults.push(format!("inline script: {script:?}"));
    }
    faults
}

#[test]
fn the_check_finds_what_it_looks_for() {
    let bad = r##"<header></header><main><h1>a</h1><h3>b</h3><input id="x" name="y"><p id="x" style="color:red" onclick="z"></p><a href="#none">n</a><div></main><footer></footer>"##;
    let found = faults(bad).join("\n");
    for fault in
        ["id twice", "no label", "heading 3 after 1", "attribute style", "attribute onclick", "link to nothing", "div opened 1"]
    {
        assert!(found.contains(fault), "{fault} in {found}");
    }
}
