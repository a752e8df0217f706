//! The dictionary that is compiled in, and the questions that the rest of the node asks it.
//! What a value must look like is asked of a field, not here.

use std::sync::LazyLock;

use super::load::{self, Loaded};
use super::{Field, Kind, LoadError, Places, Section, ShareClass, Stage};

/// The number of this dictionary, written in every entry of a case log. It rises with every change to the files.
pub const VERSION: u32 = 2;

/// One kind a file; their order is the order of pages.
const FILES: &[(&str, &str)] = &[
    ("sections.toml", include_str!("../../dictionary/sections.toml")),
    ("codes.toml", include_str!("../../dictionary/codes.toml")),
    ("codes_role.toml", include_str!("../../dictionary/codes_role.toml")),
    ("case.toml", include_str!("../../dictionary/case.toml")),
    ("person.toml", include_str!("../../dictionary/person.toml")),
    ("person_name.toml", include_str!("../../dictionary/person_name.toml")),
    ("person_phone.toml", include_str!("../../dictionary/person_phone.toml")),
    ("person_identifier.toml", include_str!("../../dictionary/person_identifier.toml")),
    ("case_person.toml", include_str!("../../dictionary/case_person.toml")),
    ("route_leg.toml", include_str!("../../dictionary/route_leg.toml")),
    ("stage_entry.toml", include_str!("../../dictionary/stage_entry.toml")),
    ("home_investigation.toml", include_str!("../../dictionary/home_investigation.toml")),
    ("note.toml", include_str!("../../dictionary/note.toml")),
    ("consent.toml", include_str!("../../dictionary/consent.toml")),
    ("document.toml", include_str!("../../dictionary/document.toml")),
    ("restricted_document.toml", include_str!("../../dictionary/restricted_document.toml")),
    ("entry.toml", include_str!("../../dictionary/entry.toml")),
    ("log.toml", include_str!("../../dictionary/log.toml")),
];

/// All kinds, sections and stages that this node knows.
#[derive(Debug)]
pub struct Dictionary {
    loaded: Loaded,
}

impl Dictionary {
    /// The dictionary compiled in, read once.
    #[must_use]
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Dictionary> =
            LazyLock::new(|| Dictionary::load(FILES).expect("the files are compiled in and a test loads them"));
        &BUILTIN
    }

    /// Reads files of (name, TOML).
    pub(super) fn load(files: &[(&str, &str)]) -> Result<Self, LoadError> {
        Ok(Self { loaded: load::load(files, Places::builtin())? })
    }

    /// All kinds, in the order of pages, structural ones last.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.loaded.kinds
    }

    /// The kind with this name.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.loaded.kinds.iter().find(|kind| kind.name == name)
    }

    /// The field with this name of this kind.
    #[must_use]
    pub fn field(&self, kind: &str, field: &str) -> Option<&Field> {
        self.kind(kind)?.field(field)
    }

    /// How far a field may travel. What this dictionary does not know is `X`: kept, never passed on.
    /// For a value with codes ask [`Field::class_of`].
    #[must_use]
    pub fn class_of(&self, kind: &str, field: &str) -> ShareClass {
        self.field(kind, field).map_or(ShareClass::X, |field| field.class)
    }

    /// The sections that a share can name.
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        &self.loaded.sections
    }

    /// The six stages, R1 to R6.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.loaded.stages
    }
}
