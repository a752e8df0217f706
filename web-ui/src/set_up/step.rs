//! The seven pages and their order.
//! Not what stands on them: see `ask`.

/// A page of the wizard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Language,
    Unit,
    People,
    Key,
    Backup,
    Federation,
    Summary,
}

impl Step {
    /// In their order.
    pub(super) const ALL: [Self; 7] =
        [Self::Language, Self::Unit, Self::People, Self::Key, Self::Backup, Self::Federation, Self::Summary];

    /// In the address.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Unit => "unit",
            Self::People => "people",
            Self::Key => "key",
            Self::Backup => "backup",
            Self::Federation => "federation",
            Self::Summary => "summary",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Language => "Set up this unit",
            Self::Unit => "The unit",
            Self::People => "The first two people",
            Self::Key => "Passphrase and recovery key",
            Self::Backup => "Place for backups",
            Self::Federation => "The federation",
            Self::Summary => "Check and start",
        }
    }

    /// From 1.
    pub(super) fn number(self) -> usize {
        Self::ALL.iter().take_while(|step| **step < self).count() + 1
    }

    pub(super) fn before(self) -> Option<Self> {
        Self::ALL.into_iter().rev().find(|step| *step < self)
    }

    /// The last one leads to itself.
    pub(super) fn after(self) -> Self {
        Self::ALL.into_iter().find(|step| *step > self).unwrap_or(self)
    }
}
