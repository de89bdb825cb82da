//! Files that only the portal's own user reads: the database and the secret key.

use std::io;
use std::path::Path;

/// Makes the folder when it is missing, closed to other users.
pub fn folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Writes a file that other users cannot read.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::Write::write_all(&mut options.open(path)?, text.as_bytes())
}

/// Begins a file that other users cannot read; refused when it is there already.
pub fn new_file(path: &Path) -> io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Opens a file that other users cannot read, made when it is missing, and leaves its content alone.
pub fn open_or_make(path: &Path) -> io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn other_users_read_neither_the_folder_nor_the_file() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("data");
        super::folder(&folder).unwrap();
        super::write(&folder.join("secret"), "words").unwrap();
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join("secret"))), (0o700, 0o600));
        assert_eq!(std::fs::read_to_string(folder.join("secret")).unwrap(), "words");
        super::folder(&folder).unwrap();
        drop(super::new_file(&folder.join("backup")).unwrap());
        assert_eq!(mode(&folder.join("backup")), 0o600);
        assert!(super::new_file(&folder.join("backup")).is_err());
        drop(super::open_or_make(&folder.join("sign")).unwrap());
        assert_eq!(mode(&folder.join("sign")), 0o600);
        drop(super::open_or_make(&folder.join("secret")).unwrap());
        assert_eq!(std::fs::read_to_string(folder.join("secret")).unwrap(), "words");
    }
}
