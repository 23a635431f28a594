//! Files that only their owner may read: written in one go, so that no reader ever sees half of one, and locked against
//! a second writer.
//!
//! Blocking. Imports nothing of this crate.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// Writes the file anew with mode 0600: into another one beside it, which then takes its place. The folder is made when
/// it is not there yet.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    make_folder(folder)?;
    // A temporary file is 0600 from the start, and removed when anything goes wrong.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a file that was not there before, with mode 0600; one that is there is an error and stays as it is.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    private(&mut options);
    options.open(path)?.write_all(bytes)
}

/// The file's bytes; none when there is no such file. Longer than the bound is an error. The buffer never grows, so that
/// nothing of it is left behind elsewhere.
pub fn read(path: &Path, bound: usize) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    read_from(file, bound).map(Some)
}

/// What there is to read, up to the bound; more is an error.
pub fn read_from(from: impl io::Read, bound: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(bound + 1));
    let mut bounded = from.take(bound as u64 + 1);
    loop {
        let mut part = Zeroizing::new([0; 4096]);
        let count = match bounded.read(&mut *part) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let Some(part) = part.get(..count).filter(|part| !part.is_empty()) else { return Ok(bytes) };
        bytes.extend_from_slice(part);
        if bytes.len() > bound {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is longer than {bound} bytes")));
        }
    }
}

/// Waits for the lock beside the file and holds it until the result is dropped. The file itself cannot be it: it is
/// replaced.
pub fn lock(path: &Path) -> io::Result<File> {
    make_folder(folder_of(path))?;
    let mut name = OsString::from(path.as_os_str());
    name.push(".lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    private(&mut options);
    let file = options.open(PathBuf::from(name))?;
    file.lock()?;
    Ok(file)
}

/// Whether others than the owner may read it; false where nobody can tell.
pub fn is_open_to_others(file: &fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.permissions().mode() & 0o044 != 0
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        false
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the folder, and those above it, for the owner alone; leaves one that is there as it is.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    #[cfg(not(unix))]
    let _ = options;
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn only_the_owner_reads_it_also_when_it_was_open_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made/here/file");
        write(&path, b"one").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(is_open_to_others(&fs::metadata(&path).unwrap()));
        write(&path, b"two").unwrap();
        assert!(!is_open_to_others(&fs::metadata(&path).unwrap()));
        assert_eq!(read(&path, 3).unwrap().unwrap().as_slice(), b"two");
        assert_eq!(read(&path, 2).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert!(read(&folder.path().join("none"), 2).unwrap().is_none());
        // Nothing is left lying about.
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
