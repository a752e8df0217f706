//! What a data folder's files are asked for below redb: the system's, or a test's that breaks on purpose.
//! Nothing of what is in them.

use redb::{Database, DatabaseError};
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Overwrites the bytes of a file that has no name any more.
pub(crate) type Wipe = Box<dyn FnOnce() -> io::Result<()>>;

/// Files of one folder.
pub(crate) trait Files: core::fmt::Debug + Send + Sync {
    /// Whether there is one of this name.
    fn exists(&self, path: &Path) -> bool;
    /// A new and empty one.
    fn create(&self, path: &Path) -> io::Result<()>;
    /// Opens one as a database, an empty one only if it is `new`; `cache` in bytes.
    fn database(&self, path: &Path, cache: usize, new: bool) -> Result<Database, DatabaseError>;
    /// Puts one in the other's place; gives what overwrites the other.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<Wipe>;
    /// Overwrites and removes one, if it is there.
    fn discard(&self, path: &Path) -> io::Result<()>;
    /// Makes new names in this path's folder durable.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
}

/// The system's.
pub(crate) fn real() -> Arc<dyn Files> {
    Arc::new(Real)
}

#[derive(Debug)]
struct Real;

impl Files for Real {
    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn create(&self, path: &Path) -> io::Result<()> {
        File::create_new(path).map(drop)
    }

    fn database(&self, path: &Path, cache: usize, new: bool) -> Result<Database, DatabaseError> {
        let mut builder = Database::builder();
        let builder = builder.set_cache_size(cache);
        if new { builder.create(path) } else { builder.open(path) }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<Wipe> {
        let old = File::options().write(true).open(to);
        fs::rename(from, to)?;
        Ok(Box::new(move || old.and_then(|mut old| overwrite(&mut old))))
    }

    fn discard(&self, path: &Path) -> io::Result<()> {
        match File::options().write(true).open(path) {
            Ok(mut file) => {
                overwrite(&mut file)?;
                fs::remove_file(path)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        match path.parent() {
            Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
            _ => Ok(()),
        }
    }
}

/// Zeros over all bytes. Best effort: an SSD or a copying file system may keep the old blocks.
fn overwrite(file: &mut File) -> io::Result<()> {
    let length = file.metadata()?.len();
    io::copy(&mut io::Read::take(io::repeat(0), length), file)?;
    file.sync_all()
}
