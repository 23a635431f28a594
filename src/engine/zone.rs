//! The zone that this machine's clocks show.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use jiff::tz::TimeZone;

/// Where most systems keep the rules of their own zone, as a file or a link to one.
const LOCAL_RULES: &str = "/etc/localtime";
/// Rules are a few kilobytes; a longer file is something else.
const BOUND: u64 = 256 * 1024;

/// This machine's zone. Read from its own file where that is all there is to it: looking for the same zone by name, the
/// library reads through every folder of the zone database first, which takes longer than everything else that a short
/// command does.
pub fn time_zone() -> TimeZone {
    let own = if std::env::var_os("TZ").is_none() { rules_in(Path::new(LOCAL_RULES)) } else { None };
    own.unwrap_or_else(TimeZone::system)
}

fn rules_in(path: &Path) -> Option<TimeZone> {
    let mut rules = Vec::new();
    File::open(path).ok()?.take(BOUND).read_to_end(&mut rules).ok()?;
    TimeZone::tzif("local", &rules).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Also where the machine has no such file, or the variable names another zone.
    #[test]
    fn it_is_the_zone_that_the_library_finds() -> Result<(), jiff::Error> {
        let (ours, theirs) = (time_zone(), TimeZone::system());
        for time in ["1999-01-01T00:00:00Z", "2026-01-15T12:00:00Z", "2026-07-15T12:00:00Z", "2060-07-15T12:00:00Z"] {
            let time: jiff::Timestamp = time.parse()?;
            let shown = |zone: &TimeZone| time.to_zoned_datetime(zone.clone()).strftime("%F %T %Z").to_string();
            assert_eq!(shown(&ours), shown(&theirs));
        }
        Ok(())
    }

    #[test]
    fn rules_are_read_with_their_seasons() -> Result<(), jiff::Error> {
        let Some(zone) = rules_in(Path::new("/usr/share/zoneinfo/Europe/Berlin")) else { return Ok(()) };
        let shown = |time: &str| -> Result<String, jiff::Error> {
            let time: jiff::Timestamp = time.parse()?;
            Ok(time.to_zoned_datetime(zone.clone()).strftime("%F %T %Z").to_string())
        };
        assert_eq!(shown("2026-01-15T12:00:00Z")?, "2026-01-15 13:00:00 CET");
        assert_eq!(shown("2060-07-15T12:00:00Z")?, "2060-07-15 14:00:00 CEST");
        Ok(())
    }

    #[test]
    fn what_is_no_rules_is_left_to_the_library() {
        assert!(rules_in(Path::new("/nowhere/localtime")).is_none());
        assert!(rules_in(Path::new("Cargo.toml")).is_none());
    }
}
