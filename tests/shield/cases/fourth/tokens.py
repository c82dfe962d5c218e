"""Formats of tokens for the fourth stock."""
from ..third.tokens import fill  # noqa: F401  (part of what a stock offers)

KNOWN = """anthropic=sk-ant-sid01-{u:86}-{u:6}AA
cartesia=sk_car_{a:32}
hubspot=pat-na2-{g}
shopify=shptka_{h:32}
gitlab=glffct-{u:20}
gitlab=glpat-{u:27}.01.{l:9}
gitlab=glagent-{u:50}
github=ghu_{a:36}
jfrog=cmVmdGtuOjAxOj{a:52}
mongodb=mdb_sa_sk_{u:40}
mailchimp={h:32}-us{d:2}
twitch=oauth:{l:30}
paddle=pdl_live_apikey_01{l:24}_{a:22}_{a:3}
square=EAAAl{u:59}
paypal=access_token$sandbox$${l:16}${h:32}
cloudsmith=csa_{h:40}
snyk=snyk_uat.{h:8}.eyJ{b:60}
socket=sktsec_{u:40}_api
gitguardian=ggtt-v-{l:40}
deepsource=dsp_{h:40}
statsig=console-{a:45}
growthbook=secret_admin_{a:40}
ngrok=2{a:26}_{a:21}
tailscale=tskey-client-k{a:12}CNTRL-{a:32}
netbird=nbp_{a:36}
deno=ddp_{a:36}
mailersend=mlsn.{h:64}
honeybadger=hbp_{a:36}
retool=retool_01{l:24}
n8n=n8n_api_{a:40}
chroma=ck-{e:44}
turbopuffer=tpuf_{a:32}
runpod=rpa_{A:40}
retell=key_{h:28}
valtown=vtwn_{a:30}
aikido=AIK_PLATFORM_{a:40}
wise=live_pat_{a:40}
svix=sk_{b:32}.us
hcloud=hcloud_pat_{a:40}
vercel=vck_{a:52}
cloudflare=cfut_{a:40}
uptrace=uptrace_sk_{a:32}
doppler=dp.sa.{a:43}
doppler=dp.scim.{a:43}
launchdarkly=api-{g}
launchdarkly=sdk-{g}
notion=ntn_{d:11}{a:35}
slack=xoxe-1-{b:146}
slack=xwfp-{d:12}-{d:12}-{a:32}
sendbird=sbk_secret_{h:40}
telegram={d:9}:AAH{u:32}
intra42=s-s4t2ud-{h:64}
authress=sc_ext{l:17}.{l:4}.acc-{l:10}.{b:70}
contentful=CFPAT-{u:43}
planetscale=pscale_tkn_{u:32}
databricks=dapi{h:32}-2
sonar=sqa_{h:40}
prefect=pnb_{a:36}
asana=1/{d:16}:{h:32}
frameio=fio-u-{u:64}
onepassword=ops_eyJ{b:300}
sidekiq={h:8}:{h:8}@enterprise.contribsys.com
ibm=ApiKey-{g}
zendesk=zd_pat_{a:40}
mailtrap=mt_live_{h:32}
trello=ATTA{h:64}{H:8}
openai=sk-admin-{u:58}T3BlbkFJ{u:58}
xai=xai-{a:80}
grafana=glsa_{a:32}_{h:8}
elevenlabs=sk_{h:48}
scaleway=SCWSECRET{A:20}{a:20}
flyio=fm2_{b:140}
stripe=sk_org_live_{a:60}
stripe=ek_live_{a:40}
google=ya29.c.{u:180}
google=1//0g{u:97}
aws=ABSKQmVkcm9ja0FQSUtleS{b:110}
aws=IQoJb3JpZ2luX2Vj{b:400}
azure={a:3}7Q~{u:31}
alibaba=STS.N{a:28}
yandex=t1.9euelZ{u:160}.{u:86}
braintree=access_token$production${l:16}${h:32}
shippo=shippo_live_{h:40}
github=v1.{h:40}
discord=mfa.{u:84}
facebook=EAA{a:160}
linkedin=AQ{u:340}
line={b:168}=
kakao=KakaoAK {h:32}"""
# Those whose shape does not tell them without a name, which stand under neutral names in no row.
UNTOLD = {"line", "linkedin", "github=v1", "sidekiq", "svix"}

UNMARKED = ["{h:32}", "{h:40}", "{h:64}", "{a:32}", "{a:40}", "{b:43}=", "{u:43}", "{l:32}", "{l:40}", "{a:24}", "{A:40}", "{g}", "{h:48}", "{u:86}", "{b:64}",
            "{a:28}", "{l:20}", "{h:64}-{h:16}", "{d:10}-{l:32}", "{h:20}", "{a:64}", "{p:24}", "{A:5}-{A:5}-{A:5}-{A:5}-{A:5}", "{w:4}{d:4}{a:12}", "{z:26}", "{h:96}"]
AUTHORIZATION = ["Bearer {a:64}", "Token {a:32}", "Token token=\"{h:32}\"", "Apikey {l:40}", "Api-Token {a:24}.{h:64}", "PRIVATE-TOKEN {u:20}", "Client-ID {u:43}", "Bearer sk-{a:48}", "Basic {b:44}==", "AccessKey {a:25}", "Key {g}:{h:32}", "OAuth {h:40}",
                 "Digest {h:32}", "NLAuth {a:40}", "WSSE {b:40}", "Secret {a:36}", "Plex {a:20}", "DirectLogin token={u:60}", "Api-Key {u:40}", "Session {h:64}"]


def known():
    """Pairs of vendor and pattern."""
    pairs = [tuple(line.split("=", 1)) for line in KNOWN.splitlines()]
    return [(vendor, pattern) for vendor, pattern in pairs if vendor not in UNTOLD and not pattern.startswith("v1.")]
