//! Time-based one-time codes (RFC 6238) as authenticator apps know them: SHA-1, six digits, 30
//! seconds. A code is good once: the caller keeps the step that was accepted last.

use std::fmt::Write as _;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use qrcodegen::{QrCode, QrCodeEcc};
use secrecy::{ExposeSecret, SecretBox, SecretSlice, SecretString};
use totp_rs::{Builder, Secret, Totp};
use vestibule_domain::{Invalid, World};

/// Seconds that a code is shown.
const STEP: u64 = 30;
/// Modules of white that scanners need around a QR code.
const QUIET: i32 = 4;

/// The secret shared with a person's authenticator app: 20 bytes.
#[derive(Debug)]
pub struct TotpSecret(SecretBox<[u8; 20]>);

impl TotpSecret {
    /// A new secret.
    pub fn new(world: &World) -> Self {
        Self(SecretBox::new(Box::new(world.bytes())))
    }

    /// The secret with these bytes, as opened from where it is kept sealed; refuses any length but 20.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Invalid> {
        let bytes = bytes.try_into().map_err(|_| Invalid::new("The secret of the app has 20 bytes."))?;
        Ok(Self(SecretBox::new(Box::new(bytes))))
    }

    /// Reads what [`TotpSecret::to_base64url`] wrote.
    pub fn from_base64url(text: &str) -> Result<Self, Invalid> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map(SecretSlice::from);
        Self::from_bytes(bytes.unwrap_or_default().expose_secret())
    }

    /// How it is stored: 27 characters of base64url.
    pub fn to_base64url(&self) -> SecretString {
        URL_SAFE_NO_PAD.encode(self.0.expose_secret()).into()
    }

    /// The 20 bytes, to be sealed.
    pub fn expose_bytes(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// What a person types into an app that cannot scan: 32 characters of base32.
    pub fn to_base32(&self) -> SecretString {
        self.secret().to_base32().into()
    }

    /// The `otpauth://` address that apps read; a colon, which they cannot show in a name, becomes a dash. Refuses
    /// an empty issuer or account.
    pub fn otpauth_url(&self, issuer: &str, account: &str) -> Result<SecretString, Invalid> {
        self.named(issuer, account)?.to_url().map(Into::into).map_err(|_| unnamed())
    }

    /// The address as a picture to scan: an SVG to put into a page, its sides as the page sets them.
    /// Refuses what [`TotpSecret::otpauth_url`] refuses, and names too long for a QR code.
    pub fn qr_svg(&self, issuer: &str, account: &str) -> Result<SecretString, Invalid> {
        let url = self.otpauth_url(issuer, account)?;
        // The longest names leave no room for the better correction of errors.
        let encoded = |level| QrCode::encode_text(url.expose_secret(), level);
        let code = encoded(QrCodeEcc::Medium).or_else(|_| encoded(QrCodeEcc::Low)).map_err(|_| unnamed())?;
        Ok(svg(&code).into())
    }

    /// The step whose code was given, if it is the present one or a neighbour and later than
    /// `last_step`. The caller keeps it, so that no code works twice.
    pub fn check(&self, code: &str, now: Timestamp, last_step: Option<u64>) -> Option<u64> {
        let code: Vec<u8> = code.bytes().filter(|byte| *byte != b' ').collect();
        if code.len() != 6 || !code.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let step = u64::try_from(now.as_second()).ok()? / STEP;
        let totp = Builder::new().with_secret(self.secret()).build_noncompliant();
        let fits = |step: &u64| {
            let expected = totp.generate(step * STEP).to_string();
            verify_slices_are_equal(expected.as_bytes(), &code).is_ok()
        };
        (step.saturating_sub(1)..=step + 1).filter(|step| Some(*step) > last_step).find(fits)
    }

    fn named(&self, issuer: &str, account: &str) -> Result<Totp, Invalid> {
        let (issuer, account) = (without_colons(issuer), without_colons(account));
        if issuer.is_empty() || account.is_empty() {
            return Err(unnamed());
        }
        let named = Builder::new().with_account_name(account).with_issuer(Some(issuer));
        named.with_secret(self.secret()).build().map_err(|_| unnamed())
    }

    fn secret(&self) -> Secret {
        Secret::from(*self.0.expose_secret())
    }
}

fn unnamed() -> Invalid {
    Invalid::new("Give the app a short issuer and account.")
}

/// `Acme - Portal` for `Acme: Portal`: the colon parts issuer and account in the address, however it is written.
fn without_colons(name: &str) -> String {
    let parts = name.split(':').map(str::trim).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" - ")
}

/// One path of horizontal bars on white, so that it can be scanned on a dark page too.
fn svg(code: &QrCode) -> String {
    let (size, whole) = (code.size(), code.size() + 2 * QUIET);
    let mut bars = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let length = (x..size).take_while(|x| code.get_module(*x, y)).count();
            if length > 0 {
                let _ = write!(bars, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET);
            }
            x += i32::try_from(length).unwrap_or_default() + 1;
        }
    }
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" shape-rendering="crispEdges"><rect width="{whole}" height="{whole}" fill="#fff"/><path d="{bars}"/></svg>"##
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238's test vectors.
    fn rfc() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_codes_of_rfc_6238_are_accepted_at_their_times() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(rfc().check(code, at(second), None), u64::try_from(second / 30).ok(), "{code}");
        }
    }

    #[test]
    fn a_code_works_for_its_neighbours_and_only_once() {
        let (code, step) = ("005924", 1_234_567_890 / 30);
        for (seconds, accepted) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let found = rfc().check(code, at(1_234_567_890 + seconds), None);
            assert_eq!(found, accepted.then_some(step), "{seconds}");
        }
        let now = at(1_234_567_890);
        assert_eq!(rfc().check(code, now, Some(step - 1)), Some(step));
        assert_eq!(rfc().check(code, now, Some(step)), None);
        assert_eq!(rfc().check(code, now, Some(step + 1)), None);
    }

    #[test]
    fn spaces_do_not_matter_and_nothing_else_is_a_code() {
        let now = at(1_234_567_890);
        assert!(rfc().check(" 005 924 ", now, None).is_some());
        for wrong in ["", "05924", "0005924", "+05924", "00592\u{664}", "005924\n", "00592x", "005925"] {
            assert_eq!(rfc().check(wrong, now, None), None, "{wrong:?}");
        }
        assert_eq!(rfc().check("005924", at(-5), None), None);
    }

    #[test]
    fn apps_get_an_address_and_a_picture() {
        let url = rfc().otpauth_url("Test Brand", "kim@example.org").unwrap();
        assert_eq!(
            url.expose_secret(),
            "otpauth://totp/Test%20Brand:kim%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Test%20Brand"
        );
        assert!(rfc().otpauth_url("Test", "").is_err());
        assert!(TotpSecret::from_bytes(b"short").is_err());
        assert!(!format!("{:?}", rfc()).contains("123"));
    }

    #[test]
    fn fault_10_every_name_of_a_product_goes_into_an_authenticator() {
        let longest = format!("{}@{}.example", "k+".repeat(32), "m".repeat(180));
        for (product, label) in [
            ("Acme: Portal", "Acme%20-%20Portal"),
            ("Acme:Portal", "Acme%20-%20Portal"),
            (": Acme :: HR :", "Acme%20-%20HR"),
            ("Acme/HR?secret=x&issuer=y#z", "Acme%2FHR%3Fsecret%3Dx%26issuer%3Dy%23z"),
            ("100% \"Söhne\" <b>", "100%25%20%22S%C3%B6hne%22%20%3Cb%3E"),
            (&"\u{1f3e2}".repeat(80), &"%F0%9F%8F%A2".repeat(80)),
        ] {
            let url = rfc().otpauth_url(product, &longest).unwrap();
            let url = url.expose_secret();
            assert!(url.starts_with(&format!("otpauth://totp/{label}:")), "{url}");
            assert!(url.ends_with(&format!("&issuer={label}")), "{url}");
            assert!(rfc().qr_svg(product, &longest).is_ok(), "{product}");
        }
        assert!(rfc().otpauth_url(" : ", "kim").is_err() && rfc().otpauth_url("Test", ":").is_err());
        assert!(
            rfc().otpauth_url("Test", "k:im@example.org").unwrap().expose_secret().contains(":k%20-%20im%40")
        );
    }

    #[test]
    fn the_picture_holds_every_dark_module_and_is_plain_svg() {
        let picture = rfc().qr_svg("Test Brand", "kim@example.org").unwrap();
        let picture = picture.expose_secret();
        let url = rfc().otpauth_url("Test Brand", "kim@example.org").unwrap();
        let code = QrCode::encode_text(url.expose_secret(), QrCodeEcc::Medium).unwrap();
        let path = picture.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
        let mut dark = std::collections::BTreeSet::new();
        for bar in path.split('M').skip(1) {
            let (place, rest) = bar.split_once('h').unwrap();
            let (x, y) = place.split_once(' ').unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            let length: i32 = rest.split('v').next().unwrap().parse().unwrap();
            assert_eq!(rest, format!("{length}v1h-{length}z"));
            dark.extend((x..x + length).map(|x| (x - QUIET, y - QUIET)));
        }
        let whole = -QUIET..code.size() + QUIET;
        for (x, y) in whole.clone().flat_map(|x| whole.clone().map(move |y| (x, y))) {
            assert_eq!(dark.contains(&(x, y)), code.get_module(x, y), "{x} {y}");
        }
        let side = code.size() + 8;
        assert!(picture.contains(&format!("viewBox=\"0 0 {side} {side}\"")) && picture.len() < 12_000);
        assert!(!picture.contains("script") && !picture.contains("kim"));
        assert!(rfc().qr_svg("Test", &"x".repeat(3000)).is_err() && rfc().qr_svg("Test", "").is_err());
    }

    #[test]
    fn it_is_stored_as_text() {
        let text = rfc().to_base64url();
        assert_eq!(text.expose_secret(), "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA");
        let read = TotpSecret::from_base64url(text.expose_secret()).unwrap();
        assert_eq!(read.expose_bytes(), rfc().expose_bytes());
        for wrong in ["", "MTIz", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAx", "+//+"] {
            assert!(TotpSecret::from_base64url(wrong).is_err(), "{wrong}");
        }
    }
}
