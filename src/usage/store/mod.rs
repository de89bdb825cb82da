//! Usage in the database: files, records, what they add up to by day, mappings, and what waits to be rated.

mod batches;
mod daily;
mod decisions;
mod events;
mod faults;
mod feeds;
mod files;
mod import;
mod knowledge;
mod listed;
mod mappings;
mod months;
mod parts;
mod records;
mod release;
mod retry;
mod sums;
mod unrated;

pub use batches::{Batch, Origin, Task, broken_off, progress, store_batch};
pub use daily::daily;
pub use decisions::{
    Decision, NewFile, Undecidable, add_file, decide, enqueue, finish_acceptance, finish_check, upload,
};
pub use events::{EventsRefusal, take_events};
pub use faults::{FaultKey, faults};
pub use feeds::{Feed, Sender, add_feed, end_feed, feed, feeds, sender};
pub use files::{add_faults, begin_check, file, rows_before, rows_of_files};
pub use import::{Import, ImportRefusal, Progress, import};
pub use knowledge::knowledge;
pub use listed::{UsageFileKey, UsageFiles};
pub use mappings::{MappingWish, Mappings, mappings, save_mappings, sources};
pub use months::{archive as archive_month, sort as sort_into_months};
pub use parts::Upload;
pub use records::stored;
pub use retry::retry_unrated;
pub use unrated::{
    UnratedFilter, UnratedGroup, WaitingName, unrated_counts, unrated_groups, waiting_channels,
    waiting_customers, waiting_products,
};

use super::{FileState, Format, MappingKind, UnratedCause};

crate::text_columns!(Format, FileState, MappingKind, UnratedCause);

/// A sum left the range of its column; nothing is stored rather than something wrong.
fn out_of_range(error: crate::values::OutOfRange) -> diesel::result::Error {
    diesel::result::Error::QueryBuilderError(Box::new(error))
}
