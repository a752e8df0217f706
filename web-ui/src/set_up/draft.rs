//! What was typed so far, page by page, kept in memory only: whoever starts again begins anew.
//! Not whether it can be used: see `answers`.

use super::ask::{self, Shape};
use super::step::Step;
use crate::pages::form::Posted;
use icmc_protocol::federation::setup::Keys;
use rand_core::CryptoRng;
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};

/// Most bytes kept of one answer.
const ANSWER_MAX: usize = 8_000;

/// The recovery key as it was shown once, and which of its groups are asked for.
pub(super) struct Paper {
    groups: Vec<SecretString>,
    pub(super) asked: [usize; 2],
    pub(super) confirmed: bool,
}

/// All answers so far.
pub(super) struct Draft {
    typed: BTreeMap<&'static str, String>,
    secrets: BTreeMap<&'static str, SecretString>,
    pub(super) done: BTreeSet<Step>,
    pub(super) keys: Option<Keys>,
    pub(super) paper: Option<Paper>,
}

impl Default for Draft {
    fn default() -> Self {
        let usual = [
            ("language", "en"),
            ("class", "police"),
            ("country", "India"),
            ("case_prefix", "IC"),
            ("admin_sign_in", "admin"),
            ("nodal_sign_in", "nodal"),
            ("federation", "found"),
        ];
        let typed = usual.map(|(name, value)| (name, value.to_owned())).into();
        Self { typed, secrets: BTreeMap::new(), done: BTreeSet::new(), keys: None, paper: None }
    }
}

impl Draft {
    /// What was typed, or what is usual; never a secret.
    pub(super) fn one(&self, name: &str) -> &str {
        self.typed.get(name).map(String::as_str).unwrap_or_default()
    }

    pub(super) fn secret(&self, name: &str) -> Option<&SecretString> {
        self.secrets.get(name)
    }

    /// Keeps what a page sent, right or wrong. Secrets are kept if they were typed twice alike; empty boxes leave them as they are.
    pub(super) fn keep(&mut self, step: Step, posted: &Posted) {
        for ask in ask::of(step).iter().flat_map(|group| group.asks) {
            if ask.shape == Shape::Secret {
                let (first, again) = (posted.raw(ask.name), posted.raw(&ask::again(ask.name)));
                if !first.is_empty() && first == again && first.len() <= ANSWER_MAX {
                    self.secrets.insert(ask.name, SecretString::from(first));
                }
            } else if posted.knows(ask.name) {
                let value: String = posted.one(ask.name).chars().take(ANSWER_MAX).collect();
                self.typed.insert(ask.name, value);
            }
        }
    }

    /// The first page whose answers are not there yet.
    pub(super) fn open(&self) -> Step {
        Step::ALL.into_iter().find(|step| !self.done.contains(step)).unwrap_or(Step::Summary)
    }

    /// New keys, and with them a new recovery key to show, group by group. An earlier paper is of no use from now on.
    pub(super) fn new_keys(&mut self, rng: &mut dyn CryptoRng) -> SecretString {
        let keys = Keys::generate(rng);
        let text = keys.recovery_text();
        let letters = text.split_once(':').map_or(text.as_str(), |(_, letters)| letters);
        let groups: Vec<SecretString> = letters.split('-').map(SecretString::from).collect();
        // The last group is shorter than the others.
        let whole = groups.len().saturating_sub(1).max(2);
        let mut random = [0; 2];
        rng.fill_bytes(&mut random);
        let first = usize::from(random[0]) % whole;
        let second = (first + 1 + usize::from(random[1]) % (whole - 1)) % whole;
        self.paper = Some(Paper { groups, asked: [first.min(second), first.max(second)], confirmed: false });
        self.keys = Some(keys);
        SecretString::from(text.as_str())
    }
}

impl Paper {
    /// Whether this was typed from the paper, for the first or the second group that is asked for.
    pub(super) fn fits(&self, which: usize, typed: &str) -> bool {
        use secrecy::ExposeSecret as _;
        let expected = self.asked.get(which).and_then(|at| self.groups.get(*at));
        expected.is_some_and(|group| group.expose_secret().eq_ignore_ascii_case(typed.trim()))
    }
}
