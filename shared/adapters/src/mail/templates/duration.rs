//! Times as mails tell them.

use jiff::SignedDuration;

/// In whole minutes, hours or, from two on, days; nothing below a minute.
pub(super) fn duration(lasts: SignedDuration) -> Option<String> {
    let counted = |count: i64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    match lasts.as_mins() {
        ..1 => None,
        minutes if minutes >= 2880 => Some(counted(minutes / 1440, "day")),
        minutes if minutes % 60 == 0 => Some(counted(minutes / 60, "hour")),
        minutes => Some(counted(minutes, "minute")),
    }
}
