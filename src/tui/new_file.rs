//! A new file for what was asked to be written: never in place of another, and readable by its owner alone.

use std::io::Write as _;

use crate::exchange::Secret;

/// Writes a file that was not there before, mode 0600; its name gets a number when it is taken.
pub(super) fn write(name: &str, text: &Secret) -> std::io::Result<String> {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "txt"));
    let mut taken = std::io::Error::other("every name is taken");
    for number in 1..100 {
        let path = if number == 1 { name.to_owned() } else { format!("{stem}-{number}.{ending}") };
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(mut file) => {
                file.write_all(text.reveal().as_bytes())?;
                return Ok(path);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => taken = error,
            Err(error) => return Err(error),
        }
    }
    Err(taken)
}
