use jiff::SignedDuration;

use super::*;

fn rendered(credentials: &Credentials<'_>) -> Result<[Mail; 2], TemplateError> {
    let templates = Templates::new()?;
    let to = "kim@home.example";
    Ok([templates.welcome(to, credentials)?, templates.password_reset(to, credentials)?])
}

fn with_credentials<T>(
    change: impl FnOnce(&mut Credentials<'_>),
    then: impl FnOnce(Credentials<'_>) -> T,
) -> T {
    let password = SecretString::from("Temporary#Password34");
    let mut credentials = Credentials {
        company: "Test Brand",
        given_name: "Kim",
        address: "kim.doe@testbrand.example",
        told: Told::Password(&password),
        crm_url: "https://crm.testbrand.example/",
        sign_in_url: Some("https://mail.testbrand.example/login?lang=en&first=1"),
    };
    change(&mut credentials);
    then(credentials)
}

fn printed(mail: &Mail) -> String {
    let (html, text) = (mail.html.expose_secret(), mail.text.expose_secret());
    format!("To: {}\nSubject: {}\n\n{text}\n=====\n{html}", mail.to, mail.subject)
}

#[test]
fn the_mails_read_as_reviewed() {
    let [welcome, reset] = with_credentials(|_| {}, |credentials| rendered(&credentials).unwrap());
    insta::assert_snapshot!("welcome", printed(&welcome));
    insta::assert_snapshot!("password_reset", printed(&reset));
}

/// The same with a link in the place of the password.
fn with_link<T>(address: &str, days: i64, then: impl FnOnce(Credentials<'_>) -> T) -> T {
    let url = SecretString::from(address);
    let lasts = SignedDuration::from_hours(24 * days);
    with_credentials(
        |_| {},
        |credentials| then(Credentials { told: Told::Link(OneTimeLink { url: &url, lasts }), ..credentials }),
    )
}

const LINK: &str = "https://accounts.example/mailbox/password?token=B0000-_";

#[test]
fn the_mails_with_a_link_read_as_reviewed() {
    let [welcome, reset] = with_link(LINK, 7, |credentials| rendered(&credentials).unwrap());
    insta::assert_snapshot!("welcome_link", printed(&welcome));
    insta::assert_snapshot!("password_reset_link", printed(&reset));
}

#[test]
fn a_mail_has_a_password_or_a_link_and_the_subject_tells_nothing() {
    let with_password = with_credentials(|_| {}, |credentials| rendered(&credentials).unwrap());
    let with_link = with_link(LINK, 7, |credentials| rendered(&credentials).unwrap());
    for (told, asked) in with_password.into_iter().zip(with_link) {
        assert_eq!(told.subject, asked.subject);
        for (told, asked) in [(&told.text, &asked.text), (&told.html, &asked.html)] {
            let (told, asked) = (told.expose_secret(), asked.expose_secret());
            assert!(told.contains("Temporary#Password34") && !told.contains("mailbox"), "{told}");
            assert!(asked.contains("B0000-_") && !asked.contains("emporary"), "{asked}");
        }
    }
}

#[test]
fn a_link_is_a_web_address_that_still_works() {
    for (link, days) in [("javascript:alert(1)", 7), ("/mailbox/password?token=B", 7), (LINK, 0)] {
        assert!(with_link(link, days, |credentials| rendered(&credentials).is_err()), "{link} {days}");
    }
}

#[test]
fn markup_in_names_is_shown_not_run() {
    let change = |credentials: &mut Credentials<'_>| {
        credentials.given_name = "<script>alert(1)</script>";
        credentials.company = "A&B \"Ltd\" <b>";
    };
    for mail in with_credentials(change, |credentials| rendered(&credentials).unwrap()) {
        let html = mail.html.expose_secret();
        assert!(!html.contains("<script>") && !html.contains("<b>"), "{html}");
        assert!(html.contains("&lt;script&gt;"));
        assert!(mail.text.expose_secret().contains("<script>alert(1)</script>"));
    }
}

#[test]
fn a_template_expression_in_a_name_stays_text() {
    let change = |credentials: &mut Credentials<'_>| credentials.given_name = "{{ password }}";
    for mail in with_credentials(change, |credentials| rendered(&credentials).unwrap()) {
        assert!(mail.text.expose_secret().contains("{{ password }}"));
    }
}

#[test]
fn line_breaks_in_names_are_refused() {
    for name in ["Kim\r\nBcc: x@evil.example", "Kim\nLee", "Kim\u{2029}Lee", "", " "] {
        let given = with_credentials(|c| c.given_name = name, |c| rendered(&c).err());
        assert!(matches!(given, Some(TemplateError::Value("given name"))), "{name:?}");
        let company = with_credentials(|c| c.company = name, |c| rendered(&c).err());
        assert!(matches!(company, Some(TemplateError::Value("company"))), "{name:?}");
    }
}

#[test]
fn links_go_to_the_web_only() {
    for link in ["javascript:alert(1)", "https://", "//crm.example", "https://crm.example/ x", "data:,x"] {
        let error = with_credentials(|c| c.crm_url = link, |c| rendered(&c).err());
        assert!(matches!(error, Some(TemplateError::Link("CRM link"))), "{link}");
    }
}

#[test]
fn the_password_shows_in_no_debug_output_and_no_error() {
    with_credentials(
        |_| {},
        |credentials| {
            let mails = rendered(&credentials).unwrap();
            assert!(!format!("{credentials:?}{mails:?}").contains("Temporary#Password34"));
        },
    );
    with_link(LINK, 7, |credentials| {
        let mails = rendered(&credentials).unwrap();
        assert!(!format!("{credentials:?}{mails:?}").contains("B0000-_"));
    });
}
