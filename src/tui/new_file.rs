//! A new file for what was asked to be written: never in place of another, and readable by its owner alone.

use std::io::{Error, ErrorKind};
use std::path::Path;

use crate::engine::write_new;
use crate::exchange::Secret;

/// Writes a file that was not there before, mode 0600; its name gets a number when it is taken.
pub(super) fn write(name: &str, text: &Secret) -> std::io::Result<String> {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "txt"));
    let mut taken = Error::other("every name is taken");
    for number in 1..100 {
        let path = if number == 1 { name.to_owned() } else { format!("{stem}-{number}.{ending}") };
        match write_new(Path::new(&path), text.reveal().as_bytes()) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => taken = error,
            Err(error) => return Err(error),
        }
    }
    Err(taken)
}
