"""Texts round a value for the third stock: programs' forms that keep its name, and people's sentences."""
import base64
import json
import urllib.parse

HOSTS = ["api.example.com", "auth.shop.example", "10.2.0.14", "login.acme.example", "svc-4.internal"]


def q(text):
    return urllib.parse.quote(str(text), safe="")


def up(name):
    return name.upper().replace("-", "_").replace(" ", "_")


# A name and its value, as programs and files write them; `k` an ASCII name without spaces.
CARRIERS = {
    "env": lambda c, k, v: f"PORT=8080\n{up(k)}={v}\nNODE_ENV=production",
    "env quoted": lambda c, k, v: f"{up(k)}=\"{v}\"  # rotate in march",
    "export": lambda c, k, v: f"$ export {up(k)}='{v}' && ./start.sh",
    "powershell": lambda c, k, v: f"$env:{up(k)} = \"{v}\"; dotnet run",
    "cmd": lambda c, k, v: f"C:\\> set {up(k)}={v}",
    "fish": lambda c, k, v: f"set -gx {up(k)} {v}",
    "yaml": lambda c, k, v: f"server:\n  port: 80\n  {k}: {v}\n  debug: false",
    "yaml quoted": lambda c, k, v: f"- name: app\n  {k}: '{v}'",
    "compose": lambda c, k, v: f"services:\n  web:\n    environment:\n      - {up(k)}={v}\n      - TZ=UTC",
    "k8s env": lambda c, k, v: f"env:\n- name: {up(k)}\n  value: \"{v}\"",
    "k8s secret": lambda c, k, v: f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\ntype: Opaque\ndata:\n  {k}: {base64.b64encode(v.encode()).decode()}",
    "k8s stringData": lambda c, k, v: f"kind: Secret\nstringData:\n  {k}: {v}",
    "kubectl": lambda c, k, v: f"kubectl create secret generic app --from-literal={k}={v}",
    "docker": lambda c, k, v: f"docker run -d -e {up(k)}={v} -p 80:80 acme/web:1.4",
    "dockerfile": lambda c, k, v: f"FROM node:20\nENV {up(k)} {v}\nCMD [\"node\"]",
    "systemd": lambda c, k, v: f"[Service]\nEnvironment=\"{up(k)}={v}\"\nRestart=always",
    "terraform": lambda c, k, v: f"resource \"acme_app\" \"main\" {{\n  {k.replace('-', '_')} = \"{v}\"\n}}",
    "tfvars": lambda c, k, v: f"region = \"eu-west-1\"\n{k.replace('-', '_')} = \"{v}\"",
    "ansible": lambda c, k, v: f"ansible-playbook site.yml -e '{k}={v}'",
    "ini": lambda c, k, v: f"[default]\n{k} = {v}\nregion = eu-central-1",
    "toml": lambda c, k, v: f"[auth]\n{k} = \"{v}\"\ntimeout = 30",
    "properties": lambda c, k, v: f"spring.app.name=shop\nspring.app.{k}={v}",
    "json": lambda c, k, v: json.dumps({"ok": True, k: v, "n": 3}),
    "json twice": lambda c, k, v: json.dumps({"event": "login", "body": json.dumps({k: v, "lang": "en"})}),
    "json nested": lambda c, k, v: json.dumps({"config": {"auth": {k: v}}}, indent=1),
    "json in log": lambda c, k, v: f"2026-04-02T10:11:12Z INFO request body={json.dumps({k: v})} status=200",
    "json cut": lambda c, k, v: "{\"page\":4,\"" + k + "\":\"" + v + "\",\"items\":[{\"id\":1},{\"id\":",
    "json5": lambda c, k, v: f"{{ {k.replace('-', '_')}: '{v}', retries: 3 }}",
    "python": lambda c, k, v: f"{{'user_id': 17, '{k}': '{v}', 'active': True}}",
    "python call": lambda c, k, v: f"client = Client({k.replace('-', '_')}=\"{v}\", timeout=5)",
    "ruby": lambda c, k, v: f"Parameters: {{\"utf8\"=>\"✓\", \"{k}\"=>\"{v}\", \"commit\"=>\"Go\"}}",
    "php": lambda c, k, v: f"array(2) {{ [\"{k}\"]=> string({len(v)}) \"{v}\" }}",
    "php define": lambda c, k, v: f"define('{up(k)}', '{v}');",
    "perl": lambda c, k, v: f"my %h = ({k} => '{v}', port => 22);".replace("-", "_") if "-" in k and "-" not in v else f"my %h = ('{k}' => '{v}', port => 22);",
    "java": lambda c, k, v: f"LoginRequest{{user='u17', {k}='{v}', remember=true}}",
    "java lombok": lambda c, k, v: f"UserDto(id=17, {k}={v}, active=true)",
    "go": lambda c, k, v: f"panic: bad config: {{Host:db Port:5432 {k}:{v} SSL:true}}",
    "rust": lambda c, k, v: f"Config {{ host: \"db\", {k.replace('-', '_')}: \"{v}\", pool: 8 }}",
    "csharp": lambda c, k, v: f"var s = new Settings {{ {k.replace('-', '_')} = \"{v}\" }};",
    "js": lambda c, k, v: f"const {k.replace('-', '_')} = '{v}';\nfetch('/x')",
    "swift": lambda c, k, v: f"let {k.replace('-', '_')}: String = \"{v}\"",
    "query": lambda c, k, v: f"https://{c.choice(HOSTS)}/v1/items?page=2&{q(k)}={q(v)}&sort=asc",
    "fragment": lambda c, k, v: f"https://{c.choice(HOSTS)}/cb#{q(k)}={q(v)}&expires_in=3600",
    "query bare": lambda c, k, v: f"?tab=1&{q(k)}={q(v)}",
    "path and query in log": lambda c, k, v: f"10.0.0.7 - - [12/Mar/2026:08:14:55 +0000] \"GET /cb?{q(k)}={q(v)} HTTP/1.1\" 302 0 \"-\" \"curl/8.4\"",
    "form": lambda c, k, v: f"utf8=%E2%9C%93&{q(k)}={q(v)}&commit=Save",
    "url in url": lambda c, k, v: f"https://app.example.com/go?next={q(f'https://x.example/cb?{q(k)}={q(v)}')}",
    "curl -d": lambda c, k, v: f"curl -X POST https://{c.choice(HOSTS)}/login -d '{k}={v}' -d lang=en",
    "curl json": lambda c, k, v: f"curl https://{c.choice(HOSTS)}/v2 -H 'Content-Type: application/json' --data '{json.dumps({k: v})}'",
    "httpie": lambda c, k, v: f"http POST {c.choice(HOSTS)}/v1 {k}={v} debug:=true",
    "xml": lambda c, k, v: f"<?xml version=\"1.0\"?><req><id>4</id><{k}>{v}</{k}></req>",
    "xml attribute": lambda c, k, v: f"<add key=\"{k}\" value=\"{v}\" />",
    "soap": lambda c, k, v: f"<soap:Body><ns2:login><ns2:{k}>{v}</ns2:{k}></ns2:login></soap:Body>",
    "plist": lambda c, k, v: f"<dict><key>{k}</key><string>{v}</string></dict>",
    "html input": lambda c, k, v: f"<input type=\"hidden\" name=\"{k}\" value=\"{v}\">",
    "html data": lambda c, k, v: f"<div class=\"w-4\" data-{k.lower().replace('_', '-')}=\"{v}\"></div>",
    "meta": lambda c, k, v: f"<meta name=\"{k}\" content=\"{v}\">",
    "multipart": lambda c, k, v: f"------X7\r\nContent-Disposition: form-data; name=\"{k}\"\r\n\r\n{v}\r\n------X7--",
    "graphql": lambda c, k, v: f"mutation {{ login(input: {{ id: 4, {k.replace('-', '_')}: \"{v}\" }}) {{ ok }} }}",
    "graphql variables": lambda c, k, v: json.dumps({"query": "mutation M($i: In!) { m(i: $i) { id } }", "variables": {"i": {k: v}}}),
    "sql insert": lambda c, k, v: f"INSERT INTO accounts (id, {k.replace('-', '_')}, lang) VALUES (17, '{v}', 'en');",
    "sql update": lambda c, k, v: f"UPDATE settings SET {k.replace('-', '_')} = '{v}' WHERE id = 4",
    "sql where": lambda c, k, v: f"SELECT id FROM t WHERE {k.replace('-', '_')}='{v}' LIMIT 1",
    "csv": lambda c, k, v: f"id,{k},lang\n17,{v},en",
    "csv semicolon": lambda c, k, v: f"id;{k};lang\n17;{v};de",
    "tsv": lambda c, k, v: f"id\t{k}\tlang\n17\t{v}\ten",
    "markdown": lambda c, k, v: f"| field | value |\n|---|---|\n| {k} | {v} |",
    "logfmt": lambda c, k, v: f"ts=2026-05-01T00:00:00Z level=warn msg=\"bad login\" {k}={v} took=12ms",
    "logfmt quoted": lambda c, k, v: f"level=debug caller=auth.go:41 {k}=\"{v}\"",
    "syslog": lambda c, k, v: f"<34>Oct 11 22:14:15 web1 app[412]: {k}: {v}",
    "log4j": lambda c, k, v: f"2026-03-03 09:09:09,123 [http-nio-8080-exec-3] DEBUG c.a.AuthFilter - {k}=[{v}]",
    "trace": lambda c, k, v: f"java.lang.IllegalStateException: cannot connect ({k}={v})\n\tat com.acme.Db.open(Db.java:41)\n\tat com.acme.Main.main(Main.java:9)",
    "python trace": lambda c, k, v: f"Traceback (most recent call last):\n  File \"app.py\", line 9, in <module>\n    connect({k.replace('-', '_')}='{v}')\nConnectionError: refused",
    "flag": lambda c, k, v: f"./import --{k.replace('_', '-')}={v} --dry-run",
    "flag space": lambda c, k, v: f"deploy --{k.replace('_', '-')} {v} --verbose",
    "header": lambda c, k, v: f"POST /v1 HTTP/1.1\r\nHost: {c.choice(HOSTS)}\r\nX-{k.replace('_', '-').title()}: {v}\r\nAccept: */*",
    "chat": lambda c, k, v: f"hey, here is the {k.replace('_', ' ')}: {v} 👍",
    "chat is": lambda c, k, v: f"the {k.replace('_', ' ').replace('-', ' ')} is {v} , pls don't share",
    "chat code": lambda c, k, v: f"{k.replace('_', ' ')} → `{v}`",
    "slack": lambda c, k, v: f"<@U02AB> new {k.replace('_', ' ')}: ```{v}```",
    "ticket": lambda c, k, v: f"Hello support,\nI cannot log in.\n{k.replace('_', ' ').capitalize()}: {v}\nBrowser: Firefox\nThanks",
    "percent json": lambda c, k, v: q(json.dumps({k: v, "a": 1})),
    "base64 json": lambda c, k, v: base64.b64encode(json.dumps({k: v, "a": 1}).encode()).decode(),
    "base64url json": lambda c, k, v: base64.urlsafe_b64encode(json.dumps({"n": 1, k: v}).encode()).decode().rstrip("="),
    "html entities": lambda c, k, v: f"{{&quot;{k}&quot;:&quot;{v}&quot;,&quot;n&quot;:1}}",
    "backslashes": lambda c, k, v: json.dumps(json.dumps({k: v}))[1:-1],
    "unicode escapes": lambda c, k, v: "{\\u0022" + k + "\\u0022:\\u0022" + v + "\\u0022}",
    "elixir": lambda c, k, v: f"[debug] Processing with Auth.login/2\n  Parameters: %{{\"id\" => \"4\", \"{k}\" => \"{v}\"}}",
    "protobuf text": lambda c, k, v: f"user {{ id: 4 {k.replace('-', '_')}: \"{v}\" }}",
    "edn": lambda c, k, v: f"{{:id 17 :{k.replace('_', '-')} \"{v}\"}}",
    "redis": lambda c, k, v: f"SET session:17:{k} \"{v}\" EX 3600",
    "mongo": lambda c, k, v: f"db.users.updateOne({{_id: 4}}, {{$set: {{{k.replace('-', '_')}: \"{v}\"}}}})",
    "helm": lambda c, k, v: f"helm upgrade app ./chart --set auth.{k}={v} --wait",
    "github actions": lambda c, k, v: f"- uses: acme/deploy@v3\n  with:\n    {k}: {v}",
    "postman": lambda c, k, v: json.dumps([{"key": k, "value": v, "type": "text"}]),
    "har": lambda c, k, v: json.dumps({"headers": [{"name": k, "value": v}], "cookies": []}),
}

# Carriers in which a value must stand without quotes, white space or signs of its own.
BARE_ONLY = {"export", "cmd", "fish", "yaml", "compose", "kubectl", "docker", "dockerfile", "ansible", "ini", "properties", "java", "java lombok", "go", "curl -d", "httpie", "logfmt", "log4j", "trace", "flag", "flag space", "xml", "soap", "plist", "csv", "csv semicolon",
             "github actions", "helm", "chat is", "k8s stringData", "markdown", "redis", "tsv", "form", "env"}
# Carriers that are no home for a name of a person's field such as a telephone's.
PROGRAMS_ONLY = {"dockerfile", "systemd", "terraform", "tfvars", "kubectl", "docker", "github actions", "helm", "ansible", "php define", "export", "cmd", "fish", "powershell", "k8s env", "k8s secret", "k8s stringData", "env", "env quoted", "compose"}


def carried(c, key, value, programs=True):
    """The text and the carrier's name; only carriers that can hold the value."""
    bare = all(ch.isalnum() or ch in "-_.+/=:~" for ch in value)
    while True:
        name = c.choice(list(CARRIERS))
        if name in BARE_ONLY and not bare or name in PROGRAMS_ONLY and not programs:
            continue
        if any(ch in value for ch in "'\"\\<>&|`{}()[],;") and name not in ("json", "json twice", "form", "query", "percent json", "base64 json", "json nested", "graphql variables"):
            continue
        return CARRIERS[name](c, key, value), name


# What people write round a password.
PASSWORD_TALK = ["my password is {v}, please reset it", "can't log in with password {v} 😩", "pw: {v}", "user admin pass {v}", "login: maria / password: {v}", "wifi password: {v}", "the new passwd is {v}",
                 "mein Passwort lautet {v}", "Kennwort: {v}", "mon mot de passe est {v}", "mdp : {v}", "mi contraseña es {v}", "clave: {v}", "minha senha é {v}", "senha: {v}", "la mia password è {v}", "mijn wachtwoord is {v}",
                 "moje hasło to {v}", "hasło: {v}", "heslo: {v}", "a jelszavam {v}", "jelszó: {v}", "мой пароль {v}", "пароль: {v}", "мій пароль: {v}", "паролата ми е {v}", "şifrem {v}", "şifre: {v}", "كلمة المرور: {v}", "كلمة السر هي {v}",
                 "הסיסמה שלי היא {v}", "رمز عبور: {v}", "密码是{v}", "密码:{v}", "密碼：{v}", "パスワードは {v} です", "パスワード：{v}", "비밀번호는 {v} 입니다", "비밀번호: {v}", "mật khẩu: {v}", "kata sandi saya {v}", "รหัสผ่าน: {v}", "मेरा पासवर्ड {v} है",
                 "mitt lösenord är {v}", "passordet mitt er {v}", "min adgangskode er {v}", "salasanani on {v}", "minu parool on {v}", "ο κωδικός πρόσβασης είναι {v}", "parola mea este {v}", "lozinka: {v}", "geslo: {v}", "slaptažodis: {v}"]
CODE_TALK = ["Your {n} code is {v}. It expires in 5 minutes.", "{v} is your {n} verification code", "Use {v} to sign in to {n}", "G-{v} is your Google verification code.", "[{n}] Verification code: {v}. Don't share it with anyone.", "OTP for your transaction is {v}. Do not disclose it.",
             "{n}: Ihr Bestätigungscode ist {v}", "Ihre mTAN lautet {v}", "Votre code {n} est {v}", "{v} est votre code de vérification {n}", "Tu código de verificación de {n} es {v}", "Su clave dinámica es {v}", "Seu código {n} é {v}", "O seu código de verificação é: {v}",
             "Il tuo codice di verifica è {v}", "Je verificatiecode voor {n} is {v}", "Twój kod weryfikacyjny: {v}", "Váš ověřovací kód je {v}", "Az Ön ellenőrző kódja: {v}", "Ваш код подтверждения: {v}. Никому не сообщайте", "Код {v} для входа в {n}", "Ваш код підтвердження: {v}",
             "Doğrulama kodunuz: {v}", "رمز التحقق الخاص بك هو {v}", "קוד האימות שלך הוא {v}", "کد تایید شما: {v}", "【{n}】您的验证码是{v}，5分钟内有效", "您的驗證碼為 {v}", "認証コードは{v}です", "[{n}] 인증번호는 {v} 입니다", "Mã xác thực của bạn là {v}", "Kode OTP Anda adalah {v}. JANGAN BERIKAN ke siapapun",
             "รหัส OTP ของคุณคือ {v}", "आपका ओटीपी {v} है", "Din verifieringskod är {v}", "Din engangskode er {v}", "Vahvistuskoodisi on {v}", "Ο κωδικός επαλήθευσής σας είναι {v}", "Codul dvs. de verificare este {v}", "enter code {v} to confirm your login", "2FA code: {v}", "two-factor code {v} rejected"]
PERSONAL_TALK = ["please update it to {v}", "contact: {v}", "User {v} not found", "duplicate entry '{v}' for key 'users.uk'", "sent to {v} at 10:40", "reach me on {v} after 5", "Bonjour, c'est {v}", "bitte an {v} schicken", "escríbeme a {v}", "{v} 🙏", "(see {v})", "Hi team, {v}, regards", "<b>{v}</b>",
                 "invited {v} as editor", "«{v}»", "lookup failed for {v}: timeout", "{v}, order 4411", "1) {v}\n2) none", "{v}|17|en", "From: {v}"]
PHONE_TALK = ["call me on {v}", "whatsapp {v}", "tel. {v}", "Handy: {v}", "ruf mich an unter {v}", "mon numéro est le {v}", "tél : {v}", "llámame al {v}", "mi celular es {v}", "me liga no {v}", "chiamami al {v}", "bel me op {v}", "mój numer to {v}", "мой номер {v}", "тел.: {v}", "numaram {v}", "电话：{v}", "电话 {v}", "電話番号は{v}です", "전화번호 {v}",
              "phone: {v}", "mobile no {v} pls call back", "sms sent to {v}", "Caller {v} hung up", "please text {v}", "رقم الجوال {v}", "số điện thoại: {v}", "no hp saya {v}", "เบอร์ {v}", "puhelin {v}"]
CARD_TALK = ["card {v} was declined", "my card number is {v} exp 09/29", "charge {v} please", "Kartennummer {v}", "carte n° {v}", "tarjeta {v} rechazada", "cartão {v}", "carta di credito {v}", "номер карты {v}", "karta {v}", "kart numaram {v}", "卡号 {v}", "カード番号 {v}", "카드번호 {v}", "paid with {v} cvv 123", "refund to visa {v}", "PAN={v};EXP=2909",
             "user typed {v} in the search box", "number: {v}, name: MARIA LOPEZ", "{v} 09/29 421", "mastercard {v}", "بطاقة {v}", "pay by card ({v})"]
IBAN_TALK = ["please refund to {v}", "IBAN {v}, BIC DEUTDEFF", "Konto: {v}", "mon IBAN : {v}", "mi cuenta es {v}", "bonifico su {v}", "overboeken naar {v}", "numer konta {v}", "счёт {v}", "transfer from {v} failed", "payout {v} returned", "iban={v}&amount=10", "hesap {v}", "conta {v}", "acct {v} closed", "الحساب {v}"]
