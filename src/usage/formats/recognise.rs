//! Tells how a file is written by its first bytes.

use super::cells::Header;
use super::rows::Rows;
use super::{FileFault, Limits, ReadError, aws, azure, focus, is_text, oci, portal};
use crate::usage::{Content, Format};

/// A header is shorter, and so is what stands around the first object of a list.
const LOOKED_AT: u64 = 256 * 1024;

/// The format of a file.
pub fn recognise(content: &dyn Content) -> Result<Format, ReadError> {
    let mut start = Vec::new();
    let mut source = std::io::Read::take(content.open().map_err(ReadError::Broken)?, LOOKED_AT);
    std::io::Read::read_to_end(&mut source, &mut start).map_err(ReadError::Broken)?;
    is_text(&start)?;
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start).trim_ascii_start();
    let has = |word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    let found = match text.first() {
        None => return Err(FileFault::of_file("The file is empty").into()),
        Some(b'<') => Some(Format::CloudStack),
        Some(b'{' | b'[') if has("\"listusagerecordsresponse\"") || has("\"usagerecord\"") => {
            Some(Format::CloudStack)
        }
        Some(b'{' | b'[') => has("\"specversion\"").then_some(Format::CloudEvents),
        Some(_) => of_table(&start)?,
    };
    let reason = "It cannot be told how the file is written; choose its format";
    Ok(found.ok_or_else(|| FileFault::of_file(reason))?)
}

fn of_table(start: &[u8]) -> Result<Option<Format>, ReadError> {
    let mut rows = Rows::open(start, Limits::NONE)?;
    let Some(first) = rows.next_row()? else { return Ok(None) };
    let header = Header::read(&first)?;
    Ok(match &header {
        header if focus::fits(header) => Some(Format::Focus),
        header if aws::fits(header) => Some(Format::AwsCur),
        header if oci::fits(header) => Some(Format::Oci),
        header if azure::fits(header) => Some(Format::Azure),
        header if portal::fits(header) => Some(Format::Portal),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::formats::tests::file;

    fn told(content: &[u8]) -> Result<Format, String> {
        recognise(&content).map_err(|error| error.to_string())
    }

    #[test]
    fn real_files_are_known_by_their_first_bytes() {
        for (name, format) in [
            ("focus/focus_1_0_sample.csv", Format::Focus),
            ("focus/synthetic_focus_1_2_gcp.csv", Format::Focus),
            ("aws/cur_2023_11_canada.csv", Format::AwsCur),
            ("oci/oci_cost_2023_11_13.csv", Format::Oci),
            ("azure/ea_export_cad_2023_09.csv", Format::Azure),
            ("azure/EA_ActualCost_Small.csv", Format::Azure),
            ("azure/opencost_German.csv", Format::Azure),
            ("azure/opencost_BOM.csv", Format::Azure),
            ("azure/opencost_Template.csv", Format::Azure),
            ("cloudstack/usage_rst_example.xml", Format::CloudStack),
            ("cloudstack/jclouds_listusagerecordsresponse.json", Format::CloudStack),
            ("cloudevents/openmeter_event.json", Format::CloudEvents),
        ] {
            assert_eq!(told(&file(name)), Ok(format), "{name}");
        }
        assert_eq!(told(b"sep=;\nid;customer;product;quantity;unit;start;end\n"), Ok(Format::Portal));
    }

    #[test]
    fn what_is_not_known_is_to_be_chosen_or_is_no_text() {
        for (content, said) in [
            (&b""[..], "empty"),
            (b"a,b\n1,2\n", "choose its format"),
            (b"{\"a\":1}", "choose its format"),
            (b"PK\x03\x04", "workbook"),
            (b"\xff\xfea\0", "UTF-16"),
        ] {
            let why = told(content).unwrap_err();
            assert!(why.contains(said), "{why}");
        }
    }
}
