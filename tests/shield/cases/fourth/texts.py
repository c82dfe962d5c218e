"""Texts round a value for the fourth stock."""
import base64
import json
import urllib.parse

CARRIERS = {
    "kotlin": lambda c, k, v: f"Account(id=3, {k}={v}, locale=de_DE)",
    "scala": lambda c, k, v: f"Map(host -> db1, {k} -> {v}, port -> 5432)",
    "ruby inspect": lambda c, k, v: f"#<Account id: 3, {k.replace('-', '_')}: \"{v}\", created_at: \"2026-01-02\">",
    "php array": lambda c, k, v: f"'driver' => 'mysql',\n'{k}' => '{v}',\n'charset' => 'utf8',",
    "laravel log": lambda c, k, v: f"[2026-02-02 02:02:02] local.ERROR: Login failed {json.dumps({k: v})} []",
    "nginx": lambda c, k, v: f"location / {{\n  proxy_set_header X-{k.replace('_', '-')} \"{v}\";\n}}",
    "apache": lambda c, k, v: f"SetEnv {k.upper().replace('-', '_')} {v}",
    "npmrc like": lambda c, k, v: f"//registry.example.org/:{k}={v}",
    "vault": lambda c, k, v: f"vault kv put secret/app {k}={v}",
    "aws cli": lambda c, k, v: f"aws ssm put-parameter --name /app/{k} --value {v} --type SecureString",
    "java -D": lambda c, k, v: f"java -Dapp.{k}={v} -jar shop.jar",
    "maven": lambda c, k, v: f"<server>\n  <id>central</id>\n  <{k}>{v}</{k}>\n</server>",
    "android": lambda c, k, v: f"<string name=\"{k}\">{v}</string>",
    "swift dictionary": lambda c, k, v: f"[\"id\": 3, \"{k}\": \"{v}\"]",
    "objc": lambda c, k, v: f"NSDictionary *d = @{{@\"{k}\": @\"{v}\"}};",
    "dart": lambda c, k, v: f"final body = {{'id': 3, '{k}': '{v}'}};",
    "go map": lambda c, k, v: f"map[id:3 {k}:{v} lang:en]",
    "go literal": lambda c, k, v: f"cfg := Config{{Host: \"db\", {k.replace('-', '_').capitalize()}: \"{v}\"}}",
    "elixir keyword": lambda c, k, v: f"[id: 3, {k.replace('-', '_')}: \"{v}\"]",
    "erlang": lambda c, k, v: f"{{{k.replace('-', '_')}, <<\"{v}\">>}}",
    "lua": lambda c, k, v: f"return {{ host = \"db\", {k.replace('-', '_')} = \"{v}\" }}",
    "r": lambda c, k, v: f"con <- list(host = \"db\", {k.replace('-', '_')} = \"{v}\")",
    "vb": lambda c, k, v: f"Dim s As String\n{k.replace('-', '_')} = \"{v}\"",
    "ldif": lambda c, k, v: f"dn: uid=maria,dc=acme\n{k}: {v}\nobjectClass: person",
    "terraform plan": lambda c, k, v: f"  + resource \"app\" \"x\" {{\n      + {k.replace('-', '_')} = \"{v}\"\n    }}",
    "diff": lambda c, k, v: f"--- a/app.yml\n+++ b/app.yml\n-  {k}: changeme\n+  {k}: {v}",
    "sql set": lambda c, k, v: f"SET @{k.replace('-', '_')} = '{v}';",
    "html table": lambda c, k, v: f"<tr><td>{k}</td><td>{v}</td></tr>",
    "definition list": lambda c, k, v: f"<dl><dt>{k}</dt><dd>{v}</dd></dl>",
    "csv quoted": lambda c, k, v: f"\"id\",\"{k}\",\"lang\"\n\"3\",\"{v}\",\"en\"",
    "mail": lambda c, k, v: f"Hi,\n\nyour account is ready.\n{k.replace('_', ' ')} : {v}\n\nRegards",
    "chat two lines": lambda c, k, v: f"{k.replace('_', ' ')}:\n{v}",
    "json array of pairs": lambda c, k, v: json.dumps([[k, v], ["lang", "en"]]),
    "json attributes": lambda c, k, v: json.dumps({"attributes": [{"attribute": k, "value": v}]}),
    "json form": lambda c, k, v: json.dumps({"fields": [{"id": "f1", "name": k, "type": "text", "value": v}]}),
    "json thrice": lambda c, k, v: json.dumps({"a": json.dumps({"b": json.dumps({k: v})})}),
    "jsonl": lambda c, k, v: json.dumps({"id": 1}) + "\n" + json.dumps({"id": 2, k: v}),
    "sse": lambda c, k, v: f"event: login\ndata: {json.dumps({k: v})}\n\n",
    "jsonp": lambda c, k, v: f"cb123({json.dumps({'ok': 1, k: v})});",
    "graphql response": lambda c, k, v: json.dumps({"data": {"me": {"id": 4, k: v}}}),
    "php query": lambda c, k, v: f"user%5B{urllib.parse.quote(k)}%5D={urllib.parse.quote(v, safe='')}&user%5Bid%5D=3",
    "matrix parameter": lambda c, k, v: f"https://api.example.com/x;{k}={urllib.parse.quote(v, safe='')};v=2/items",
    "deep link": lambda c, k, v: f"acmeapp://open?screen=login&{k}={urllib.parse.quote(v, safe='')}",
    "hash route": lambda c, k, v: f"https://app.example.com/#/login?{k}={urllib.parse.quote(v, safe='')}",
    "data attribute json": lambda c, k, v: f"<div data-props='{json.dumps({k: v})}'></div>",
    "window": lambda c, k, v: f"window.__STATE__ = {json.dumps({'auth': {k: v}})};",
    "local storage": lambda c, k, v: f"localStorage.setItem('{k}', '{v}')",
    "axios error": lambda c, k, v: f"AxiosError: 401 config.data={json.dumps(json.dumps({k: v}))}",
    "winston": lambda c, k, v: f"info: login {{\"timestamp\":\"2026-01-01\",\"{k}\":\"{v}\"}}",
    "serilog": lambda c, k, v: f"[10:11:12 INF] Login {{ {k}: \"{v}\", Lang: \"en\" }}",
    "heroku log": lambda c, k, v: f"heroku[router]: at=info method=POST path=\"/login?{k}={urllib.parse.quote(v, safe='')}\" status=401",
    "django error": lambda c, k, v: f"POST: <QueryDict: {{'csrf': ['x'], '{k}': ['{v}']}}>",
    "spring": lambda c, k, v: f"Field error in object 'loginForm' on field '{k}': rejected value [{v}]",
    "postgres error": lambda c, k, v: f"ERROR: duplicate key\nDETAIL: Key ({k.replace('-', '_')})=({v}) already exists.",
    "mysql error": lambda c, k, v: f"Data too long for column '{k}' at row 1: '{v}'",
    "joi": lambda c, k, v: f"ValidationError: \"{k}\" with value \"{v}\" fails to match the required pattern",
    "pydantic": lambda c, k, v: f"1 validation error for Login\n{k}\n  String should have at least 12 characters [type=string_too_short, input_value='{v}', input_type=str]",
    "base64 form": lambda c, k, v: base64.b64encode(f"id=3&{k}={v}&lang=en".encode()).decode(),
    "hex escapes": lambda c, k, v: f"{{\\x22{k}\\x22:\\x22{v}\\x22}}",
    "toml inline": lambda c, k, v: f"auth = {{ {k} = \"{v}\", ttl = 30 }}",
    "dotenv spaced": lambda c, k, v: f"# prod\n{k.upper().replace('-', '_')} = {v}\n",
    "slack fields": lambda c, k, v: f"*{k}:* {v}\n*Lang:* en",
    "quote block": lambda c, k, v: f"> {k}: {v}\nis this right?",
    "emoji": lambda c, k, v: f"🔑 {k.replace('_', ' ')} 👉 {v}",
}
BARE = {"kotlin", "scala", "npmrc like", "vault", "aws cli", "java -D", "maven", "android", "go map", "apache", "ldif", "mail", "chat two lines", "dotenv spaced", "slack fields", "quote block", "emoji", "html table", "definition list", "diff", "base64 form", "spring", "postgres error"}
PROGRAMS_ONLY = {"apache", "nginx", "npmrc like", "vault", "aws cli", "java -D", "dotenv spaced", "terraform plan"}


def carried(c, key, value, programs=True):
    """The text and the carrier's name; only carriers that can hold the value."""
    bare = all(ch.isalnum() or ch in "-_.+/=:~" for ch in value)
    while True:
        name = c.choice(list(CARRIERS))
        if name in BARE and not bare or name in PROGRAMS_ONLY and not programs:
            continue
        if any(ch in value for ch in "'\"\\<>&|`{}()[],;") and name not in ("json form", "graphql response", "php query", "deep link", "jsonl", "json thrice"):
            continue
        return CARRIERS[name](c, key, value), name


PASSWORD_TALK = ["password for the portal: {v}", "I set the password to {v} yesterday", "try {v} as password", "user: tom pw: {v}", "tom / {v} (password)", "reset my password to {v} please", "wifi is Guest, password {v}", "the admin password has been changed to {v}", "pwd = {v}", "Password:{v}", "PASSWORD - {v}",
                 "das Passwort ist {v}", "Passwort für den Drucker: {v}", "neues Passwort: {v}", "le mot de passe est {v}", "mot de passe : {v}", "la contraseña es {v}", "contraseña: {v}", "a senha é {v}", "senha do wifi: {v}", "la password è {v}", "het wachtwoord is {v}", "wachtwoord: {v}", "hasło to {v}", "hasło do wifi: {v}", "heslo je {v}",
                 "a jelszó: {v}", "parola este {v}", "parola: {v}", "паролата е {v}", "пароль от почты {v}", "вот пароль: {v}", "пароль — {v}", "мой пароль: {v}", "şifre {v} olarak değiştirildi", "şifreniz: {v}", "كلمة السر: {v}", "الرقم السري هو {v}", "סיסמה: {v}", "رمز: {v}", "密码为{v}", "登录密码：{v}", "パスワードは「{v}」です", "비번: {v}", "mật khẩu là {v}",
                 "kata sandi: {v}", "รหัสผ่านคือ {v}", "पासवर्ड: {v}", "lösenordet är {v}", "passord: {v}", "adgangskoden er {v}", "salasana on {v}", "parool: {v}", "parole: {v}", "slaptažodis yra {v}", "κωδικός: {v}", "geslo je {v}", "lozinka je {v}", "fjalëkalimi është {v}"]
CODE_TALK = ["{v} is your {n} code", "Your one-time passcode is {v}", "Your login code: {v}", "Verification code {v}", "OTP {v} for {n}", "{n} security code: {v}. Never share it.", "Enter {v} to verify your phone", "Code: {v} ({n})", "Your PIN for {n} is {v}", "Dein Code für {n}: {v}", "{v} ist dein Bestätigungscode", "TAN: {v}", "Einmalcode {v}",
             "{v} : votre code de sécurité {n}", "Code de confirmation : {v}", "Tu código de acceso es {v}", "Código: {v}. No lo compartas", "{v} es tu código de {n}", "Código de segurança {n}: {v}", "{v} é o seu código de verificação", "Codice di accesso {n}: {v}", "Codice OTP: {v}", "{v} is je inlogcode", "Kod: {v}. Nie podawaj go nikomu", "Kod SMS {v}", "Kód pro přihlášení: {v}",
             "Belépési kód: {v}", "Codul tău este {v}", "Вашият код е {v}", "Код: {v}", "Пароль для входа: {v}", "Код подтверждения {n}: {v}", "{v} — ваш код", "Код для підтвердження: {v}", "Onay kodu: {v}", "{n} giriş kodunuz {v}", "رمز الدخول: {v}", "كود التحقق: {v}", "הקוד שלך: {v}", "کد ورود: {v}", "验证码：{v}", "【{n}】验证码 {v}，请勿泄露", "驗證碼: {v}", "確認コード: {v}", "認証番号 {v}", "인증번호 [{v}]",
             "Mã OTP: {v}", "Kode verifikasi: {v}", "รหัส OTP {v}", "OTP है {v}", "Kod för inloggning: {v}", "Din kode er {v}", "Koodisi on {v}", "Ο κωδικός σας είναι {v}"]
PERSONAL_TALK = ["my mail: {v}", "mail me: {v}", "Konto {v} gesperrt", "compte {v} introuvable", "usuario {v} no existe", "пользователь {v} не найден", "cc {v}", "by {v} on Monday", "owner={v}", "{v} joined", "✉️ {v}", "[{v}](x)", "/users/{v}/edit", "SMTP 550 {v} unknown", "\"{v}\" <none>", "assignee:{v}", "@ {v} pls", "login={v};ok", "{v}:", "- {v}\n- x"]
PHONE_TALK = ["phone number: {v}", "my cell is {v}", "tel: {v}", "Tel.: {v}", "Telefon: {v}", "meine Nummer ist {v}", "tél. {v}", "appelez-moi au {v}", "teléfono: {v}", "llamar al {v}", "telefone {v}", "ligue para {v}", "telefono {v}", "cell. {v}", "telefoon: {v}", "tel. kom. {v}", "telefon {v}", "телефон: {v}", "звоните {v}", "тел {v}", "telefonum {v}", "手机：{v}", "手机号 {v}",
              "携帯 {v}", "핸드폰 {v}", "هاتف: {v}", "טלפון: {v}", "sđt {v}", "HP: {v}", "โทร {v}", "फोन {v}", "mobil: {v}", "tlf. {v}", "puh. {v}", "τηλ. {v}", "fax: {v}", "text me at {v}", "callback requested: {v}", "dial {v} for support"]
CARD_TALK = ["credit card {v}", "cc: {v}", "card no {v}, exp 01/30", "Visa {v}", "MasterCard: {v}", "Amex {v}", "Kreditkarte {v} abgelehnt", "numéro de carte : {v}", "número de tarjeta {v}", "número do cartão: {v}", "numero carta {v}", "kaartnummer {v}", "nr karty {v}", "карта {v}", "kart no: {v}", "رقم البطاقة {v}", "银行卡号：{v}", "クレジットカード {v}", "카드번호: {v}", "{v}|01|2030|123", "charge_card({v})", "pan {v} invalid", "refund {v}"]
IBAN_TALK = ["IBAN: {v}", "my account {v}", "Bitte auf {v} überweisen", "virement sur {v}", "transferir a {v}", "accredito su {v}", "rekening {v}", "przelew na {v}", "счет {v}", "IBAN numaram {v}", "الآيبان {v}", "konto: {v}", "debit {v} failed", "{v} / BIC X", "beneficiary {v}", "SEPA mandate {v}"]
