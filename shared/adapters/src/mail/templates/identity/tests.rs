use std::collections::HashSet;

use secrecy::ExposeSecret;

use super::*;

const TOKEN_URL: &str = "https://crm.example/api/v1/auth/verify-email?token=AbC-_123&x=1";
const RESET_URL: &str = "https://crm.example/forgot-password";

struct Given<'a> {
    product: &'a str,
    url: SecretString,
    plain_url: &'a str,
    masked: &'a str,
    device: &'a str,
    address: &'a str,
    lasts: SignedDuration,
    change: SignInChange,
}

impl Default for Given<'_> {
    fn default() -> Self {
        Self {
            product: "Test Brand",
            url: TOKEN_URL.into(),
            plain_url: RESET_URL,
            masked: "k***@new.example",
            device: "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0",
            address: "203.0.113.9",
            lasts: SignedDuration::from_hours(24),
            change: SignInChange::RecoveryCodeUsed { left: 7 },
        }
    }
}

impl Given<'_> {
    /// The facts of a mail.
    fn facts(&self, template: MailTemplate) -> Vec<Fact> {
        let at = Timestamp::UNIX_EPOCH;
        let device = Device { agent: Some(self.device.to_owned()), address: Some(self.address.to_owned()) };
        match template {
            MailTemplate::EmailChanged => vec![Fact::NewAddress(self.masked.to_owned())],
            MailTemplate::NewDevice => vec![Fact::Seen(device, at)],
            MailTemplate::LockedOut => vec![Fact::Until(at)],
            MailTemplate::Invitation => vec![Fact::Invited {
                company: self.product.to_owned(),
                inviter: "Kim Doe".to_owned(),
                roles: vec!["content_manager".to_owned(), "viewer".to_owned()],
                until: Timestamp::UNIX_EPOCH,
            }],
            MailTemplate::AccountInvitation | MailTemplate::AccountAdded => {
                vec![Fact::Given { company: self.product.to_owned(), role: "creator_manager".to_owned() }]
            }
            MailTemplate::NewAdministrator | MailTemplate::Administrator => vec![Fact::Granted {
                username: UserName::parse("jo.doe").unwrap(),
                grant: Grant::GeneralAdmin,
            }],
            MailTemplate::MembershipChanged => {
                vec![Fact::Membership(self.product.to_owned(), MembershipChange::Suspended)]
            }
            MailTemplate::SignInChanged => vec![Fact::Change(self.change.clone()), Fact::Seen(device, at)],
            _ => Vec::new(),
        }
    }

    fn rendered(&self) -> Vec<Result<Mail, TemplateError>> {
        let templates = Templates::new().unwrap();
        let render = |template: &MailTemplate| {
            let facts = self.facts(*template);
            templates.identity("kim@home.example", self.product, &self.mail(*template, &facts))
        };
        MailTemplate::ALL.iter().map(render).collect()
    }

    fn mail<'a>(&'a self, template: MailTemplate, facts: &'a [Fact]) -> IdentityMail<'a> {
        let once = MailLink::Once(OneTimeLink { url: &self.url, lasts: self.lasts });
        let (link, other_link) = match template {
            MailTemplate::AlreadyRegistered => {
                (MailLink::Page("https://crm.example/sign-in"), self.plain_url)
            }
            MailTemplate::NewDevice
            | MailTemplate::LockedOut
            | MailTemplate::PasswordChanged
            | MailTemplate::MembershipChanged
            | MailTemplate::AccountAdded
            | MailTemplate::Administrator
            | MailTemplate::SignInChanged => (MailLink::Page(self.plain_url), ""),
            MailTemplate::NewAdministrator => (once, self.plain_url),
            _ => (once, ""),
        };
        IdentityMail { template, link, other_link, facts }
    }

    /// How many mails show `words`.
    fn showing(words: &str) -> usize {
        let mails = Self::default().rendered();
        mails.into_iter().filter(|mail| mail.as_ref().unwrap().text.expose_secret().contains(words)).count()
    }

    fn errors(&self) -> Vec<String> {
        self.rendered().into_iter().filter_map(Result::err).map(|error| error.to_string()).collect()
    }
}

fn printed(mail: &Mail) -> String {
    format!(
        "To: {}\nSubject: {}\n\n{}\n=====\n{}",
        mail.to,
        mail.subject,
        mail.text.expose_secret(),
        mail.html.expose_secret()
    )
}

#[test]
fn the_mails_read_as_reviewed() {
    let names = MailTemplate::ALL.iter().map(|template| template.name().trim_start_matches("identity/"));
    for (name, mail) in names.zip(Given::default().rendered()) {
        insta::assert_snapshot!(name, printed(&mail.unwrap()));
    }
}

#[test]
fn each_mail_has_its_own_subject_one_button_and_the_same_words_twice() {
    let mut subjects = HashSet::new();
    for mail in Given::default().rendered() {
        let mail = mail.unwrap();
        let (html, text) = (mail.html.expose_secret(), mail.text.expose_secret());
        assert_eq!(html.matches("display:inline-block").count(), 1, "{html}");
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for paragraph in text.split("\n\n").filter(|p| p.ends_with('.')) {
            assert!(flat(html).contains(&flat(paragraph)), "{paragraph}");
        }
        assert!(subjects.insert(mail.subject));
    }
}

#[test]
fn a_link_with_a_token_says_how_long_it_lasts_and_a_plain_one_does_not() {
    for mail in Given::default().rendered() {
        let mail = mail.unwrap();
        let text = mail.text.expose_secret();
        assert_eq!(text.contains(TOKEN_URL), text.contains("works once, for 24 hours"), "{text}");
    }
}

#[test]
fn markup_and_template_expressions_are_shown_not_run() {
    let (product, masked) = ("A&B \"Ltd\" <b>{{ link }}", "k***@<img src=x onerror=alert(1)>");
    let given = Given { product, masked, device: "<script>alert(1)</script>{{ link }}", ..Given::default() };
    for mail in given.rendered() {
        let mail = mail.unwrap();
        let html = mail.html.expose_secret();
        for markup in ["<b>", "<img", "<script", "\"Ltd\""] {
            assert!(!html.contains(markup), "{html}");
        }
        assert!(html.contains("A&amp;B &quot;Ltd&quot; &lt;b&gt;{{ link }}"), "{html}");
        assert!(mail.text.expose_secret().contains(product));
    }
}

#[test]
fn a_quote_in_a_link_stays_in_its_attribute() {
    let url = "https://crm.example/\"onclick=\"alert(1)\"><b>";
    for mail in (Given { url: url.into(), plain_url: url, ..Given::default() }).rendered() {
        let mail = mail.unwrap();
        let html = mail.html.expose_secret();
        assert!(!html.contains("\"onclick") && !html.contains("<b>"), "{html}");
    }
}

#[test]
fn line_breaks_are_refused_where_a_value_is_ours() {
    for value in ["Kim\r\nBcc: x@evil.example", "a\nb", "a\u{2028}b", "a\0b", "", " "] {
        let product = Given { product: value, ..Given::default() }.errors();
        assert_eq!(
            product,
            ["the product is empty, too long or has control characters"; MailTemplate::ALL.len()],
            "{value:?}"
        );
        let masked = Given { masked: value, ..Given::default() }.errors();
        assert_eq!(masked, ["the new address is empty, too long or has control characters"], "{value:?}");
    }
}

#[test]
fn a_hostile_device_neither_stops_the_notice_nor_adds_a_line() {
    let device = "x\r\n\r\nYour account ends. Go to https://evil.example/now";
    let given = Given { device, address: "evil.example\r\nx", ..Given::default() };
    for mail in given.rendered() {
        let mail = mail.unwrap();
        let text = mail.text.expose_secret();
        assert!(!text.contains("\nYour account ends") && !text.contains("evil.example"), "{text}");
    }
}

#[test]
fn what_is_too_long_is_refused() {
    let long = "x".repeat(300);
    assert_eq!(Given { product: &long, ..Given::default() }.errors().len(), MailTemplate::ALL.len());
    assert_eq!(Given { masked: &long, ..Given::default() }.errors().len(), 1);
    let longest = "é".repeat(LONGEST_PRODUCT);
    assert!(Given { product: &longest, device: &long, ..Given::default() }.errors().is_empty());
}

#[test]
fn links_go_to_the_web_only() {
    let (once, pages) = (Given::showing(TOKEN_URL), Given::showing(RESET_URL));
    for link in ["", "javascript:alert(1)", "https://", "//crm", "https://crm.example/ x", "https://a\r\nb"] {
        assert_eq!(Given { url: link.into(), ..Given::default() }.errors().len(), once, "{link}");
        // The two second pages may be missing, a button's page not.
        let plain = if link.is_empty() { pages - 2 } else { pages };
        assert_eq!(Given { plain_url: link, ..Given::default() }.errors().len(), plain, "{link}");
    }
}

#[test]
fn a_link_without_life_is_refused() {
    let dead = Given { lasts: SignedDuration::ZERO, ..Given::default() };
    let error = "the life of the link is empty, too long or has control characters";
    assert_eq!(dead.errors(), vec![error; Given::showing(TOKEN_URL)]);
}

#[test]
fn one_plain_address_gets_the_mail() {
    let (templates, given) = (Templates::new().unwrap(), Given::default());
    for template in MailTemplate::ALL {
        let facts = given.facts(*template);
        for to in ["a@x.example, b@x.example", "a@x.example\r\nBcc: b@x.example"] {
            let error = templates.identity(to, "Test Brand", &given.mail(*template, &facts)).err();
            assert!(matches!(error, Some(TemplateError::Refused(_))));
        }
    }
}

#[test]
fn the_token_shows_in_no_debug_output_and_no_error() {
    let given = Given::default();
    let mail = given.mail(MailTemplate::MagicLink, &[]);
    assert!(!format!("{mail:?}{:?}", given.rendered()).contains("AbC-_123"));
    let broken = Given { url: format!("javascript:{TOKEN_URL}").into(), ..Given::default() };
    assert!(!format!("{:?}{:?}", broken.errors(), broken.rendered()).contains("AbC-_123"));
}

#[test]
fn every_change_to_the_ways_in_is_told_in_words() {
    let provider = || "google https://evil.example".to_owned();
    let told = |change| {
        let given = Given { change, ..Given::default() };
        let facts = given.facts(MailTemplate::SignInChanged);
        let mail = given.mail(MailTemplate::SignInChanged, &facts);
        let mail = Templates::new().unwrap().identity("kim@home.example", "Test Brand", &mail).unwrap();
        let text = mail.text.expose_secret().to_owned();
        text.lines().find_map(|line| line.strip_prefix("  Change: ")).unwrap().to_owned()
    };
    for (change, words) in [
        (SignInChange::SecondFactorAdded, "a second factor was added"),
        (SignInChange::SecondFactorRemoved, "the second factor was removed"),
        (SignInChange::RecoveryCodesReplaced, "new recovery codes replaced the old ones"),
        (SignInChange::RecoveryCodeUsed { left: 9 }, "a recovery code was used; 9 left"),
        (SignInChange::ProviderConnected { provider: "google".into() }, "google was connected"),
        (
            SignInChange::ProviderDisconnected { provider: provider() },
            "google https //evil example was disconnected",
        ),
    ] {
        assert_eq!(told(change), words);
    }
}
