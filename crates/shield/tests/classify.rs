//! Names, neighbours and contents, case by case. The values are made up or published test numbers.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may")]

use model::Class;
use serde_json::{Value, json};
use shield::{Case, Shield};

/// Asserts the class of a value under a name with siblings.
fn check(key: &str, value: &Value, sib: Option<Value>, wanted: Option<Class>) {
    let mut case =
        json!({"id": "c", "event": "E", "path": format!("properties.{key}"), "key": key, "value": value});
    if let Some(sib) = sib {
        case["sib"] = sib;
    }
    let text = case.to_string();
    let case: Case<'_> = serde_json::from_str(&text).expect("a case");
    assert_eq!(Shield::builtin().classify(&case), wanted, "{key}: {value}");
}

#[test]
fn the_head_of_a_name_decides() {
    for key in [
        "password",
        "confirm_password",
        "newPassword2",
        "user[passwd]",
        "PWD",
        "Mot de passe",
        "Новый пароль",
        "新しいパスワード(確認用)",
        "ｐａｓｓｗｏｒｄ",
        "pass\u{200b}word",
        "раssword",
    ] {
        check(key, &json!("hunter2"), None, Some(Class::Password));
    }
    for key in [
        "password_strength",
        "passwordLength",
        "has_password",
        "password_reset_requested",
        "forgot_password",
        "passwordless",
        "boarding_pass",
        "compass",
        "password_changed_at",
    ] {
        check(key, &json!("strong"), None, None);
    }
    for (key, value) in [
        ("card_last4", "4242"),
        ("token_count", "1532"),
        ("public_key_algorithm", "ed25519"),
        ("author", "Jane Austen"),
        ("monkey", "see"),
        ("secret_santa", "enabled"),
        ("cookie_consent", "accepted"),
    ] {
        check(key, &json!(value), None, None);
    }
}

#[test]
fn masks_booleans_and_our_own_marks_are_benign_under_any_name() {
    for value in [
        json!("********"),
        json!("[FILTERED]"),
        json!(true),
        json!(null),
        json!("${DB_PASSWORD}"),
        json!("[removed: password]"),
        json!(""),
    ] {
        check("password", &value, None, None);
    }
}

#[test]
fn what_stands_beside_a_value_names_it() {
    let cases = [
        (json!({"type": "password"}), json!("monkey"), Class::Password),
        (json!({"original_type": "password", "type": "text"}), json!("monkey"), Class::Password),
        (json!({"label": "Wachtwoord"}), json!("monkey"), Class::Password),
        (json!({"autocomplete": "one-time-code"}), json!("100507"), Class::AuthCode),
        (json!({"aria-label": "Digit 3 of 6"}), json!("4"), Class::AuthCode),
        (json!({"name": "cc-number"}), json!("4111 1111 1111 1111"), Class::CreditCard),
        (json!({"id": "aadhaar"}), json!("2981 2341 2344"), Class::NationalId),
        (json!({"name": "Authorization"}), json!("Bearer 8f7d6e5c4b3a29181716"), Class::ApiKey),
    ];
    for (sib, value, class) in cases {
        check("value", &value, Some(sib), Some(class));
    }
    check("value", &json!("monkey"), Some(json!({"type": "text", "name": "animal"})), None);
}

#[test]
fn checksums_find_what_no_name_announces() {
    for (value, class) in [
        (json!("4111 1111 1111 1111"), Class::CreditCard),
        (json!(4111111111111111_u64), Class::CreditCard),
        (json!("pls use 5105-1051-0510-5100 for the booking"), Class::CreditCard),
        (json!(";4111111111111111=29121010000012300000?"), Class::CreditCard),
        (json!("DE89 3704 0044 0532 0130 00"), Class::Iban),
        (json!("٤١١١١١١١١١١١١١١١"), Class::CreditCard),
        (json!("write to jane.doe@example.org"), Class::Email),
        (json!("jane.doe%40example.org"), Class::Email),
        (json!("+49 170 1234567"), Class::Phone),
        (json!("ghp_16C7e42F292c6912E7710c838347Ae178B4a"), Class::ApiKey),
        (
            json!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"),
            Class::JwtSession,
        ),
        (json!("-----BEGIN PRIVATE KEY-----\\nMC4CAQAwBQYDK2VwBCIEIDGN\\n"), Class::PrivateKey),
        (json!("postgres://app:s3cret@db.example.com/x"), Class::UrlWithCredentials),
        (json!("https://example.com/cb?access_token=8f7d6e5c4b3a29181716"), Class::UrlWithCredentials),
        (json!("https://example.com/magic-link/8f7d6e5c4b3a29181716ab"), Class::UrlWithCredentials),
        (json!("https://example.com/oauth/callback?code=4/0AfJohXk2mZ8Qw7&state=1"), Class::AuthCode),
        (json!("otpauth://totp/Acme:u?secret=JBSWY3DPEHPK3PXP"), Class::AuthCode),
        (json!("Your verification code is 629373"), Class::AuthCode),
        (json!("my password is hunter2"), Class::Password),
        (json!("{\"card\":{\"number\":\"4111111111111111\"}}"), Class::CreditCard),
        (json!("{\"a\":\"{\\\"password\\\":\\\"hunter2\\\"}\"}"), Class::Password),
        (json!("eyJwYXNzd29yZCI6Imh1bnRlcjIifQ=="), Class::Password),
        (json!("password=hunter2&user=bob"), Class::Password),
        (json!("theme=dark; PHPSESSID=9f86d081884c7d659a2feaa0; lang=en"), Class::JwtSession),
        (json!("SSN: 811-22-8333"), Class::NationalId),
    ] {
        check("note", &value, None, Some(class));
    }
}

#[test]
fn what_only_looks_like_it_is_benign() {
    for (key, value) in [
        ("order_number", json!("4111111111111111")),
        ("timestamp", json!(1509423169148_u64)),
        ("isbn", json!("9789322338985")),
        ("value", json!("4a7027de-f155-4eb3-886a-a6e1f7643403")),
        ("data", json!("PxlcZH9nMEZdz6OsgPdn7QHXw4s")),
        ("commit", json!("7a8ccae4e8f2e8a12fd9e1a722c945d11e2ee29d")),
        ("integrity", json!("sha384-4MD7CxV+dFO2DAStroFFhmbzyNGR4YguLtuRvm8eTuZC3mAm7pS6wySB3rtVxjjs")),
        ("src", json!("git@github.com:misty35/nester-cs.git")),
        ("package", json!("@kepler.gl/constants@5.2.4")),
        ("referrer", json!("https://www.google.com/maps/@17.4019,-64.0420,15z")),
        ("href", json!("https://example.com/?code=SUMMER24")),
        ("title", json!("How to choose a strong password")),
        ("toast", json!("Password: must be at least 8 characters")),
        ("created", json!("2024-06-26T15:00:06.000000+02:00")),
        (
            "verify_key",
            json!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIICoxEXzAwbOgTKj0CadLvBxipge/nvn53W53H1geFKq"),
        ),
        (
            "$user_agent",
            json!(
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/151.0.0.0 Safari/537.36"
            ),
        ),
    ] {
        check(key, &value, None, None);
    }
}

#[test]
fn neighbours_forms_and_command_lines_tell() {
    for (key, value, sib, wanted) in [
        ("v", "hunter2", Some(json!({"k": "password"})), Some(Class::Password)),
        ("text", "hunter2", Some(json!({"input": "password"})), Some(Class::Password)),
        ("note", "<input name=a type=\"password\" value=\"hunter2\">", None, Some(Class::Password)),
        ("note", "<input type=\"text\" name=\"q\" value=\"lamp\">", None, None),
        ("note", "curl -u anna:hunter2 https://example.com", None, Some(Class::Password)),
        ("note", "The password for the portal is hunter2!", None, Some(Class::Password)),
        ("note", "the api key is 5f4dcc3b5aa765d61d8327deb882cf99", None, Some(Class::ApiKey)),
        ("note", "export PASSWORD=$PASSWORD", None, None),
        ("note", "password = os.environ[\"DB_PASSWORD\"]", None, None),
        ("note", "Hasło jest wymagane", None, None),
        ("note", "https://ghp_16C7e42F292c6912E7710c838347Ae178B4a.example.com/", None, Some(Class::ApiKey)),
        (
            "note",
            "%2525257B%25252522password%25252522%2525253A%25252522hunter2%25252522%2525257D",
            None,
            Some(Class::Password),
        ),
        ("code", "482913", None, None),
        ("código_del_dispositivo", "482913", None, Some(Class::AuthCode)),
        ("código postal", "28001", None, None),
        ("Gutscheincode", "482913", None, None),
        ("algoliatoken", "5f4dcc3b5aa765d61d8327deb882cf99", None, Some(Class::ApiKey)),
        ("pan", "ABCPE1234F", None, Some(Class::NationalId)),
        ("publishable_key", "pk_live_51H8xYzAbCdEfGhIjKlMnOpQr", None, None),
        ("server_address", "2001:0db8:85a3:0000:0000:8a2e:0370:7334", None, None),
        ("state_reason", "DisallowedByVpcEncryptionControl", None, None),
    ] {
        check(key, &json!(value), sib, wanted);
    }
}

#[test]
fn of_a_web_key_only_the_private_half_is_one() {
    let public = r#"{"kty":"EC","crv":"P-256","x":"0j2kSDZtIZp9-rEfM5CuN5oEXniC89MalIlUyv8i48t","y":"uwlYz38bvmMbI0CTY1fRnpd3sSlWnQ67kxBAx1yZ2w3"}"#;
    let private = public.replace("\"x\"", "\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\",\"x\"");
    check("jwk", &json!(public), None, None);
    check("jwk", &json!(private), None, Some(Class::PrivateKey));
}

#[test]
fn what_programs_and_people_write_round_a_secret_is_read() {
    for (text, wanted) in [
        (
            "curl -H 'Authorization: KakaoAK 4bc26bf78b46425bb966825945fd86b5' https://api.example.com/me",
            Class::ApiKey,
        ),
        ("headers={'Authorization': 'GenieKey 360449ec-fa3f-430b-a297-a9ea054f00e2'}", Class::ApiKey),
        ("request body={\"webmail_pass\": \"merlin\"} status=200", Class::Password),
        ("{&quot;kennwort&quot;:&quot;merlin_monkey4&quot;,&quot;n&quot;:1}", Class::Password),
        ("{\\u0022credit_card_no\\u0022:\\u00224111111111111111\\u0022}", Class::CreditCard),
        ("define('LOCKSCREEN_PW', 'amigo_toyota7');", Class::Password),
        ("let adminPass: String = \"4Y51kv-QQ85rm-CKJSrO\"", Class::Password),
        ("<meta name=\"pwdField\" content=\"monkey_kaffee14\">", Class::Password),
        ("<string name=\"accessSecret\">0xzSScW64nXWhTNRjiKztDWUMSDwHEJ3</string>", Class::ApiKey),
        ("Key (accessToken)=(7F1NbqkJIGFY3eKtn2szpPsSwSNsy3M2WRXZCfpa8Q) already exists.", Class::ApiKey),
        (
            "Data too long for column 'accessSecret' at row 1: 'f10978567fa710d0a6fd98b2bd455f10'",
            Class::ApiKey,
        ),
        ("passordet mitt er qnyf3804", Class::Password),
        ("şifrem lgcp4250", Class::Password),
        ("try benfica_monkey10 as password", Class::Password),
        ("can't log in with password Guitar1992*", Class::Password),
        ("ruf mich an unter 0781223679", Class::Phone),
        ("sms sent to 02033106659", Class::Phone),
        ("tél. 021 230 28 49", Class::Phone),
        ("kyc failed: cnp 1970512033054 not readable", Class::NationalId),
        ("Codul dvs. de verificare este 638805", Class::AuthCode),
        ("κωδικός επαλήθευσης είναι 81596", Class::AuthCode),
        ("Set-Cookie: auth_token=25faa3bdde929627810d5d211494fcd4; Path=/", Class::JwtSession),
    ] {
        check("note", &json!(text), None, Some(wanted));
    }
    for text in [
        "password=***&user=4",
        "PASSWORD=$1",
        "Votre code postal est 75011",
        "Votre code avantage 750111",
        "password v2 is out",
        "use a name as password hint",
        "Authorization: pending",
        "\"password\" with value of at least eight signs",
        "call to action 12345678",
    ] {
        check("note", &json!(text), None, None);
    }
}

#[test]
fn public_ids_sums_and_keys_are_nobodys_secret() {
    for (key, value) in [
        ("account_sid", "AC54431a3e2508e085bcfeda9a78da217b"),
        ("key_fingerprint", "70BA0825B75BE1F8F3D2256397EF64B18670FD49"),
        ("jwk_thumbprint", "Gdw5tw4X0FFyDPGfJRzIvo1lt_XlfEJwYjHZIM1iYwI"),
        ("s3_key", "uploads/2026/00/95b0b9ad-706a-492f-a501-d13463d7f703.png"),
        ("content_type", "multipart/form-data; boundary=----WebKitFormBoundarymqY0MG77YrmWcTDM"),
        ("deposit_address", "18Kjkv4k9PTZvVqWpRmfjN7oULTX5vy7ty"),
        (
            "applicationServerKey",
            "B9E2hVcouqtoaK5gIBYP8-Vktc1JGtunoIt8RGf-tyiM3IYKmLMx7xYUif6_qX1BxCRNcGCUZrp3HkDDCYMR450",
        ),
        ("subject", "did:key:z6MkDgk8SszmiTaewnj77WrPt5TWq66eYy11qTurNXfmhJ7G"),
        ("package_sum", "h1:17mVfmtzstEhvDnU7u2fjYnZoLDclcNu4fOzJQDvZqz="),
        ("s2_cell", "14/9826/7207"),
        ("パスワード強度", "2026-01-01"),
        ("longueur_mot_de_passe", "12"),
    ] {
        check(key, &json!(value), None, None);
    }
}
