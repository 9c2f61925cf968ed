//! Events as text: what decides stands in them, with what vendors, programs and people add.

use super::dice::Dice;

/// An event and what a person reads in it.
#[derive(Clone)]
pub(super) struct Made {
    pub(super) body: Vec<u8>,
    pub(super) standard: bool,
    /// The documents that it says are signed.
    pub(super) signs: Vec<(String, &'static str)>,
    /// Whether it is JSON at all.
    pub(super) json: bool,
}

/// A JSON string of something that holds no quotes, with what people and programs add around it.
fn around(dice: &mut Dice, text: &str) -> String {
    let before = dice.pick(&["", "", "", " ", "\\t", "\\u200b", "\\ufeff", "\\n "]);
    let after = dice.pick(&["", "", "", " ", "\\r\\n", "\\u2060", "\\u00a0", "\\u00ad", "  "]);
    format!("\"{before}{text}{after}\"")
}

fn cased(dice: &mut Dice, text: &str) -> String {
    match dice.roll(4) {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        _ => text.to_owned(),
    }
}

/// Members that decide nothing.
fn junk(dice: &mut Dice, members: &mut Vec<String>) {
    let deep = 2 + dice.roll(20_000);
    let nested = format!("\"notes\":{}1{}", "[{\"n\":".repeat(deep), "}]".repeat(deep));
    let all = [
        r#""emailSubject":"Welcome \ud83c""#,
        r#""emailBlurb":"\udf89 party \ud83c\ud83c""#,
        r#""big":1e400"#,
        r#""small":-1E-9999"#,
        r#""long":123456789012345678901234567890.5"#,
        r#""retryCount":-1"#,
        r#""retryCount":{"n":[]}"#,
        r#""configurationId":-1"#,
        r#""configurationId":"12 34""#,
        r#""configurationId":[1]"#,
        r#""uri":null"#,
        r#""uri":7"#,
        r#""apiVersion":2.1"#,
        r#""x":null,"x":true,"x":[]"#,
        r#""\ud83c":"half a name""#,
        r#""status":"voided""#,
        r#""nested":{"event":"envelope-voided","data":{}}"#,
        &nested,
        r#""statusChangedDateTime":"0001-01-01T00:00:00""#,
        "\"blank\" :\t[ ]\r\n",
        r#""sender":{"userName":"\u0000"}"#,
    ];
    for _ in 0..dice.roll(5) {
        members.push(dice.pick(&all).to_owned());
    }
}

fn object(dice: &mut Dice, mut members: Vec<String>) -> String {
    junk(dice, &mut members);
    dice.shuffle(&mut members);
    format!("{{{}}}", members.join(dice.pick(&[",", " , ", ",\n"])))
}

fn time(dice: &mut Dice, minute: usize) -> Option<String> {
    let clock = format!("09:{minute:02}:07");
    Some(match dice.roll(10) {
        0 => return None,
        1 => "\"soon\"".to_owned(),
        2 => dice.pick(&["null", "{}", "\"0001-01-01T00:00:00Z\"", "1e999", "[2026]", "false"]).to_owned(),
        3 => format!("\"2026-11-20 {clock}\""),
        4 => format!("\"2026-11-20t{clock}.1234567890123z\""),
        5 => format!("\" 2026-11-20T{clock}+00:00\""),
        6 => format!("\"Fri, 20 Nov 2026 {clock} GMT\""),
        7 => format!("{}", 1_795_165_207 + minute * 60),
        _ => format!("\"2026-11-20T{clock}.1234567Z\""),
    })
}

/// The values for `documents` as JSON, in one field or in several, with others beside them.
fn fields(dice: &mut Dice, texts: &[String]) -> Vec<String> {
    let (name, apart) = (cased(dice, "vestibule_document"), dice.roll(2) == 0);
    let together = texts.join(dice.pick(&[", ", ";", "\\n", " | "]));
    let values = if apart { texts.to_vec() } else { vec![together] };
    let mut all: Vec<_> = values
        .iter()
        .map(|text| {
            let (name, value) = (around(dice, &name), around(dice, text));
            let members = vec![format!("\"name\":{name}"), format!("\"value\":{value}")];
            object(dice, members)
        })
        .collect();
    for _ in 0..dice.roll(3) {
        all.push(
            dice.pick(&[
                "null",
                "5",
                "{}",
                r#"{"name":"salary","value":1e999}"#,
                r#"{"name":7,"value":null}"#,
            ])
            .to_owned(),
        );
    }
    dice.shuffle(&mut all);
    all
}

pub(super) fn docusign(
    dice: &mut Dice,
    word: &str,
    envelope: &str,
    texts: &[String],
    minute: usize,
) -> String {
    let word = format!(
        "envelope-{}",
        match word {
            "viewed" => "delivered",
            "signed" => "completed",
            other => other,
        }
    );
    let list = format!("[{}]", fields(dice, texts).join(","));
    let place = match dice.roll(4) {
        0 => format!("\"customFields\":{{\"textCustomFields\":[],\"listCustomFields\":{list}}}"),
        1 => format!("\"envelopeDocuments\":[{{\"documentId\":\"1\"}},{{\"documentFields\":{list}}}]"),
        _ => format!("\"customFields\":{{\"textCustomFields\":{list},\"listCustomFields\":null}}"),
    };
    let summary = format!("\"envelopeSummary\":{}", object(dice, vec![place]));
    let data = vec![format!("\"envelopeId\":{}", around(dice, envelope)), summary];
    let cased = cased(dice, &word);
    let mut members =
        vec![format!("\"event\":{}", around(dice, &cased)), format!("\"data\":{}", object(dice, data))];
    members.extend(time(dice, minute).map(|time| format!("\"generatedDateTime\":{time}")));
    object(dice, members)
}

pub(super) fn standard(
    dice: &mut Dice,
    word: &str,
    envelope: &str,
    texts: &[String],
    minute: usize,
) -> String {
    let word = format!("document.{}", if word == "signed" { "completed" } else { word });
    let values: Vec<_> = texts.iter().map(|text| around(dice, text)).collect();
    let place = match dice.roll(3) {
        0 => format!("\"metadata\":{{\"vestibule_document\":[{}]}}", values.join(",")),
        1 => format!("\"correlation\":{}", around(dice, &texts.join(", "))),
        _ => format!("\"correlation\":[{},null,7e7777]", values.join(",")),
    };
    let data = vec![format!("\"documentId\":{}", around(dice, envelope)), place];
    let data = object(dice, data);
    let cased = cased(dice, &word);
    let mut members = vec![format!("\"type\":{}", around(dice, &cased)), format!("\"data\":{data}")];
    members.extend(time(dice, minute).map(|time| format!("\"timestamp\":{time}")));
    object(dice, members)
}

/// `<hire id>/<kind>` as somebody may type it.
pub(super) fn value(dice: &mut Dice, hire: &str, kind: &str) -> String {
    let slash = dice.pick(&["/", "/", "/", " / ", "\\/", "\\uff0f", "/\\u200b"]);
    format!("{}{slash}{}", cased(dice, hire), cased(dice, kind))
}

/// A finished event; its bytes may begin with a byte order mark and need not all be UTF-8.
pub(super) fn made(
    dice: &mut Dice,
    text: String,
    standard: bool,
    signs: Vec<(String, &'static str)>,
) -> Made {
    let mut body = text.into_bytes();
    if dice.roll(8) == 0 {
        body = [b"\xef\xbb\xbf".as_slice(), &body].concat();
    }
    if dice.roll(8) == 0 {
        body.splice(body.len() - 1.., *b",\"latin\":\"caf\xe9\"}");
    }
    Made { body, standard, signs, json: true }
}

/// An event that looks as if `kind` was signed, and does not say so.
pub(super) fn decoy(dice: &mut Dice, hire: &str, kind: &'static str, number: usize) -> Made {
    let right = value(dice, hire, kind);
    let wrong = match dice.roll(7) {
        0 => format!("not {right}"),
        1 => format!("{}/{kind}", hire.replace("hire_", "job_")),
        2 => format!("{hire}/passport"),
        3 => format!("hire_{}/{kind}", "0".repeat(26)),
        4 => format!("{hire}{kind}"),
        5 => format!("{}/{kind}", &hire[..hire.len() - 1]),
        _ => String::new(),
    };
    let envelope = format!("d{number}");
    let completed = "envelope-completed";
    let (mut decoy, is_standard) = match dice.roll(4) {
        0 => {
            let text = docusign(dice, "signed", &envelope, &[right], 1).to_lowercase();
            (text.replace(completed, "recipient-completed"), false)
        }
        1 => (standard(dice, "signed", &envelope, &[wrong], 1), true),
        _ => (docusign(dice, "signed", &envelope, &[wrong], 1), false),
    };
    let broken = dice.roll(5) == 0;
    if broken {
        decoy = match dice.roll(3) {
            0 => decoy[..decoy.trim_end().len() - 1].to_owned(),
            1 => format!("{decoy}]"),
            _ => decoy.replacen(':', "=", 1),
        };
        return Made { body: decoy.into_bytes(), standard: is_standard, signs: Vec::new(), json: false };
    }
    made(dice, decoy, is_standard, Vec::new())
}
