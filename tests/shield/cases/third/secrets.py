"""Passwords, codes, sessions, keys and addresses with secrets for the third stock."""
import base64
import json
import re
import urllib.parse

from ..base import ALNUM, BASE64, DIGITS, HEX, LOWER, NEUTRAL, UPPER, URLSAFE, VALUE_NAMES
from . import tokens

STEMS = """tiger lucia bonjour merlin winter sommer kaffee schalke barca amigo futbol gatito estrella sakura naruto hyundai mercedes toyota
guitar pepper cookie monkey shadow kuba zosia krasota solnyshko natasha privet marhaba habibi karim kartal istanbul mango ganesh shiva
bangalore pikachu starwars gandalf hogwarts chelsea arsenal juventus benfica flamengo samba cerveja praia saudade""".split()
LATIN = ["ñandú", "été", "größe", "žirafa", "żółw", "øl", "åre", "çilek", "пароль", "солнце", "мама", "kissa", "απλό", "كلمة", "我爱你", "さくら", "사랑해", "सूर्य"]


def password(c, wild=True):
    kind = c.randrange(12)
    stem = c.choice(STEMS)
    if kind == 0:
        return stem
    if kind == 1:
        return stem.capitalize() + str(c.randint(1950, 2026)) + c.choice("!.?#*")
    if kind == 2:
        return stem.translate(str.maketrans("aeiost", "@31057")) + c.text(DIGITS, 2)
    if kind == 3:
        return c.text(ALNUM + "!#$%&*+-=?@^_", c.randint(9, 18)) if wild else c.text(ALNUM, c.randint(9, 18))
    if kind == 4:
        return "-".join(c.choice(STEMS) for _ in range(c.randint(3, 4)))
    if kind == 5:
        return c.choice(["qwertz123", "1q2w3e4r", "azerty77", "zaq12wsx", "asdfgh1!", "987654321", "111222", "abc123xyz", "iloveyou2", "letmein99", "1qazXSW@", "йцукен12", "aa123456", "P@ssw0rd1", "changeme!", "00000000"])
    if kind == 6:
        return c.text(UPPER, 2) + stem + c.text(DIGITS, 3)
    if kind == 7 and wild:
        return c.choice(LATIN) + c.choice(["", "1", "2024", "!"]) + (stem if c.one_in(2) else str(c.randint(10, 99)))
    if kind == 8:
        return "-".join(c.text(LOWER + UPPER + DIGITS, 6) for _ in range(3))
    if kind == 9 and wild:
        return " ".join(c.choice(STEMS) for _ in range(4))
    if kind == 10:
        return c.text(LOWER, 4) + c.text(DIGITS, 4)
    return stem + "_" + c.choice(STEMS) + str(c.randint(1, 99))


def hashed(c):
    return c.choice([
        f"$2y$12${c.text(ALNUM + './', 53)}", f"$2b$10${c.text(ALNUM + './', 53)}", f"$argon2id$v=19$m=65536,t=3,p=4${c.text(BASE64, 22)}${c.text(BASE64, 43)}",
        f"pbkdf2_sha256$600000${c.text(ALNUM, 22)}${c.text(BASE64, 43)}=", f"$6${c.text(ALNUM, 16)}${c.text(ALNUM + './', 86)}", f"$5$rounds=5000${c.text(ALNUM, 16)}${c.text(ALNUM + './', 43)}",
        f"{{SSHA}}{c.text(BASE64, 38)}==", f"$1${c.text(ALNUM, 8)}${c.text(ALNUM + './', 22)}", f"*{c.text(HEX.upper(), 40)}", f"scrypt:32768:8:1${c.text(ALNUM, 16)}${c.text(HEX, 128)}",
        f"$P$B{c.text(ALNUM + './', 30)}", f"SCRAM-SHA-256$4096:{c.text(BASE64, 22)}==${c.text(BASE64, 43)}=:{c.text(BASE64, 43)}=", c.text(HEX, 32), c.text(HEX, 40), c.text(HEX, 64)])


HASH_NAME = re.compile(r"hash|digest|md5|bcrypt", re.I)


def siblings(c, kind):
    """Properties that say what the value beside them is, and the name the value has."""
    say = {"password": ["password", "passwd", "new_password", "pwd", "user[password]", "wachtwoord", "mot de passe", "contraseña", "salasana", "Passwort", "hasło", "пароль", "パスワード", "密码", "lozinka", "WiFi password", "confirmPassword", "smtp_password"],
           "code": ["otp", "verification_code", "sms-code", "2FA code", "Enter the 6-digit code", "Bestätigungscode", "code de vérification", "código de verificación", "codice di verifica", "код из смс", "验证码", "認証コード", "인증번호", "mfa", "One-time code", "doğrulama kodu"],
           "key": ["api_key", "client_secret", "accessToken", "API Key", "clé API", "Secret access key", "webhook secret", "bearer token", "API-Schlüssel", "clave API"],
           "session": ["csrf_token", "sessionid", "JSESSIONID", "_csrf", "authenticity_token", "id_token", "PHPSESSID"],
           "card": ["cardnumber", "cc-number", "Card number", "creditCardNumber", "Kreditkartennummer", "numéro de carte", "número de tarjeta", "numero carta", "номер карты", "カード番号"],
           "cvv": ["cvc", "cvv", "Security code (CVV)", "cc-csc", "card-cvc"],
           "iban": ["iban", "IBAN", "Bank account (IBAN)", "numéro IBAN"],
           "phone": ["phone", "mobile", "tel", "Telefon", "téléphone", "teléfono", "celular", "телефон", "电话", "手机号", "携帯電話番号", "Mobile number", "cep telefonu"],
           "email": ["email", "E-Mail-Adresse", "adresse e-mail", "correo", "почта", "Your email"],
           "national": ["ssn", "passport_number", "national_id", "Social Security Number", "Personalausweisnummer", "numéro de sécurité sociale", "DNI / NIE", "CPF", "codice fiscale", "PESEL", "номер паспорта", "身份证号", "マイナンバー", "주민등록번호", "Tax ID (TIN)", "Driver's license number", "BSN", "rodné číslo"]}[kind]
    auto = {"password": ["current-password", "new-password"], "code": ["one-time-code"], "card": ["cc-number"], "cvv": ["cc-csc"], "phone": ["tel", "tel-national"], "email": ["email"]}.get(kind)
    kinds = {"password": "password", "phone": "tel", "email": "email"}
    word, shape = c.choice(say), c.randrange(9)
    if shape == 0 and auto:
        return {"autocomplete": c.choice(auto), "tag": "input"}, c.choice(VALUE_NAMES)
    if shape == 1 and kind in kinds:
        return {"type": kinds[kind], "id": f"field-{c.randrange(40)}"}, c.choice(VALUE_NAMES)
    if shape == 2:
        return {"label": word}, c.choice(VALUE_NAMES)
    if shape == 3:
        return {"placeholder": word, "type": "text"}, c.choice(VALUE_NAMES)
    if shape == 4:
        return {"aria-label": word, "tag_name": "input"}, c.choice(VALUE_NAMES)
    if shape == 5:
        return {"field": word}, "value"
    if shape == 6:
        return {"key": word}, "value"
    if shape == 7:
        return {"id": word, "class": "form-control"}, c.choice(VALUE_NAMES)
    return {"name": word}, "value"


def add_passwords(maker, keyed, foreign, sibling, embedded):
    c = maker.chance
    for _ in range(keyed):
        name = c.choice(maker.stock.words.PASSWORDS)
        value = hashed(c) if HASH_NAME.search(name) or c.one_in(25) else password(c)
        maker.add("password", "keyed", dressed(maker, name), value, family="password names")
    for _ in range(foreign):
        lang = c.choice(list(maker.stock.words.FOREIGN_PASSWORDS))
        maker.add("password", "foreign", c.choice(maker.stock.words.FOREIGN_PASSWORDS[lang]), password(c), lang=lang, family=f"password {lang}")
    for _ in range(sibling):
        sib, key = siblings(c, "password")
        maker.add("password", "sibling", key, password(c), sib, family="password sibling")
    for turn in range(embedded):
        if turn % 2:
            value = password(c, wild=False)
            while " " in value:
                value = password(c, wild=False)
            text = c.choice(maker.stock.texts.PASSWORD_TALK).format(v=value)
            family = "password talk"
        else:
            name = c.choice([n for n in maker.stock.words.PASSWORDS if "enable" not in n])
            text, family = maker.stock.texts.carried(c, name, password(c, wild=c.one_in(3)))
        maker.add("password", "embedded", c.choice(NEUTRAL), text, family=f"carrier {family}")


def dressed(maker, name):
    """A name as it is, or with the wrappers of forms."""
    return maker.name(name) if maker.chance.one_in(3) else name


def add_tokens(maker, keyed, foreign, neutral, embedded, sibling):
    c = maker.chance
    known = maker.stock.tokens.known()
    for _ in range(keyed):
        shape = c.randrange(10)
        if shape < 5:
            name, value = f"{c.choice(maker.stock.words.VENDORS)} {c.choice(maker.stock.words.KEY_KINDS)}", tokens.fill(c, c.choice(maker.stock.tokens.UNMARKED))
            maker.add("api_key", "keyed", maker.name(name), value, family="vendor unmarked")
        elif shape < 9:
            name = c.choice(maker.stock.words.PLAIN_KEYS)
            value = tokens.fill(c, c.choice(maker.stock.tokens.AUTHORIZATION if re.search("auth", name, re.I) and not re.search("npm|_auth", name, re.I) or name == "bearer" else maker.stock.tokens.UNMARKED))
            maker.add("api_key", "keyed", dressed(maker, name), value, family="plain key names")
        else:
            vendor, pattern = c.choice(known)
            maker.add("api_key", "keyed", maker.name(f"{vendor} {c.choice(['key', 'token', 'credential', 'secret', 'config'])}"), tokens.fill(c, pattern), family=f"token {vendor}")
    for _ in range(foreign):
        lang = c.choice(list(maker.stock.words.FOREIGN_KEYS))
        maker.add("api_key", "foreign", c.choice(maker.stock.words.FOREIGN_KEYS[lang]), tokens.fill(c, c.choice(maker.stock.tokens.UNMARKED[:12])), lang=lang, family=f"key {lang}")
    for turn in range(neutral):
        vendor, pattern = known[turn % len(known)] if turn < len(known) else c.choice(known)
        maker.add("api_key", "neutral", c.choice(NEUTRAL), tokens.fill(c, pattern), family=f"token {vendor}")
    for turn in range(embedded):
        if turn % 3 == 0:
            vendor, pattern = c.choice(known)
            value = tokens.fill(c, pattern)
            text = c.choice(["use {v} for now", "Error: invalid key {v}", "401 Unauthorized ({v})", "token {v} was revoked", "git remote: {v}", "`{v}`", "export T={v}", "->{v}<-", "found in config.js:14: \"{v}\"", "{v}\n{v2}", "key={v}", "here you go 👉 {v} 🙈"]).replace("{v2}", "-- end").format(v=value)
            maker.add("api_key", "embedded", c.choice(NEUTRAL), text, family=f"token {vendor}")
        elif turn % 3 == 1:
            name = c.choice([n for n in maker.stock.words.PLAIN_KEYS if "auth" not in n.lower() and n not in ("bearer", "pat", "kek_material")])
            text, family = maker.stock.texts.carried(c, name, tokens.fill(c, c.choice(maker.stock.tokens.UNMARKED[:12])))
            maker.add("api_key", "embedded", c.choice(NEUTRAL), text, family=f"carrier {family}")
        else:
            value = tokens.fill(c, c.choice(maker.stock.tokens.AUTHORIZATION))
            text = c.choice(["Authorization: {v}", "curl -H 'Authorization: {v}' https://api.example.com/v1/me", "GET /v1/me HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: {v}\r\n", "{{\"headers\":{{\"Authorization\":\"{v}\",\"Accept\":\"*/*\"}}}}",
                             "fetch(u, {{ headers: {{ Authorization: '{v}' }} }})", "> authorization: {v}\n> accept: */*", "wget --header=\"Authorization: {v}\" https://x.example/f", "headers={{'Authorization': '{v}'}}"]).format(v=value)
            maker.add("api_key", "embedded", c.choice(NEUTRAL), text, family="authorization header")
    for _ in range(sibling):
        sib, key = siblings(c, "key")
        if "type" in sib and sib["type"] == "password":
            continue
        maker.add("api_key", "sibling", key, tokens.fill(c, c.choice(maker.stock.tokens.UNMARKED[:12])), sib, family="key sibling")


def pem(c, kind, lines):
    body = "\n".join(c.text(BASE64, 64) for _ in range(lines)) + "\n" + c.text(BASE64, c.randint(10, 60)) + "=="
    return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----"


def add_private_keys(maker, neutral, keyed, embedded):
    c = maker.chance
    kinds = ["RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "PGP PRIVATE KEY BLOCK", "SSH2 ENCRYPTED PRIVATE KEY"]

    def whole():
        text = pem(c, c.choice(kinds), c.randint(3, 14))
        shape = c.randrange(12)
        if shape == 0:
            return text.replace("\n", "\\n")
        if shape == 1:
            return text.replace("\n", " ")
        if shape == 2:
            return text.replace("\n", "\r\n")
        if shape == 3:
            return base64.b64encode(text.encode()).decode()
        if shape == 4:
            return urllib.parse.quote(text)
        if shape == 5:
            return text[:text.rindex("-----END") - 5]
        if shape == 6:
            return "    " + text.replace("\n", "\n    ")
        if shape == 7:
            return json.dumps({"type": "service_account", "project_id": "acme-17", "private_key_id": c.text(HEX, 40), "private_key": text + "\n", "client_email": "x@acme-17.iam.gserviceaccount.com"})
        return text

    def other():
        return c.choice([
            "PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\nComment: k\r\nPublic-Lines: 2\r\n" + c.text(BASE64, 64) + "\r\n" + c.text(BASE64, 40) + "\r\nPrivate-Lines: 1\r\n" + c.text(BASE64, 44) + "\r\nPrivate-MAC: " + c.text(HEX, 64),
            "AGE-SECRET-KEY-1" + c.text("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
            json.dumps({"kty": "EC", "crv": "P-256", "x": c.text(URLSAFE, 43), "y": c.text(URLSAFE, 43), "d": c.text(URLSAFE, 43)}),
            json.dumps({"kty": "OKP", "crv": "Ed25519", "d": c.text(URLSAFE, 43), "x": c.text(URLSAFE, 43)}),
            json.dumps({"kty": "RSA", "n": c.text(URLSAFE, 342), "e": "AQAB", "d": c.text(URLSAFE, 342), "p": c.text(URLSAFE, 171)}),
            f"[Interface]\nPrivateKey = {c.text(BASE64, 43)}=\nAddress = 10.0.0.2/32\n[Peer]\nPublicKey = {c.text(BASE64, 43)}=",
            "untrusted comment: minisign encrypted secret key\nRWRTY0Iy" + c.text(BASE64, 200) + "=",
            "xprv9s21ZrQH143K" + c.text(tokens.ALPHABETS["e"], 95),
            "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: \"k\"\n" + c.text(BASE64, 64) + "\n---- END SSH2 ENCRYPTED PRIVATE KEY ----",
            "<RSAKeyValue><Modulus>" + c.text(BASE64, 171) + "=</Modulus><Exponent>AQAB</Exponent><P>" + c.text(BASE64, 86) + "==</P><Q>" + c.text(BASE64, 86) + "==</Q><D>" + c.text(BASE64, 171) + "=</D></RSAKeyValue>"])
    seed_words = "abandon ability zebra ocean rifle cactus quantum velvet maple guitar wagon tunnel shrimp lunar fabric donkey crisp basket ritual mirror salon vivid jungle orbit".split()
    for _ in range(neutral):
        maker.add("private_key", "neutral", c.choice(NEUTRAL), whole() if c.randrange(3) else other(), family="private key")
    for turn in range(keyed):
        kind = turn % 5
        if kind == 0:
            key, value = c.choice(["seed_phrase", "mnemonic", "recoveryPhrase", "wallet_mnemonic", "secret_recovery_phrase", "bip39_seed", "backup_phrase_wallet", "seedWords"]), " ".join(c.choice(seed_words) for _ in range(c.choice([12, 24])))
        elif kind == 1:
            key, value = c.choice(["eth_private_key", "walletPrivateKey", "privKey", "metamask_private_key", "signer_private_key", "deployer_private_key", "PRIVATE_KEY"]), c.choice(["0x", ""]) + c.text(HEX, 64)
        elif kind == 2:
            key, value = c.choice(["wireguard_private_key", "wg_privkey", "interface_private_key", "tailnet_private_key"]), c.text(BASE64, 43) + "="
        elif kind == 3:
            key, value = c.choice(["wif_key", "btc_private_key", "bitcoin_wif_private_key"]), c.choice(["K", "L"]) + c.text(tokens.ALPHABETS["e"], 51)
        else:
            key, value = c.choice(["ssh_private_key", "tls_private_key", "sshKeyPrivate", "pem_private_key", "id_rsa", "server.key", "signingPrivateKey", "clé_privée", "clave_privada", "privater_schluessel", "закрытый_ключ", "秘密鍵ファイル", "私钥"]), c.choice([whole(), c.text(BASE64, 120) + "=="])
        maker.add("private_key", "keyed", key, value, family="private key names")
    for _ in range(embedded):
        text = pem(c, c.choice(kinds), 4)
        maker.add("private_key", "embedded", c.choice(NEUTRAL), c.choice(["ssl_certificate_key:\n{v}", "cat > id_rsa <<EOF\n{v}\nEOF", "here is my key:\n{v}\nthanks!", "{{\"tls\":{{\"key\":{j}}}}}", "key: |\n  {i}", "<pre>{v}</pre>"]).format(v=text, j=json.dumps(text), i=text.replace("\n", "\n  ")), family="private key in text")


def jwt(c):
    def part(thing):
        return base64.urlsafe_b64encode(json.dumps(thing, separators=(",", ":")).encode()).decode().rstrip("=")
    alg = c.choice(["HS256", "RS256", "ES256", "EdDSA", "PS512"])
    head = {"alg": alg, "typ": c.choice(["JWT", "at+jwt", "dpop+jwt"])} if c.one_in(2) else {"typ": "JWT", "alg": alg, "kid": c.text(ALNUM, 12)}
    body = {"iss": "https://id.example.com", "sub": c.text(DIGITS, 9), "aud": "web", "exp": 1790000000 + c.randrange(10**6)}
    return f"{part(head)}.{part(body)}.{c.text(URLSAFE, c.choice([43, 86, 342]))}"


def session(c):
    return c.choice([c.text(HEX, 32), c.text(HEX.upper(), 32), c.text(ALNUM, 26), c.text(LOWER + DIGITS, 32), f"s%3A{c.text(URLSAFE, 32)}.{c.text(ALNUM, 43)}", jwt(c), c.text(BASE64, 86) + "==", f"{c.text(URLSAFE, 43)}", f"CfDJ8{c.text(URLSAFE, 120)}", f"node0{c.text(LOWER + DIGITS, 25)}.node0"])


def add_sessions(maker, keyed, neutral, embedded, sibling):
    c = maker.chance
    for _ in range(keyed):
        name = c.choice(maker.stock.words.SESSIONS)
        if name in ("SAMLResponse", "saml_assertion"):
            value = base64.b64encode(("<samlp:Response ID=\"_" + c.text(HEX, 32) + "\"><saml:Assertion>" + c.text(ALNUM, 120) + "</saml:Assertion></samlp:Response>").encode()).decode()
        else:
            value = jwt(c) if re.search("jwt|id_?token|access", name, re.I) else session(c)
        maker.add("jwt_session", "keyed", dressed(maker, name) if "." not in name else name, value, family="session names")
    for _ in range(neutral):
        maker.add("jwt_session", "neutral", c.choice(NEUTRAL), jwt(c), family="jwt")
    for _ in range(embedded):
        shape, value = c.randrange(9), session(c)
        name = c.choice(["PHPSESSID", "JSESSIONID", "sessionid", "laravel_session", "connect.sid", "_gitlab_session", "sid", "auth_token", "ASP.NET_SessionId", "remember_web", "XSRF-TOKEN", "sb-auth-token", "wordpress_logged_in_a1b2", "__Host-session", "ci_session"])
        text = [f"Cookie: theme=dark; {name}={value}; _ga=GA1.2.3.4", f"Set-Cookie: {name}={value}; Path=/; HttpOnly; SameSite=Lax", f"{name}={value}; lang=de", f"https://shop.example/cart;jsessionid={c.text(HEX.upper(), 32)}?step=2", f"GET / HTTP/1.1\r\nHost: a.example\r\nCookie: {name}={value}\r\n\r\n",
                f"curl -b '{name}={value}' https://a.example/me", f"document.cookie = \"{name}={value}; path=/\"", f"<input type=\"hidden\" name=\"csrfmiddlewaretoken\" value=\"{c.text(ALNUM, 64)}\">", f"Authorization: Bearer {jwt(c)}"][shape]
        maker.add("jwt_session", "embedded", c.choice(NEUTRAL + ["cookie", "headers", "set_cookie"]), text, family="session text")
    for _ in range(sibling):
        sib, key = siblings(c, "session")
        maker.add("jwt_session", "sibling", key, session(c), sib, family="session sibling")


def add_urls(maker, neutral, embedded):
    c = maker.chance

    def address():
        u, p, h = c.choice(STEMS), c.choice([c.text(ALNUM, 14), c.choice(STEMS) + "77", c.text(ALNUM + "%!*", 12).replace("%", "%25")]), c.choice(["db", "cache", "mq", "files", "proxy"]) + str(c.randrange(9)) + c.choice([".example.net", ".internal", ".acme.example:5432"])
        t = c.text(URLSAFE, 40)
        return c.choice([
            f"postgres://{u}:{p}@{h}/main?sslmode=require", f"mysql://{u}:{p}@{h}/shop", f"mongodb+srv://{u}:{p}@cluster0.ab12c.mongodb.net/?retryWrites=true", f"redis://default:{p}@{h}/0", f"rediss://:{p}@{h}/1", f"amqps://{u}:{p}@{h}/vh",
            f"sftp://{u}:{p}@{h}/in", f"https://{u}:{p}@{h}/repo.git", f"https://oauth2:{t}@gitlab.example/x.git", f"socks5://{u}:{p}@{h}", f"smtps://{u}%40acme.example:{p}@{h}", f"clickhouse://{u}:{p}@{h}/default", f"ldap://{u}:{p}@{h}/dc=acme", f"nats://{u}:{p}@{h}", f"mqtts://{u}:{p}@{h}", f"rtsp://admin:{p}@{h}/stream1",
            f"jdbc:postgresql://{h}/main?user={u}&password={p}", f"jdbc:oracle:thin:{u}/{p}@{h}:ORCL", f"snowflake://{u}:{p}@ab12345.eu-central-1/db", f"Server={h};Database=shop;User Id={u};Password={p};Encrypt=true", f"host={h} port=5432 dbname=main user={u} password={p}",
            f"https://app.example.com/reset-password?token={t}", f"https://app.example.com/users/confirm?confirmation_token={t}", f"https://app.example.com/magic?login_token={t}&u=4", f"https://app.example.com/invite/accept?invitation_token={t}", f"https://bucket.s3.amazonaws.com/f.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA{c.text(UPPER, 16)}%2F20260101%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature={c.text(HEX, 64)}",
            f"https://storage.googleapis.com/b/o.png?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Credential=x%40y.iam.gserviceaccount.com&X-Goog-Signature={c.text(HEX, 256)}", f"https://acct.blob.core.windows.net/c/f?sv=2024-05-04&se=2026-09-01&sr=b&sp=r&sig={urllib.parse.quote(c.text(BASE64, 43), safe='')}%3D",
            f"https://discord.com/api/webhooks/{c.text(DIGITS, 18)}/{c.text(URLSAFE, 68)}", f"https://hooks.slack.com/services/T{c.text(UPPER + DIGITS, 9)}/B{c.text(UPPER + DIGITS, 9)}/{c.text(ALNUM, 24)}", f"https://acme.webhook.office.com/webhookb2/{tokens.fill(c, '{g}')}@{tokens.fill(c, '{g}')}/IncomingWebhook/{c.text(HEX, 32)}/{tokens.fill(c, '{g}')}",
            f"https://api.telegram.org/bot{c.text(DIGITS, 10)}:AA{c.text(URLSAFE, 33)}/sendMessage", f"https://hooks.zapier.com/hooks/catch/{c.text(DIGITS, 7)}/{c.text(LOWER + DIGITS, 7)}/?api_key={t}", f"https://outlook.office365.com/owa/calendar/{c.text(HEX, 32)}@acme.example/{c.text(HEX, 32)}{c.text(DIGITS, 20)}/calendar.ics?password={p}",
            f"wss://stream.example.com/v1?access_token={t}", f"https://api.example.com/v1/users?api_key={c.text(HEX, 32)}", f"https://maps.example.com/t?apikey={c.text(ALNUM, 32)}&z=4", f"https://auth.example.com/logout?id_token_hint={jwt(c)}", f"https://app.example.com/#/session?access_token={t}&token_type=bearer", f"https://d111.cloudfront.net/v.mp4?Policy={c.text(ALNUM, 60)}&Signature={c.text(URLSAFE, 120)}&Key-Pair-Id=K{c.text(UPPER, 13)}",
            f"https://x.example/email/verify/17/{c.text(HEX, 40)}?expires=1790000000&signature={c.text(HEX, 64)}", f"https://user.example/unsubscribe?jwt={jwt(c)}", f"https://open.feishu.cn/open-apis/bot/v2/hook/{tokens.fill(c, '{g}')}", f"https://oapi.dingtalk.com/robot/send?access_token={c.text(HEX, 64)}", f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={tokens.fill(c, '{g}')}"])
    for _ in range(neutral):
        maker.add("url_with_credentials", "neutral", c.choice(NEUTRAL + ["url", "href", "link", "redirect_uri", "$current_url", "referrer", "dsn", "connection_string", "database_url", "endpoint"]), address(), family="address with secret")
    for _ in range(embedded):
        text = c.choice(["could not connect to {v}", "git clone {v} && make", "open {v} to continue", "DATABASE_URL={v}", "<a href=\"{v}\">link</a>", "[link]({v})", "fetch failed: {v} (ECONNREFUSED)", "Bitte hier klicken: {v}", "{{\"url\":\"{v}\"}}", "location.href='{v}'", "proxy {v} timed out after 30s", "Referer: {v}"]).format(v=address())
        maker.add("url_with_credentials", "embedded", c.choice(NEUTRAL), text, family="address in text")


def code(c):
    digits = c.text(DIGITS, c.choice([4, 5, 6, 6, 6, 6, 7, 8]))
    shape = c.randrange(9)
    return digits[:3] + " " + digits[3:] if shape == 0 and len(digits) == 6 else digits[:3] + "-" + digits[3:] if shape == 1 and len(digits) == 6 else digits


def add_codes(maker, keyed, foreign, sibling, neutral, embedded, numeric):
    c = maker.chance
    for _ in range(keyed):
        kind = c.randrange(7)
        if kind == 0:
            maker.add("auth_code", "keyed", dressed(maker, c.choice(maker.stock.words.SEEDS)), c.text(UPPER + "234567", c.choice([16, 26, 32])), family="totp seeds")
        elif kind == 1:
            maker.add("auth_code", "keyed", dressed(maker, c.choice(maker.stock.words.OAUTH_CODES)), c.choice(["4/0A" + c.text(URLSAFE, 70), c.text(ALNUM, 32), c.text(URLSAFE, 43), "SplxlOBeZQQYbYS6" + c.text(ALNUM, 8), "M.C5" + c.text(DIGITS, 2) + "_BL2.2.U." + c.text(URLSAFE, 36)]), family="oauth codes")
        else:
            name = c.choice(maker.stock.words.CODES)
            value = c.text(HEX, 5) + "-" + c.text(HEX, 5) if "backup" in name or "recovery" in name or "scratch" in name else code(c)
            maker.add("auth_code", "keyed", dressed(maker, name), value, family="code names")
    for _ in range(foreign):
        lang = c.choice(list(maker.stock.words.FOREIGN_CODES))
        maker.add("auth_code", "foreign", c.choice(maker.stock.words.FOREIGN_CODES[lang]), code(c), lang=lang, family=f"code {lang}")
    for _ in range(sibling):
        sib, key = siblings(c, "code")
        maker.add("auth_code", "sibling", key, code(c), sib, family="code sibling")
    for _ in range(neutral):
        issuer = c.choice(["GitHub", "Acme%20Bank", "Proton", "AWS"])
        maker.add("auth_code", "neutral", c.choice(NEUTRAL), c.choice([f"otpauth://totp/{issuer}:maria@example.net?secret={c.text(UPPER + '234567', 32)}&issuer={issuer}&digits=6", f"otpauth://hotp/{issuer}?secret={c.text(UPPER + '234567', 16)}&counter=4", f"otpauth-migration://offline?data={c.text(ALNUM, 80)}%3D"]), family="otpauth")
    for _ in range(embedded):
        kind = c.randrange(4)
        if kind < 2:
            text = c.choice(maker.stock.texts.CODE_TALK).format(v=code(c), n=c.choice(["Acme", "Nordbank", "PayKo", "Zalora", "Instapic", "Uberis"]))
        elif kind == 2:
            text, _ = maker.stock.texts.carried(c, c.choice([n for n in maker.stock.words.CODES if "tan" != n]), c.text(DIGITS, 6), programs=False)
        else:
            text = c.choice([f"https://app.example.com/oauth/callback?code={c.text(URLSAFE, 43)}&state={c.text(HEX, 16)}", f"com.acme.app://cb?code={c.text(ALNUM, 32)}&scope=openid", f"grant_type=authorization_code&code={c.text(ALNUM, 32)}&client_id=web", f"https://id.example.com/verify?otp={c.text(DIGITS, 6)}"])
        maker.add("auth_code", "embedded", c.choice(NEUTRAL), text, family="code text")
    for _ in range(numeric):
        maker.add("auth_code", "numeric", dressed(maker, c.choice([n for n in maker.stock.words.CODES if "backup" not in n and "recovery" not in n and "scratch" not in n])), c.randint(100000, 999999), family="code numbers")
