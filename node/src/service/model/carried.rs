//! A file of envelopes that was made or taken, in numbers.
//! Nothing of what is inside.

use super::{UnitRef, quiet};
use crate::runtime::{DocumentsOut, TakenParts};

/// A file for another unit.
pub struct CarriedFile {
    /// Whom it is for.
    pub to: UnitRef,
    /// The file.
    pub file: Vec<u8>,
    /// How many envelopes are in it.
    pub envelopes: usize,
    /// How many acknowledgements.
    pub answers: usize,
    /// How many envelopes found no room.
    pub left: usize,
    /// How many parts of documents wait beside it: they go in a file of their own.
    pub parts: u64,
}

/// What files for another unit would hold, made now.
#[derive(Clone, PartialEq, Eq)]
pub struct CarryView {
    /// Whom they would be for.
    pub to: UnitRef,
    /// Envelopes in the file of envelopes.
    pub envelopes: u32,
    /// Acknowledgements in it.
    pub answers: u32,
    /// Envelopes that wait and are not in it.
    pub left: u32,
    /// No key of that unit is known here, so nothing can be sealed for it.
    pub keyless: bool,
    /// Documents in the file of documents.
    pub documents: u32,
    /// Their parts in it.
    pub parts: u32,
    /// At most so many MiB of them.
    pub mebibytes: u64,
    /// Parts that found no room in it.
    pub parts_left: u64,
}

/// What became of a file from another unit.
pub struct TakenView {
    /// Who made it.
    pub from: UnitRef,
    /// Envelopes taken.
    pub envelopes: usize,
    /// Envelopes that were here already.
    pub known: usize,
    /// Envelopes refused for good; the audit says why.
    pub refused: usize,
    /// Envelopes that can be taken only later, with the same file once more.
    pub later: usize,
    /// Acknowledgements of what this unit sent.
    pub answers: usize,
}

/// What became of a file of documents from another unit.
pub struct TakenDocuments {
    /// Who made it.
    pub from: UnitRef,
    /// Its parts.
    pub parts: TakenParts,
}

quiet!(CarriedFile, CarryView, TakenView, TakenDocuments);

impl TakenDocuments {
    /// For the person who brought it.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { from, parts: TakenParts { new, known, later, never, unknown, documents } } = self;
        let mut said = format!(
            "From {}: {new} parts of documents new, {known} already here; {} whole now.",
            from.name,
            if *documents == 1 { "1 document is".to_owned() } else { format!("{documents} documents are") }
        );
        if *later > 0 {
            said.push_str(&format!(
                " {later} cannot be taken yet: accept the share that they belong to, or import an earlier file; then import this one once more."
            ));
        }
        if *never > 0 {
            said.push_str(&format!(" {never} are of documents that are too large for this unit or damaged: not kept."));
        }
        if *unknown > 0 {
            said.push_str(&format!(" {unknown} belong to no share in force from that unit: not kept."));
        }
        said
    }
}

/// About a file of documents that was made, for the person who carries it.
#[must_use]
pub fn made(documents: &DocumentsOut) -> String {
    let DocumentsOut { parts, left, dropped, .. } = documents;
    let mut said = format!("{parts} parts of documents, for that unit only.");
    if *left > 0 {
        said.push_str(&format!(
            " {left} more found no room: the rest goes in the next file, once that unit has answered with a file of documents."
        ));
    }
    if *dropped > 0 {
        said.push_str(&format!(" {dropped} were left out: their share ended, or they cannot be read here."));
    }
    said
}

impl TakenView {
    /// For the person who brought it.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { from, envelopes, known, refused, later, answers } = self;
        let mut said = format!("From {}: {envelopes} new, {known} already here, {answers} acknowledgements.", from.name);
        if *refused > 0 {
            said.push_str(&format!(" {refused} refused; the audit says why."));
        }
        if *later > 0 {
            said.push_str(&format!(" {later} cannot be taken yet: import the file once more later, or ask for a new one."));
        }
        said
    }
}

impl CarriedFile {
    /// For the person who carries it.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { to, envelopes, answers, left, parts, .. } = self;
        let mut said = format!("For {} only: {envelopes} envelopes, {answers} acknowledgements.", to.name);
        if *left > 0 {
            said.push_str(&format!(" {left} more wait: make another file once these are acknowledged."));
        }
        if *parts > 0 {
            said.push_str(&format!(" {parts} parts of documents wait beside them: make a file of documents for them."));
        }
        said
    }
}
