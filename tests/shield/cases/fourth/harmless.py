"""Harmless values for the fourth stock, in the form of the third's."""

VALUES = """~uuid upper event_guid session_replay_uuid request_uuid : {H:8}-{H:4}-4{H:3}-A{H:3}-{H:12}
uuid7 uuid_v7 ordered_id : 0190{h:4}-{h:4}-7{h:3}-9{h:3}-{h:12}
hex id doc_ref record_ref revision_id : {h:24}|{h:16}
short link short_url link_slug : https://bit.ly/{a:7}|https://t.co/{a:10}
firebase id firebase_instance_id app_instance_id : {h:32}
push id expo_push_id notification_id : {d:12}|{g}
algolia query query_id objectID index_name : {h:32}|prod_products_de|{d:9}
shopify ids checkout_ref cart_ref variant_gid : gid://shopify/ProductVariant/{d:14}|c1-{h:32}
paypal ids paypal_order_id capture_id payer_ref : {A:17}|{A:13}
order ids order_ref bestell_nr numero_pedido nr_zamowienia : #{d:5}|BE-{d:7}|{d:4}-{d:5}-{d:3}|W{d:9}
invoice numbers invoice_no rechnungsnummer facture_no fattura_n : RE-2026-{d:5}|F{d:8}|2026/{d:4}/A
customer numbers customer_no kundennummer client_ref : K-{d:6}|{d:7}|C{d:8}
parcel parcel_no dhl_tracking tracking_ref : 0034{d:16}|CP{d:9}DE|1Z{A:16}|H{d:19}
meter meter_no zaehlernummer mpan_meter : 1ESY{d:10}|{d:8}
chassis chassis_no fin_vehicle fahrgestellnummer : WBA{A:14}|TMB{A:14}
tail number aircraft_reg tail_no : D-AI{L:2}|N{d:3}{L:2}
container container_no bl_number : MSKU{d:7}|TCLU{d:7}
gtin gtin_code ean_code jan_code : 49{d:11}|50{d:10}
part part_no oem_no teilenummer : {L:1}{d:7}|{d:4}-{d:3}-{d:2}|{A:11}
lot batch_no lot_no charge_nr : L{d:6}{L:1}|{d:4}{L:2}{d:2}
drug ndc_code pzn_code atc_code : {d:5}-{d:4}-{d:2}|{d:8}|N02BE{d:2}
legal case_no docket_no aktenzeichen : {d:1} O {d:3}/26|2:26-cv-{d:5}|C-{d:3}/26
patent patent_no application_no : EP{d:7}B1|US{d:8}B2|WO2026{d:6}
land registry cadastral_ref parcel_ref flurstueck : {d:5}-{d:3}/{d:1}|{A:7}{A:7}0001{L:2}
company numbers company_reg_no handelsregister siret_company : HRB {d:6}|{d:3} {d:3} {d:3} {d:5}|{d:8}
bank codes bank_blz routing_no sort_code_bank : {d:8}|{d:2}-{d:2}-{d:2}
figi figi cusip_code wkn_code : BBG00{A:7}|{d:6}{A:2}{d:1}|{A:6}
odds odds spread line_value : 2.{d:2}|-1{d:2}.5|+{d:3}
scores set_score final_score : 6-4 3-6 7-6(5)|{d:1}:{d:1}
chess pgn_moves opening_code : 1. e4 e5 2. Nf3 Nc6 3. Bb5 a6|C{d:2}
music midi_note chord_progression bpm_range : Am7-D7-Gmaj7|120-{d:3}|C#{d:1}
recipe ingredient_line portion : 250 g flour, 2 eggs, 1/2 tsp salt|4-6
size sizes shoe_size dimensions_mm : EU {d:2} / US {d:1}.5|{d:3} x {d:3} x {d:2} mm|34/32
phonetic ipa_text pronunciation : ˈpæswɝːd|/ˈtoʊkən/
math formula latex_expr : E = mc^2|\\frac{a}{b}|x_1^2 + y_1^2 = r^2
unit conversions reading sensor_value : {d:2}.{d:1} °C / {d:2} %|{d:4} hPa|{d:3} µg/m³
modem mcc_mnc cell_lac network_code : 262-0{d:1}|{d:5}
bluetooth ble_uuid service_uuid char_uuid : 0000{h:4}-0000-1000-8000-00805f9b34fb
usb usb_id pci_id vid_pid : {h:4}:{h:4}|VID_{H:4}&PID_{H:4}
gpu gpu_renderer webgl_renderer : ANGLE (NVIDIA, NVIDIA GeForce RTX 30{d:2} Direct3D11 vs_5_0 ps_5_0, D3D11)
screen device_pixel screen_res : 1440x3{d:3}@3.5|{d:4}×{d:4}
~user agent http_user_agent client_ua : Mozilla/5.0 (iPhone; CPU iPhone OS 18_{d:1} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.{d:1} Mobile/15E148 Safari/604.1|Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UD1A.23{d:4}.022)
client hints sec_ch_ua client_hints : "Chromium";v="13{d:1}", "Not:A-Brand";v="24"
accept accept_header accept_encoding_header : text/html,application/xhtml+xml;q=0.9,*/*;q=0.{d:1}
cache cache_control_header vary_header : public, max-age={d:5}, immutable|W/"{d:4}-{h:8}"
csp csp_header : default-src 'self'; script-src 'nonce-{b:22}==' 'strict-dynamic'
link header link_header : </page/{d:1}>; rel="next", </page/9>; rel="last"
cors origin allow_origin : https://shop{d:1}.example.com
dns dns_txt spf_record dkim_selector : v=spf1 include:_spf.example.com ~all|selector{d:1}._domainkey
whois nameserver ns_record : ns{d:1}.dns.example.net
cert subject cert_subject issuer_dn : CN=www.example.com, O=Acme GmbH, C=DE|/C=US/O=Let's Encrypt/CN=R1{d:1}
cert thumb cert_thumbprint sha1_thumbprint : {H:40}
jwk thumb jwk_thumbprint x5t_s256 : {u:43}
public jwk jwks_public public_jwk : {"kty":"RSA","e":"AQAB","use":"sig","kid":"{a:8}","n":"{u:342}"}
age public age_recipient recipient_pubkey : age1{l:58}
wireguard public peer_public_key wg_public_key : {b:43}=
nostr nostr_npub npub : npub1{l:58}
solana sol_address token_mint program_id : {e:44}
tx solana_signature tx_signature : {e:88}
ens ens_name did_subject : vitalik{d:2}.eth|did:key:z6Mk{e:44}|did:web:example.com
oci oci_digest image_digest : sha256:{h:64}
nix store_path nix_hash : /nix/store/{l:32}-hello-2.12|sha256-{b:43}=
go sum go_sum h1_hash : h1:{b:43}=
yarn yarn_checksum lock_resolution : 10c0/{h:128}|sha512-{b:86}==
maven maven_coord gradle_dep : org.springframework.boot:spring-boot-starter-security:3.{d:1}.{d:1}
docker tag image_tag container_image_name : postgres:16.{d:1}-alpine|acme/auth-service:sha-{h:7}
k8s ids pod_uid replica_name job_pod : {g}|api-{h:10}-{l:5}|nightly-2926{d:4}-{l:5}
ci job_url build_url pipeline_ref : https://ci.example.com/job/auth-token-tests/{d:4}/|refs/heads/feature/reset-password-{d:2}
branch git_branch merge_branch : fix/jwt-expiry-{d:3}|feat/add-api-keys-page
commit message commit_message commit_title : fix(auth): refresh token rotation (#{d:4})|Remove hardcoded secret from tests
java class class_name fqcn : org.acme.security.PasswordEncoderFactory|com.acme.TokenProvider$Builder
stack top error_frame source_frame : com.acme.auth.PasswordResetService.reset(PasswordResetService.java:{d:3})|at Object.verifyToken (/app/dist/auth.js:{d:2}:{d:2})
error codes err_code error_ref : AUTH_TOKEN_EXPIRED|E{d:5}|0x8007{h:4}|ORA-0{d:4}
log ids log_group log_stream : /aws/lambda/reset-password|2026/01/02/[$LATEST]{h:32}
sql text sql_template prepared : UPDATE users SET password = ? WHERE id = ?|SELECT count(*) FROM api_keys WHERE revoked = {d:1}
route route_name route_pattern : /users/:id/password|password.reset.{token}|POST /v1/tokens
permission scope_list permission_name : read:tokens write:secrets|secrets.read|user:email repo
policy iam_action policy_action : secretsmanager:GetSecretValue|kms:Decrypt
env names env_name required_env : DATABASE_PASSWORD|STRIPE_SECRET_KEY|JWT_SECRET
templates template_text snippet_text : Hello {{name}}, your code is {{code}}|Dear %s, your password was reset|Hi ${user.email}
placeholders input_placeholder hint_text : ••••••••|0000 0000 0000 0000|DE00 0000 0000 0000 0000 00|name@example|XXX-XX-XXXX|+49 ___ _______
filler sample_input test_input : asdf|qwerty|lorem ipsum dolor|foo bar baz
emoji names emoji_name sticker_id : :key:|:closed_lock_with_key:|CAACAgIAAxk{a:6}
social ids fb_post_id reel_id tiktok_video_id : {d:15}_{d:15}|7{d:18}
podcast episode_guid feed_ref : tag:soundcloud,2010:tracks/{d:10}|{h:32}
map place_id plus_code osm_ref : ChIJ{u:23}|8FW4V75V+8Q|way/{d:9}
flight legs itinerary_ref fare_basis : FRA-LHR-JFK|YLOWDE{d:1}
hotel confirmation_no hotel_conf : {d:9}|{A:6}
library call_number shelf_mark : QA76.73.R87 B55 20{d:2}|Mag. {d:4}/{d:2}
school course_code module_no : INF-{d:4}|CS 10{d:1}
zodiac horoscope blood_type : ♌ Leo|A Rh+
weather metar_text forecast_code : EDDF 121220Z 24012KT 9999 FEW0{d:2} {d:2}/{d:2} Q1013
radio call_sign frequency_label : DL{d:1}ABC|145.{d:3} MHz
license car_plate_no matricula : {d:4} {L:3}|{L:2} {d:3} {L:2}
barcode text aztec_text datamatrix_text : 01{d:14}17260101
qr qr_payload_text : WIFI-Setup page {d:1}|https://q.example/{a:6}
coupon gutschein_code kortingscode codigo_promocional : FRUEHLING{d:2}|KORTING-{d:2}|DESCUENTO{d:2}
seat map seat_label table_no : Row {d:2}, Seat {d:1}|T{d:2}
shift shift_code roster_ref : N2-{d:2}|F 06:00-14:00
"""

KEYS = """passwordToggle passwordRevealed pw_visible password_eye_icon password_meter_shown password_suggestion_used password_paste_blocked:true|false|clicked
password_age_days pwd_min_length password_entropy_bits password_strength_pct password_reuse_count:90|12|64|0.75|3
password_recovery_step pw_reset_status forgot_pw_result password_login_result password_source:2|completed|sent|success|form
tokens_in tokens_out token_budget token_price_usd tokenBalance token_limit_reached token_holders token_supply:512|2048|0.0003|true|1000000
token_bucket_size rate_token_cost token_ring_latency token_index_pos token_text_preview:10|1|34|0|the
secret_level secret_ending secret_recipe_title secret_admirer_flag secretary_desk:3|unlocked|Goulash|true|west wing
api_key_last_used api_key_expires_on apikey_rotation_days api_key_owner_team api_key_scope_count:2026-04-01|2027-01-01|30|platform|3
api_latency_ms api_calls_today api_quota_left api_host api_client_lang:42|1200|88|eu-1|python
auth_duration_ms auth_step auth_screen_variant auth_fail_reason auth_retry_count:120|otp|b|timeout|2
card_color card_position card_flip_count card_deck card_theme card_click:red|3|2|major arcana|dark|true
card_bin_country card_exp_soon card_valid_until card_tier card_limit_eur card_product_name:DE|true|12/2031|gold|5000|Barclays Platinum
iban_format_ok iban_bank_name iban_entered_chars iban_help_opened:true|Sparkasse Köln|22|1
email_length email_valid_format email_tld email_hash_algo email_send_time email_thread_count:24|true|de|sha256|09:30|4
phone_digits_entered phone_format_ok phone_brand phone_carrier_type phone_screen_size phone_storage_gb:10|true|Fairphone|prepaid|6.1|128
ssn_field_focused ssn_help_clicked passport_photo_ok passport_scan_quality id_scan_attempts id_front_uploaded:true|false|0.93|2
passport_issuing_country id_card_type licence_class driver_license_category nationality_code:FR|eAT|B|BE|AT
pin_code_length pin_pad_layout pin_error_count pin_hint_shown pinned_items pin_style:4|scrambled|1|true|7|dark
otp_delay_s otp_provider otp_input_boxes otp_autofill_used otp_expired mfa_prompt_count:3|twilio|6|true|false|1
verification_level verification_badge verified_seller verification_provider verification_score:2|blue|true|onfido|0.98
session_index session_quality_score session_is_bounce session_landing_path sessions_per_user session_cookie_present:4|87|true|/pricing|1.7|false
cookie_count cookie_banner_version cookie_choice cookie_lifetime_days cookie_recipe:12|v3|necessary only|365|chocolate chip
csrf_protection_on csrf_failure_count csrf_header_sent:true|0|false
key_pressed_count key_metric_name key_visual_id key_account_manager key_takeaway keynote_speaker:12|arr|hero-7|Maria|ship small|Ada
encryption_on encryption_at_rest encrypted_fields_count encryption_algorithm_name cipher_name:true|aes-256|3|AES-GCM|chacha20
signature_pad_used signature_font signature_count_total signing_order signed_pages:true|Caveat|2|1|4
private_session_type private_beta private_event private_note_count:public|true|false|3
credentials_provider_name credential_age_days credential_status credential_source_file:vault|12|active|~/.aws/config
account_number_masked account_suffix account_kind account_opened_on account_holder_type:****1234|22|savings|2020-01-01|joint
license_plate_state license_seats_used license_model license_renewal_date:NV|12|per seat|2026-09-01
wallet_app wallet_card_count wallet_currency wallet_empty:Google Wallet|2|EUR|true
seed_list_name seed_rate seed_keyword seedling_count:inbox-test|0.2|running shoes|40
passive_income pass_through_rate passkey_offered passed_checks passing_grade pass_price:low|0.2|true|4|C|49
contraseña_longitud senha_tamanho longueur_mot_de_passe passwort_anzeigen_geklickt lunghezza_password wachtwoord_sterkte длина_пароля şifre_uzunluğu 密码长度 パスワード強度 비밀번호_변경일:8|12|true|2026-01-01
codigo_producto code_produit Produktcode codice_prodotto código_de_barras kod_produktu код_товара ürün_kodu 商品编码 商品コード 상품코드:A-4411|10442|X77
código_postal_envio cp_livraison PLZ_Lieferung cap_spedizione почтовый_код posta_kodu 邮政编码 郵便番号 우편번호:28004|75002|10117|20121|101000
telefono_tipo marca_telefono téléphone_marque Telefonmodell модель_телефона 手机型号 機種名:Samsung|iPhone 15|Xiaomi 14
correo_enviado mail_envoye E-Mail_geöffnet почта_подтверждена 邮件已发送 メール受信設定:true|false|2
tarjeta_tipo type_carte Kartentyp tipo_carta тип_карты kart_tipi 卡类型 カード種別:Visa|débito|Gold|Mastercard
"""

TEXTS = """Show password|Hide password|Generate a strong password|Keep me signed in|Sign in with a passkey|Copy API key|Rotate secret|Revoke token|Delete this key?|Add a payment card|Enter your IBAN|Verify your identity|Upload your passport|Scan the QR code|Backup codes downloaded|Recovery phrase saved
Use at least one number and one symbol|Password must not contain your name|The passwords you entered are not the same|This password has appeared in a data leak|Your session will expire in 5 minutes|Invalid CSRF token|JWT expired|Signature verification failed|Incorrect PIN|Wrong code, 2 attempts left
Passwort anzeigen|Passwort ändern|Neues Passwort festlegen|Bitte bestätigen Sie Ihr Passwort|Der Code ist abgelaufen|Karte hinzufügen|Ihre Kartendaten sind sicher|Afficher le mot de passe|Le code est incorrect|Ajouter une carte|Mostrar contraseña|El código ha caducado|Añadir tarjeta|Mostrar senha|O código expirou|Adicionar cartão
Mostra password|Il codice è scaduto|Aggiungi carta|Wachtwoord tonen|De code is verlopen|Pokaż hasło|Kod wygasł|Zobrazit heslo|Jelszó mutatása|Показать пароль|Код устарел|Добавить карту|Показати пароль|Şifreyi göster|Kodun süresi doldu|إظهار كلمة المرور|انتهت صلاحية الرمز|הצג סיסמה|显示密码|验证码已过期|パスワードを表示|コードの有効期限が切れました|비밀번호 표시|인증번호가 만료되었습니다|Hiện mật khẩu|Tampilkan kata sandi|แสดงรหัสผ่าน|पासवर्ड दिखाएं
The password to success is patience|A token of appreciation|Key lime pie recipe|Secret gardens of Paris|Open source secret managers compared|Card sorting workshop on Tuesday|Session musicians wanted|PIN tumbler locks explained|Bearer of good news|Code red: a thriller|Passports of the world quiz
Section 12.3.4 (page 567)|Score 110-98 after overtime|2 x 4 = 8, 3 x 5 = 15|Model 2026-4411-X replaces 2025-3311-X|Route 66 to I-405, exit 12|Serial 88-1234-5678 was recalled|Open 08:00-12:00 and 13:30-18:00|Chapter 7, verses 12-15|Version 2026.04.01-rc1 of module 12345678|Population 1 234 567 (2025)|Distance 384,400 km
Gene BRCA1 c.5266dupC|Asteroid 2026 AB12|M31 and NGC 7000|Resistance 4.7 kΩ ± 5 %|Offer ends 31.12.2026 at 23:59|Tax 19 % of 1,234.00 = 234.46|Kurs 1,0845 (+0,12 %)|Aktenzeichen 12 C 345/26|Zimmer 1204, 12. Stock|Ligne 13, arrêt 4|Los 4711 ausverkauft
password: {{ vault_password }}|token: ${{ secrets.NPM_TOKEN }}|api_key: !vault|secretKeyRef: name: db key: password|export TOKEN=$(cat token.txt)|PASSWORD=$1|process.env.API_KEY is undefined|Missing required parameter: client_secret|argument --password is required|usage: login [--user USER] [--password PASSWORD]|password (optional): string
read -s PASSWORD|const { token } = useAuth()|if (password.length < 8) throw new Error()|def verify_token(token: str) -> bool|SELECT api_key FROM accounts LIMIT 1|WHERE password IS NULL|validatePassword(password)|getToken().then(setToken)|Authorization: Bearer {token}|Cookie: {cookie}|x-api-key: <key>|type: password|name: token
user@host:~$ passwd|root@web1:/# ls|git@gitlab.com:acme/token-service.git|icon-key@2x.png|npm i @acme/secrets@latest|10 @ 2.50 EUR|meet @ 5pm|see you @home|<user@>|@media (min-width: 600px)|mail to: sales at example dot org
Your order 40-1234567-89 is on its way|Customer 4711-0815 called twice|Ref. 2026/04/4411-A|Parcel 00340434161094042557 was delivered|Invoice no. 9876543210 is due|Ticket INC0012345 reopened|Case 5003000000D8cuI closed|ISIN DE0007164600|LEI 529900D6BF99LW9R2E68|Flight BA2490 seat 14C|IMEI 490154203237518 blocked"""
