"""Passwords, private keys, sessions, addresses with credentials, codes for one use."""
import base64
import json

import jwt
import pyotp
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, ed448, rsa, x25519

from . import words
from .base import ALNUM, BASE32, BASE64, DIGITS, HEX, LOWER, NEUTRAL, UPPER, URLSAFE, VALUE_NAMES, around

PASSWORD_NAMES = """password passwd pwd pass user_password login_password new_password old_password current_password confirm_password
password_confirmation password2 passwordRepeat repeat_password retype_password admin_password root_password db_password
database_password smtp_password ftp_password ssh_password wifi_password wpa_passphrase passphrase keystore_password truststore_password
redis_password mysql_password postgres_password pgpassword rabbitmq_password ldap_password vpn_password proxy_password mail_password
account_password portal_password j_password loginpw userpwd txtPassword txtPwd passw pswd psw passcode_password guest_password
zip_password pdf_password master_password vault_password encryption_password sudo_password service_password temp_password
temporary_password initial_password default_password signin_password auth_password basic_auth_password http_password
security_answer secret_answer password_hash hashed_password encrypted_password user_pass wp_password rdp_password sql_password
sa_password cassandra_password mongo_password elastic_password kibana_password jenkins_password nexus_password""".split()
PASSWORD_WORDS_MORE = [
    ("ca", "contrasenya"), ("gl", "contrasinal"), ("eu", "pasahitza"), ("oc", "senhal"), ("sw", "nenosiri"), ("zu", "iphasiwedi"),
    ("af", "wagwoord"), ("yo", "ọrọ igbaniwọle"), ("ha", "kalmar sirri"), ("ig", "okwuntughe"), ("so", "erayga sirta ah"), ("mt", "password tiegħi"),
    ("tl", "password mo"), ("jv", "tembung sandi"), ("su", "kecap sandi"), ("mi", "kupuhipa"), ("haw", "huna kūkala"), ("la", "tessera"),
    ("uz", "parol"), ("tk", "açar söz"), ("tt", "серсүз"), ("ba", "серһүҙ"), ("tg", "гузарвожа"), ("mn", "нууц үг"), ("am", "የይለፍ ቃል"),
    ("ti", "መሕለፊ ቃል"), ("dv", "ފާސްވޯޑް"), ("si", "මුරපදය"), ("my", "စကားဝှက်"), ("km", "ពាក្យសម្ងាត់"), ("lo", "ລະຫັດຜ່ານ"), ("bo", "གསང་ཚིག"),
    ("ps", "پټنوم"), ("ug", "پارول"), ("ku", "şîfre"), ("ckb", "وشەی نهێنی"), ("yi", "פּאַראָל"), ("ne", "पासवर्ड"), ("or", "ପାସୱାର୍ଡ"), ("as", "পাছৱৰ্ড"),
    ("lb", "passwuert"), ("fo", "loyniorð"), ("rm", "pled-clav"), ("co", "parolla d'accessu"), ("sc", "crae"), ("fy", "wachtwurd")]


def passwords(maker):
    """A function that makes passwords as people have them."""
    from faker import Faker
    c = maker.chance
    fakers = {}
    try:
        from zxcvbn.frequency_lists import FREQUENCY_LISTS
        common = [w for w in FREQUENCY_LISTS["passwords"][:30000] if len(w) >= 5]
    except ImportError:
        common = ["letmein", "dragon", "iloveyou"]

    def word(locale):
        if locale not in fakers:
            fakers[locale] = Faker(locale)
            fakers[locale].seed_instance(c.randrange(1 << 30))
        return fakers[locale].word().lower()

    def make():
        kind = c.randrange(12)
        if kind <= 3:
            return c.choice(common)
        if kind == 4:
            return c.text(ALNUM + "!@#$%^&*()_+", c.randint(8, 24))
        if kind == 5:
            return word("en_US").capitalize() + str(c.randint(1950, 2025)) + c.choice(["", "!", "$", "#", "?"])
        if kind == 6:
            return c.choice(["-", " ", ".", "_"]).join(word("en_US") for _ in range(c.randint(3, 5))) + c.choice(["", "1", "!", "99"])
        if kind == 7:
            return c.text(ALNUM, c.randint(9, 22))
        if kind == 8:
            locale = c.choice(["ru_RU", "el_GR", "ja_JP", "zh_CN", "ar_AA", "he_IL", "de_DE", "pl_PL", "tr_TR", "th_TH"])
            return word(locale) + str(c.randrange(10000))
        if kind == 9:
            return f"{c.randint(1, 28):02}{c.randint(1, 12):02}{c.randint(1950, 2015)}"
        if kind == 10:
            return " ".join(word("de_DE") for _ in range(c.randint(3, 5)))
        return "".join(c.choice([x, x.upper()]) if x.isalpha() else x for x in word("en_US")) + c.choice("!@#$%&*") + str(c.randrange(100))
    return make


def add_passwords(maker, keyed, foreign, sibling, embedded):
    c, secret = maker.chance, passwords(maker)
    for _ in range(keyed):
        key = c.choice(maker.mine(PASSWORD_NAMES))
        maker.add("password", "keyed", maker.name(key), secret(), family=key)
    fields = [(f"{lang}", name) for lang, name in words.names("password")] + PASSWORD_WORDS_MORE
    mine = maker.mine(fields, lambda f: f[0].split("_")[0])
    for _ in range(foreign):
        lang, name = c.choice(mine)
        style = c.randrange(5)
        key = {0: name, 1: name.lower(), 2: name.replace(" ", "_"), 3: name.lower().replace(" ", "_"), 4: name.upper()}[style]
        maker.add("password", "foreign", key, secret(), lang=lang, family=lang)
    for _ in range(sibling):
        lang, name = c.choice(mine)
        plain = c.choice(maker.mine(PASSWORD_NAMES))
        sib = c.choice([
            {"type": "password"}, {"type": "password", "name": plain}, {"original_type": "password", "type": "text"}, {"input_type": "password"},
            {"name": maker.name(plain)}, {"id": maker.name(plain)}, {"label": name}, {"placeholder": name}, {"aria-label": name},
            {"autocomplete": c.choice(["current-password", "new-password"])}, {"name": name}, {"field": plain}, {"key": plain},
            {"k": "password"}, {"input": "password"}, {"field_name": plain}, {"title": name}, {"prop": "password"}])
        maker.add("password", "sibling", c.choice(VALUE_NAMES), secret(), sib, lang, family=lang)
    tells = ["my password is {}", "password: {}", "pwd={}", "The password for the portal is {}", "login: anna password: {}", "Passwort: {}",
             "mein Passwort lautet {}", "mon mot de passe est {}", "mi contraseña es {}", "минин пароль {}", "мой пароль: {}", "hasło: {}",
             "wachtwoord is {}", "la mia password è {}", "minha senha é {}", "heslo je {}", "şifrem: {}", "密码是{}", "パスワードは{}", "비밀번호: {}",
             "user=anna&password={}&remember=1", "{{\"user\":\"anna\",\"password\":\"{}\"}}", "mysql -u root --password={} shop",
             "curl -u anna:{} https://example.com/x", "PGPASSWORD={} psql -h db", "<input type=\"password\" value=\"{}\">",
             "sshpass -p {} ssh host", "password={};Path=/", "DB_PASSWORD={}", "login failed for anna with password '{}'", "<password>{}</password>",
             "username: anna\npassword: {}", "pass: {}", "Kennwort: {}", "lösenord: {}", "salasana: {}", "parola mea este {}", "jelszó: {}", "كلمة المرور: {}"]
    for _ in range(embedded):
        tell = c.choice(maker.mine(tells))
        said = c.text(ALNUM + "!@#$", c.randint(8, 16)) if c.one_in(2) else c.choice(["Summer", "tiger", "Anna", "qwerty"]) + str(c.randint(10, 9999)) + c.choice(["", "!"])
        maker.add("password", "embedded", c.choice(NEUTRAL), tell.replace("{{", "{").replace("}}", "}").replace("{}", said), family=tell)


def key_pems(c):
    """Private keys of every kind, a few of each (making RSA keys takes time)."""
    pem, none = ser.Encoding.PEM, ser.NoEncryption()
    made = []
    keys = [rsa.generate_private_key(65537, 1024), rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1()),
            ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256K1()), ec.generate_private_key(ec.SECP521R1()),
            ed25519.Ed25519PrivateKey.generate(), x25519.X25519PrivateKey.generate(), ed448.Ed448PrivateKey.generate(), dsa.generate_private_key(1024)]
    for key in keys:
        forms = [ser.PrivateFormat.PKCS8]
        if isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, dsa.DSAPrivateKey)):
            forms.append(ser.PrivateFormat.TraditionalOpenSSL)
        if isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)) and getattr(getattr(key, "curve", None), "name", "") != "secp256k1":
            forms.append(ser.PrivateFormat.OpenSSH)
        for form in forms:
            made.append((type(key).__name__.strip("_") + str(form).split(".")[-1], key.private_bytes(pem, form, none).decode()))
        made.append((type(key).__name__.strip("_") + "Encrypted", key.private_bytes(pem, ser.PrivateFormat.PKCS8, ser.BestAvailableEncryption(b"x")).decode()))
    body = "\n".join(c.text(BASE64, 64) for _ in range(12))
    made.append(("PGP", f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBF{body}\n=ab3d\n-----END PGP PRIVATE KEY BLOCK-----\n"))
    made.append(("PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: me\nPublic-Lines: 2\n" + c.text(BASE64, 64) + "\n" + c.text(BASE64, 20)
                 + "\nPrivate-Lines: 1\n" + c.text(BASE64, 44) + "\nPrivate-MAC: " + c.text(HEX, 64) + "\n"))
    made.append(("SSH2", f"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: \"rsa-key\"\n{body}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----\n"))
    return made


def damaged(c, pem):
    one = pem.strip()
    body = "".join(line for line in one.splitlines() if "-----" not in line and ":" not in line)
    ways = [one, one.replace("\n", "\\n"), one.replace("\n", " "), one.replace("\n", ""), one[: len(one) * 2 // 3], one.split("-----END")[0],
            base64.b64encode(pem.encode()).decode(), one.replace("\n", "\r\n"), one.replace("\n", "%0A").replace(" ", "%20"),
            json.dumps({"type": "service_account", "private_key_id": c.text(HEX, 40), "private_key": pem}), f"key: |\n  " + one.replace("\n", "\n  "),
            one.replace("\n", "\\\\n"), f"ssh key is {one} please keep", one.replace("-----", "---- "), base64.urlsafe_b64encode(pem.encode()).decode().rstrip("=")]
    if "PRIVATE KEY" in one and "ENCRYPTED" not in one and len(body) > 60 and "BLOCK" not in one:
        ways.append(body)
    return c.choice(ways)


def add_private_keys(maker, neutral, keyed):
    c = maker.chance
    pems = key_pems(c)
    for _ in range(neutral):
        if c.one_in(8):
            key = ec.generate_private_key(ec.SECP256R1()) if c.one_in(2) else None
            jwk = {"kty": "EC", "crv": "P-256", "x": c.text(URLSAFE, 43), "y": c.text(URLSAFE, 43), "d": c.text(URLSAFE, 43)} if key else \
                {"kty": "OKP", "crv": "Ed25519", "d": c.text(URLSAFE, 43), "x": c.text(URLSAFE, 43)}
            maker.add("private_key", "neutral", c.choice(NEUTRAL), json.dumps(jwk), family="JWK")
            continue
        family, pem = c.choice(maker.mine(pems, lambda p: p[0]))
        maker.add("private_key", "neutral", c.choice(NEUTRAL + ["key", "pem", "config", "tls_key"]), damaged(c, pem), family=family)
    mnemonic = "abandon ability able about above absent absorb abstract absurd abuse access accident account accuse achieve acid acoustic acquire".split()
    for _ in range(keyed):
        key = c.choice(maker.mine("private_key privateKey priv_key wallet_private_key seed_phrase recovery_phrase mnemonic eth_private_key signing_private_key rsa_private_key secret_recovery_phrase ssh_private_key client_private_key".split()))
        is_phrase = any(w in key for w in ("phrase", "mnemonic"))
        value = " ".join(c.choice(mnemonic) for _ in range(12)) if is_phrase else c.choice(["", "0x"]) + c.text(HEX, 64)
        maker.add("private_key", "keyed", maker.name(key), value, family=key)


def token(c):
    return c.choice([lambda: c.text(HEX, c.choice([32, 40, 64])), lambda: c.text(ALNUM, c.randint(20, 48)), lambda: c.text(URLSAFE, 43),
                     lambda: base64.b64encode(c.randbytes(c.choice([16, 24, 32]))).decode()])()


def signed(c):
    claims = {"sub": str(c.randrange(10**9)), "iat": 1700000000 + c.randrange(10**7), "exp": 1900000000, "role": c.choice(["user", "admin"])}
    headers = c.choice([None, {"kid": c.text(HEX, 8)}, {"typ": "at+jwt"}])
    algorithm = c.choice(["HS256", "HS384", "HS512"])
    return jwt.encode(claims, c.text(ALNUM, 80), algorithm=algorithm, headers=headers)


SESSIONS = {
    "PHPSESSID": lambda c: c.text(LOWER + DIGITS, 26), "JSESSIONID": lambda c: c.text(HEX.upper(), 32) + c.choice(["", ".node1"]),
    "connect.sid": lambda c: "s%3A" + c.text(URLSAFE, 32) + "." + c.text(BASE64, 43).replace("/", "%2F").replace("+", "%2B"),
    "laravel_session": lambda c: base64.b64encode(json.dumps({"iv": c.text(BASE64, 24), "value": c.text(BASE64, 64), "mac": c.text(HEX, 64)}).encode()).decode(),
    "sessionid": lambda c: c.text(LOWER + DIGITS, 32), "csrftoken": lambda c: c.text(ALNUM, 64), "XSRF-TOKEN": lambda c: c.text(ALNUM, 40),
    "_csrf": lambda c: c.text(URLSAFE, 24), "csrfmiddlewaretoken": lambda c: c.text(ALNUM, 64), "authenticity_token": lambda c: c.text(BASE64, 86) + "==",
    "__RequestVerificationToken": lambda c: "CfDJ8" + c.text(URLSAFE, 120), ".AspNetCore.Identity.Application": lambda c: "CfDJ8" + c.text(URLSAFE, 160),
    "ASP.NET_SessionId": lambda c: c.text(LOWER + DIGITS, 24), "__Secure-next-auth.session-token": lambda c: signed(c), "remember_user_token": lambda c: c.text(BASE64, 60) + "--" + c.text(HEX, 40),
    "_rails_session": lambda c: c.text(BASE64, 90) + "--" + c.text(BASE64, 16) + "--" + c.text(BASE64, 22) + "==", "rack.session": lambda c: c.text(HEX, 64),
    "session_token": lambda c: c.text(URLSAFE, 43), "sessionToken": lambda c: "r:" + c.text(HEX, 32), "wordpress_logged_in_" + "a" * 32: lambda c: "anna%7C1700000000%7C" + c.text(ALNUM, 43) + "%7C" + c.text(HEX, 64),
    "auth_cookie": lambda c: c.text(HEX, 48), "refresh_jwt": lambda c: signed(c), "id_token": lambda c: signed(c), "jwt": lambda c: signed(c), "access_jwt": lambda c: signed(c),
    "user_session": lambda c: c.text(URLSAFE, 48), "sid": lambda c: "s%3A" + c.text(URLSAFE, 32) + "." + c.text(ALNUM, 43), "SAMLResponse": lambda c: base64.b64encode(b"<samlp:Response xmlns:samlp=\"urn:oasis\">" + c.randbytes(90)).decode(),
    "cf_clearance": lambda c: c.text(URLSAFE, 43) + "-1700000000-1.2.1.1-" + c.text(URLSAFE, 80), "Set-Cookie": lambda c: f"sessionid={c.text(LOWER + DIGITS, 32)}; HttpOnly; Path=/",
    "iron-session": lambda c: "Fe26.2*1*" + c.text(HEX, 64) + "*" + c.text(URLSAFE, 22) + "*" + c.text(URLSAFE, 80) + "**" + c.text(HEX, 64) + "*" + c.text(URLSAFE, 43),
    "django_session_cookie": lambda c: ".eJx" + c.text(URLSAFE, 60) + ":1rX" + c.text(ALNUM, 3) + ":" + c.text(URLSAFE, 43), "flask_session": lambda c: "eyJfZnJlc2giOmZhbHNlfQ." + c.text(URLSAFE, 6) + "." + c.text(URLSAFE, 27)}


def add_sessions(maker, keyed, neutral, embedded):
    c = maker.chance
    names = maker.mine(list(SESSIONS))
    for _ in range(keyed):
        name = c.choice(names)
        maker.add("jwt_session", "keyed", c.choice([name, name, f"cookies.{name}", name.lower()]), SESSIONS[name](c), family=name)
    for _ in range(neutral):
        maker.add("jwt_session", "neutral", c.choice(NEUTRAL), c.choice([signed(c), signed(c), "Bearer " + signed(c),
                  base64.urlsafe_b64encode(json.dumps({"alg": "RSA-OAEP", "enc": "A256GCM"}).encode()).decode().rstrip("=") + "." + c.text(URLSAFE, 80) + "." + c.text(URLSAFE, 16) + "." + c.text(URLSAFE, 60) + "." + c.text(URLSAFE, 22)]), family="jwt")
    for _ in range(embedded):
        name = c.choice(names)
        value = SESSIONS[name](c)
        if name in ("Set-Cookie",):
            continue
        text = c.choice([f"{name}={value}; Path=/; HttpOnly", f"theme=dark; {name}={value}; lang=en", f"Authorization: Bearer {signed(c)}", f"token={signed(c)}&x=1",
                         f"https://app.example.com/cb#id_token={signed(c)}&state=x", json.dumps({"jwt": signed(c)}), around(c, signed(c)), f"Cookie: a=b; {name}={value}",
                         f"curl -H 'Authorization: Bearer {signed(c)}' https://api.example.com"])
        maker.add("jwt_session", "embedded", c.choice(NEUTRAL), text, family=name)


def add_urls(maker, neutral, embedded):
    from urllib.parse import quote
    c, secret = maker.chance, passwords(maker)

    def host():
        return f"{c.choice(['db', 'srv', 'web', 'mail', 'laptop'])}-{c.randrange(100)}.{c.text(LOWER, 7)}.{c.choice(['com', 'net', 'org', 'io', 'internal'])}"

    def user():
        return c.text(LOWER, c.randint(4, 9)) + c.choice(["", str(c.randrange(100))])

    def login():
        return f"{user()}:{quote(secret(), safe='')}@{host()}"
    forms = {
        "postgres": lambda: f"postgres://{login()}:5432/app", "postgresql+psycopg": lambda: f"postgresql+psycopg://{login()}/app", "mysql": lambda: f"mysql://{login()}/db?ssl=1",
        "mongodb": lambda: f"mongodb://{login()}:27017/admin", "mongodb+srv": lambda: f"mongodb+srv://{login()}/x?retryWrites=true", "redis": lambda: f"redis://:{quote(secret(), safe='')}@{host()}:6379/0",
        "rediss": lambda: f"rediss://default:{c.text(ALNUM, 32)}@{host()}:6380", "amqp": lambda: f"amqps://{login()}/vh", "smtp": lambda: f"smtp://{login()}:587", "ftp": lambda: f"ftp://{login()}/f.txt",
        "sftp": lambda: f"sftp://{login()}/upload", "ldap": lambda: f"ldap://{login()}", "imap": lambda: f"imaps://{login()}", "https": lambda: f"https://{login()}/path", "proxy": lambda: f"http://{user()}:{c.text(ALNUM, 16)}@{c.randrange(1, 223)}.{c.randrange(255)}.3.4:8080",
        "clickhouse": lambda: f"clickhouse://{login()}:9000/default", "nats": lambda: f"nats://{login()}:4222", "mssql": lambda: f"mssql://{login()}:1433", "snowflake": lambda: f"snowflake://{user()}:{c.text(ALNUM, 14)}@acc.eu/db",
        "git token": lambda: f"https://x-access-token:{c.text(ALNUM, 40)}@github.com/a/b.git", "oauth2 git": lambda: f"https://oauth2:{c.text(ALNUM, 20)}@gitlab.com/a/b.git", "sentry dsn": lambda: f"https://{c.text(HEX, 32)}:{c.text(HEX, 32)}@sentry.example.com/4",
        "jdbc mysql": lambda: f"jdbc:mysql://{host()}:3306/app?user={user()}&password={c.text(ALNUM, 12)}", "jdbc sqlserver": lambda: f"jdbc:sqlserver://{host()}:1433;databaseName=a;user={user()};password={c.text(ALNUM, 14)};", "jdbc postgres": lambda: f"jdbc:postgresql://{host()}/a?user={user()}&password={c.text(ALNUM, 12)}&ssl=true",
        "jdbc oracle": lambda: f"jdbc:oracle:thin:{user()}/{c.text(ALNUM, 11)}@//{host()}:1521/x", "ado": lambda: f"Server={host()};Database=a;User Id={user()};Password={c.text(ALNUM, 12)};", "odbc": lambda: f"Driver={{ODBC Driver 18}};Server={host()};Uid={user()};Pwd={c.text(ALNUM, 12)};",
        "azure storage": lambda: f"DefaultEndpointsProtocol=https;AccountName={c.text(LOWER, 8)};AccountKey={c.text(BASE64, 86)}==;EndpointSuffix=core.windows.net", "service bus": lambda: f"Endpoint=sb://{c.text(LOWER, 7)}.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={c.text(BASE64, 43)}=",
        "sas": lambda: f"https://{c.text(LOWER, 8)}.blob.core.windows.net/c/b?sv=2022-11-02&sr=b&sp=r&sig={quote(c.text(BASE64, 43) + '=', safe='')}", "s3 signed": lambda: f"https://b.s3.amazonaws.com/f?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA{c.text(UPPER, 16)}%2F20260101%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature={c.text(HEX, 64)}",
        "gcs signed": lambda: f"https://storage.googleapis.com/b/o?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Credential=x%40y&X-Goog-Signature={c.text(HEX, 128)}", "cloudfront": lambda: f"https://d111.cloudfront.net/a.mp4?Expires=1900000000&Signature={c.text(URLSAFE, 100)}__&Key-Pair-Id=K{c.text(UPPER, 13)}",
        "slack": lambda: f"https://hooks.slack.com/services/T{c.text(UPPER + DIGITS, 8)}/B{c.text(UPPER + DIGITS, 8)}/{c.text(ALNUM, 24)}", "discord": lambda: f"https://discord.com/api/webhooks/{c.text(DIGITS, 18)}/{c.text(URLSAFE, 68)}", "teams": lambda: f"https://acme.webhook.office.com/webhookb2/{c.text(HEX, 8)}-1111-2222-3333-{c.text(HEX, 12)}@x/IncomingWebhook/{c.text(HEX, 32)}/y",
        "telegram": lambda: f"https://api.telegram.org/bot{c.text(DIGITS, 9)}:AA{c.text(URLSAFE, 33)}/sendMessage", "zapier": lambda: f"https://hooks.zapier.com/hooks/catch/{c.text(DIGITS, 7)}/{c.text(LOWER + DIGITS, 7)}/", "mattermost": lambda: f"https://chat.{host()}/hooks/{c.text(LOWER + DIGITS, 26)}",
        "magic": lambda: f"https://{host()}/{c.choice(['magic-link', 'auth/magic', 'login/token', 'reset', 'password/reset', 'verify-email', 'invite', 'activate', 'confirm'])}/{token(c).replace('/', '_').replace('=', '')}", "reset query": lambda: f"https://{host()}/reset-password?{c.choice(['token', 'reset_token', 'key', 't', 'hash', 'code', 'confirmation_token', 'reset_password_token', 'ticket'])}={quote(token(c), safe='')}",
        "fragment": lambda: f"https://{host()}/cb#access_token={token(c).replace('/', '_').replace('+', '-')}&token_type=bearer&expires_in=3600", "api key query": lambda: f"https://api.{host()}/v1/x?{c.choice(['api_key', 'apikey', 'key', 'appid', 'access_token', 'auth', 'api_token', 'client_secret', 'token'])}={token(c).replace('/', '_').replace('+', '-')}&page=2",
        "invite": lambda: f"https://{host()}/invite?key={token(c).replace('/', '_').replace('+', '-')}&utm_source=mail", "unsubscribe": lambda: f"https://{host()}/login?email_token={token(c).replace('/', '_').replace('+', '-')}", "feed": lambda: f"https://{host()}/calendar/ical/anna/private-{c.text(HEX, 32)}/basic.ics",
        "grafana": lambda: f"https://{host()}/d/x?auth_token={signed(c)}", "kafka": lambda: f"kafka://{login()}:9092", "couchdb": lambda: f"couchdb://{login()}:5984", "rsync": lambda: f"rsync://{login()}/m", "socks5": lambda: f"socks5://{login()}:1080", "mqtt": lambda: f"mqtts://{login()}:8883", "elasticsearch": lambda: f"https://elastic:{c.text(ALNUM, 24)}@{host()}:9200"}
    names = maker.mine(list(forms))
    keys = ["database_url", "url", "dsn", "href", "link", "page_url", "redirect_uri", "connection_string", "referrer", "$current_url", "endpoint", "uri"] + NEUTRAL
    for _ in range(neutral):
        form = c.choice(names)
        maker.add("url_with_credentials", "neutral", c.choice(keys), forms[form](), family=form)
    for _ in range(embedded):
        form = c.choice(names)
        maker.add("url_with_credentials", "embedded", c.choice(keys), around(c, forms[form]()), family=form)


CODE_NAMES = """otp otp_code totp one_time_code one_time_password sms_code verification_code two_factor_code 2fa_code mfa_code auth_code pin pin_code
security_pin login_code confirmation_code activation_code backup_code recovery_code passcode_sms email_code email_otp phone_otp verify_code
authenticator_code device_code access_code atm_pin card_pin sim_pin tan mtan puk oauth_code authorization_code signin_code smsotp user_pin transfer_pin""".split()
CODE_WORDS = [
    ("de", "TAN-Nummer"), ("de", "Einmalkennwort"), ("de", "Bestätigungscode"), ("fr", "code de vérification"), ("fr", "code secret"), ("es", "código de verificación"), ("es", "código de un solo uso"),
    ("it", "codice di verifica"), ("it", "codice usa e getta"), ("pt", "código de verificação"), ("nl", "verificatiecode"), ("nl", "pincode"), ("sv", "engångskod"), ("da", "engangskode"), ("nb", "engangskode"), ("fi", "kertakäyttökoodi"),
    ("pl", "kod weryfikacyjny"), ("cs", "ověřovací kód"), ("sk", "overovací kód"), ("hu", "ellenőrző kód"), ("ro", "cod de verificare"), ("bg", "код за потвърждение"), ("ru", "код подтверждения"), ("ru", "пин-код"), ("uk", "код підтвердження"), ("sr", "верификациони код"),
    ("hr", "kontrolni kod"), ("sl", "potrditvena koda"), ("el", "κωδικός επαλήθευσης"), ("tr", "doğrulama kodu"), ("ar", "رمز التحقق"), ("fa", "کد تایید"), ("he", "קוד אימות"), ("hi", "सत्यापन कोड"), ("bn", "যাচাইকরণ কোড"), ("th", "รหัส OTP"), ("vi", "mã xác nhận"),
    ("id", "kode verifikasi"), ("ms", "kod pengesahan"), ("zh", "验证码"), ("zh_TW", "驗證碼"), ("ja", "認証コード"), ("ja", "ワンタイムパスワード"), ("ko", "인증번호"), ("lt", "patvirtinimo kodas"), ("lv", "apstiprinājuma kods"), ("et", "kinnituskood"), ("sw", "nambari ya uthibitishaji"),
    ("ca", "codi de verificació"), ("sq", "kodi i verifikimit"), ("ka", "ვერიფიკაციის კოდი"), ("hy", "հաստատման կոդ"), ("az", "təsdiq kodu"), ("kk", "растау коды"), ("uz", "tasdiqlash kodi"), ("mn", "баталгаажуулах код"), ("ta", "சரிபார்ப்புக் குறியீடு"), ("te", "ధృవీకరణ కోడ్"), ("ur", "تصدیقی کوڈ"), ("tl", "code sa pag-verify"), ("af", "verifikasiekode"), ("eu", "egiaztapen kodea"), ("gl", "código de verificación"), ("is", "staðfestingarkóði"), ("mk", "код за потврда"), ("be", "код пацверджання")]


def add_codes(maker, keyed, foreign, sibling, neutral, embedded):
    c = maker.chance

    def code():
        return c.choice([c.text(DIGITS, 6), c.text(DIGITS, 6), c.text(DIGITS, 4), c.text(DIGITS, 8), f"{c.text(DIGITS, 3)}-{c.text(DIGITS, 3)}", f"{c.text(DIGITS, 3)} {c.text(DIGITS, 3)}", f"G-{c.text(DIGITS, 6)}", c.text(UPPER + DIGITS, 6)])
    for _ in range(keyed):
        name = c.choice(maker.mine(CODE_NAMES))
        if name in ("oauth_code", "authorization_code"):
            value = c.choice(["4/0A", ""]) + c.text(URLSAFE, c.randint(30, 70))
        elif name in ("backup_code", "recovery_code"):
            value = c.choice([f"{c.text(HEX, 5)}-{c.text(HEX, 5)}", c.text(DIGITS, 8), f"{c.text(LOWER + DIGITS, 4)}-{c.text(LOWER + DIGITS, 4)}"])
        else:
            value = c.choice([code(), code(), c.randint(100000, 999999)])
        maker.add("auth_code", "keyed", maker.name(name), value, family=name)
        if c.one_in(6):
            seed = c.choice(maker.mine(["totp_secret", "otp_secret", "totp_seed", "two_factor_secret", "mfa_secret", "authenticator_secret"]))
            maker.add("auth_code", "keyed", maker.name(seed), pyotp.random_base32(), family=seed)
    for _ in range(foreign):
        lang, name = c.choice(maker.mine(CODE_WORDS + words.names("auth_code"), lambda f: f[0].split("_")[0] + "code"))
        maker.add("auth_code", "foreign", c.choice([name, name.lower(), name.replace(" ", "_"), name.lower().replace(" ", "_")]), c.text(DIGITS, c.choice([4, 6, 6, 8])), lang=lang, family=lang)
    for _ in range(sibling):
        lang, name = c.choice(maker.mine(CODE_WORDS, lambda f: f[0].split("_")[0] + "code"))
        sib = c.choice([{"autocomplete": "one-time-code"}, {"name": "otp", "maxlength": 1}, {"aria-label": f"Digit {c.randint(1, 6)} of 6"}, {"id": f"verification-code-{c.randrange(6)}"}, {"label": name}, {"placeholder": name}, {"name": c.choice(CODE_NAMES[:10])}, {"id": f"otp-input-{c.randrange(6)}", "type": "tel"}, {"name": f"code[{c.randrange(6)}]", "inputmode": "numeric", "autocomplete": "one-time-code"}])
        is_box = "maxlength" in sib or "Digit" in str(sib) or "input-" in str(sib)
        maker.add("auth_code", "sibling", c.choice(VALUE_NAMES + ["digit"]), c.text(DIGITS, 1 if is_box else 6), sib, lang, family=lang)
    for _ in range(neutral):
        seed = c.text(BASE32, 32)
        maker.add("auth_code", "neutral", c.choice(NEUTRAL), c.choice([f"otpauth://totp/Acme:u{c.randrange(99)}?secret={seed}&issuer=Acme", f"otpauth://hotp/X?secret={seed}&counter=1", "otpauth-migration://offline?data=" + c.text(BASE64, 60).replace("+", "%2B")]), family="otpauth")
    tells = ["Your verification code is {}", "{} is your login code. Do not share it.", "Use {} to sign in to Acme", "Ihr Bestätigungscode lautet {}", "Votre code de vérification est {}", "Tu código de verificación es {}", "Il tuo codice di verifica è {}", "Seu código de verificação é {}", "Je verificatiecode is {}", "Din kod är {}", "Vahvistuskoodisi on {}", "Twój kod weryfikacyjny to {}", "Váš ověřovací kód je {}", "Код подтверждения: {}", "Ваш код: {}", "Doğrulama kodunuz: {}", "رمز التحقق الخاص بك هو {}", "קוד האימות שלך הוא {}", "आपका OTP {} है", "您的验证码是{}，5分钟内有效", "認証コードは{}です", "인증번호는 {} 입니다", "Mã xác nhận của bạn là {}", "Kode verifikasi Anda: {}", "OTP: {} valid for 10 min", "PIN: {}", "G-{} is your Google verification code.", "Your one-time passcode: {}", "Enter code {} to confirm", "otp={}&phone=1", "https://x.example.com/oauth/callback?code=LONG&state=1f2e", "Din engangskode er {}", "Κωδικός επαλήθευσης: {}", "Codul dvs. de verificare este {}", "Az ellenőrző kódod: {}", "รหัส OTP ของคุณคือ {}", "Security code: {}. It expires in 5 minutes.", "{} is your one-time password", "2FA code {}", "mfa code: {}"]
    for _ in range(embedded):
        tell = c.choice(maker.mine(tells))
        maker.add("auth_code", "embedded", c.choice(NEUTRAL), tell.replace("{}", c.text(DIGITS, c.choice([4, 6, 6, 6, 8]))).replace("LONG", c.text(URLSAFE, 43)), family=tell)
