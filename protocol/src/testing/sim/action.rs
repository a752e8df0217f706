//! What may happen in a simulation, and how often.
//! Not the doing: `act` and `hostile`. A new action is a variant, a line in the menu, and an arm in `Sim::perform`.

use super::dice::Dice;

/// One thing that somebody does, or that happens to a unit. Whom and what it concerns is thrown when it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// A case is opened with a person or two.
    Open,
    /// Somebody who may, saves some fields as the case shows them.
    Save,
    /// Somebody opens a form and leaves it open.
    OpenForm,
    /// Somebody saves a form that was opened some time ago.
    SaveForm,
    /// Another person, note, leg or stage.
    Add,
    /// An entity is removed, or comes back.
    Remove,
    /// The ground for matching of a person is taken back.
    Unmatch,
    /// A case is shared under a random mask.
    Share,
    /// The owner raises, lowers or renews a share.
    Revise,
    /// Somebody looks at a share that arrived.
    Preview,
    /// Somebody accepts a share.
    Accept,
    /// Somebody declines a share.
    Decline,
    /// The owner lets a contribution count.
    Admit,
    /// A contributor takes back what it wrote.
    TakeBack,
    /// The owner ends a share.
    Recall,
    /// A unit leaves the network.
    Offline,
    /// A unit comes back.
    Online,
    /// The federation falls into two parts.
    Partition,
    /// The parts find each other.
    Heal,
    /// A node ends and begins again.
    Restart,
    /// A node gets back the rows of an earlier time.
    Restore,
    /// The owner enters what a person of a case agreed to.
    Consent,
    /// A person withdraws what she agreed to: what rests on it ends.
    Withdraw,
    /// The owner offers a case to a unit that works on it.
    Offer,
    /// A unit says yes to a case that it was offered.
    TakeOver,
    /// A unit says no to a case that it was offered.
    LeaveIt,
    /// The owner takes an offer back.
    KeepIt,
    /// A unit leaves the federation by its own word.
    Leave,
    /// The others leave a unit out.
    Expel,
    /// A unit changes its node key.
    NewKey,
    /// A unit has lost its node key: the one on paper says what the new one is.
    LoseKey,
    /// People compare the words of new keys.
    Words,
    /// A node loses its power in the middle of the next thing that reaches it: nothing of that is written.
    PowerLoss,
    /// Somebody sets the clock of a node.
    Clock,
    /// A unit wants the charter to say something else of it.
    Propose,
    /// Somebody signs what is proposed.
    Approve,
    /// Two units connect once more.
    Connect,
    /// An old envelope comes again, to whom it was for.
    Replay,
    /// An old envelope comes to somebody whom it was not for.
    Forward,
    /// Eve signs two histories.
    Equivocate,
    /// Many hours pass.
    Wait,
    /// An owner asks another unit to check something.
    Ask,
    /// Somebody answers a question, or refuses it.
    Answer,
    /// An asker takes a question back, or is done with it.
    Close,
    /// A unit pauses a peer.
    Pause,
    /// A unit goes on with a peer that it had paused.
    Unpause,
}

/// How often each happens, beside the others.
const MENU: [(Action, &str, usize); 46] = [
    (Action::Open, "open", 6),
    (Action::Save, "save", 30),
    (Action::OpenForm, "open form", 6),
    (Action::SaveForm, "save form", 6),
    (Action::Add, "add", 8),
    (Action::Remove, "remove", 3),
    (Action::Unmatch, "unmatch", 2),
    (Action::Share, "share", 12),
    (Action::Revise, "revise", 8),
    (Action::Preview, "preview", 6),
    (Action::Accept, "accept", 16),
    (Action::Decline, "decline", 2),
    (Action::Admit, "admit", 8),
    (Action::TakeBack, "take back", 4),
    (Action::Recall, "recall", 5),
    (Action::Offline, "offline", 4),
    (Action::Online, "online", 6),
    (Action::Partition, "partition", 2),
    (Action::Heal, "heal", 6),
    (Action::Restart, "restart", 4),
    (Action::Restore, "restore", 64),
    (Action::Consent, "consent", 5),
    (Action::Withdraw, "withdraw consent", 7),
    (Action::Offer, "offer a case", 14),
    (Action::TakeOver, "take a case over", 22),
    (Action::LeaveIt, "decline a case", 2),
    (Action::KeepIt, "withdraw an offer", 1),
    (Action::Leave, "leave", 2),
    (Action::Expel, "leave somebody out", 2),
    (Action::NewKey, "new node key", 4),
    (Action::LoseKey, "lost node key", 4),
    (Action::Words, "compare words", 5),
    (Action::PowerLoss, "power loss", 6),
    (Action::Clock, "clock", 3),
    (Action::Propose, "propose", 2),
    (Action::Approve, "approve", 8),
    (Action::Connect, "connect", 3),
    (Action::Replay, "replay", 4),
    (Action::Forward, "forward", 2),
    (Action::Equivocate, "equivocate", 1),
    (Action::Wait, "wait", 2),
    (Action::Ask, "ask", 5),
    (Action::Answer, "answer", 5),
    (Action::Close, "close", 2),
    (Action::Pause, "pause", 2),
    (Action::Unpause, "unpause", 3),
];

impl Action {
    pub(super) fn choose(dice: &mut Dice) -> Self {
        let mut left = dice.below(MENU.iter().map(|(.., weight)| weight).sum());
        for (action, _, weight) in MENU {
            if left < weight {
                return action;
            }
            left -= weight;
        }
        Self::Wait
    }

    /// As figures call it.
    pub(super) fn name(self) -> &'static str {
        MENU.iter().find(|(action, ..)| *action == self).map_or("", |(_, name, _)| name)
    }
}
