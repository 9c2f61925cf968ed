use super::*;

fn answered(code: &str, status: u16) -> MailError {
    meaning(Fault::Answered { code: code.to_owned(), status, after: None })
}

#[test]
fn refusals_are_told_apart_by_code() {
    let table = [
        ("AccountSuspendedException", "account_suspended"),
        ("MessageRejected", "message_rejected"),
        ("MailFromDomainNotVerifiedException", "sender_unverified"),
        ("NotFoundException", "configuration_not_found"),
        ("BadRequestException", "request_invalid"),
    ];
    for (code, expected) in table {
        assert_eq!(answered(code, 400), MailError::Permanent { code: expected });
    }
}

#[test]
fn throttling_quota_and_pauses_are_retried() {
    let table = [
        ("TooManyRequestsException", "throttled"),
        ("ThrottlingException", "throttled"),
        ("LimitExceededException", "quota_exceeded"),
        ("SendingPausedException", "sending_paused"),
    ];
    for (code, expected) in table {
        assert_eq!(answered(code, 400), MailError::Retry { code: expected, after: None });
    }
}

#[test]
fn after_a_lost_answer_the_mail_may_be_sent() {
    let unknown = |code| MailError::Unknown { code };
    assert_eq!(meaning(Fault::Lost("connection_closed")), unknown("connection_closed"));
    assert_eq!(answered("InternalServerErrorException", 500), unknown("internal_failure"));
    assert_eq!(answered("NeverSeen", 500), unknown("unrecognized"));
    let unreachable = MailError::Retry { code: "unreachable", after: None };
    assert_eq!(meaning(Fault::Unreachable), unreachable);
}

#[test]
fn a_sender_is_an_address_with_or_without_a_name() {
    for from in ["no-reply@acme.example", "Acme HR <no-reply@acme.example>"] {
        assert!(is_sender(from), "{from}");
    }
    for from in ["", "Acme", "Acme\r\nBcc: x <a@b.example>", "<a@b.example>, <c@d.example>", "a@b.example>"] {
        assert!(!is_sender(from), "{from}");
    }
}

#[test]
fn a_mail_becomes_html_and_text_of_one_message() {
    let mail = Mail::new("kim@acme.example", "Grüße", "<p>h</p>".into(), "t".into()).unwrap();
    let built = message(&mail.with_tag("hire", "hire_1").unwrap()).unwrap();
    assert_eq!(built.subject().unwrap().data(), "Grüße");
    let body = built.body().unwrap();
    assert_eq!(body.html().unwrap().data(), "<p>h</p>");
    assert_eq!(body.text().unwrap().charset(), Some("UTF-8"));
}
