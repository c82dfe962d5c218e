"""Formats of tokens for the third stock: `{a:20}` is twenty of the alphabet `a`, the rest stands as it is."""
import re
import string
import uuid

from ..base import ALNUM, BASE64, DIGITS, HEX, LOWER, UPPER, URLSAFE

ALPHABETS = {"a": ALNUM, "h": HEX, "H": HEX.upper(), "d": DIGITS, "l": LOWER + DIGITS, "A": UPPER + DIGITS, "L": UPPER, "w": LOWER, "W": LOWER + UPPER,
             "u": URLSAFE, "b": BASE64, "z": UPPER + "234567", "y": LOWER + "234567",
             "e": "".join(c for c in ALNUM if c not in "0OIl"), "p": string.ascii_letters + DIGITS + "!@#%^*-_=+."}
PART = re.compile(r"\{(\w):(\d+)(?:-(\d+))?\}|\{g\}")


def fill(c, pattern):
    def part(hit):
        if hit.group(0) == "{g}":
            return str(uuid.UUID(int=c.getrandbits(128), version=4))
        low = int(hit.group(2))
        return c.text(ALPHABETS[hit.group(1)], c.randint(low, int(hit.group(3) or low)))
    return PART.sub(part, pattern)


# Those whose beginning or make-up tells them without a name.
KNOWN = """anthropic=sk-ant-api03-{u:93}AA
anthropic=sk-ant-admin01-{u:93}AA
anthropic=sk-ant-oat01-{u:93}AA
openai=sk-proj-{u:74}T3BlbkFJ{u:74}
openai=sk-svcacct-{u:58}T3BlbkFJ{u:58}
groq=gsk_{a:52}
perplexity=pplx-{a:48}
xai=xai-{a:80}
replicate=r8_{a:37}
huggingface=hf_{W:34}
openrouter=sk-or-v1-{h:64}
fireworks=fw_{a:24}
cerebras=csk-{l:48}
nvidia=nvapi-{u:64}
langsmith=lsv2_pt_{h:32}_{h:10}
langsmith=lsv2_sk_{h:32}_{h:10}
langfuse=sk-lf-{g}
pinecone=pcsk_{a:6}_{a:63}
jina=jina_{h:32}{a:28}
tavily=tvly-dev-{a:32}
firecrawl=fc-{h:32}
browserbase=bb_live_{u:27}
e2b=e2b_{h:40}
resend=re_{a:8}_{a:24}
brevo=xkeysib-{h:64}-{a:16}
brevo=xsmtpsib-{h:64}-{a:16}
mailgun=key-{h:32}
mandrill=md-{a:22}
stytch=secret-live-{u:34}==
stytch=secret-test-{u:34}==
supabase=sbp_{h:40}
supabase=sb_secret_{u:22}_{u:8}
neon=napi_{l:64}
planetscale=pscale_tkn_{u:43}
planetscale=pscale_oauth_{u:43}
planetscale=pscale_pw_{u:43}
xata=xau_{a:40}
fauna=fnA{u:38}
vercel=vercel_blob_rw_{a:16}_{a:30}
netlify=nfp_{a:36}
render=rnd_{a:28}
fly=FlyV1 fm2_{b:120}
fly=fo1_{u:43}
exoscale=EXO{h:24}
cloudflare=v1.0-{h:24}-{h:146}
akamai=akab-{l:16}-{l:16}
tailscale=tskey-auth-k{a:10}CNTRL-{a:32}
tailscale=tskey-api-k{a:10}CNTRL-{a:32}
doppler=dp.pt.{a:43}
doppler=dp.st.prd.{a:43}
infisical=st.{h:24}.{h:32}.{h:32}
vault=hvs.CAESI{u:90}
1password=ops_eyJ{b:250}
1password=A3-{A:6}-{A:6}-{A:5}-{A:5}-{A:5}-{A:5}
bitwarden=0.{g}.{a:30}:{b:22}==
pulumi=pul-{h:40}
terraform=atlasv1.{u:67}
terraform={a:14}.atlasv1.{u:67}
docker=dckr_pat_{u:27}
docker=dckr_oat_{u:32}
npm=npm_{a:36}
pypi=pypi-AgEIcHlwaS5vcmc{u:140}
rubygems=rubygems_{h:48}
nuget=oy2{l:43}
crates=cio{a:32}
jfrog=AKCp{a:69}
gitlab=glpat-{u:20}
gitlab=glptt-{h:40}
gitlab=gldt-{u:20}
gitlab=glrt-{u:20}
gitlab=glsoat-{u:20}
gitlab=glcbt-{a:2}_{u:20}
gitlab=glimt-{u:25}
gitlab=GR1348941{u:20}
bitbucket=ATBB{a:32}
atlassian=ATATT3xFfGF0{u:180}={H:8}
atlassian=ATCTT3xFfGN0{u:180}={H:8}
github=ghp_{a:36}
github=gho_{a:36}
github=ghs_{a:36}
github=ghr_{a:36}
github=github_pat_{a:22}_{a:59}
circleci=CCIPAT_{a:22}_{h:40}
circleci=CCIPRJ_{a:22}_{h:40}
buildkite=bkua_{h:40}
sonar=squ_{h:40}
sonar=sqp_{h:40}
sentry=sntrys_eyJ{b:160}_{b:43}
sentry=sntryu_{h:64}
newrelic=NRAK-{A:27}
honeycomb=hcaik_01{l:58}
grafana=glsa_{a:32}_{h:8}
grafana=glc_eyJ{b:100}
axiom=xaat-{g}
axiom=xapt-{g}
dynatrace=dt0c01.{z:24}.{z:64}
dynatrace=dt0s16.{z:8}.{z:64}
posthog=phx_{a:43}
flagsmith=ser.{a:22}
linear=lin_api_{a:40}
linear=lin_oauth_{h:64}
notion=secret_{a:43}
notion=ntn_{d:11}{a:35}
airtable=pat{a:14}.{h:64}
clickup=pk_{d:8}_{A:32}
asana=2/{d:16}/{d:16}:{h:32}
figma=figd_{u:40}
dropbox=sl.u.{u:135}
slack=xoxb-{d:12}-{d:12}-{a:24}
slack=xoxp-{d:12}-{d:12}-{d:12}-{h:32}
slack=xoxe.xoxp-1-{b:160}
slack=xoxc-{d:12}-{d:12}-{d:12}-{h:64}
slack=xapp-1-A{A:10}-{d:13}-{h:64}
telegram={d:10}:AA{u:33}
twilio=SK{h:32}
sendgrid=SG.{u:22}.{u:43}
telnyx=KEY01{H:32}_{a:22}
shopify=shpat_{h:32}
shopify=shpss_{h:32}
shopify=shpca_{h:32}
square=EAAAE{u:59}
square=sq0csp-{u:43}
stripe=sk_live_51{a:97}
stripe=rk_live_51{a:97}
stripe=whsec_{a:32}
braintree=access_token$production${l:16}${h:32}
paystack=sk_live_{h:40}
flutterwave=FLWSECK-{h:32}-X
flutterwave=FLWSECK_TEST-{h:32}-X
plaid=access-production-{g}
plaid=access-sandbox-{g}
lob=live_{h:35}
easypost=EZAK{a:54}
shippo=shippo_test_{h:40}
duffel=duffel_live_{u:43}
mapbox=sk.eyJ{u:80}.{u:22}
google=AIza{u:35}
google=GOCSPX-{u:28}
google=ya29.a0A{u:160}
google=1//0{d:1}{u:98}
aws=AKIA{z:16}
aws=ASIA{z:16}
alibaba=LTAI5t{a:18}
tencent=AKID{a:32}
yandex=AQVN{u:35}
yandex=y0_AgAAAA{u:50}
azure={a:3}8Q~{u:34}
azure=DefaultEndpointsProtocol=https;AccountName={l:12};AccountKey={b:86}==;EndpointSuffix=core.windows.net
azure=Endpoint=sb://{w:9}.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey={b:43}=
salesforce=00D{a:12}!AQ{a:94}
hubspot=pat-na1-{g}
hubspot=pat-eu1-{g}
typeform=tfp_{u:44}_{a:14}
cal=cal_live_{h:32}
contentful=CFPAT-{u:43}
databricks=dapi{h:32}
dbt=dbtu_{u:40}
prefect=pnu_{a:36}
postman=PMAK-{h:24}-{h:34}
readme=rdme_xn8s9h{h:60}
rapidapi={l:10}msh{l:15}p1{l:6}jsn{l:12}
frameio=fio-u-{u:64}
nylas=nyk_v0_{a:64}
samsara=samsara_api_{a:30}
sourcegraph=sgp_{h:40}
sourcegraph=sgp_{h:16}_{h:40}
harness=pat.{u:22}.{h:24}.{a:20}
octopus=API-{A:26}
alchemy=alcht_{a:30}
porkbun=sk1_{h:64}
lichess=lip_{a:20}
adobe=p8e-{l:32}
apify=apify_api_{a:36}
ubidots=BBFF-{a:30}
adafruit=aio_{a:28}
onesignal=os_v2_app_{y:103}
fcm=AAAA{u:7}:APA91b{u:134}
heroku=HRKU-AA{u:58}
lightspeed=lsxs_pt_{a:36}
scalingo=tk-us-{u:48}
hcp=hcp.{a:20}.{u:60}
convex=prod:{w:6}-{w:7}-{d:3}|eyJ2MiI6{b:60}
polar=polar_oat_{a:43}
inngest=signkey-prod-{h:64}
triggerdev=tr_prod_{a:24}
liveblocks=sk_prod_{u:64}
clerk=sk_live_{a:42}
creem=creem_{a:22}
knock=sk_{a:43}
svix=testsk_{u:32}.eu
trello=ATTA{h:64}{H:8}
zuplo=zpka_{h:32}_{h:8}
depot=depot_org_{h:64}
weightsbiases=wandb_v1_{u:77}
discord={a:26}.G{a:5}.{u:38}
checkly=cu_{h:32}
keygen=prod-{h:64}v3
defined=dnkey-{z:26}-{z:52}
spectral=spu-{h:32}
authress=sc_{l:20}.{l:4}.acc_{l:10}.{b:60}
clojars=CLOJARS_{h:60}
pubnub=sec-c-{b:48}
infracost=ico-{a:32}"""

# Those that need their name: vendor's shape without a mark.
UNMARKED = ["{h:32}", "{h:40}", "{h:64}", "{a:32}", "{a:40}", "{b:43}=", "{u:43}", "{l:32}", "{l:24}", "{a:20}", "{A:32}", "{g}", "{h:24}", "{u:64}", "{b:86}==",
            "{a:22}", "{l:50}", "{h:32}:{h:32}", "{d:6}.{h:32}", "{h:16}", "{a:48}", "{p:36}", "{A:4}-{A:4}-{A:4}-{A:4}", "{a:16}", "{z:32}", "{h:128}"]

AUTHORIZATION = ["Bearer {u:43}", "Token {h:40}", "token={u:30}", "ApiKey {b:60}==", "SSWS 00{u:40}", "Bot {a:26}.{a:6}.{u:38}", "GenieKey {g}", "Klaviyo-API-Key pk_{h:34}",
                 "DeepL-Auth-Key {g}:fx", "KakaoAK {h:32}", "Bearer oat_{a:40}", "Splunk {g}", "apikey {a:32}", "Discogs token={W:40}", "bearer {h:64}", "Zoho-oauthtoken 1000.{h:32}.{h:32}"]


def known():
    """Pairs of vendor and pattern."""
    return [tuple(line.split("=", 1)) for line in KNOWN.splitlines()]
