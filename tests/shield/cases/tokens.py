"""Keys and tokens of interfaces: a table of our own for common providers, and the formats that gitleaks (its rules
file) and trufflehog (a checkout of its detectors) publish, if they are given."""
import json
import os
import re
import tomllib

from .base import ALNUM, BASE64, DIGITS, HEX, LOWER, NEUTRAL, UPPER, URLSAFE, around, side_of
from .regexes import secret_of

# provider, form: literal text with {alphabet:length}
OWN = """github ghp_{A:36}|github_fine github_pat_{A:22}_{A:59}|gitlab glpat-{u:20}|npm npm_{A:36}|pypi pypi-AgEIcHlwaS5vcmc{u:70}|openai sk-proj-{u:48}|anthropic sk-ant-api03-{u:93}AA
huggingface hf_{l:34}|replicate r8_{A:37}|groq gsk_{A:52}|perplexity pplx-{h:48}|mistral_key {A:32}|cohere_key {A:40}|stripe sk_live_{A:24}|stripe_restricted rk_live_{A:24}|stripe_webhook whsec_{A:32}|square sq0csp-{u:43}
shopify shpat_{h:32}|shopify_app shpss_{h:32}|slack_bot xoxb-{d:11}-{d:12}-{A:24}|slack_app xapp-1-A{U:10}-{d:13}-{h:64}|discord_bot M{A:23}.{u:6}.{u:27}|telegram_bot {d:9}:AA{u:33}|twilio SK{h:32}|sendgrid SG.{u:22}.{u:43}
mailgun key-{h:32}|mailchimp {h:32}-us12|postmark_token {h:8}-{h:4}-{h:4}-{h:4}-{h:12}|brevo xkeysib-{h:64}-{A:16}|resend re_{A:8}_{A:24}|aws AKIA{U:16}|aws_secret {b:40}|google AIza{u:35}|google_oauth GOCSPX-{u:28}|google_refresh 1//0{u:60}
azure_client {u:3}8Q~{u:34}|digitalocean dop_v1_{h:64}|linode_key {h:64}|vultr_key {U:36}|hetzner_token {A:64}|cloudflare_token {u:40}|cloudflare_global {h:37}|fastly_key {u:32}|heroku HRKU-AA{u:58}|vercel_token {A:24}|netlify nfp_{A:36}|supabase sbp_{h:40}
planetscale pscale_tkn_{u:43}|neon_key neon_api_{l:40}|databricks dapi{h:32}|snowflake_token ver:1-hint:{d:8}-ETMs{b:80}|vault hvs.{u:90}|terraform {A:14}.atlasv1.{u:64}|doppler dp.pt.{A:43}|pulumi pul-{h:40}|infisical st.{h:24}.{h:32}
grafana glsa_{A:32}_{h:8}|grafana_cloud glc_eyJ{b:60}|newrelic NRAK-{U:27}|datadog_key {h:32}|sentry sntrys_eyJ{b:80}|sentry_user sntryu_{h:64}|honeycomb hcaik_01{l:58}|pagerduty_key u+{A:18}|opsgenie_key {h:8}-{h:4}-{h:4}-{h:4}-{h:12}|rollbar_token {h:32}
linear lin_api_{A:40}|notion ntn_{d:11}{A:35}|notion_old secret_{A:43}|airtable pat{A:14}.{h:64}|figma figd_{u:40}|asana_token 1/{d:16}:{h:32}|atlassian ATATT3xFfGF0{u:180}|bitbucket ATBB{A:32}|circleci CCIPAT_{A:22}_{h:40}|buildkite bkua_{h:40}|travis_token {A:22}
docker dckr_pat_{u:27}|dockerhub_token {h:8}-{h:4}-{h:4}-{h:4}-{h:12}|artifactory AKCp{A:69}|nuget oy2{l:43}|rubygems rubygems_{h:48}|crates cio{A:32}|sonar squ_{h:40}|snyk_token {h:8}-{h:4}-{h:4}-{h:4}-{h:12}|posthog phx_{A:43}|segment_write {A:32}|mixpanel_secret {h:32}
amplitude_secret {h:32}|intercom_token dG9rO{b:55}=|zendesk_token {A:40}|hubspot pat-na1-{h:8}-{h:4}-{h:4}-{h:4}-{h:12}|salesforce 00D{A:12}!AQ{A:90}|freshdesk_key {A:20}|okta 00{u:40}|auth0_secret {u:64}|onelogin_secret {h:64}|clerk sk_live_{A:40}|workos sk_{A:60}
paypal_secret E{u:79}|braintree access_token$production${l:16}${h:32}|adyen AQE{b:120}|razorpay rzp_live_{A:14}|razorpay_secret {A:24}|flutterwave FLWSECK-{h:32}-X|paystack sk_live_{h:40}|mollie live_{A:30}|coinbase_secret {A:32}|binance_secret {A:64}|kraken_secret {b:86}==
alchemy_key {u:32}|infura_key {h:32}|etherscan_key {U:34}|mapbox sk.eyJ1Ijoi{A:60}.{u:22}|here_key {u:43}|openweather_key {h:32}|algolia_admin {h:32}|contentful CFPAT-{u:43}|sanity sk{A:80}|prismic_token MC5{A:30}.{A:40}|strapi_token {h:256}|ghost_admin {h:24}:{h:64}
dropbox sl.{u:130}|box_secret {A:32}|twitch_secret {l:30}|spotify_secret {h:32}|facebook EAACEdEose0cBA{A:90}|twitter_secret {A:50}|twitter_bearer AAAAAAAAAAAAAAAAAAAAA{A:80}|linkedin_secret WPL_AP1.{A:16}.{A:8}|tiktok_secret {A:32}|instagram IGQVJ{A:120}
line_channel {b:170}=|wechat_secret {h:32}|alipay_key {b:100}|yandex AQVN{u:36}|yandex_oauth y0_{u:55}|vk_token vk1.a.{u:180}|baidu_secret {A:32}|aliyun LTAI5t{A:18}|tencent AKID{A:32}|duffel duffel_live_{u:43}|easypost EZAK{A:54}|shippo shippo_live_{h:40}
launchdarkly api-{h:8}-{h:4}-{h:4}-{h:4}-{h:12}|launchdarkly_sdk sdk-{h:8}-{h:4}-{h:4}-{h:4}-{h:12}|split_key {l:40}|statsig secret-{A:43}|pinecone pcsk_{A:60}|weaviate_key {A:36}|elastic_key {b:60}==|typesense_key {A:32}|mongodb_atlas {h:8}-{h:4}-{h:4}-{h:4}-{h:12}
1password ops_eyJ{b:180}|age AGE-SECRET-KEY-1{Q:58}|tailscale tskey-auth-{A:12}CNTRL-{A:32}|ngrok_token {A:27}_{A:21}|frameio fio-u-{u:64}|lob live_{h:35}|dynatrace dt0c01.{U:24}.{U:64}|sumologic_key {A:64}|logzio_token {A:32}|readme rdme_{l:70}"""
ALPHABETS = {"A": ALNUM, "h": HEX, "d": DIGITS, "l": LOWER + DIGITS, "U": UPPER + DIGITS, "u": URLSAFE, "b": BASE64, "Q": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"}
GENERIC = """api_key apikey api_secret api_token access_key access_token secret_key secret client_secret consumer_secret app_secret auth_token authorization bearer_token
x_api_key private_token service_account_key master_key encryption_key signing_secret webhook_secret hmac_key license_key refresh_token oauth_token token shared_secret
deploy_token bot_token admin_token account_token integration_key partner_key session_secret app_key server_key machine_token personal_access_token credential secret_token
aes_key cipher_key jwt_signing_key cookie_secret registry_token write_key_secret push_token_secret device_secret ingest_token runner_token subscription_key""".split()
FOREIGN = [
    ("de", "API-Schlüssel"), ("de", "Zugriffstoken"), ("de", "geheimer Schlüssel"), ("fr", "clé API"), ("fr", "jeton d'accès"), ("fr", "clé secrète"), ("es", "clave API"), ("es", "token de acceso"), ("es", "clave secreta"), ("it", "chiave API"), ("it", "token di accesso"), ("it", "chiave segreta"),
    ("pt", "chave de API"), ("pt", "token de acesso"), ("pt", "chave secreta"), ("nl", "API-sleutel"), ("nl", "toegangstoken"), ("sv", "API-nyckel"), ("sv", "åtkomsttoken"), ("da", "API-nøgle"), ("da", "adgangstoken"), ("nb", "API-nøkkel"), ("nb", "tilgangstoken"), ("fi", "API-avain"), ("fi", "käyttöoikeustunnus"),
    ("pl", "klucz API"), ("pl", "token dostępu"), ("cs", "klíč API"), ("cs", "přístupový token"), ("sk", "kľúč API"), ("sk", "prístupový token"), ("hu", "API-kulcs"), ("hu", "hozzáférési token"), ("ro", "cheie API"), ("ro", "token de acces"), ("bg", "API ключ"), ("bg", "токен за достъп"), ("ru", "API-ключ"), ("ru", "токен доступа"), ("ru", "секретный ключ"),
    ("uk", "ключ API"), ("uk", "токен доступу"), ("sr", "API кључ"), ("hr", "API ključ"), ("hr", "pristupni token"), ("sl", "ključ API"), ("el", "κλειδί API"), ("el", "διακριτικό πρόσβασης"), ("tr", "API anahtarı"), ("tr", "erişim belirteci"), ("ar", "مفتاح API"), ("ar", "رمز الوصول"), ("fa", "کلید API"), ("fa", "توکن دسترسی"), ("he", "מפתח API"), ("he", "אסימון גישה"),
    ("hi", "एपीआई कुंजी"), ("bn", "এপিআই কী"), ("th", "คีย์ API"), ("th", "โทเค็นการเข้าถึง"), ("vi", "khóa API"), ("vi", "mã truy cập"), ("id", "kunci API"), ("id", "token akses"), ("ms", "kunci API"), ("zh", "API密钥"), ("zh", "访问令牌"), ("zh_TW", "API金鑰"), ("zh_TW", "存取權杖"), ("ja", "APIキー"), ("ja", "アクセストークン"), ("ko", "API 키"), ("ko", "액세스 토큰"), ("lt", "API raktas"), ("lv", "API atslēga"), ("et", "API võti"), ("ca", "clau d'API"), ("sq", "çelësi API"), ("ka", "API გასაღები"), ("az", "API açarı"), ("kk", "API кілті"), ("uz", "API kaliti"), ("sw", "ufunguo wa API"), ("tl", "susi ng API"), ("af", "API-sleutel")]


def own_forms():
    for entry in OWN.replace("\n", "|").split("|"):
        provider, form = entry.split(" ", 1)
        yield provider, form


def filled(c, form):
    return re.sub(r"\{(\w):(\d+)\}", lambda m: c.text(ALPHABETS[m[1]], int(m[2])), form)


def published(gitleaks, trufflehog, chance):
    """(provider, function, is_known_by_itself) for the formats others publish."""
    forms = []
    if gitleaks and os.path.exists(gitleaks):
        with open(gitleaks, "rb") as file:
            rules = tomllib.load(file)["rules"]
        for rule in rules:
            pattern = rule.get("regex")
            if not pattern or rule["id"] in ("generic-api-key", "private-key", "jwt", "jwt-base64", "curl-auth-header", "curl-auth-user", "kubernetes-secret-yaml", "hashicorp-tf-password", "nuget-config-password", "sidekiq-sensitive-url", "microsoft-teams-webhook", "slack-webhook-url", "pkcs12-file"):
                continue
            is_named = "[\\w.-]{0,50}?" in pattern
            forms.append((rule["id"].split("-")[0], lambda p=pattern, g=rule.get("secretGroup"): secret_of(p, g, chance), not is_named))
    if trufflehog and os.path.exists(trufflehog):
        with open(trufflehog, encoding="utf-8") as file:
            for name, variable, is_named, pattern in json.load(file):
                if re.search("id|domain|url|user|email|host|endpoint|region|account|org|site|server|name|instance", variable, re.I):
                    continue
                forms.append((name.split("/")[0], lambda p=pattern: secret_of(p, None, chance), False))
    checked = []
    for provider, make, known in forms:
        try:
            if all(12 <= len(m) < 400 and " " not in m and "://" not in m and "]" not in m for m in (make() for _ in range(5))):
                checked.append((provider, make, known))
        except Exception:  # a pattern in a dialect of its own
            continue
    return checked


def add_tokens(maker, keyed, foreign, neutral, embedded, gitleaks=None, trufflehog=None):
    c = maker.chance
    own = maker.mine(list(own_forms()), lambda f: f[0].split("_")[0])
    others = [f for f in published(gitleaks, trufflehog, c) if side_of(f[0]) == maker.side]

    def any_form():
        if others and c.randrange(3):
            provider, make, _ = c.choice(others)
            return provider, make()
        provider, form = c.choice(own)
        return provider, filled(c, form)
    for _ in range(keyed):
        if c.one_in(2):
            provider, value = any_form()
            name = re.sub(r"(_?(key|token|secret|global|admin))+$", "", provider)
            key = f"{name}{c.choice(['_', ' ', '-', ''])}{c.choice(['_key', '_token', '_secret', '_api_key', '_access_key', '_api_token', '_access_token', 'ApiKey', 'Token', 'Secret', 'Key']).strip('_')}"
            maker.add("api_key", "keyed", maker.name(key) if "_" in key else key, value, family=provider)
        else:
            provider, value = any_form() if c.one_in(2) else ("generic", c.choice([c.text(HEX, c.choice([32, 40, 64])), c.text(ALNUM, c.randint(20, 44)), c.text(URLSAFE, 43), c.text(BASE64, 43) + "=", f"{c.text(HEX, 8)}-{c.text(HEX, 4)}-4{c.text(HEX, 3)}-a{c.text(HEX, 3)}-{c.text(HEX, 12)}"]))
            name = c.choice(maker.mine(GENERIC))
            prefix = "Bearer " if name == "authorization" else ""
            maker.add("api_key", "keyed", maker.name(name), prefix + value, family=name)
    for _ in range(foreign):
        lang, name = c.choice(maker.mine(FOREIGN, lambda f: f[0].split("_")[0] + "api"))
        maker.add("api_key", "foreign", c.choice([name, name.lower(), name.replace(" ", "_"), name.lower().replace(" ", "_")]), c.choice([c.text(HEX, 40), c.text(ALNUM, 32), c.text(URLSAFE, 43)]), lang=lang, family=lang)
    with_sign = [(p, lambda f=f: filled(c, f)) for p, f in own if re.match(r"[A-Za-z0-9]{1,12}[-_.:]|[A-Za-z]{3,}", f)] + [(p, m) for p, m, known in others if known]
    for _ in range(neutral):
        provider, make = c.choice(with_sign)
        maker.add("api_key", "neutral", c.choice(NEUTRAL), make(), family=provider)
    for _ in range(embedded):
        provider, value = any_form()
        label = provider.replace("_", " ")
        if c.one_in(2):
            provider, make = c.choice(with_sign)
            text = around(c, make(), "token")
        else:
            text = c.choice([f"{label} token: {value}", f"{label} api key: {value}", f"secret: \"{value}\"", f"export API_TOKEN={value}", f"x-api-key: {value}", f"client_secret={value}", f"api_key={value}&page=1", json.dumps({"access_token": value}), f"Authorization: Token {value}", f"{label} secret is {value}", f"curl -H \"X-Auth-Token: {value}\" https://x.example.com", f"apiKey: '{value}',", f"TOKEN={value} ./deploy.sh"])
        maker.add("api_key", "embedded", c.choice(NEUTRAL), text, family=provider)
