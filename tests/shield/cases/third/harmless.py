"""Harmless values that look like something, for the third stock: names of fields and a pattern as in tokens.py, one kind a line.

Patterns in bars are chosen among; `~` before a kind means that the value tells it, so that it stands under neutral names too."""

VALUES = """~uuid uuid request_id message_id event_uuid anonymousId install_id : {g}
~uuid braces guid clsid ComponentGuid : {{g}}
~urn uuid urn document_urn : urn:uuid:{g}
ulid ulid event_ulid row_ulid record_id : 01J{A:23}
cuid cuid post_id draft_id comment_ref : c{l:24}
cuid2 cuid2 block_id : {w:1}{l:23}
nanoid nanoid share_ref note_ref board_id : {u:21}
object id _id objectId mongo_id doc_id : 65{h:22}
xid xid job_xid : c{l:19}
snowflake tweet_id guild_id channel_snowflake status_id : 1{d:17}
typeid typeid resource_id : user_01h{l:23}|order_01h{l:23}|msg_01j{l:23}
stripe ids charge_id payment_intent_id customer_ref price_id invoice_ref : ch_3{a:23}|cus_{a:14}|price_1{a:23}|in_1{a:23}|prod_{a:14}|evt_1{a:23}
twilio ids message_sid account_sid call_sid : SM{h:32}|CA{h:32}|AC{h:32}
git sha commit_sha git_commit head_sha merge_commit build_revision : {h:40}
git short short_sha commit rev : {h:7}|{h:8}
etag etag ETag if_none_match : "{h:32}"|W/"{h:8}-{h:11}"|"{h:13}-{h:4}"
md5 md5 content_md5 file_md5 checksum_md5 asset_checksum : {h:32}
sha256 sha256 file_sha256 artifact_digest layer_digest checksum : {h:64}|sha256:{h:64}
image digest container_image image_ref : registry.example/app@sha256:{h:64}|ghcr.io/acme/web:1.{d:1}.{d:2}
blake3 blake3 blob_hash chunk_hash content_hash : {h:64}
crc crc32 crc adler32 : {h:8}|0x{H:8}
trace id trace_id traceId x-b3-traceid dd.trace_id : {h:32}|{d:19}
span span_id parentSpanId x-b3-spanid : {h:16}
~traceparent traceparent w3c_trace : 00-{h:32}-{h:16}-01
sentry trace sentry-trace sentry_trace : {h:32}-{h:16}-1
baggage baggage : sentry-trace_id={h:32},sentry-sample_rate=0.1,sentry-environment=prod
xray x-amzn-trace-id xray_trace : Root=1-{h:8}-{h:24};Sampled=1
amz request id x-amz-request-id aws_request_id s3_request_id : {A:16}
cloudflare ray cf_ray cf-ray ray_id : {h:16}-FRA|{h:16}-SIN
heroku request x_request_id : {g}
ga client _ga ga_client_id ga_cid : GA1.1.{d:9}.17{d:8}|{d:9}.17{d:8}
gcl gclid click_id gbraid : Cj0KCQjw{u:60}BwE|EAIaIQobChMI{u:50}EAAYASAAEgL
fbclid fbclid fb_click_id fbc : IwAR{u:57}|fb.1.17{d:11}.IwAR{u:50}
msclkid msclkid bing_click : {h:32}
ttclid ttclid tiktok_click : E.C.P.{u:80}
utm id utm_id utm_content : 1{d:14}|spring-{d:4}-carousel-{d:1}
hubspot cookie hubspotutk __hstc : {h:32}|{d:8}.{h:32}.17{d:11}.17{d:11}.17{d:11}.1
consent string tcf_string euconsent consent_string tc_string gdpr_consent : CP{u:6}AP{u:6}AGABCENAwEgAAAAAAAAAAAAAAAAAAAAA.{u:20}AAAA
gpp gpp_string gpp : DBABMA~CP{u:20}AAAA~1YNN
usprivacy us_privacy ccpa_string : 1YNN|1YYN|1---
recaptcha site recaptcha_site_key g_recaptcha_sitekey captcha_sitekey data-sitekey : 6L{u:6}AAAAA{u:27}
turnstile site turnstile_site_key turnstileSiteKey : 0x4AAAAAAA{u:13}
hcaptcha site hcaptcha_sitekey : {g}
publishable publishable_key stripe_publishable_key publishableKey : pk_live_51{a:97}|pk_test_51{a:97}
vapid public vapid_public_key applicationServerKey : B{u:86}
ssh public ssh_public_key public_key deploy_pubkey : ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{b:43} dev@host|ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ{b:340}== ci
pgp fingerprint gpg_fingerprint key_fingerprint : {H:40}|{H:4} {H:4} {H:4} {H:4} {H:4}  {H:4} {H:4} {H:4} {H:4} {H:4}
ssh fingerprint ssh_fingerprint host_fingerprint : SHA256:{b:43}|MD5:{h:2}:{h:2}:{h:2}:{h:2}:{h:2}:{h:2}:{h:2}:{h:2}:{h:2}:{h:2}:{h:2}:{h:2}:{h:2}:{h:2}:{h:2}:{h:2}
certificate serial cert_serial certificate_serial_number serial_number_cert : {H:2}:{H:2}:{H:2}:{H:2}:{H:2}:{H:2}:{H:2}:{H:2}|0{H:31}
public pem public_key_pem cert_pem publicKeyPem : -----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE{b:86}==\\n-----END PUBLIC KEY-----|-----BEGIN CERTIFICATE-----\\nMIIB{b:180}==\\n-----END CERTIFICATE-----
sri integrity sri_hash : sha256-{b:43}=|sha384-{b:64}
csp hash csp_script_hash : 'sha256-{b:43}='
~data image avatar_preview thumb src : data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA{b:200}==|data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmci{b:120}
image base64 image_base64 thumbnail_b64 photo_data : iVBORw0KGgoAAAANSUhEUgAA{b:240}==|/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDA{b:240}==|R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7
blurhash blurhash blur_hash lqip : L{p:4}00IU%M~q{p:20}
order no order_number orderNo order_ref bestellnummer : A{d:9}|2026-{d:6}|{d:3}-{d:7}-{d:7}|PO{d:8}
tracking tracking_no shipment_number sendungsnummer tracking_code : JJD0{d:18}|1Z{A:16}|RR{d:9}DE|00340{d:15}|TBA{d:12}
sku sku article_no item_sku artikelnummer : {L:3}-{d:4}-{L:2}|{d:3}.{d:3}.{d:2}|{A:8}-BLK-XL
asin asin amazon_asin : B0{A:8}
ean ean ean13 gtin14 barcode_value : 40{d:11}|76{d:11}
isbn isbn isbn10 isbn13 : 978-3-16-{d:6}-{d:1}|0-{d:3}-{d:5}-X
issn issn : {d:4}-{d:3}X
doi doi article_doi : 10.{d:4}/s{d:5}-0{d:2}-{d:5}-{d:1}
arxiv arxiv_id : 24{d:2}.{d:5}v2
pubmed pmid pmcid : {d:8}|PMC{d:7}
orcid orcid : 0000-0002-{d:4}-{d:3}X
vin vin vehicle_vin : WVWZZZ{A:11}
plate license_plate plate_no kennzeichen : M-AB {d:4}|AB-{d:3}-CD|{d:2} XYZ {d:3}
imei imei device_imei : 35{d:13}
iccid iccid sim_iccid : 8949{d:15}
mac mac_address bssid wifi_mac : {h:2}:{h:2}:{h:2}:{h:2}:{h:2}:{h:2}|{H:2}-{H:2}-{H:2}-{H:2}-{H:2}-{H:2}
advertising idfa gaid idfv adid : {g}
serial serial_number device_serial hw_serial : C02{A:9}|SN{d:10}|R58M{A:7}
ip client_ip server_ip peer : {d:2}.{d:2}.{d:2}.{d:2}|2001:db8:{h:4}:{h:4}::{h:3}
~semver app_version sdk_version lib_version : {d:1}.{d:2}.{d:1}-beta.{d:1}+{h:7}|v{d:1}.{d:2}.{d:1}
build number build_number build_no bundle_version : 2026{d:4}.{d:1}|{d:5}
user agent user_agent ua useragent : Mozilla/5.0 (X11; Linux x86_64; rv:13{d:1}.0) Gecko/20100101 Firefox/13{d:1}.0|okhttp/4.1{d:1}.0|MyApp/3.{d:1} CFNetwork/1490.0.4 Darwin/23.{d:1}.0
~datetime occurred_at ts when updated : 2026-0{d:1}-1{d:1}T0{d:1}:1{d:1}:2{d:1}.{d:3}Z|2026-0{d:1}-1{d:1} 1{d:1}:2{d:1}
epoch timestamp created_ms sent_at_ts event_time : 17{d:8}|17{d:11}|17{d:14}
coordinates geo latlng gps position : 5{d:1}.{d:6},1{d:1}.{d:6}|-3{d:1}.{d:7}, 15{d:1}.{d:7}
geohash geohash : u33d{l:5}
what3words w3w place_code : filled.count.soap|8FVC9G8F+6W
h3 h3_index h3_cell : 8928308{h:6}ffff
tile tile s2_cell : 14/{d:4}/{d:4}|{d:19}
colour color bg_color theme_color : #{h:6}|#{h:8}|rgba({d:2}, {d:2}, {d:2}, 0.{d:1})|hsl({d:2} 40% 50%)
css class className css_class el_class attr__class : css-{l:7} e{l:7}0|sc-{W:6} {W:6}|_button_{l:5}_{d:2}|MuiBox-root css-{l:6}
tailwind class classes : flex items-center px-{d:1} py-2 text-sm hover:bg-gray-{d:1}00
selector css_selector element_path : #root > div:nth-child({d:1}) > a.btn-{w:5}|main .card[data-id="{d:4}"] button
xpath xpath dom_path : /html/body/div[{d:1}]/main/section[{d:1}]/a
svg path svg_path icon_path : M{d:2}.{d:1} {d:1}C{d:1}.5 {d:2} {d:2} {d:1} 0 24h24v{d:2}z
i18n i18n_key message_key label_key : account.security.password.reset.title|errors.token.expired|forms.card_number.placeholder|login.otp.resend
feature flag flag feature_flag experiment_key : enable-passkey-login-v{d:1}|new_checkout_{d:2}pct|show-iban-field
locale locale accept_language : de-AT|pt-BR,pt;q=0.9,en;q=0.{d:1}|zh-Hant-TW
mime mime_type content_type : application/vnd.openxmlformats-officedocument.wordprocessingml.document|multipart/form-data; boundary=----WebKitFormBoundary{a:16}
file name file_name attachment filename : Rechnung_2026-{d:4}.pdf|IMG_2026{d:4}_{d:6}.jpg|password-policy-v{d:1}.docx|DSC0{d:4}.ARW
asset asset_url script_src bundle : https://cdn.example.com/assets/main.{h:8}.js|https://static.example/_next/static/chunks/{d:4}-{h:16}.js
cron cron schedule : */{d:1} * * * *|0 {d:1} * * 1-5
regex validation_regex pattern : ^(?=.*[A-Z])(?=.*\\d).{8,}$|^\\d{3}-\\d{2}-\\d{4}$|[a-z0-9._%+-]+@[a-z0-9.-]+
mask masked_value display_value masked : ****{d:4}|•••• •••• •••• {d:4}|xxxx-xxxx-xxxx-{d:4}|********|j***@g***.com|+49 *** ***{d:2}
redacted token secret password api_key : [REDACTED]|***|<hidden>|[Filtered]|xxxxxxxx|REDACTED|(redacted)|${API_KEY}|{{ secrets.TOKEN }}|<your-api-key>|YOUR_API_KEY
storage path s3_key object_key blob_path : uploads/2026/0{d:1}/{g}.png|exports/tenant-{d:4}/part-000{d:2}.parquet
arn arn resource_arn : arn:aws:lambda:eu-west-1:{d:12}:function:resize-{w:5}|arn:aws:iam::{d:12}:role/Deploy
gcp resource resource_name : projects/acme-{d:5}/locations/europe-west1/services/web
azure resource azure_resource : /subscriptions/{g}/resourceGroups/rg-{w:4}/providers/Microsoft.Web/sites/shop
k8s pod pod_name pod hostname : web-{h:9}-{l:5}|ip-10-0-{d:2}-{d:3}.eu-west-1.compute.internal
docker id container_id : {h:64}|{h:12}
kafka offset kafka_offset partition_key : {d:9}|order-{d:6}
tx hash tx_hash txHash transaction_hash block_hash : 0x{h:64}
eth address contract_address wallet_address eth_address : 0x{h:40}
btc address btc_address deposit_address : bc1q{l:38}|1{e:33}
ipfs cid ipfs_cid : Qm{e:44}|bafybei{y:52}
magnet info_hash torrent_hash : {h:40}
youtube video_id youtube_id : {u:11}
spotify track_id spotify_uri : spotify:track:{a:22}
playlist playlist_id : PL{u:32}
instagram insta_shortcode : C{u:10}
steam steam_id steamid64 : 7656119{d:10}
sheet sheet_id drive_file_id google_doc_id : 1{u:43}
figma figma_file_key : {a:22}
shopify gid product_gid gid : gid://shopify/Product/{d:13}
relay node id node_id global_id : VXNlcjo{a:6}==|UHJvZHVjdDo{a:8}
cursor cursor next_cursor after_cursor page_cursor : eyJpZCI6{d:0}MTIzNDU2fQ==|WyIyMDI2LTAxLTAxIiwxN10=|YXJyYXljb25uZWN0aW9uOjE5
page next_page page_ref : p_{l:10}
hash routing route_hash anchor : #section-{d:2}-faq|#/cart/step/{d:1}
invite count rank : {d:3}|{d:2}%
score lighthouse ratio : 0.{d:16}|{d:2}.{d:2}
price price amount_display : €{d:2}.{d:3},00|US$ {d:3}.{d:2}|{d:3} 000 ₽
range date_range price_range : 2019-2024|{d:2}-{d:3}|2026-01-01..2026-03-31
size dimensions viewport screen : 1{d:3}x{d:3}|{d:2}x{d:2}x{d:2} cm|192{d:1} × 108{d:1} @ 2x
zip postal_code plz zip_code : {d:5}|{d:5}-{d:4}|SW1A {d:1}AA|{d:3}-{d:4}
bic bic swift_code : DEUTDEFF{d:3}|BNPAFRPPXXX|CHASUS33
lei lei : 5299{A:14}{d:2}
duns duns_number : {d:2}-{d:3}-{d:4}
flight flight_no pnr_record flight : LH{d:4}|UA {d:3}
seat seat gate : {d:2}C|B{d:2}
ticker ticker isin : US{d:9}{d:1}|AAPL|DE000{A:6}{d:1}
chemical inchikey cas_number : {L:14}-{L:10}-N|{d:4}-{d:2}-{d:1}
gene gene_id ensembl : ENSG00000{d:6}|rs{d:8}
sequence dna_sequence : ACGTTGCAAGGCTTAACCGTAGGCTAAC|GATTACAGATTACACCGGTTAA
icd icd_code diagnosis_code : E11.{d:1}|F32.{d:1}
hs code hs_code customs_code : {d:4}.{d:2}.{d:2}
naics naics sic_code : {d:6}|{d:4}
emoji reaction emoji : 👍🏽|🎉🎉🎉|👨‍👩‍👧‍👦
keycode key code keyCode pressed_key : Enter|ArrowLeft|KeyA|{d:2}|Shift+Alt+{L:1}
mouse path points polyline : {d:3},{d:3} {d:3},{d:3} {d:3},{d:3}|_p~iF~ps|U_ulLnnqC_mqNvxq`@
wasm module_hash bundle_hash webpack_hash chunkhash : {h:20}|{h:16}
machine id machine_id boot_id distinct_id : {h:32}|{g}
fingerprint browser_fingerprint visitor_id fingerprint fp_visitor : {a:20}|{h:32}
analytics session analytics_session_id amplitude_session_id ga_session_id posthog_session_id : 17{d:11}|{g}|17{d:8}
device model device_model hardware : SM-G99{d:1}B|iPhone1{d:1},{d:1}|Pixel {d:1} Pro
ssid ssid network_name : FRITZ!Box 7590 {L:2}|Vodafone-{H:4}
timezone timezone tz : Europe/Berlin|America/Argentina/Buenos_Aires|UTC+0{d:1}:00
percent progress completion : {d:2}%|{d:2}.{d:1} %
duration duration eta : PT{d:1}H{d:2}M|{d:2}:{d:2}:{d:2}
bytes size_label file_size : {d:3} KB|{d:2}.{d:1} MiB
hashtag hashtag tag : #blackfriday{d:4}|#kw{d:2}
coupon coupon_code promo_code voucher gutscheincode : SUMMER{d:2}|WELCOME-{d:2}-OFF|XMAS{d:4}
referral referral_code ref_code invite_slug : MARIA{d:2}|{L:6}{d:2}
room room_code game_code join_slug : {w:3}-{w:4}-{w:3}|{L:4}{d:2}
licence name license spdx license_type : Apache-2.0|MIT|GPL-3.0-or-later WITH Classpath-exception-2.0
public client id client_id google_client_id oauth_client_id : {d:12}-{l:32}.apps.googleusercontent.com|{g}
app id fb_app_id appId app_id : {d:15}|1:{d:12}:web:{h:22}
measurement id measurement_id gtm_id ga_id pixel_id : G-{A:10}|GTM-{A:7}|UA-{d:8}-1|{d:15}
tenant id tenant_id directory_id organization_id workspace_id : {g}|T0{A:9}|org-{a:24}
jwks kid kid key_id kms_key_id : {u:22}|{g}|alias/app-{w:5}
key version key_version secret_version credential_version : {d:2}|v{d:1}|projects/1/secrets/db/versions/{d:1}
protobuf type type_url : type.googleapis.com/acme.v{d:1}.Order
sql no values statement query_template : SELECT id, name FROM users WHERE token = $1 AND active = true LIMIT {d:2}
stack frame stack_frame top_frame : at resetPassword (webpack:///./src/auth/password.ts:{d:2}:{d:2})
log line no values log_line : {d:4}-01-02 10:00:0{d:1} INFO token refreshed for client web in {d:2} ms
graphql no values operation : query Viewer { viewer { id email emailVerified } }|mutation ResetPassword($token: String!) { reset(token: $token) { ok } }
html no values markup : <input type="password" name="pwd" autocomplete="current-password">|<label for="card">Card number</label>
schema json_schema : {"type":"object","required":["password"],"properties":{"password":{"type":"string","minLength":{d:1}}}}
help url docs_url help_link : https://docs.example.com/api/tokens#rotate-{d:1}|https://example.com/forgot-password?lang=de|https://id.example.com/.well-known/jwks.json
url with ids page_url referrer $current_url : https://shop.example/p/{d:6}?color=red&ref=nl-{d:2}|https://app.example.com/o/{g}/edit?tab=keys|https://www.google.com/search?q=change+password+{w:5}
package pkg dependency npm_package : @acme/auth-token-{w:5}@{d:1}.{d:1}.{d:1}|password-validator@^5.{d:1}.0|pip==2{d:1}.{d:1}
retina image src_set icon_file : logo@2x.png|avatar@3x.webp 3x
at handle mention twitter_handle : @maria_lopez|@acme.dev|matrix:r/room:example.org
ssh remote git_remote repo_url : git@github.com:acme/web-{w:4}.git|ssh://git@bitbucket.org/acme/x.git
hash tags content_tags : sha-{h:7},latest,main
sudoku puzzle board_state fen : rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq e3 0 1|530070000600195000098000060
lottery numbers picks draw : {d:1}, 1{d:1}, 2{d:1}, 3{d:1}, 4{d:1}|07-14-21-28-35-42
phone like extension ext_no internal_no : {d:3}|{d:4}
emergency number hotline_short service_number_short : 112|911|116117
iso standard standard norm : ISO 27001:2022|DIN EN 13501-1|RFC 9110
model number model_no part_number : WH-1000XM5|{L:2}{d:4}-{d:3}|{d:3}-{d:5}-0{d:1}
"""

# Names that sound like secrets or persons' data, with values that are none.
KEYS = """password_reset_clicked password_changed password_visible has_password passwordRequired is_password_set show_password passwordless_enabled password_autofilled:true|false
passwordStrength password_score password_strength_label pwd_strength:weak|strong|3|0.82|very strong|medium
password_length min_password_length password_max_len pwd_chars:8|12|64|16
password_policy password_rules pwd_policy_name:strict|min12-mixed|NIST-800-63B|default
password_expires_at password_changed_at last_password_change pwd_last_set:2026-03-01T08:00:00Z|1764576000|2026-02-11
password_attempts failed_password_count pwd_retry passwordTries:0|1|3|5
password_error passwd_err pwd_error_code password_validation:too_short|mismatch|ERR_PWD_04|required
forgot_password_source password_reset_channel pwd_reset_method:email|sms|login_page
password_manager password_field_type pwd_input_mode:1Password|text|bitwarden|hidden
token_count prompt_tokens completion_tokens max_tokens tokens_used total_tokens tokenUsage:42|1536|8192|0
token_type tokenType token_kind:bearer|Bearer|refresh|mac|JWT
token_expires_in token_ttl access_token_expiry token_exp refresh_token_expires_at:3600|86400|2026-05-01T00:00:00Z|15m
token_status tokenValid token_expired has_token:valid|true|false|expired|revoked
token_symbol token_name token_standard nft_token_id erc20_token_name:USDC|ERC-721|4411|Wrapped Ether
design_token theme_token css_token:color.primary.500|spacing-4|radius.md
tokenizer tokenizer_name token_model:cl100k_base|bert-base-uncased|sentencepiece
secret_santa secret_santa_group secret_menu_item secret_sale:yes|Office 4|Cold brew|spring
secret_name secret_manager secret_store secret_provider:db-main|vault|aws-secretsmanager|prod/app/db
secret_rotation secret_rotated_at secret_age_days secretRotationEnabled:30|true|2026-01-01|14
api_key_name api_key_label apiKeyDescription api_key_created key_label:CI|My laptop|2026-02-02|production read only
api_key_count api_keys_total num_api_keys keys_created:3|0|12
api_version api_status apiMethod api_region api_tier:v2|ok|POST|eu|free
auth_method authProvider auth_type auth_status login_method sso_provider:saml|google|passkey|ok|oidc|okta
auth_required isAuthenticated authorized auth_success authEnabled:true|false
author author_name authored_by co_author authority authoring_tool:Maria Lopez|Karl May|Figma|WHO
card_brand cardType card_network cc_type card_scheme payment_card_type:visa|MASTERCARD|amex|maestro|debit
card_last4 last_4 card_last_four cc_last4 lastFour pan_last4:4242|0005|1881
card_expiry exp_month card_exp_year expMonth cc_exp_year:12|2031|04|2029
card_country card_funding card_issuer card_saved card_present:DE|credit|Sparkasse|true|false
card_title card_layout card_index card_id_prefix card_variant card_count:Summer sale|grid|4|compact
cvc_check cvv_result avs_check card_check_cvc:pass|M|fail|unchecked
iban_valid iban_country has_iban iban_required iban_check_result:true|DE|false|ok
email_verified email_opt_in email_sent email_opened email_bounced emailConfirmed has_email:true|false
email_type email_provider email_domain email_template email_subject email_campaign email_client:work|gmail|gmail.com|welcome_v3|Your order is on its way|spring26|Outlook
email_count emails_sent num_emails inbox_count email_frequency:3|120|weekly|0
phone_verified phone_type phone_country phone_model phone_os phone_country_code phone_prefix:true|mobile|DE|Pixel 9|android|+49|0049
phone_number_valid has_phone phone_optin sms_consent sms_sent callMeBack:true|false
ssn_provided ssn_verified ssn_required ssn_match_result passport_required passport_country id_document_type passport_expiry:true|false|match|DE|passport|2031-05-01
national_id_type id_type document_type tax_id_type doc_kind:passport|DNI|driver_license|VAT
tax_rate tax_class tax_country tax_included tax_exempt:19|standard|AT|true|7.7
pin_count pin_color pin_board pinned pin_position pin_length is_pinned pinterest_board:4|red|Recipes|true|left|6
pin_attempts pin_enabled pin_set pinRequired:2|true|false
otp_sent otp_channel otp_length otp_verified otp_resend_count otpEnabled:true|sms|6|2|whatsapp|false
mfa_enabled mfa_method mfa_required two_factor_type twoFactorEnabled:true|totp|webauthn|false|sms
verification_status verification_method verification_code_sent code_sent_at verified_via code_length:pending|email|true|2026-04-01T09:00:00Z|6
promo_code discount_code coupon_code code_type error_code country_code status_code exit_code:SAVE10|percent|E_4012|AT|404|137|0
zip_code area_code language_code currency_code color_code dress_code source_code_language:80331|030|pt-BR|EUR|#00ff00|casual|Rust
code_coverage code_review_state code_owner barcode_format qr_code_scanned:87.5|approved|team-web|EAN-13|true
session_count session_duration sessionNumber session_length_ms sessions_total:42|180000|7|12.5
session_start session_source session_type session_timeout is_new_session:2026-04-04T10:00:00Z|organic|yoga|30|true
cookie_consent cookies_enabled cookie_banner cookie_policy_version cookie_category:accepted|true|dismissed|2026-01|analytics
csrf_enabled csrf_check xsrf_header_name csrf_error:true|ok|X-XSRF-TOKEN|missing
key_count keyboard_layout key_type key_size keyword keyspace primary_key_column foreign_key partition_key_name:3|qwertz|RSA|2048|running shoes|events|id|user_id|tenant
public_key_algorithm key_algorithm jwk_use cipher_suite hash_algorithm encryption_type signature_algorithm:ed25519|RS256|sig|TLS_AES_128_GCM_SHA256|sha256|AES-256-GCM
signature_valid signature_required signed_in signed_up signing_method signature_count:true|false|eidas|2
credential_type credential_provider credentials_saved has_credentials credential_count:public-key|icloud-keychain|true|2
private_mode private_browsing is_private private_label privacy_level private_repo_count:true|false|store brand|high|4
access_level access_type access_granted accessibility_score accessories_count access_denied_reason:admin|offline|true|98|3|expired plan
client_type client_version client_name client_platform:web|4.2.0|Acme GmbH|ios
bearer_name beneficiary_type account_type account_status account_age_days account_tier account_number_valid:Mr. Smith|spouse|savings|active|120|gold|true
bank_name bank_country bank_code_type bank_connected bank_transfer_selected:Sparkasse|PL|BLZ|true
pass_rate passing_score pass_type passenger_count passage compass_heading bypass_cache boarding_pass_type:0.93|60|day|2|Hebrews|181|true|mobile
license_type license_count driver_license_verified license_expired licence_state:MIT|25|true|false|CA
seed seed_round random_seed seed_count seeds_per_pack:42|Series A|1337|120
salt_level salted_caramel salt_type:low|true|sea
hash_rate hashtag_count hash_type hashed hash_function:120 TH/s|4|sha1|true|murmur3
wallet_type wallet_connected wallet_balance wallet_provider:metamask|true|0.42|apple_pay
webhook_status webhook_event webhook_secret_set webhook_retries:200|order.created|true|3
hook_name book_token_price lookbook_id checkbook_used:useEffect|12|spring-26|true
contraseña_visible senha_forte mot_de_passe_oublie_clic passwort_staerke haslo_sila password_dimenticata_click пароль_показан parola_gücü 密码强度 パスワード表示 비밀번호_길이:true|false|3
correo_verificado telefono_verificado numero_tarjeta_valido code_postal codigo_postal código_error Postleitzahl kod_pocztowy почтовый_индекс:true|75011|28013|E42|10115|00-950|101000
"""

TEXTS = """Please enter your password|Your password must have at least 12 characters|Passwords do not match|Forgot your password?|Your token has expired, sign in again|Invalid API key|We never ask for your PIN|Enter the code we sent to your phone|Card number is invalid
Resend code|Verification code expired|How to rotate API keys safely|Two-factor authentication is on|Session expired|Please confirm your e-mail address|Missing bearer token|Secret Santa sign-up opens on Monday|The password is case sensitive|Password: required|API key: not set
password = None|token: null|Error: password is required|Your password was changed on 3 May 2026|Passwort vergessen?|Kennwort stimmt nicht überein|Das Passwort muss mindestens 8 Zeichen lang sein|Bitte geben Sie Ihre Kreditkartennummer ein|IBAN ist ungültig|Telefonnummer (optional)
Mot de passe oublié ?|Saisissez votre code de vérification|Numéro de carte invalide|Votre mot de passe est trop court|¿Olvidaste tu contraseña?|La contraseña es obligatoria|Introduce el código de verificación|Número de tarjeta no válido|Esqueceu a senha?|A senha deve ter 8 caracteres
Codice di verifica non valido|Password dimenticata?|Wachtwoord vergeten?|Nie pamiętasz hasła?|Hasło jest za krótkie|Zapomenuté heslo|Elfelejtett jelszó|Ați uitat parola?|Забыли пароль?|Введите код из СМС|Неверный номер карты|Пароль слишком короткий|Забули пароль?|Şifremi unuttum|Kart numarası geçersiz
هل نسيت كلمة المرور؟|أدخل رمز التحقق|שכחת סיסמה?|忘记密码?|请输入验证码|密码长度不能少于8位|パスワードをお忘れですか|認証コードを入力してください|비밀번호를 잊으셨나요?|인증번호를 입력하세요|Quên mật khẩu?|Lupa kata sandi?|ลืมรหัสผ่าน|पासवर्ड भूल गए?|Glömt lösenordet?|Glemt adgangskode?|Unohditko salasanan?
Token economics explained in 5 minutes|The key to better sleep|Pass the salt, please|Our secret recipe since 1921|Card games for rainy days|Authoritative guide to OAuth 2.0|Author: Karl Ove|Compass and map|Bearer bonds are back|Session 4 of 12: breathing|Keyboard shortcuts|Account number and sort code explained
Call us Monday to Friday 9-17|Order 4411-2026 has shipped|Room 12, gate 45, seat 17C|Temperatures of 21-25 degrees|From 2019-2024 sales grew by 12.5 %|Version 10.4.1 (build 20260412)|Error 0x80070005 at 0x7ffdf0a1|ISBN 978-3-16-148410-0|Results 1-20 of 1,204,331|Ticket #88123 closed|Meeting 2026-04-03 10:30-11:15
Score 3:2 (1:1)|1.5 x 2.5 x 10 cm|Part 12-345-678 fits model XJ-9|Bus 100, 200 and N7|pi is 3.14159265358979|Latitude 52.520008, longitude 13.404954|Payment of 1.234,56 EUR received|Invoice 2026-000123 of 01.02.2026|Paragraph 4 (2) no. 3|Tel. on request|Flight LH 1234 from FRA to GRU
Your code is being checked|Do not share your code|The PIN is printed on the letter|Enter 6 digits|code: E_TIMEOUT|password_hash column was renamed to pwd_digest|token rotation job finished|Signed in with passkey|grep -r password src/|npm run generate:token|SELECT password FROM users|curl -H "Authorization: Bearer $TOKEN" https://api.example.com
Use your SSN or tax ID to verify|Passport required for this trip|Driving licence class B|Ausweis bitte bereithalten|DNI o NIE obligatorio|Dowód osobisty wymagany|Паспорт обязателен|Email sent|E-Mail wurde versendet|Correo enviado|send to name@domain|user at example dot com|@maria thanks!|a@b|3 @ 4.99 each|50% off @ checkout
authorization: pending|cookie: accepted|session: expired|Set-Cookie header missing|secret: ******|PASSWORD=****|api_key=[REDACTED]|Bearer [token]|Bearer <token>|{"password":"[Filtered]","user":4}|password=***&user=4|?token=REDACTED|<password>*****</password>|key: value|pwd: (empty)"""
