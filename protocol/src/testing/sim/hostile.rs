//! What goes against the rules in a simulation: old envelopes that come again, or to others; two histories of one case.
//! All of it with real envelopes: Eve has her own keys and nobody else's.

use super::Sim;
use super::wires::Recorded;
use crate::caselog;
use crate::core::{Core, Input};
use crate::envelope::{Answer, Kind, outbox, outbox::OutboxRow};
use crate::machine::{Table, Write, read_row};
use crate::testing::drafts;
use crate::wire;

impl Sim {
    /// An envelope comes again: the same answer, and nothing is written.
    pub(super) fn replay(&mut self) -> Option<String> {
        let Recorded { from, to, bytes, answer } = self.dice.pick(&self.wires.recorded)?.clone();
        let effects = self.hostile(to, from, bytes);
        let was_final = matches!(wire::decode::<Answer>(&answer, 16 * 1024), Ok(Answer::Ack(_)));
        // Nothing is answered to who is no member any more, nor to a past key; and a new one signs what is answered.
        let known = !self.is_out(from) && !self.has_new_key(from) && !self.has_new_key(to);
        if known && was_final && (effects.reply.as_ref() != Some(&answer) || !effects.writes.is_empty()) {
            let what =
                format!("an envelope that came again was not answered as before, or changed {} rows", effects.writes.len());
            self.failed.get_or_insert(what);
        }
        Some(format!("an envelope from {} comes again to {}", self.name(from), self.name(to)))
    }

    /// An envelope comes to somebody else: nobody takes it.
    pub(super) fn forward(&mut self) -> Option<String> {
        let Recorded { from, to, bytes, .. } = self.dice.pick(&self.wires.recorded)?.clone();
        let other = self.dice.below(self.world.units.len());
        if other == to || other == from {
            return None;
        }
        let effects = self.hostile(other, from, bytes);
        let taken = matches!(effects.reply.map(|reply| wire::decode::<Answer>(&reply, 16 * 1024)), Some(Ok(Answer::Ack(_))));
        if taken || !effects.writes.is_empty() {
            self.failed.get_or_insert_with(|| "an envelope was taken by another unit than its receiver".to_owned());
        }
        Some(format!("an envelope from {} to {} comes to {}", self.name(from), self.name(to), self.name(other)))
    }

    pub(super) fn hostile(&mut self, to: usize, from: usize, bytes: Vec<u8>) -> crate::machine::Effects {
        let transport = Some(self.world.units[from].id);
        self.hostile = true;
        let effects = self.world.handle_at(to, Input::Envelope { transport, bytes });
        self.observe();
        self.hostile = false;
        effects
    }

    /// Eve signs two entries of one number in a case of hers: one for all, and the other for one of her receivers as well.
    pub(super) fn equivocate(&mut self) -> Option<String> {
        let eve = self.eve;
        let now = self.now_at(eve);
        let shown = |share: &super::truth::ShareTruth| share.from == eve && share.active && now < share.share.expires;
        let receivers: Vec<(usize, usize)> =
            self.truth.shares.values().filter(|share| shown(share)).map(|share| (share.case, share.to)).collect();
        let (case, victim) = *self.dice.pick(&receivers)?;
        let peer = self.world.units[victim].id;
        let id = self.truth.cases[case].id;
        let form = self.truth.cases[case].entities.iter().find(|(kind, ..)| *kind == "person").copied()?;
        let twin = drafts::text(form.1, "person", "marks", "another history, invented");

        // In a copy of her node she numbers the twin one higher, so that both envelopes can go to the same receiver.
        let mut copy = self.world.units[eve].clone();
        let forked = Core.act(&copy.view, now, &mut copy.rng, |txn| {
            outbox::queue(txn, peer, Kind::Void, Vec::new(), None)
                .map_err(|error| crate::machine::ViewError(error.to_string()))?;
            caselog::append(txn, id, &[twin], &drafts::author("Eve"))
        });
        let Ok((_, effects)) = forked else { return None };
        copy.view.apply(&effects.writes);

        let marks = drafts::text(form.1, "person", "marks", &self.truth.tag());
        self.truth.cases[case].forked = true;
        let said = self.save(eve, case, vec![marks], "signs two histories")?;
        self.observe();

        let counter = [b"sent/".as_slice(), peer.as_bytes()].concat();
        let stolen: Vec<Write> = effects
            .writes
            .into_iter()
            .filter(|write| match write.table {
                Table::OUTBOX => write.key.starts_with(peer.as_bytes()) && is_entries(write),
                Table::OWN => write.key == counter,
                _ => false,
            })
            .collect();
        self.world.units[eve].view.apply(&stolen);
        self.world.jobs.push_back(crate::testing::network::Job::Send(eve, victim));
        Some(format!("{said}, and shows {} both", self.name(victim)))
    }
}

fn is_entries(write: &Write) -> bool {
    let row = write.value.as_ref().and_then(|(_, value)| read_row::<OutboxRow>(value).ok());
    row.is_some_and(|row| row.kind == Kind::Entries)
}
