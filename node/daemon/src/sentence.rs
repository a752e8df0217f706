//! What failed, in the one line that the person at the terminal reads.
//! Not the texts themselves: those stand where things fail.

use core::error::Error;
use icmc_node::service::ServiceError;

/// An error and its causes in one line. A cause that the line ends with already is not said twice.
#[must_use]
pub fn sentence(error: &anyhow::Error) -> String {
    error.chain().map(words).fold(String::new(), |line, cause| match cause {
        cause if line.is_empty() => cause,
        cause if line.ends_with(&cause) => line,
        cause => format!("{line}: {cause}"),
    })
}

/// A page marks each field that is wrong; here they are all named.
fn words(error: &(dyn Error + 'static)) -> String {
    match error.downcast_ref::<ServiceError>() {
        Some(ServiceError::Fields(faults)) => {
            let named: Vec<String> = faults.iter().map(|fault| format!("{}: expected {}", fault.field, fault.expected)).collect();
            named.join("; ")
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn causes_are_said_once_and_in_their_order() {
        let error = anyhow!("the disk is full").context("nothing was saved: the disk is full").context("icmc cannot go on");
        assert_eq!(sentence(&error), "icmc cannot go on: nothing was saved: the disk is full");
    }

    #[test]
    fn every_wrong_field_is_named() {
        let [one, two] = ["sign_in", "name"].map(|field| match ServiceError::request(field, "something else") {
            ServiceError::Fields(faults) => faults,
            other => panic!("{other}"),
        });
        let error = anyhow::Error::new(ServiceError::Fields([one, two].concat())).context("no account");
        assert_eq!(sentence(&error), "no account: sign_in: expected something else; name: expected something else");
    }
}
