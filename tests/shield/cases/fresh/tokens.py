"""Keys and tokens in forms that `rules/tokens.txt` did not have when this was written, as their services document them."""
from ..base import ALNUM, BASE64, DIGITS, HEX, LOWER, NEUTRAL, UPPER, URLSAFE, VALUE_NAMES, around
from ..tokens import filled
from . import words
from .texts import wrapped

UUID = "{h:8}-{h:4}-4{h:3}-a{h:3}-{h:12}"
# With a beginning of their own: also looked for without any name.
SIGNED = f"""openrouter sk-or-v1-{{h:64}}|openai_session sess-{{A:40}}|deepseek sk-{{h:32}}|elevenlabs sk_{{h:48}}|tavily tvly-{{A:32}}|firecrawl fc-{{h:32}}|e2b e2b_{{h:40}}|llamacloud llx-{{A:48}}|runpod rpa_{{U:42}}|mem0 m0-{{A:40}}|context7 ctx7sk-{UUID}
mandrill md-{{u:22}}|onesignal os_v2_app_{{l:52}}|infobip {{h:32}}-{UUID}|courier pk_prod_{{U:28}}|knock sk_{{A:43}}|telnyx KEY{{h:32}}_{{A:22}}|messagebird live_{{A:25}}|loops {{h:32}}.{{h:16}}|axiom xaat-{UUID}|honeybadger hbp_{{A:36}}|coralogix cxtp_{{A:30}}|betterstack bs_{{A:40}}
dbtcloud dbtc_{{u:40}}|dbtuser dbtu_{{u:40}}|rfc8959 secret-token:{{u:40}}|scaleway SCW{{U:17}}|exoscale EXO{{h:24}}|upcloud ucat_{{U:26}}|neon napi_{{l:64}}|xata xau_{{A:43}}|fauna fnA{{u:37}}|cockroach CCDB1_{{A:22}}_{{A:40}}|aiven AVNS_{{u:19}}|tinybird p.eyJ{{A:60}}.{{u:27}}|qdrant_cloud {{u:36}}.{{u:48}}
phabricator api-{{l:28}}|sourcegraph_local sgph_{{h:16}}_{{h:40}}|bitwarden 0.{UUID}.{{A:30}}:{{b:22}}==|akeyless p-{{A:12}}|netbird nbp_{{A:36}}|cloudflare_ca v1.0-{{h:24}}-{{h:146}}|azure_devops {{A:75}}AZDO{{A:5}}|azure_openai {{A:52}}JQQJ99{{A:24}}|azure_acr {{A:42}}+ACR{{A:6}}|azure_cosmos {{A:76}}ACDb{{A:6}}==|azure_storage {{A:76}}+ASt{{A:6}}==
checkout sk_sbox_{{l:26}}|gocardless sandbox_{{u:40}}|paddle pdl_live_apikey_{{l:26}}_{{A:22}}_{{A:3}}|klarna klarna_live_api_{{A:60}}|midtrans Mid-server-{{u:24}}|midtrans_sandbox SB-Mid-server-{{u:24}}|omise skey_test_{{l:19}}|conekta key_{{A:22}}|wise_token {UUID}|woocommerce ck_{{h:40}}|mangopay sk-mgp-{{A:32}}
clickup pk_{{d:8}}_{{U:32}}|trello ATTA{{h:64}}|zoho 1000.{{h:32}}.{{h:32}}|builderio bpk-{{h:32}}|harness pat.{{u:22}}.{{h:24}}.{{A:20}}|packagist packagist_uut_{{h:64}}|jsr jsrp_{{A:36}}|deno ddw_{{A:36}}|openvsx ovsxat_{UUID}|spacelift 01{{U:24}}.{{u:40}}|close api_{{A:22}}.{{A:22}}|asana2 2/{{d:16}}/{{d:16}}:{{h:32}}
twitch_oauth oauth:{{l:30}}|spotify_token BQ{{u:150}}|tiktok clt.2.{{u:60}}|reddit {{d:12}}-{{u:30}}|mastodon {{u:43}}|aws_session IQoJb3JpZ2luX2Vj{{b:200}}|google_ai AQ.Ab8RN6{{u:44}}|google_sa ya29.c.{{u:120}}|facebook_page EAAB{{A:160}}|instagram_basic IGAA{{A:140}}|vk_service vk1.g.{{u:180}}
yandex_static YCA{{u:36}}|ibm_cloud ApiKey-{UUID}|naver ncp_iam_{{A:36}}|huawei HPUA{{U:16}}|modal as-{{A:22}}|replit {{u:20}}:{{u:60}}|browserbase bb_live_{{u:27}}|resend_domain re_{{A:8}}_{{A:24}}|clerk_secret sk_test_{{A:42}}|stytch secret-live-{{u:36}}|workos_live sk_live_{{A:40}}|svix_app testsk_{{u:32}}.eu|nylas nyk_v0_{{A:64}}|lemlist {{h:32}}
langfuse sk-lf-{UUID}|portkey pk-{{A:28}}=|helicone sk-helicone-{{l:7}}-{{l:7}}-{{l:7}}-{{l:7}}|exa_ai {UUID}|brave BSA{{u:27}}|you_api ydc-sk-{{h:16}}-{{A:32}}|roboflow rf_{{A:28}}|nomic nk-{{u:43}}|zilliz {{h:64}}{{h:32}}|turso_group eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.{{u:120}}.{{u:86}}|mintlify mint_dsc_{{A:22}}|descope K2{{A:60}}|frontegg fe_{{h:40}}|kinde kc_{{A:48}}"""
# Random alone: only a name or a text tells.
BARE = f"""vonage {{A:16}}|plivo {{A:40}}|mailjet {{h:32}}|sparkpost {{h:40}}|klaviyo pk_{{h:34}}|iterable {{h:32}}|braze {UUID}|deepgram {{h:40}}|assemblyai {{h:32}}|stability sk-{{A:48}}|together {{h:64}}|codecov {UUID}|semgrep {{h:64}}|equinix {{A:32}}|ovh {{A:32}}|civo {{A:50}}|bugsnag {{h:32}}|raygun {{b:22}}
todoist {{h:40}}|smartsheet {{A:37}}|pipedrive {{h:40}}|dwolla {{A:50}}|moov {{A:40}}|ecwid secret_{{A:32}}|geoapify {{h:32}}|tomtom {{A:32}}|maptiler {{A:20}}|influx {{u:86}}==|cloudsmith {{h:40}}|bitrise {{u:86}}|codemagic {{u:43}}|zerotier {{A:32}}|tibber {{u:43}}|nuki {{h:64}}|shodan {{A:32}}|virustotal {{h:64}}|abuseipdb {{h:80}}|newsapi {{h:32}}
polygon_io {{u:32}}|alphavantage {{U:16}}|finnhub {{l:20}}|rapidapi {{l:10}}msh{{l:15}}p1{{l:6}}jsn{{l:12}}|deepl {UUID}:fx|unsplash {{u:43}}|giphy {{A:32}}|pexels {{A:56}}|tmdb {{h:32}}|omdb {{h:8}}|imgbb {{h:32}}|cloudinary {{u:27}}|uploadcare {{h:20}}|transloadit {{h:40}}|ipinfo {{h:14}}|ipstack {{h:32}}|clearbit sk_{{h:32}}|hunterio {{h:40}}|apollo_io {{u:22}}|lusha {UUID}"""
KEYS = """azure_client_secret secret_access_key aws_session_token x-functions-key Ocp-Apim-Subscription-Key X-Auth-Token X-Vault-Token PRIVATE-TOKEN JOB-TOKEN sas_token accountKey storage_account_key webhook_signing_key hmac_secret app_master_key rails_master_key
secret_key_base APP_KEY NEXTAUTH_SECRET JWT_SECRET session_secret fernet_key data_encryption_key wrapping_key verify_token page_access_token channel_access_token fcm_server_key turn_credential ingest_key ci_job_token agent_token runner_registration_token
join_token bootstrap_token consul_http_token nomad_token swarm_token stream_key upload_token preview_token personal_token pat gh_pat git_token npm_auth_token nuget_api_key docker_auth registry_auth bot_api_token oauth_token_secret consumer_key_secret
twitter_consumer_secret access_token_secret provider_token partner_secret merchant_secret merchant_key gateway_secret pay_secret terminal_key shop_secret sandbox_secret live_secret_key test_secret_key restricted_key admin_api_key read_write_token root_token
service_role_key service_token machine_secret device_token_secret app_token user_token api_user_key apiSecretKey api.key api-secret X-Api-Secret x-access-token x-amz-security-token cf-access-client-secret x-shopify-access-token x-goog-api-key api_pass_key
tokenSecret idp_client_secret oidc_client_secret saml_signing_secret sso_secret scim_token hook_secret callback_secret notify_key hash_secret mac_key aes_secret crypt_key cipher_secret blowfish_secret auth_key secure_auth_key nonce_key logged_in_key auth_salt""".split()


def forms(text):
    return [tuple(entry.split(" ", 1)) for entry in text.replace("\n", "|").split("|")]


def add_tokens(maker, keyed, foreign, neutral, embedded, sibling):
    c = maker.chance
    signed, bare = maker.mine(forms(SIGNED), lambda f: "token " + f[0]), maker.mine(forms(BARE), lambda f: "token " + f[0])
    names = maker.mine(KEYS, lambda n: "key " + n)

    def random():
        return c.choice([c.text(HEX, c.choice([32, 40, 64])), c.text(ALNUM, c.randint(20, 48)), c.text(URLSAFE, 43), c.text(BASE64, 43) + "=", c.text(LOWER + DIGITS, 25), c.text(UPPER + DIGITS, 20), filled(c, UUID)])

    def service(provider):
        return maker.name(f"{provider}_{c.choice(['key', 'token', 'secret', 'api_key', 'access_token', 'api_token', 'auth_token', 'secret_key', 'credentials'])}")
    for _ in range(keyed):
        if c.one_in(2):
            provider, form = c.choice(signed + bare)
            maker.add("api_key", "keyed", service(provider), filled(c, form), family="token " + provider)
        else:
            name = c.choice(names)
            maker.add("api_key", "keyed", maker.name(name) if c.one_in(2) else name, random(), family="key " + name)
    mine = maker.mine(words.fields("api_key"), lambda f: "language " + f[0])
    for _ in range(foreign):
        lang, name = c.choice(mine)
        maker.add("api_key", "foreign", words.spelled(c, name), random(), lang=lang, family="language " + lang)
    known = [f for f in signed if not f[1].startswith(("{", "a_"))]
    for _ in range(neutral):
        provider, form = c.choice(known)
        maker.add("api_key", "neutral", c.choice(NEUTRAL), filled(c, form), family="token " + provider)
    for _ in range(embedded):
        if c.one_in(3):
            provider, form = c.choice(known)
            text = around(c, filled(c, form), "token")
        elif c.one_in(2):
            provider, form = c.choice(signed + bare)
            text = wrapped(maker, f"{provider}_{c.choice(['api_key', 'token', 'secret'])}", filled(c, form))
        else:
            provider = c.choice(names)
            text = wrapped(maker, provider, random())
        maker.add("api_key", "embedded", c.choice(NEUTRAL), text, family="token " + provider)
    for _ in range(sibling):
        name = c.choice(names)
        sib = c.choice([{"name": name}, {"key": name}, {"label": name.replace("_", " ")}, {"field": name}, {"header": name}, {"variable": name}, {"env": name.upper()}, {"setting": name}])
        maker.add("api_key", "sibling", c.choice(VALUE_NAMES), random(), sib, family="key " + name)
