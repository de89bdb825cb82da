//! The two reports, from a real file to the last digit.

mod oracle;
mod setting;
