//! The one place where a request is allowed: `authorize` gives a [`Grant`] that names the object it is for.
//! Whoever changes an object takes the grant instead of an id, so "authorise A, change B" does not compile.

use super::case_access::sees;
use super::rights::of;
use super::{Action, Actor};
use icmc_protocol::ids::CaseId;
use icmc_protocol::machine::{View, ViewError};

/// Leave to do one thing with one object. Only [`authorize`] makes it.
#[derive(Debug)]
#[must_use]
pub struct Grant<O> {
    object: O,
    action: Action,
}

impl<O: Object> Grant<O> {
    /// What it is for.
    #[must_use]
    pub const fn object(&self) -> O {
        self.object
    }

    /// What may be done with it.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The first thing to do after a reset.
    #[error("choose a new password first")]
    PasswordFirst,
    /// Not in the role's rights.
    #[error("{0}")]
    Role(&'static str),
    /// Not there, or not there for this person: nobody can tell which.
    #[error("there is no such case")]
    NotThere,
    /// The store.
    #[error(transparent)]
    View(#[from] ViewError),
}

/// Something a grant can be for.
pub trait Object: Copy {
    /// Whether it is there for this person.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails.
    fn is_there_for(self, view: &dyn View, actor: &Actor) -> Result<bool, ViewError>;
}

/// This unit itself: for what concerns no single case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit;

impl Object for Unit {
    fn is_there_for(self, _: &dyn View, _: &Actor) -> Result<bool, ViewError> {
        Ok(true)
    }
}

impl Object for CaseId {
    fn is_there_for(self, view: &dyn View, actor: &Actor) -> Result<bool, ViewError> {
        sees(view, actor, self)
    }
}

/// Whether this person may do this with that.
///
/// # Errors
/// [`Denied`]; an object out of reach is [`Denied::NotThere`] before anything is said about rights.
pub fn authorize<O: Object>(view: &dyn View, actor: &Actor, action: Action, object: O) -> Result<Grant<O>, Denied> {
    if actor.must_change_password {
        return Err(Denied::PasswordFirst);
    }
    if !object.is_there_for(view, actor)? {
        return Err(Denied::NotThere);
    }
    if !of(actor.role).is_some_and(|rights| rights.may.contains(&action)) {
        return Err(Denied::Role(action.refusal()));
    }
    Ok(Grant { object, action })
}
