//! `{ file = PATH }`: the secret is what a file holds, such as one a container is given.
//!
//! Blocking. Imports siblings and `exchange` of this crate.

use std::io;
use std::path::{Path, PathBuf};

use super::Missing;
use super::text::secret;
use crate::engine::private_file;
use crate::exchange::Secret;

/// A secret longer than this is something else.
const BOUND: usize = 64 * 1024;

/// A secret out of a file.
pub struct Read {
    /// The secret.
    pub secret: Secret,
    /// Whether others on this machine may read the file.
    pub open_to_others: bool,
}

/// Reads the secret in the file.
pub fn read(path: &Path) -> Result<Read, Missing> {
    let place = path.display();
    let failed = |error: &io::Error| match error.kind() {
        io::ErrorKind::NotFound => Missing::new(
            format!("there is no file {place}"),
            if path.components().any(|part| part.as_os_str() == "~") {
                "~ is not replaced in profiles.toml: write the whole path."
            } else {
                "Make it with the secret in it: `tokenscope secret set PROFILE` does."
            },
        ),
        io::ErrorKind::PermissionDenied => Missing::new(
            format!("the file {place} may not be read"),
            "Look at who owns it, and at its mode and that of its folders.",
        ),
        io::ErrorKind::FileTooLarge => {
            Missing::new(format!("the file {place} is longer than {BOUND} bytes"), "Is it the right file?")
        }
        _ => Missing::new(format!("the file {place} cannot be read: {error}"), "Name another one."),
    };
    let about = std::fs::metadata(path).map_err(|error| failed(&error))?;
    if !about.is_file() {
        // Reading a pipe or a device could wait for ever.
        let what = if about.is_dir() { "a folder" } else { "no ordinary file" };
        return Err(Missing::new(format!("{place} is {what}"), "Name the file with the secret in it."));
    }
    let bytes = private_file::read(path, BOUND).map_err(|error| failed(&error))?;
    let secret = secret(&bytes.unwrap_or_default()).map_err(|wrong| {
        Missing::new(format!("the file {place} {wrong}"), "It should hold the secret alone, in one line.")
    })?;
    Ok(Read { secret, open_to_others: private_file::is_open_to_others(&about) })
}

/// Puts the secret into the file, readable by the owner alone. A link stays one, and the file it leads to gets it.
pub fn write(path: &Path, secret: &Secret) -> Result<PathBuf, String> {
    let real = match path.canonicalize() {
        Ok(real) if real.is_file() => real,
        Ok(real) => return Err(format!("{} is no ordinary file", real.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    private_file::write(&real, secret.reveal().as_bytes()).map_err(|error| format!("{}: {error}", real.display()))?;
    Ok(real)
}

/// Removes the file; false when there was none.
pub fn remove(path: &Path) -> Result<bool, String> {
    match std::fs::metadata(path) {
        Ok(about) if !about.is_file() => return Err(format!("{} is no ordinary file", path.display())),
        _ => {}
    }
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn reason(path: &Path) -> String {
        read(path).map(|_| ()).unwrap_err().reason
    }

    #[test]
    fn what_a_file_can_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        assert!(reason(&path).contains("there is no file"));
        assert!(reason(folder.path()).contains("is a folder"));
        for (bytes, words) in [
            (&b""[..], "is empty"),
            (b"\r\n", "is empty"),
            (b"a\nb\n", "has 2 lines"),
            (b"caf\xe9", "is not UTF-8"),
            (b"a\x07", "U+0007"),
            (&vec![b'x'; BOUND + 1], "is longer than"),
        ] {
            std::fs::write(&path, bytes).unwrap();
            assert!(reason(&path).contains(words), "{}", reason(&path));
        }
        std::fs::write(&path, "p+ / %&:é\r\n").unwrap();
        assert_eq!(read(&path).unwrap().secret.reveal(), "p+ / %&:é");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_read_is_noticed_and_a_new_one_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("secret"), folder.path().join("link"));
        std::fs::write(&path, "s").unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(read(&link).unwrap().open_to_others);
        write(&link, &Secret::new("another")).unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        let now = read(&path).unwrap();
        assert_eq!((now.secret.reveal(), now.open_to_others), ("another", false));
        assert!(reason(Path::new("/dev/zero")).contains("no ordinary file"));
        assert!(remove(folder.path()).is_err());
        assert_eq!((remove(&path), remove(&path)), (Ok(true), Ok(false)));
    }
}
