//! Files that are not in the form of an export.

use super::{
    Case,
    chain::{SIZE, export, text},
};

const FORM: &str = "it is not in canonical form (RFC 8785), or has a field that the format does not know";

pub(super) fn cases(filtered: bool) -> Vec<Case> {
    let sound = text(&export(SIZE, filtered));
    let mut cases = lines(&sound);
    cases.extend(writings(&sound));
    cases
}

/// Lines that are missing or too much.
fn lines(sound: &str) -> Vec<Case> {
    let lines: Vec<&str> = sound.split_inclusive('\n').collect();
    let (first, rest) = lines.split_first().unwrap();
    let (_, before) = lines.split_last().unwrap();
    let second = |line: &str| format!("{first}{line}{}", rest.concat());
    let cut = "the file ends here without its last line, the checkpoint: it was cut off";
    let behind = "nothing may follow the checkpoint";
    vec![
        Case::new("no-file", "", "line 1: the file is empty"),
        Case::new(
            "without-its-first-line",
            rest.concat(),
            "line 1: the first line does not say that this is an export",
        ),
        Case::new("without-its-last-line", before.concat(), cut),
        Case::new("without-its-last-byte", sound.trim_end(), "the line has no end: the file was cut off"),
        Case::new("more-behind-its-end", format!("{sound}\n"), behind),
        Case::new("bytes-behind-its-end", [sound.as_bytes(), b"\xff\n"].concat(), behind),
        Case::new("twice", sound.repeat(2), behind),
        Case::new("two-first-lines", second(first), "line 2: this line may only be the first"),
        Case::new(
            "a-line-that-is-unknown",
            second("{\"note\":1}\n"),
            "line 2: the format knows no such line",
        ),
        Case::new("a-line-that-is-empty", second("\n"), "line 2: EOF while parsing"),
        Case::new("a-long-line", " ".repeat(3 << 20) + sound, "line 1: the line is longer than 2 MiB"),
    ]
}

/// Lines that say something else, or the same in another way.
fn writings(sound: &str) -> Vec<Case> {
    let changed = |name: &str, from: &str, to: &str, expected| {
        assert!(sound.contains(from), "{from}");
        Case::new(name, sound.replacen(from, to, 1), expected)
    };
    vec![
        changed(
            "of-another-version",
            "vestibule-audit/1",
            "vestibule-audit/2",
            "unknown variant `vestibule-audit/2`",
        ),
        changed("not-json", "\"record\":{", "\"record\":", "expected "),
        changed(
            "a-field-that-is-unknown",
            "\"record\":{",
            "\"aside\":1,\"record\":{",
            "unknown field `aside`",
        ),
        changed("a-field-that-is-in-no-hash", "\"resource\":", "\"remark\":\"x\",\"resource\":", FORM),
        changed(
            "a-field-twice",
            "\"resource\":",
            "\"resource\":\"x\",\"resource\":",
            "duplicate field `resource`",
        ),
        changed("a-value-twice", "\"title\":", "\"title\":\"x\",\"title\":", FORM),
        changed("with-a-blank", "\"record\":{", "\"record\": {", FORM),
        changed("with-another-writing", "hire.create", "hire\\u002ecreate", FORM),
        changed("with-another-number", "1e+21", "1e21", FORM),
    ]
}
