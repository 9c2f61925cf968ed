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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_the_unit_people_use() {
        let told = |minutes| duration(SignedDuration::from_mins(minutes));
        for (minutes, words) in [
            (1, "1 minute"),
            (15, "15 minutes"),
            (60, "1 hour"),
            (90, "90 minutes"),
            (1440, "24 hours"),
            (2880, "2 days"),
            (10_081, "7 days"),
        ] {
            assert_eq!(told(minutes).as_deref(), Some(words));
        }
        assert_eq!((told(0), told(-5), duration(SignedDuration::from_secs(59))), (None, None, None));
    }
}
