//! Statements and what belongs to them.

use crate::text_enum;

text_enum! {
    /// Where a statement stands.
    pub enum StatementState {
        /// Its month is rated again with every change.
        Open => "open",
        /// The content is frozen; root goes through the checklist.
        Closing => "closing",
        /// The re-seller reads it.
        Sent => "sent",
        Agreed => "agreed",
        /// A line was disputed.
        Disputed => "disputed",
        /// Numbered, sealed, and never changed.
        Posted => "posted",
    }
}
