"""Passwords, private keys, sessions, addresses with credentials and codes, in names and forms `cases.secrets` does not have."""
import base64
import html
import json
import quopri
from urllib.parse import quote

from ..base import ALNUM, BASE32, BASE64, DIGITS, HEX, LOWER, NEUTRAL, UPPER, URLSAFE, VALUE_NAMES, around
from ..secrets import key_pems, passwords, signed, token
from . import words
from .texts import wrapped

PASSWORDS = """password_digest pw_hash passwd_confirm unlock_password archive_password rar_password bios_password screen_lock_password parental_password hotspot_password router_password wlan_passwort wpa2_key psk_passphrase preshared_key
enable_secret bind_password bindpw krb5_password keytab_password keyPassword storePassword jks_password pfx_password p12_password cert_password ansible_become_pass become_password sonar_password docker_password registry_password git_password
svn_password imap_password pop3_password sip_password pptp_password ipmi_password bmc_password idrac_password oracle_password db2_password sybase_password hana_password odbc_pwd jdbc_password spring.datasource.password hibernate.connection.password
javax.net.ssl.keyStorePassword DJANGO_SUPERUSER_PASSWORD MYSQL_ROOT_PASSWORD MYSQL_PWD REDISCLI_AUTH MONGO_INITDB_ROOT_PASSWORD MINIO_ROOT_PASSWORD GF_SECURITY_ADMIN_PASSWORD ADMIN_PASS old_pwd new_pass confirm_pass repass pass1 pass2 upass
basic_pass http_pass proxy_pass mothers_maiden_name memorable_word secret_word security_answer_1 answer_to_security_question recovery_answer password_again retypePwd verifyPassword pass_phrase passPhraseConfirm user.password.new credentials.password
auth.pass login.pw signup_pass member_password employee_password student_password patient_portal_password wp_admin_pass cpanel_password plesk_password whm_pass joomla_password magento_admin_password prestashop_pwd opencart_pass typo3_be_password
bankingPassword netbanking_password tpin transaction_password upi_pin_password trading_password telebanking_pin_password voicemail_password conference_password zoom_passcode_password meeting_password webinar_password wifiPass ssid_password network_password""".split()


def add_passwords(maker, keyed, foreign, sibling, embedded):
    c, secret = maker.chance, passwords(maker)
    names = maker.mine(PASSWORDS, lambda n: "name " + n)
    mine = maker.mine(words.fields("password"), lambda f: "language " + f[0])
    for _ in range(keyed):
        name = c.choice(names)
        value = c.choice([c.text(HEX, 64), "$2y$12$" + c.text(ALNUM + "./", 53), "$argon2id$v=19$m=65536,t=3,p=4$" + c.text(BASE64, 22) + "$" + c.text(BASE64, 43)]) if "hash" in name or "digest" in name else secret()
        maker.add("password", "keyed", maker.name(name) if c.one_in(2) else name, value, family="name " + name)
    for _ in range(foreign):
        lang, name = c.choice(mine)
        maker.add("password", "foreign", words.spelled(c, name), secret(), lang=lang, family="language " + lang)
    for _ in range(sibling):
        lang, label = c.choice(mine)
        name = c.choice(names)
        sib = c.choice([{"type": "password", "autocomplete": "off"}, {"tag": "input", "type": "password"}, {"attributes.type": "password"}, {"name": label}, {"label": label}, {"aria-label": label}, {"placeholder": label}, {"question": label},
                        {"name": name}, {"id": name}, {"key": name}, {"field": name}, {"header": name}, {"property": name}, {"attribute": name}, {"autocomplete": "section-a new-password"}, {"data-testid": name}, {"aria-labelledby": "x", "label": "Password"},
                        {"variable": name.upper()}, {"inputType": "password"}, {"control_type": "password"}, {"fieldType": "Password"}, {"element_name": name}, {"col": name}, {"param_name": name}])
        maker.add("password", "sibling", c.choice(VALUE_NAMES), secret(), sib, lang, family="language " + lang)
    for _ in range(embedded):
        if c.one_in(4):
            lang, name = c.choice(mine)
        else:
            name = c.choice(names)
        said = c.text(ALNUM + "!@#$", c.randint(8, 16)) if c.one_in(2) else c.choice(["Winter", "dragon", "Marta", "asdf", "Liverpool"]) + str(c.randint(10, 9999)) + c.choice(["", "!", "#"])
        maker.add("password", "embedded", c.choice(NEUTRAL), wrapped(maker, name, said), family="name " + name)


BIP39 = "abandon ability able about above absent absorb abstract absurd abuse access accident account accuse achieve acid acoustic acquire across act action actor actress actual adapt add addict address adjust admit adult advance advice aerobic affair afford afraid again age agent agree ahead aim air airport aisle alarm album alcohol alert alien all alley allow almost alone alpha already also alter always amateur amazing among zebra zero zone zoo youth young yellow year wrong write wrist wrestle wreck wrap worth world worry work word wood wonder woman wolf wisdom winter wing wine window".split()
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def pem_forms(c, pem):
    body = [line for line in pem.strip().splitlines()]
    return {
        "mail quoted": "\n".join("> " + line for line in body), "line numbers": "\n".join(f"{n:3}  {line}" for n, line in enumerate(body, 1)), "html": html.escape(pem).replace("\n", "<br>"),
        "quoted printable": quopri.encodestring(pem.encode()).decode(), "python bytes": repr(pem.encode()), "java": " +\n".join(f'"{line}\\n"' for line in body), "env": 'PRIVATE_KEY="' + pem.strip().replace("\n", "\\n") + '"',
        "yaml": "tls:\n  key: |\n" + "\n".join("    " + line for line in body), "kubeconfig": "client-key-data: " + base64.b64encode(pem.encode()).decode(), "xml": f"<key><![CDATA[{pem}]]></key>", "json pretty": json.dumps({"tls": {"key": pem}}, indent=2),
        "log": f"ERROR could not parse key: {pem.strip()[:len(pem) // 2]}…", "comma": ",".join(body), "tabs": "\t".join(body), "twice escaped": json.dumps(json.dumps({"k": pem})), "form": "key=" + quote(pem, safe="") + "&go=1", "header only cut": pem.strip()[: max(120, len(pem) // 3)],
        "lower": pem.replace("BEGIN", "begin").replace("END", "end").replace("PRIVATE KEY", "private key"), "no dashes end": pem.strip().rsplit("\n", 1)[0], "pipes": "|".join(body), "long dash": pem.replace("-----", "—--"), "hex": pem.encode().hex()}


def add_private_keys(maker, neutral, keyed, embedded):
    c = maker.chance
    pems = key_pems(c)
    others = {
        "wireguard": lambda: f"[Interface]\nPrivateKey = {c.text(BASE64, 43)}=\nAddress = 10.0.0.2/24", "mnemonic": lambda: " ".join(c.choice(BIP39) for _ in range(c.choice([12, 24]))), "wif": lambda: c.choice("KL") + c.text(BASE58, 51), "xprv": lambda: "xprv9s21ZrQH143K" + c.text(BASE58, 95),
        "nostr": lambda: "nsec1" + c.text("qpzry9x8gf2tvdw0s3jn54khce6mua7l", 58), "stellar": lambda: "S" + c.text(BASE32, 55), "age": lambda: "AGE-SECRET-KEY-1" + c.text("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58), "minisign": lambda: f"untrusted comment: minisign encrypted secret key\nRWRTY0Iy{c.text(BASE64, 200)}=",
        "rsa xml": lambda: f"<RSAKeyValue><Modulus>{c.text(BASE64, 170)}==</Modulus><Exponent>AQAB</Exponent><P>{c.text(BASE64, 86)}==</P><D>{c.text(BASE64, 170)}==</D></RSAKeyValue>", "jwk set": lambda: json.dumps({"keys": [{"kty": "RSA", "n": c.text(URLSAFE, 170), "e": "AQAB", "d": c.text(URLSAFE, 170), "p": c.text(URLSAFE, 86)}]}),
        "ethereum": lambda: "private key: 0x" + c.text(HEX, 64), "openvpn": lambda: f"-----BEGIN OpenVPN Static key V1-----\n" + "\n".join(c.text(HEX, 32) for _ in range(8)) + "\n-----END OpenVPN Static key V1-----", "dnssec": lambda: f"Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: {c.text(BASE64, 43)}=", "tinc": lambda: f"-----BEGIN ED25519 PRIVATE KEY-----\n{c.text(BASE64, 86)}\n-----END ED25519 PRIVATE KEY-----"}
    ways = maker.mine(sorted(pem_forms(c, pems[0][1])), lambda w: "pem " + w)
    mine = maker.mine(sorted(others), lambda o: "private " + o)
    for _ in range(neutral):
        if c.one_in(3):
            kind = c.choice(mine)
            key = "seed_phrase" if kind == "mnemonic" else c.choice(NEUTRAL)
            maker.add("private_key", "keyed" if kind == "mnemonic" else "neutral", key, others[kind](), family="private " + kind)
        else:
            way = c.choice(ways)
            maker.add("private_key", "neutral", c.choice(NEUTRAL), pem_forms(c, c.choice(pems)[1])[way], family="pem " + way)
    names = maker.mine("ssh_private_key rsa_private_key tls_key ssl_key ssl_private_key server_key_pem client_key signing_private_key deploy_key host_private_key id_rsa id_ed25519 gpg_private_key wallet_private_key wg_private_key vapid_private_key apple_private_key apns_auth_key jwt_private_key private_key_pem keypair_private seed_words mnemonic_phrase wallet_seed secret_recovery_phrase".split(), lambda n: "name " + n)
    for _ in range(keyed):
        name = c.choice(names)
        if name in ("seed_words", "mnemonic_phrase", "wallet_seed", "secret_recovery_phrase"):
            value = others["mnemonic"]()
        else:
            value = c.choice([c.choice(pems)[1], c.text(BASE64, 64 * 5), c.text(HEX, 64), base64.b64encode(c.choice(pems)[1].encode()).decode()])
        maker.add("private_key", "keyed", maker.name(name), value, family="name " + name)
    for _ in range(embedded):
        maker.add("private_key", "embedded", c.choice(NEUTRAL), wrapped(maker, c.choice(names[:1] + ["private_key"]), c.choice(pems)[1].strip().replace("\n", "\\n")), family="pem text")


COOKIES = {
    "next-auth.session-token": lambda c: signed(c), "__Secure-authjs.session-token": lambda c: signed(c), "_gitlab_session": lambda c: c.text(HEX, 32), "XSRF-TOKEN": lambda c: "eyJpdiI6" + c.text(BASE64, 180), "_csrf": lambda c: c.text(URLSAFE, 24), "csrfmiddlewaretoken": lambda c: c.text(ALNUM, 64), "authenticity_token": lambda c: c.text(URLSAFE, 86),
    "__RequestVerificationToken": lambda c: "CfDJ8" + c.text(URLSAFE, 150), ".AspNetCore.Identity.Application": lambda c: "CfDJ8" + c.text(URLSAFE, 200), ".AspNetCore.Antiforgery": lambda c: "CfDJ8" + c.text(URLSAFE, 120), "JSESSIONIDSSO": lambda c: c.text(HEX, 32).upper(), "LtpaToken2": lambda c: c.text(BASE64, 200), "MOODLEID": lambda c: c.text(LOWER + DIGITS, 26),
    "MoodleSession": lambda c: c.text(LOWER + DIGITS, 26), "SSESS" + "a1b2c3d4": lambda c: c.text(URLSAFE, 43), "fe_typo_user": lambda c: c.text(HEX, 32), "frontend_session": lambda c: c.text(HEX, 40), "grafana_session": lambda c: c.text(HEX, 32), "kc_session": lambda c: c.text(URLSAFE, 60), "KEYCLOAK_IDENTITY": lambda c: signed(c), "oauth2_proxy": lambda c: c.text(BASE64, 120) + "|1700000000|" + c.text(URLSAFE, 43),
    "_oauth2_proxy": lambda c: c.text(BASE64, 120), "mod_auth_openidc_session": lambda c: c.text(HEX, 32), "appSession": lambda c: "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.." + c.text(URLSAFE, 16) + "." + c.text(URLSAFE, 180) + "." + c.text(URLSAFE, 22), "ci_session": lambda c: c.text(HEX, 40), "laravel_session": lambda c: "eyJpdiI6" + c.text(BASE64, 180), "symfony_session": lambda c: c.text(LOWER + DIGITS, 26),
    "beaker.session.id": lambda c: c.text(HEX, 32), "rack.session": lambda c: "BAh7" + c.text(BASE64, 140) + "--" + c.text(HEX, 40), "_rails_session": lambda c: c.text(BASE64, 160) + "--" + c.text(BASE64, 16) + "--" + c.text(BASE64, 22) + "==", "play_session": lambda c: signed(c), "koa.sess": lambda c: "eyJ1c2VyIjo" + c.text(BASE64, 60), "koa.sess.sig": lambda c: c.text(URLSAFE, 27), "sb-access-token": lambda c: signed(c), "supabase-auth-token": lambda c: signed(c),
    "firebase_id_token": lambda c: signed(c), "cognito_access_token": lambda c: signed(c), "msal_id_token": lambda c: signed(c), "okta-token": lambda c: signed(c), "sessionToken": lambda c: c.text(URLSAFE, 43), "session_key": lambda c: c.text(LOWER + DIGITS, 32), "session_secret_id": lambda c: c.text(URLSAFE, 43), "login_token": lambda c: c.text(URLSAFE, 48), "rememberMe": lambda c: c.text(BASE64, 171) + "=",
    "stay_logged_in": lambda c: c.text(BASE64, 64), "persistent_login": lambda c: c.text(URLSAFE, 40), "auth_session_id": lambda c: c.text(HEX, 32), "bearer": lambda c: signed(c), "SAMLAssertion": lambda c: base64.b64encode(b"<saml2:Assertion xmlns:saml2=\"urn:oasis:names\">" + c.randbytes(120)).decode(), "assertion": lambda c: signed(c), "client_assertion": lambda c: signed(c), "dpop": lambda c: signed(c), "xsrf_token": lambda c: c.text(URLSAFE, 43), "paseto": lambda c: "v4.local." + c.text(URLSAFE, 180), "macaroon": lambda c: "MDAx" + c.text(URLSAFE, 180)}


def add_sessions(maker, keyed, neutral, embedded, sibling):
    c = maker.chance
    names = maker.mine(sorted(COOKIES), lambda n: "cookie " + n)
    for _ in range(keyed):
        name = c.choice(names)
        maker.add("jwt_session", "keyed", c.choice([name, name, f"cookies.{name}", f"cookie_{name}", name.upper()]), COOKIES[name](c), family="cookie " + name)
    for _ in range(neutral):
        maker.add("jwt_session", "neutral", c.choice(NEUTRAL), c.choice([lambda: signed(c), lambda: "JWT " + signed(c), lambda: signed(c).rsplit(".", 1)[0] + ".", lambda: "bearer " + signed(c), lambda: "v2.local." + c.text(URLSAFE, 160), lambda: "v4.public." + c.text(URLSAFE, 160), lambda: signed(c) + "~" + c.text(URLSAFE, 60) + "~"])(), family="jwt")
    for _ in range(embedded):
        name = c.choice(names)
        value = COOKIES[name](c)
        text = c.choice([lambda: f"document.cookie = \"{name}={value}; path=/\"", lambda: f"Cookie: _ga=GA1.2.3.4; {name}={value}; theme=dark", lambda: f"curl -b '{name}={value}' https://app.example.com/me", lambda: f"{{\"cookies\":{{\"{name}\":\"{value}\"}}}}", lambda: f"set-cookie: {name}={value}; Domain=.example.com; Secure; SameSite=Lax",
                         lambda: f"GET / HTTP/1.1\r\nHost: x.example.com\r\nCookie: {name}={value}\r\n\r\n", lambda: f"fetch('/api', {{headers: {{Authorization: 'Bearer {signed(c)}'}}}})", lambda: f"localStorage.setItem('token', '{signed(c)}')", lambda: f"wss://rt.example.com/socket?jwt={signed(c)}&v=2", lambda: f"ws://x/?access_token={signed(c)}", lambda: around(c, signed(c)),
                         lambda: f"{{\"access_token\":\"{signed(c)}\",\"token_type\":\"Bearer\",\"expires_in\":3600}}", lambda: f"Sec-WebSocket-Protocol: graphql-ws, {signed(c)}", lambda: f".example.com\tTRUE\t/\tTRUE\t1900000000\t{name}\t{value}", lambda: f"401 Unauthorized: jwt {signed(c)} expired", lambda: wrapped(maker, "jwt", signed(c))])()
        maker.add("jwt_session", "embedded", c.choice(NEUTRAL), text, family="cookie " + name)
    for _ in range(sibling):
        name = c.choice(names)
        maker.add("jwt_session", "sibling", c.choice(VALUE_NAMES), COOKIES[name](c), c.choice([{"name": name}, {"key": name}, {"name": name, "domain": ".example.com"}, {"header": "Cookie", "name": name}]), family="cookie " + name)


def add_urls(maker, neutral, embedded):
    c, secret = maker.chance, passwords(maker)

    def host():
        return f"{c.choice(['db', 'mq', 'cache', 'node', 'box', 'api'])}{c.randrange(100)}.{c.text(LOWER, 7)}.{c.choice(['com', 'eu', 'dev', 'local', 'cloud'])}"

    def user():
        return c.text(LOWER, c.randint(4, 9)) + c.choice(["", str(c.randrange(100))])

    def pw():
        return quote(secret(), safe="")

    def long():
        return c.choice([c.text(URLSAFE, 43), c.text(HEX, 40), c.text(ALNUM, 32), c.text(LOWER + DIGITS, 24)])
    at = lambda scheme, tail="": lambda: f"{scheme}://{user()}:{pw()}@{host()}{tail}"
    forms = {f"scheme {s}": at(s, t) for s, t in [("mariadb", ":3306/app"), ("cockroachdb", ":26257/defaultdb?sslmode=verify-full"), ("neo4j+s", ":7687"), ("bolt", ":7687"), ("cassandra", "/ks"), ("influxdb", ":8086/db"), ("timescaledb", "/t"), ("oracle+cx_oracle", ":1521/?service_name=x"), ("mssql+pyodbc", "/db?driver=ODBC+Driver+17"),
             ("stomp", ":61613"), ("mqtt", ":1883/t"), ("ws", "/socket"), ("wss", "/live"), ("rtsp", ":554/stream1"), ("rtmp", "/live/cam"), ("telnet", ":23"), ("ssh", ":22"), ("svn+ssh", "/repo"), ("git+https", "/a/b.git"), ("nntp", ""), ("xmpp", ""), ("sip", ""), ("vnc", ":5900"), ("smb", "/share"), ("afp", "/vol"), ("webdav", "/dav"), ("davs", "/cal"), ("s3", "/bucket"), ("hdfs", ":9000/x"), ("presto", ":8080/hive"), ("trino", "/c"), ("redshift", ":5439/dev"), ("vertica", ":5433/v"), ("db2", ":50000/x"), ("firebird", "/f.fdb"), ("ldaps", "/dc=x"), ("pop3s", ":995"), ("smtps", ":465"), ("memcached", ":11211"), ("pulsar", ":6650"), ("zookeeper", ":2181"), ("socks5h", ":1080")]}
    forms |= {
        "param password": lambda: f"https://{host()}/login?user={user()}&{c.choice(['password', 'pass', 'pwd', 'passwd'])}={pw()}", "param secret": lambda: f"https://{host()}/x?id=4&{c.choice(['secret', 'sig', 'signature', 'hmac', 'access_key', 'private_token', 'authToken', 'session_id', 'sid', 'PHPSESSID', 'jsessionid'])}={long()}", "path key": lambda: f"https://{host()}/api/{c.choice(['apikey', 'token', 'key', 'access'])}/{long()}/feed",
        "jsessionid": lambda: f"https://{host()}/shop;jsessionid={c.text(HEX, 32).upper()}?p=1", "presigned minio": lambda: f"https://{host()}/b/o?X-Amz-Credential={c.text(ALNUM, 20)}%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Signature={c.text(HEX, 64)}", "alibaba oss": lambda: f"https://b.oss-cn-hangzhou.aliyuncs.com/o?OSSAccessKeyId=LTAI{c.text(ALNUM, 20)}&Expires=1900000000&Signature={quote(c.text(BASE64, 27) + '=', safe='')}",
        "azure function": lambda: f"https://{c.text(LOWER, 8)}.azurewebsites.net/api/x?code={c.text(URLSAFE, 54)}==", "azure logic": lambda: f"https://prod-12.westeurope.logic.azure.com:443/workflows/{c.text(HEX, 32)}/triggers/manual/paths/invoke?api-version=2016-10-01&sp=%2Ftriggers&sv=1.0&sig={c.text(URLSAFE, 43)}", "google chat": lambda: f"https://chat.googleapis.com/v1/spaces/{c.text(ALNUM, 11)}/messages?key={c.text(URLSAFE, 39)}&token={c.text(URLSAFE, 43)}%3D",
        "feishu": lambda: f"https://open.feishu.cn/open-apis/bot/v2/hook/{c.text(HEX, 8)}-{c.text(HEX, 4)}-4{c.text(HEX, 3)}-a{c.text(HEX, 3)}-{c.text(HEX, 12)}", "dingtalk": lambda: f"https://oapi.dingtalk.com/robot/send?access_token={c.text(HEX, 64)}", "wecom": lambda: f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={c.text(HEX, 8)}-{c.text(HEX, 4)}-4{c.text(HEX, 3)}-a{c.text(HEX, 3)}-{c.text(HEX, 12)}", "pagerduty": lambda: f"https://events.pagerduty.com/integration/{c.text(HEX, 32)}/enqueue", "n8n": lambda: f"https://{host()}/webhook/{c.text(HEX, 8)}-{c.text(HEX, 4)}-4{c.text(HEX, 3)}-a{c.text(HEX, 3)}-{c.text(HEX, 12)}",
        "ifttt": lambda: f"https://maker.ifttt.com/trigger/x/with/key/{c.text(URLSAFE, 43)}", "healthchecks": lambda: f"https://hc-ping.com/{c.text(HEX, 8)}-{c.text(HEX, 4)}-4{c.text(HEX, 3)}-a{c.text(HEX, 3)}-{c.text(HEX, 12)}", "firebase download": lambda: f"https://firebasestorage.googleapis.com/v0/b/x.appspot.com/o/a.png?alt=media&token={c.text(HEX, 8)}-{c.text(HEX, 4)}-4{c.text(HEX, 3)}-a{c.text(HEX, 3)}-{c.text(HEX, 12)}",
        "reset segment": lambda: f"https://{host()}/{c.choice(['users/password/edit', 'account/recover', 'set-password', 'nouveau-mot-de-passe', 'passwort-zuruecksetzen', 'restablecer', 'auth/verify', 'email/confirm', 'accept-invitation', 'one-click-login', 'passwordless', 'signin/email', 'u/activate', 'l/login'])}{c.choice(['/', '?t=', '?token=', '?reset_token=', '?rt=', '?confirm=', '?k='])}{long()}", "oauth callback": lambda: f"https://{host()}/auth/callback?{c.choice(['oauth_verifier', 'oauth_token', 'SAMLResponse', 'ticket', 'id_token_hint', 'login_hint_token', 'samlart'])}={long()}&state=9", "stream": lambda: f"rtmp://a.rtmp.example.com/live2?stream_key={c.text(LOWER + DIGITS, 4)}-{c.text(LOWER + DIGITS, 4)}-{c.text(LOWER + DIGITS, 4)}-{c.text(LOWER + DIGITS, 4)}",
        "zoom": lambda: f"https://us02web.zoom.us/j/{c.text(DIGITS, 11)}?pwd={c.text(ALNUM, 32)}", "basic only token": lambda: f"https://{c.text(ALNUM, 40)}@{host()}/repo.git", "sentry old": lambda: f"https://{c.text(HEX, 32)}:{c.text(HEX, 32)}@o{c.text(DIGITS, 5)}.ingest.example.io/{c.text(DIGITS, 6)}", "ado sql": lambda: f"Data Source={host()},1433;Initial Catalog=x;User ID={user()};Password={c.text(ALNUM + '!#', 14)};Encrypt=True", "pg keywords": lambda: f"host={host()} port=5432 dbname=x user={user()} password={c.text(ALNUM, 14)} sslmode=require",
        "mysql cli": lambda: f"mysql --host={host()} --user={user()} --password={c.text(ALNUM, 14)} shop", "jdbc db2": lambda: f"jdbc:db2://{host()}:50000/x:user={user()};password={c.text(ALNUM, 12)};", "jdbc snowflake": lambda: f"jdbc:snowflake://acc.snowflakecomputing.com/?user={user()}&password={c.text(ALNUM, 12)}&db=x", "jdbc redshift iam": lambda: f"jdbc:redshift:iam://{host()}:5439/dev?AccessKeyID=AKIA{c.text(UPPER, 16)}&SecretAccessKey={c.text(ALNUM, 40)}", "event hub": lambda: f"Endpoint=sb://{c.text(LOWER, 7)}.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey={c.text(BASE64, 43)}=;EntityPath=e",
        "iot hub": lambda: f"HostName={c.text(LOWER, 7)}.azure-devices.net;DeviceId=d1;SharedAccessKey={c.text(BASE64, 43)}=", "cosmos": lambda: f"AccountEndpoint=https://{c.text(LOWER, 7)}.documents.azure.com:443/;AccountKey={c.text(BASE64, 86)}==;", "redis azure": lambda: f"{c.text(LOWER, 7)}.redis.cache.windows.net:6380,password={c.text(BASE64, 43)}=,ssl=True", "kafka jaas": lambda: f"org.apache.kafka.common.security.plain.PlainLoginModule required username=\"{user()}\" password=\"{c.text(ALNUM, 20)}\";", "rabbit": lambda: f"host={host()};username={user()};password={c.text(ALNUM, 12)};virtualHost=/", "npmrc": lambda: f"//registry.npmjs.org/:_authToken={c.text(ALNUM, 36)}", "netrc": lambda: f"machine {host()} login {user()} password {c.text(ALNUM, 14)}", "pgpass": lambda: f"{host()}:5432:app:{user()}:{c.text(ALNUM, 14)}", "maven": lambda: f"<server><id>central</id><username>{user()}</username><password>{c.text(ALNUM, 16)}</password></server>", "pypirc": lambda: f"[pypi]\nusername = {user()}\npassword = {c.text(ALNUM, 20)}", "git credentials": lambda: f"https://{user()}:{c.text(ALNUM, 40)}@git.{host()}"}
    names = maker.mine(sorted(forms), lambda f: "url " + f)
    keys = ["jdbcUrl", "mongo_uri", "broker", "callback", "webhook", "target", "location", "document_location", "from", "navigated_to", "server", "src", "DATABASE_URL", "redirect"] + NEUTRAL
    for _ in range(neutral):
        form = c.choice(names)
        maker.add("url_with_credentials", "neutral", c.choice(keys), forms[form](), family="url " + form)
    for _ in range(embedded):
        form = c.choice(names)
        value = forms[form]()
        text = c.choice([lambda: around(c, value), lambda: f"DATABASE_URL={value}", lambda: f"connect failed: {value} (timeout 5s)", lambda: f"[open]({value})", lambda: f"<a href=\"{html.escape(value)}\">open</a>", lambda: json.dumps({"url": value}), lambda: f"proxy_pass {value};", lambda: f"at Object.open ({value}:1:2)", lambda: f"Referer: {value}"])()
        maker.add("url_with_credentials", "embedded", c.choice(keys), text, family="url " + form)


CODES = """otp_input totp_token mfa_token_code second_factor second_factor_code step_up_code challenge_code challenge_response email_verification_code phone_verification_code sms_pin sms_otp_code otpValue otpPin onetimecode one_time_pin one_time_passcode login_pin security_code_sms
verificationPin verify_pin reset_code password_reset_code unlock_code device_pin pairing_code link_code magic_code auth_pin authenticator_token google_authenticator_code authy_token yubikey_otp tan_code itan smstan pushtan phototan transaction_pin upi_pin mpin debit_pin
bank_pin parental_pin lock_pin door_code alarm_code gate_code safe_code voicemail_pin emergency_code scratch_code backup_codes recovery_codes invite_verification_code confirm_code confirmation_pin activation_pin registration_code_sms enrollment_code user_code device_user_code code_verifier
authorization_code_value auth_code_grant oauth_verifier totp_seed_value otp_secret_key mfa_seed authenticator_secret_key two_step_secret secret_totp gauth_secret""".split()


def code(c):
    return c.choice([c.text(DIGITS, 6), c.text(DIGITS, 6), c.text(DIGITS, 4), c.text(DIGITS, 8), c.text(DIGITS, 5), f"{c.text(DIGITS, 3)}-{c.text(DIGITS, 3)}", f"{c.text(DIGITS, 3)} {c.text(DIGITS, 3)}", c.text(UPPER + DIGITS, 6), c.text(DIGITS, 7)])


def add_codes(maker, keyed, foreign, sibling, neutral, embedded, numeric):
    c = maker.chance
    names = maker.mine(CODES, lambda n: "name " + n)
    mine = maker.mine(words.fields("auth_code"), lambda f: "language " + f[0])
    for _ in range(keyed):
        name = c.choice(names)
        if "verifier" in name or "grant" in name or "code_value" in name:
            value = c.text(URLSAFE, c.randint(40, 64))
        elif "seed" in name or "secret" in name:
            value = c.text(BASE32, c.choice([16, 26, 32]))
        elif "backup" in name or "recovery" in name or "scratch" in name:
            value = c.choice([f"{c.text(HEX, 4)}-{c.text(HEX, 4)}", f"{c.text(LOWER + DIGITS, 5)}-{c.text(LOWER + DIGITS, 5)}", c.text(DIGITS, 8)])
        elif name == "yubikey_otp":
            value = "cccccc" + c.text("cbdefghijklnrtuv", 38)
        else:
            value = code(c)
        maker.add("auth_code", "keyed", maker.name(name), value, family="name " + name)
    for _ in range(foreign):
        lang, name = c.choice(mine)
        maker.add("auth_code", "foreign", words.spelled(c, name), c.choice([c.text(DIGITS, 6), c.text(DIGITS, 4), c.text(DIGITS, 8), f"{c.text(DIGITS, 3)}-{c.text(DIGITS, 3)}"]), lang=lang, family="language " + lang)
    for _ in range(sibling):
        lang, label = c.choice(mine)
        name = c.choice(names[: len(names) // 2])
        sib = c.choice([{"autocomplete": "one-time-code", "type": "text"}, {"label": label}, {"placeholder": label}, {"aria-label": label}, {"name": name}, {"id": name}, {"aria-label": f"Please enter OTP character {c.randint(1, 6)}"}, {"name": f"otp{c.randint(1, 6)}", "maxlength": 1}, {"aria-label": f"Verification code digit {c.randint(1, 6)}"}, {"id": f"pin-{c.randint(0, 5)}", "maxlength": "1"}, {"placeholder": "6-digit code"}, {"label": "Enter the code we sent you"}, {"data-testid": "otp-field"}])
        is_box = "maxlength" in sib or "digit " in str(sib) or "character" in str(sib)
        maker.add("auth_code", "sibling", c.choice(VALUE_NAMES), c.text(DIGITS, 1 if is_box else 6), sib, lang, family="language " + lang)
    for _ in range(neutral):
        seed = c.text(BASE32, 32)
        maker.add("auth_code", "neutral", c.choice(NEUTRAL), c.choice([f"otpauth://totp/Shop%20Nord:anna?secret={seed}&algorithm=SHA1&digits=6&period=30", f"otpauth%3A%2F%2Ftotp%2FX%3Fsecret%3D{seed}", f"4/0A{c.text(URLSAFE, 70)}", f"https://chart.googleapis.com/chart?cht=qr&chl=otpauth://totp/a?secret={seed}"]), family="otpauth")
    tells = ["Hi! Your Acme code is {}. Never share it", "{} est votre code Acme", "{} es tu código de Acme", "{} ist dein Bestätigungscode", "{} è il tuo codice", "{} é o seu código de confirmação", "{} is je inlogcode", "{} är din kod", "{} on vahvistuskoodisi", "Kod: {}. Nie podawaj go nikomu", "Kód pro přihlášení: {}", "Kód na overenie: {}", "A kódod: {}", "Codul tău este {}", "{} — ваш код подтверждения", "Никому не говорите код {}", "Ваш код підтвердження {}", "Вашият код е {}", "Vaš kod je {}", "Vaša koda je {}", "Jūsų kodas: {}", "Jūsu kods: {}", "Teie kood on {}", "Ο κωδικός σας είναι {}", "{} onay kodunuz", "رمزك هو {}", "کد تایید شما: {}", "הקוד שלך: {}", "आपका सत्यापन कोड {} है", "আপনার কোড {}", "உங்கள் குறியீடு {}", "รหัสยืนยันของคุณคือ {}", "Mã của bạn là {}", "Kode Anda adalah {}", "Kod anda ialah {}", "Msimbo wako ni {}",
             "【Acme】验证码 {}，请勿泄露", "您的动态密码为{}", "【楽々】認証番号：{}", "[Acme] 인증번호 [{}]를 입력해 주세요", "Use verification code {} for Acme authentication.", "Your passcode is {}. It expires in 10 minutes", "Security alert: login code {}", "Enter this PIN on your device: {}", "TAN: {} for transfer of 120 EUR", "<#> {} is your code FA+9qCX9VSu", "Your OTP for txn of Rs 500 is {}", "Confirmation code {} was sent", "code={}&state=ok&type=sms", "verification pin {}", "reply with {} to verify your number", "{} is your one time pin", "2-step verification: {}"]
    mine_tells = maker.mine(tells, lambda t: "tell " + t)
    for _ in range(embedded):
        if c.one_in(4):
            maker.add("auth_code", "embedded", c.choice(NEUTRAL), wrapped(maker, c.choice(["otp", "verification_code", "sms_code"]), c.text(DIGITS, 6)), family="otp text")
            continue
        tell = c.choice(mine_tells)
        maker.add("auth_code", "embedded", c.choice(NEUTRAL), tell.replace("{}", c.choice([c.text(DIGITS, 6), c.text(DIGITS, 6), c.text(DIGITS, 4), f"{c.text(DIGITS, 3)}-{c.text(DIGITS, 3)}"])), family="tell " + tell)
    for _ in range(numeric):
        name = c.choice(maker.mine(["otp_input", "sms_pin", "verify_pin", "second_factor_code", "upi_pin", "mpin", "tan_code", "login_pin", "email_verification_code", "one_time_pin"], lambda n: "name " + n))
        maker.add("auth_code", "numeric", maker.name(name), c.randint(100000, 999999), family="name " + name)
