//! The data dictionary: kinds, fields, codes, share classes, who may write, stages, and the gazetteer of places.
//! It holds no case, decides no access, and knows nothing of logs, shares or pages.

mod builtin;
mod check;
mod codes;
mod digits;
mod error;
mod load;
mod model;
mod parse;
mod places;
mod value;

#[cfg(test)]
mod tests;

pub use builtin::{Dictionary, VERSION};
pub use error::{FieldError, LoadError};
pub use model::{Code, Field, FieldType, Format, Kind, PersonLink, Section, ShareClass, Stage};
pub use places::{Place, PlaceKind, Places};
pub use value::Value;
