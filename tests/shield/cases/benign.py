"""Values that only look dangerous, and ordinary ones: what must be left alone."""
import functools
import glob
import gzip
import json
import os
import re
import uuid

from . import words
from .base import ALNUM, BASE64, DIGITS, HEX, LOWER, NEUTRAL, UPPER, URLSAFE

TELLING = re.compile(r"pass|token|key|secret|auth|pin|card|code|phone|mail|tax|session|cookie|credential|social|license|mobile|cell|iban|account|otp|mfa|sign|cert|private|login|cvc|cvv|document|national|identit|address|contact|sms|seed|pan|dl|tan|token|nonce|salt|hash", re.I)


@functools.cache
def members():
    """(name, kind, examples) of members that the interfaces of a cloud describe as switches, counts, times or choices."""
    import botocore
    found = {}
    for path in sorted(glob.glob(os.path.join(os.path.dirname(botocore.__file__), "data", "*", "*", "service-2.json*"))):
        opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path, encoding="utf-8")
        with opened as file:
            shapes = json.load(file)["shapes"]
        for shape in shapes.values():
            for name, member in shape.get("members", {}).items():
                target = shapes.get(member.get("shape"), {})
                kind = target.get("type")
                if target.get("sensitive") or not TELLING.search(name) or len(name) < 4:
                    continue
                if kind in ("boolean", "integer", "long", "timestamp") or kind == "string" and target.get("enum"):
                    found.setdefault(name, (kind, tuple(target.get("enum", ())[:6])))
    return sorted((name, kind, choices) for name, (kind, choices) in found.items())


@functools.cache
def attributes():
    """Names of the attributes OpenTelemetry agreed on."""
    import opentelemetry.semconv as package
    found = set()
    for path in glob.glob(os.path.join(os.path.dirname(package.__file__), "**", "*.py"), recursive=True):
        with open(path, encoding="utf-8") as file:
            found |= set(re.findall(r"= \"([a-z0-9_]+(?:\.[a-z0-9_]+)+)\"", file.read()))
    secret = re.compile(r"authorization|cookie|password|secret|credential|api_key|session\.id|private|email|phone|card")
    return sorted(name for name in found if not secret.search(name))


def packages(folder):
    """(name, summary) of published packages, from lists of the registries, if they are given."""
    held = []
    for file in ("pypi.tsv", "npm.tsv"):
        path = os.path.join(folder or "", file)
        if folder and os.path.exists(path):
            with open(path, encoding="utf-8") as lines:
                next(lines)
                for line in lines:
                    parts = line.rstrip("\n").split("\t")
                    if len(parts) >= 4:
                        held.append((parts[0], parts[-1]))
    return held


TYPED = [
    ("password_strength", ["strong", "weak", "3"]), ("passwordLength", [12, 8]), ("has_password", [True, False]), ("password_reset_enabled", [True]), ("forgot_password_clicked", [True, 3]), ("password_policy", ["strict", "nist-2024"]), ("password_last_changed", ["2025-01-03"]), ("password_hint_shown", [True]), ("passwordless_enabled", [True]), ("show_password", [False]), ("password_manager", ["1Password", "bitwarden"]), ("password_expiry_days", [90]), ("password_field_count", [2]), ("invalid_password_attempts", [3]),
    ("token_count", [1532]), ("tokens_used", [220]), ("max_tokens", [4096]), ("prompt_tokens", [77]), ("token_type", ["bearer", "refresh"]), ("token_expired", [True]), ("token_ttl", [3600]), ("token_symbol", ["ETH", "USDC"]), ("tokenizer", ["cl100k_base", "bpe"]), ("token_balance", ["12.5"]), ("next_token_index", [4]), ("cancellation_token_used", [True]), ("tokenization_provider", ["spreedly"]),
    ("card_type", ["visa", "debit"]), ("card_brand", ["Mastercard"]), ("card_exp_month", [4]), ("card_country", ["US"]), ("cards_on_file", [2]), ("card_title", ["Summer sale"]), ("business_card_scanned", [True]), ("scorecard", ["A+"]), ("card_position", [3]), ("gift_card_balance", [25.5]), ("postcard_size", ["A6"]), ("card_saved", [True]), ("card_funding", ["credit", "prepaid"]), ("report_card_grade", ["B"]), ("card_last_four", ["4242"]),
    ("key_count", [12]), ("keyboard_layout", ["qwerty", "dvorak"]), ("key_code", [13, "Enter"]), ("keyword", ["running shoes"]), ("primary_key", ["id", "user_id"]), ("sort_key", ["created_at"]), ("monkey_patch", [True]), ("turkey_size", ["L"]), ("hotkey", ["ctrl+k"]), ("key_rotation_days", [30]), ("public_key_type", ["rsa"]), ("key_metric", ["conversion"]), ("keyframe_interval", [2]), ("translation_key", ["checkout.pay_now"]), ("key_result", ["grow revenue 10%"]), ("partition_key", ["tenant"]), ("i18n_key", ["home.title"]), ("feature_key", ["dark-mode"]), ("cache_key", ["v1:home:en"]), ("dictionary_key", ["colour"]),
    ("pin_count", [4]), ("pinned", [True]), ("map_pin_color", ["red"]), ("shipping_method", ["ground"]), ("spinning", [False]), ("pinch_zoom", [1.2]), ("pin_position", ["top-left"]), ("opinion", ["good"]), ("pineapple_count", [3]),
    ("auth_method", ["google", "saml", "password", "otp"]), ("author", ["Jane Austen"]), ("author_name", ["Ursula Le Guin"]), ("authority", ["FDA"]), ("authorized", [True]), ("authentication_type", ["webauthn", "password"]), ("auth_provider", ["okta"]), ("auth_failures", [2]), ("is_authenticated", [True]), ("auth_level", ["aal2"]),
    ("secret_santa_year", [2024]), ("secret_level_unlocked", [True]), ("secretary", ["Tom"]), ("secrets_count", [4]), ("secret_menu_item", ["Quad burger"]), ("secret_rotation", ["enabled"]), ("secret_name", ["prod/db"]),
    ("code_language", ["rust", "python"]), ("country_code", ["DE", "+49"]), ("zip_code", ["94103", "D-10115"]), ("postcode", ["SW1A 1AA"]), ("error_code", ["E1001", 404]), ("status_code", [200]), ("promo_code", ["SUMMER25", "WELCOME10"]), ("coupon_code", ["FALL2024"]), ("currency_code", ["EUR"]), ("area_code", ["415"]), ("qr_code_type", ["static"]), ("product_code", ["AB-1234"]), ("exit_code", [1]), ("iata_code", ["FRA"]), ("discount_code", ["VIP-50"]), ("referral_code", ["anna-7"]), ("color_code", ["#ff8800"]), ("hs_code", ["8517.12"]), ("sku_code", ["TSH-00123-M"]), ("booking_code", ["K3X9QZ"]), ("response_code", ["00"]), ("naics_code", ["541511"]), ("store_code", ["0042"]), ("language_code", ["pt-BR"]), ("code_coverage", ["87%"]), ("dress_code", ["business casual"]), ("barcode_type", ["ean13"]), ("swift_code_valid", [True]), ("reason_code", ["4855"]),
    ("phone_model", ["iPhone 15", "SM-G991B"]), ("phone_os", ["Android 14"]), ("phone_country", ["DE"]), ("phone_verified", [True]), ("mobile_app_version", ["5.1.2"]), ("is_mobile", [True]), ("telephone_type", ["home"]), ("cell_value_changed", [True]), ("cell_count", [40]), ("phone_type", ["mobile"]), ("preferred_contact", ["phone"]), ("telemetry_enabled", [True]), ("hotel_name", ["Grand"]), ("telescope", ["refractor"]), ("excel_export", [True]), ("phone_calls_made", [7]), ("headphone_brand", ["Sony"]), ("microphone_on", [False]), ("sms_opt_in", [True]), ("sms_provider", ["twilio"]),
    ("email_verified", [True]), ("email_domain", ["gmail.com", "example.org"]), ("email_count", [3]), ("email_template", ["welcome-v2"]), ("email_opened", [True]), ("email_frequency", ["weekly"]), ("email_subject", ["Your order has shipped"]), ("email_provider", ["sendgrid"]), ("mailing_list", ["newsletter"]), ("voicemail_count", [1]), ("email_status", ["bounced"]), ("blackmail", ["no"]), ("mail_carrier", ["DHL"]), ("email_type", ["work"]),
    ("session_count", [8]), ("session_duration", [1830]), ("session_number", [3]), ("session_start", ["2025-02-03T10:00:00Z"]), ("session_source", ["google"]), ("session_quality", ["high"]), ("obsession", ["coffee"]), ("session_timeout", [900]), ("session_referrer", ["https://news.example.com/"]), ("cookie_consent", ["accepted"]), ("cookie_policy_version", ["2.1"]), ("cookies_enabled", [True]), ("cookie_banner", ["shown"]),
    ("license_plan", ["pro"]), ("license_count", [25]), ("license_type", ["MIT", "Apache-2.0", "GPL-3.0-only"]), ("license", ["MIT", "BSD-3-Clause", "CC-BY-4.0"]), ("passport_required", [False]), ("tax_rate", [0.19]), ("tax_amount", ["12.40"]), ("tax_included", [True]), ("tax_class", ["standard"]), ("social_network", ["mastodon"]), ("social_share", ["twitter"]), ("social_proof_shown", [True]), ("document_type", ["passport", "invoice"]), ("document_title", ["Home – Example"]), ("document_count", [4]), ("identity_provider", ["okta"]), ("national_park", ["Yosemite"]), ("id_type", ["passport"]), ("id_verified", [True]),
    ("account_type", ["business"]), ("account_name", ["Acme GmbH"]), ("account_status", ["active"]), ("account_balance", [103.5]), ("account_age_days", [431]), ("account_manager", ["Lee"]), ("accountable", [True]), ("bank_name", ["Chase"]), ("bank_country", ["FR"]), ("bank_holiday", ["Easter Monday"]), ("iban_valid", [True]), ("iban_country", ["DE"]), ("bank_account_type", ["checking"]),
    ("otp_enabled", [True]), ("otp_channel", ["sms", "email"]), ("otp_attempts", [2]), ("otp_length", [6]), ("mfa_enrolled", [True]), ("mfa_method", ["totp"]), ("two_factor_enabled", [True]), ("verification_status", ["pending"]), ("verification_method", ["sms"]), ("verification_code_sent", [True]), ("cvv_check", ["pass", "unavailable"]), ("cvc_required", [True]), ("signature_valid", [True]), ("credential_type", ["passkey"]), ("private", [True]), ("private_mode", [True]), ("privateer", ["Blackbeard"]), ("seed", [42, 1337]), ("random_seed", [7]), ("seed_round", ["B"]), ("login_count", [9]), ("login_method", ["password"]), ("last_login", ["2025-04-05"]), ("login_page_variant", ["b"]), ("panel", ["left"]), ("company", ["Pan Am"]), ("campaign", ["spring"]), ("expansion_pass", ["season 2"]), ("compass_heading", [270]), ("bypass_cache", [True]), ("passenger_count", [3]), ("passes_completed", [31]), ("passed", [True]), ("tests_passed", [118]), ("boarding_pass_downloaded", [True]), ("ski_pass_days", [3]), ("pass_rate", ["93%"]), ("assassin_level", [4]),
    ("masked_card", ["**** **** **** 4242"]), ("card_mask", ["411111******1111"]), ("masked_phone", ["+49 *** *** 123"]), ("masked_email", ["j***@example.com"]), ("password", ["********", "[FILTERED]", "", "<redacted>", "••••••", "${DB_PASSWORD}", "{{password}}", "null"]), ("token", ["[REDACTED]", "***", "<token>", "YOUR_TOKEN"]), ("api_key", ["YOUR_API_KEY", "xxxxxxxx", "<api-key>", "********abcd"]), ("ssn", ["***-**-1234", "XXX-XX-6789"]), ("secret", ["{{ secrets.TOKEN }}", "***"]), ("event_name", ["Password Changed", "Card Added", "Token Rotated", "Phone Verified", "OTP Sent", "Login Failed"]), ("validation_failed_field", ["iban", "email", "password"]), ("attr__name", ["new_password", "card_number", "otp"]), ("field", ["password", "phone"]), ("error_field", ["cvv"]), ("input_type", ["password", "tel", "email"]), ("attr__type", ["password"]), ("autocomplete", ["current-password", "cc-number", "one-time-code"]), ("step_name", ["enter_pin", "verify_phone"]), ("$el_text", ["Change password", "Add card", "Verify e-mail", "Copy API key", "Resend code", "Forgot PIN?"]), ("page_title", ["Reset your password", "API keys – Settings", "Sign in with your phone"]), ("consent_type", ["email", "sms"]), ("permission", ["read:tokens", "secrets.write", "keys:rotate"]), ("scope", ["openid email phone", "token:read"]), ("grant_type", ["password", "authorization_code", "refresh_token"])]


def lookalike_keys(maker, count):
    c = maker.chance
    mine = maker.mine(TYPED, lambda t: t[0])
    cloud = maker.mine(members(), lambda m: m[0])
    for _ in range(count):
        if c.one_in(2):
            name, values = c.choice(mine)
            maker.add("benign", "lookalike-key", maker.name(name), c.choice(values), family=name)
            continue
        name, kind, choices = c.choice(cloud)
        value = {"boolean": lambda: c.one_in(2), "integer": lambda: c.randrange(100), "long": lambda: c.randrange(5000), "timestamp": lambda: c.choice([f"202{c.randrange(6)}-0{c.randint(1, 9)}-1{c.randrange(10)}T12:{c.randint(10, 59)}:00Z", 1600000000 + c.randrange(10**8)]), "string": lambda: c.choice(choices)}[kind]()
        maker.add("benign", "lookalike-key", c.choice([name, re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()]), value, family=name)


def base58(c, n):
    return c.text("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", n)


def ean(c, n, prefix=""):
    body = prefix + c.text(DIGITS, n - 1 - len(prefix))
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body)))
    return body + str(-total % 10)


VALUES = {
    "uuid": (["id", "request_id", "order_id", "anonymous_id", "message_id", "correlation_id", "trace", "cart_id", "prop", "value"], lambda c: str(uuid.UUID(int=c.getrandbits(128), version=4))),
    "uuid upper": (["event_id", "device_id", "idfa", "message_id"], lambda c: str(uuid.UUID(int=c.getrandbits(128))).upper()), "ulid": (["ulid", "id", "event_id", "order_id"], lambda c: "01" + c.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 24)),
    "ksuid": (["ksuid", "id", "job_id"], lambda c: "2" + c.text(ALNUM, 26)), "nanoid": (["id", "room_id", "short_id", "doc_id"], lambda c: c.text(URLSAFE, 21)), "cuid": (["id", "post_id"], lambda c: "c" + c.text(LOWER + DIGITS, 24)), "objectid": (["_id", "product_id", "article_id", "user_id"], lambda c: c.text(HEX, 24)),
    "sha1": (["git_sha", "commit", "revision", "build_sha", "hash"], lambda c: c.text(HEX, 40)), "short sha": (["commit", "git_sha", "version", "build"], lambda c: c.text(HEX, c.choice([7, 8]))), "sha256": (["sha256", "checksum", "digest", "file_hash", "content_hash"], lambda c: c.text(HEX, 64)), "docker": (["image", "digest"], lambda c: "sha256:" + c.text(HEX, 64)), "md5": (["md5", "checksum", "etag", "gravatar_hash"], lambda c: c.text(HEX, 32)),
    "etag": (["etag"], lambda c: f'W/"{c.text(HEX, 5)}-{c.text(BASE64, 27)}"'), "sri": (["integrity", "sri"], lambda c: "sha384-" + c.text(BASE64, 64)), "order": (["order_id", "invoice_number", "reference", "order_number", "value", "prop"], lambda c: f"ORD-20{c.randint(18, 26)}-{c.text(DIGITS, 6)}"), "long order": (["order_number", "transaction_id", "reference", "event_seq", "shipment"], lambda c: c.choice("123456789") + c.text(DIGITS, c.randint(9, 19))),
    "number order": (["order_number", "invoice_id", "listing_id", "ticket", "reference", "ad_id"], lambda c: c.randrange(10**8, 10**16)), "ups": (["tracking_number", "data"], lambda c: "1Z" + c.text(UPPER + DIGITS, 16)), "usps": (["tracking_number"], lambda c: "94001" + c.text(DIGITS, 17)), "dhl": (["tracking_number", "shipment", "parcel"], lambda c: "JD0" + c.text(DIGITS, 15)), "s10": (["tracking_number"], lambda c: "RR" + c.text(DIGITS, 9) + "DE"), "fedex": (["tracking_number"], lambda c: c.text("123456789", 12)),
    "ean": (["ean", "barcode", "gtin13", "upc"], lambda c: ean(c, 13)), "isbn": (["isbn", "barcode"], lambda c: ean(c, 13, "978")), "isbn10": (["isbn"], lambda c: c.text(DIGITS, 9) + "X"), "upc": (["upc", "gtin"], lambda c: ean(c, 12)), "asin": (["asin"], lambda c: "B0" + c.text(UPPER + DIGITS, 8)), "imei": (["imei"], lambda c: "35" + c.text(DIGITS, 13)), "vin": (["vin"], lambda c: c.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", 17)),
    "ts": (["timestamp", "ts", "created_at_ms", "time", "value"], lambda c: c.randrange(1_500_000_000_000, 1_790_000_000_000)), "ts text": (["timestamp", "sent_at", "ts"], lambda c: str(c.randrange(1_500_000_000_000, 1_790_000_000_000))), "ts ns": (["timestamp_ns", "time"], lambda c: str(c.randrange(15 * 10**17, 17 * 10**17))), "ts s": (["ts", "iat", "updated"], lambda c: c.randrange(1_500_000_000, 1_790_000_000)), "iso": (["created_at", "departure", "expires_at", "$time", "token_expires_at", "password_changed_at"], lambda c: f"20{c.randint(18, 26)}-0{c.randint(1, 9)}-{c.randint(10, 28)}T{c.randint(10, 23)}:{c.randint(10, 59)}:{c.randint(10, 59)}.{c.text(DIGITS, 3)}Z"), "compact": (["date", "expires_at", "sent_at"], lambda c: f"20{c.randint(18, 26)}0{c.randint(1, 9)}{c.randint(10, 28)}{c.randint(10, 23)}{c.randint(10, 59)}{c.randint(10, 59)}"), "offset": (["time", "start"], lambda c: f"2024-06-26T15:00:06.{c.text(DIGITS, 6)}+02:00"),
    "ga": (["_ga", "ga_client_id", "prop"], lambda c: f"GA1.2.{c.text('123456789', 9)}.{c.randrange(1500000000, 1790000000)}"), "ga session": (["_ga_session", "ga_session"], lambda c: f"GS1.1.{c.randrange(1500000000, 1790000000)}.{c.randrange(40)}.1.{c.randrange(1500000000, 1790000000)}.60.0.0"), "fbp": (["fbp", "_fbp", "value"], lambda c: f"fb.1.{c.randrange(15 * 10**11, 17 * 10**11)}.{c.text('123456789', 9)}"), "fbclid": (["fbclid"], lambda c: "IwAR" + c.text(URLSAFE, 57)), "gclid": (["gclid"], lambda c: "Cj0KCQ" + c.text(URLSAFE, 60)), "fbc": (["fbc"], lambda c: f"fb.1.{c.randrange(15 * 10**11, 17 * 10**11)}.IwAR{c.text(URLSAFE, 50)}"),
    "traceparent": (["traceparent", "data"], lambda c: f"00-{c.text(HEX, 32)}-{c.text(HEX, 16)}-01"), "span": (["span_id", "trace_id", "prop"], lambda c: c.text(HEX, 16)), "trace": (["trace_id", "traceId"], lambda c: c.text(HEX, 32)), "xray": (["trace_id"], lambda c: f"1-{c.text(HEX, 8)}-{c.text(HEX, 24)}"), "mac": (["bssid", "mac", "value"], lambda c: ":".join(c.text(HEX, 2) for _ in range(6))), "ipv6": (["server_address"], lambda c: ":".join(c.text(HEX, 4) for _ in range(8))),
    "css": (["class", "classes", "attr__class", "value"], lambda c: c.choice([f"css-{c.text(LOWER + DIGITS, 6)}", f"sc-{c.text(ALNUM, 6)} {c.text(ALNUM, 6)}", f"MuiButton-root MuiButton-{c.text(LOWER, 5)} css-{c.text(LOWER + DIGITS, 7)}", f"_{c.text(LOWER + DIGITS, 5)}_{c.text(DIGITS, 2)}"])), "svg": (["d", "selector", "path"], lambda c: f"M{c.randrange(100)} {c.randrange(100)}L{c.randrange(100)} {c.randrange(100)}C{c.randrange(100)}.5 3 4 5 6 7Z"), "colour": (["color", "background"], lambda c: c.choice(["#" + c.text(HEX, 6), f"rgba({c.randrange(255)}, {c.randrange(255)}, 3, 0.5)", f"hsl({c.randrange(360)} 50% 40%)"])),
    "data url": (["src", "avatar", "preview", "thumbnail"], lambda c: "data:image/png;base64,iVBORw0KGgoAAAANSUhEU" + c.text(BASE64, 200)), "svg url": (["icon"], lambda c: "data:image/svg+xml;base64,PHN2ZyB4bWxucz0i" + c.text(BASE64, 80)), "ssh public": (["public_key", "ssh_public_key", "verify_key", "value"], lambda c: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + c.text(BASE64, 43)), "pem public": (["public_key", "value"], lambda c: "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + c.text(BASE64, 86) + "\n-----END PUBLIC KEY-----\n"), "certificate": (["cert", "certificate", "value"], lambda c: "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIE" + "\n".join(c.text(BASE64, 64) for _ in range(6)) + "\n-----END CERTIFICATE-----"), "jwk public": (["jwk", "value"], lambda c: json.dumps({"kty": "EC", "crv": "P-256", "x": c.text(URLSAFE, 43), "y": c.text(URLSAFE, 43), "kid": "1"})),
    "eth": (["wallet", "wallet_address", "contract"], lambda c: "0x" + c.text(HEX, 40)), "tx": (["tx_hash", "transaction_hash"], lambda c: "0x" + c.text(HEX, 64)), "btc": (["wallet_address", "btc_address"], lambda c: "bc1q" + c.text("023456789acdefghjklmnpqrstuvwxyz", 38)), "ipfs": (["cid", "ipfs_hash"], lambda c: "Qm" + base58(c, 44)), "stripe id": (["customer", "payment_intent", "charge_id", "price_id", "value"], lambda c: c.choice(["cus_", "pi_", "ch_", "price_", "evt_", "sub_", "in_", "prod_"]) + c.text(ALNUM, c.choice([14, 24]))), "publishable": (["publishable_key", "stripe_publishable_key", "stripe_key_public"], lambda c: "pk_live_" + c.text(ALNUM, 24)), "arn": (["resource", "arn", "value"], lambda c: f"arn:aws:iam::{c.text(DIGITS, 12)}:role/{c.text(LOWER, 8)}"), "k8s": (["pod", "host", "k8s.pod.name"], lambda c: f"{c.choice(['web', 'api', 'worker'])}-{c.text(HEX, 10)}-{c.text(LOWER + DIGITS, 5)}"), "gid": (["gid", "id"], lambda c: f"gid://shopify/Product/{c.text(DIGITS, 13)}"), "relay": (["id", "cursor", "node_id"], lambda c: __import__("base64").b64encode(f"Product:{c.randrange(10**6)}".encode()).decode()), "cursor": (["next_cursor", "cursor", "after"], lambda c: __import__("base64").b64encode(json.dumps({"id": c.randrange(10**6), "dir": "next"}).encode()).decode()),
    "package": (["package", "import", "dep", "library", "module", "name"], lambda c: f"@{c.text(LOWER, 6)}/{c.text(LOWER, 5)}-{c.text(LOWER, 6)}@{c.randrange(20)}.{c.randrange(20)}.{c.randrange(20)}"), "git url": (["repo", "referrer", "src"], lambda c: f"git@github.com:{c.text(LOWER, 6)}/{c.text(LOWER, 8)}.git"), "version": (["version", "app_version", "build"], lambda c: c.choice([f"{c.randrange(20)}.{c.randrange(20)}.{c.randrange(200)}-beta.{c.randrange(9)}+{c.text(HEX, 7)}", f"20{c.randint(20, 26)}.{c.randint(1, 12)}.{c.text(DIGITS, 4)}", f"v{c.randrange(9)}.{c.randrange(40)}.0-rc{c.randrange(4)}-{c.text(HEX, 8)}"])), "coordinates": (["coordinates", "location", "latlng", "geo"], lambda c: f"{c.uniform(-90, 90):.6f},{c.uniform(-180, 180):.6f}"), "float": (["lat", "lng", "score", "longitude", "value"], lambda c: c.uniform(-180, 180)), "dimensions": (["dimensions", "size"], lambda c: f"{c.randrange(400, 4000)}x{c.randrange(400, 3000)}"), "money": (["price", "total", "value"], lambda c: f"€{c.randrange(1, 90)},{c.randrange(100, 999)}.{c.randrange(10, 99)}"), "range": (["range", "band", "value"], lambda c: f"{c.randrange(100, 500)}-{c.randrange(500, 1999)}"), "log": (["line", "message", "stack"], lambda c: f"    at Object.render (https://cdn.example.com/static/js/main.{c.text(HEX, 8)}.chunk.js:2:{c.randrange(10**6)})"), "chunk": (["src", "url", "script"], lambda c: f"https://cdn.{c.text(LOWER, 6)}.com/assets/index-{c.text(ALNUM, 8)}.js?v={c.text(HEX, 8)}"),
    "image url": (["image_url", "thumbnail", "avatar"], lambda c: f"https://images.{c.text(LOWER, 6)}.com/{c.text(HEX, 2)}/{c.text(HEX, 32)}.jpg?w=400&h=300&fit=crop&auto=format"), "docs url": (["$current_url", "referrer", "page_url", "href"], lambda c: f"https://{c.text(LOWER, 7)}.com/" + c.choice(["docs/api-keys#rotating-tokens", "account/reset-password", "blog/how-to-store-passwords-safely-2024", "settings/tokens?page=2", "login?next=%2Faccount%2Fpassword", "help/articles/360012345678-What-is-a-PIN", "?code=SUMMER10", "checkout?step=card&variant=b", "token-economics-explained", "auth/callback", "password/forgot", "oauth/authorize?client_id=web-app&response_type=code&scope=openid", "verify?step=2&method=sms", "secret-santa/2024", "share/recipes/apple-cake", "invite/friends", "reset/cache", "key/lime/pie", "session/2024/keynote", "p/" + str(uuid.UUID(int=c.getrandbits(128))), "products/" + c.text(HEX, 24)])), "medium": (["page_url", "href"], lambda c: f"https://medium.com/@{c.text(LOWER, 6)}/where-{c.text(LOWER, 5)}-{c.text(HEX, 12)}"), "youtube": (["video", "video_id", "url"], lambda c: f"https://www.youtube.com/watch?v={c.text(URLSAFE, 11)}&list=PL{c.text(URLSAFE, 32)}"), "maps": (["path", "href"], lambda c: f"https://www.google.com/maps/@{c.uniform(-80, 80):.4f},{c.uniform(-170, 170):.4f},15z"), "ad click": (["page_url", "referrer", "url"], lambda c: f"https://shop.{c.text(LOWER, 6)}.com/p/{c.randrange(10**5)}?gclid=Cj0KCQ{c.text(URLSAFE, 60)}&utm_source=google&utm_campaign={c.text(DIGITS, 11)}"),
    "app id": (["app_id", "firebase_app_id"], lambda c: f"1:{c.text(DIGITS, 12)}:web:{c.text(HEX, 16)}"), "container": (["container_id", "image_id"], lambda c: c.text(HEX, c.choice([12, 64]))), "swift": (["bic", "swift"], lambda c: c.text(UPPER, 6) + c.text(UPPER + DIGITS, 2)), "flight": (["flight", "booking_reference", "pnr"], lambda c: c.text(UPPER, 6)), "plate": (["plate"], lambda c: f"{c.text(UPPER, 2)} {c.text(DIGITS, 2)} {c.text(UPPER, 3)}"), "serial": (["serial", "serial_number"], lambda c: c.text(UPPER + DIGITS, 12)), "sku": (["sku", "variant_sku"], lambda c: f"{c.text(UPPER, 3)}-{c.text(DIGITS, 5)}-{c.choice('SMLX')}"), "score line": (["result", "text"], lambda c: f"{c.randrange(9)}:{c.randrange(9)} ({c.randrange(9)}:{c.randrange(9)})"), "ratio": (["resolution", "aspect"], lambda c: "16:9"), "mention": (["text", "comment"], lambda c: f"@{c.text(LOWER, 7)} {c.choice(['thanks!', 'see you at 18:30', 'lol'])}"), "hashtag": (["text", "tags"], lambda c: f"#{c.text(LOWER, 6)} #{c.text(LOWER, 8)}2024"), "hours": (["hours", "text"], lambda c: "Mon-Fri 09:00-17:30, Sat 10:00-14:00"), "phone-like": (["part_number", "version_code", "build_number", "sku"], lambda c: f"{c.text(DIGITS, 3)}-{c.text(DIGITS, 4)}-{c.text(DIGITS, 2)}"), "doi": (["doi", "reference"], lambda c: f"10.{c.text(DIGITS, 4)}/{c.text(LOWER, 4)}.{c.text(DIGITS, 7)}"), "regex": (["pattern", "rule"], lambda c: r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Z]{2,}$"), "sql": (["query", "statement"], lambda c: f"SELECT id, email FROM users WHERE id = {c.randrange(10**5)} AND password IS NOT NULL"), "json": (["payload", "data", "value"], lambda c: json.dumps({"id": c.randrange(10**5), "status": "ok", "items": [{"sku": c.text(UPPER, 4), "qty": 2}], "passwordReset": True})), "form": (["body", "data"], lambda c: f"page={c.randrange(9)}&sort=price&filter=size%3DXL&token_count={c.randrange(99)}"), "cookie": (["cookie", "cookies"], lambda c: f"_ga=GA1.2.{c.text('123456789', 9)}.{c.randrange(1500000000, 1790000000)}; theme=dark; lang=en")}


def lookalike_values(maker, count):
    c = maker.chance
    names = maker.mine(list(VALUES))
    for _ in range(count):
        name = c.choice(names)
        keys, make = VALUES[name]
        maker.add("benign", "lookalike-value", c.choice(keys), make(c), family=name)


SUSPECT = re.compile(r"pass|token|auth|secret|key|session|cookie|mail|phone|card|pin|otp|code|iban|credential|login|sign|vault|crypt|hash", re.I)
TEXTS = ["title", "text", "label", "error", "message", "toast", "hint", "help_text", "validation_error", "$el_text", "description", "comment", "value", "placeholder_text", "subtitle"]


def lookalike_texts(maker, count, listed):
    c = maker.chance
    sentences = [(lang, s) for lang, m, s in words.sentences(200) if SUSPECT.search(m) and len(s) > 8]
    mine = maker.mine(sentences, lambda s: s[0].split("_")[0])
    fields = maker.mine([f for label in words.MESSAGES for f in words.names(label)], lambda f: f[0].split("_")[0])
    products = maker.mine([p for p in listed if SUSPECT.search(p[0]) and len(p[0]) < 40], lambda p: p[0])
    own = ["Your password must be at least 8 characters.", "Password is required", "Passwords do not match", "Invalid token", "The token has expired", "Enter the 6-digit code we sent to your phone", "Card declined: insufficient funds", "Please enter a valid card number", "PIN must be 4 digits", "Use a strong password with 12+ characters", "password: required, min 8", "Token: expired", "Error: password is incorrect", "api key: missing", "secret: not found", "Your code expires in 10 minutes", "Order 4711 has shipped, code 42 applies", "Invalid phone number format", "Card ending in 4242 was charged", "Call us: Mon-Fri 9-17", "Password reset for 3 users", "401 Unauthorized: invalid API key", "Enter your PIN", "Passwort vergessen?", "Mot de passe oublié ?", "¿Olvidaste tu contraseña?", "Забыли пароль?", "パスワードをお忘れですか?", "忘记密码？", "Login failed: wrong password", "Email is invalid", "CSRF token mismatch", "jwt malformed", "Key takeaways from 2024", "Session expired at 10:45", "2FA enabled on 3 accounts", "How to store a secret in Kubernetes", "Use Bearer tokens for authentication", "password = os.environ[\"DB_PASSWORD\"]", "const token = getToken()", "if (password.length < 8) return", "export PASSWORD=$PASSWORD", "SSN is required", "Tax ID: optional", "Phone: optional", "OTP: resend in 30 s", "code: 404 not found", "Step 3 of 6: verify", "Digit 3 of 6", "pin: top-left", "Secret ingredient: cinnamon", "Token: ERC-20", "Account: Premium", "Passing grade: 60", "Key: C minor", "login: success", "Pass: 118, fail: 3", "auth: ok", "Card: Visa", "mail: sent"]
    own = maker.mine(own)
    for _ in range(count):
        kind = c.randrange(6)
        if kind <= 2:
            lang, text = c.choice(mine)
            maker.add("benign", "lookalike-text", c.choice(TEXTS), text, lang=lang, family=lang)
        elif kind == 3:
            lang, text = c.choice(fields)
            maker.add("benign", "lookalike-text", c.choice(["title", "label", "toast", "text", "hint"]), text, lang=lang, family=lang)
        elif kind == 4 and products:
            name, _ = c.choice(products)
            maker.add("benign", "lookalike-text", c.choice(["product", "slug", "package", "name", "feature", "search_query", "value", "plugin"]), name, family="package")
        else:
            maker.add("benign", "lookalike-text", c.choice(TEXTS), c.choice(own), family="own")


def plain(maker, count, listed):
    from faker import Faker
    c = maker.chance
    locales = maker.mine(["en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR", "nl_NL", "sv_SE", "da_DK", "fi_FI", "pl_PL", "cs_CZ", "hu_HU", "ro_RO", "bg_BG", "ru_RU", "uk_UA", "el_GR", "tr_TR", "ar_AA", "fa_IR", "he_IL", "hi_IN", "th_TH", "vi_VN", "id_ID", "zh_CN", "zh_TW", "ja_JP", "ko_KR", "lt_LT", "lv_LV", "et_EE", "sl_SI", "hr_HR", "sk_SK", "ka_GE", "hy_AM", "az_AZ", "bn_BD", "ta_IN", "ne_NP"])
    fakers = [(locale, Faker(locale)) for locale in locales]
    for _, faker in fakers:
        faker.seed_instance(c.randrange(1 << 30))
    sentences = maker.mine([(lang, s) for lang, m, s in words.sentences(140) if not SUSPECT.search(m)], lambda s: s[0].split("_")[0])
    summaries = maker.mine([s for _, s in listed[:400000:7] if 10 < len(s) < 160], str) if listed else []
    products = [n for n, _ in listed[3::11] if len(n) < 40]
    names = attributes()
    keys = "amount app browser button campaign category class comment company count country coupon currency description discount element environment experiment feature file format height index industry item job kind language latency layout level link medium message name order_id page plan platform plugin position price product project quantity query rating reason region release result review score section shipping size sort source state status step tab tag term title total type variant version website weight word zip".split()
    for _ in range(count):
        locale, faker = c.choice(fakers)
        kind = c.randrange(14)
        try:
            if kind == 0:
                key, value = c.choice(["first_name", "name", "full_name", "passenger_name"]), faker.name()
            elif kind == 1:
                key, value = c.choice(["city", "street_address", "address", "country", "region"]), c.choice([faker.city, faker.street_address, faker.country])()
            elif kind == 2:
                key, value = c.choice(["company", "employer", "brand"]), faker.company()
            elif kind == 3:
                key, value = c.choice(["text", "comment", "note", "review", "body", "value"]), faker.sentence()
            elif kind == 4:
                key, value = "job", faker.job()
            elif kind == 5:
                key, value = c.choice(["$user_agent", "ua", "http.user_agent", "value"]), faker.user_agent()
            elif kind == 6:
                key, value = c.choice(names), c.choice([faker.word(), faker.bs() if hasattr(faker, "bs") else "x", c.random(), c.randrange(9999), True])
            elif kind == 7:
                locale, value = c.choice(sentences)
                key = c.choice(["text", "label", "message", "title", "value"])
            elif kind == 8 and summaries:
                key, value = c.choice(["description", "headline", "subtitle", "body", "comment", "text", "$el_text", "title"]), c.choice(summaries)
            elif kind == 9 and products:
                key, value = c.choice(["package", "repo", "plugin", "project", "app", "slug", "file", "name"]), c.choice(products)
            elif kind == 10:
                key, value = c.choice(["page_url", "$current_url", "referrer", "image_url", "link"]), c.choice([faker.url(), faker.uri(), faker.url() + f"search?q={faker.word()}&page={c.randrange(20)}"])
            elif kind == 11:
                key, value = c.choice(keys), c.choice([c.randrange(10000), round(c.random() * 1000, 2), True, False, c.random(), f"{c.randrange(100)}%"])
            elif kind == 12:
                key, value = c.choice(["zip", "postal_code"]), faker.postcode()
            else:
                key, value = c.choice(keys), c.choice([faker.word(), faker.color_name(), faker.catch_phrase() if hasattr(faker, "catch_phrase") else "x", faker.word() + " " + faker.word()])
        except AttributeError:
            continue
        maker.add("benign", "plain", key, value, lang=locale, family=locale)
