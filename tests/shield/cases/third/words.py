"""Names of fields for the third stock, written without a look at the rules or at the two stocks before."""

# Programs' and forms' names of a password, with affixes, shortenings and slips of typing.
PASSWORDS = """password_new old-passwd usrPasswd login_pwd pwd_again passwordAgain pwd2 password_1 retype-password reenter_pw verifyPwd
pass_word pasword passwrod pasward passwort_neu user_pwd_enc pswd1 loginPass webmail_pass imap_password pop3Password smtp_passwd
mailserver_pass ftp_pass sftp_passwd ssh_pwd sudo_password root_passwd adminPass admin_pw superuser_password db_pass dbPasswd
database_pwd pgpassword MYSQL_ROOT_PASSWORD MONGO_INITDB_ROOT_PASSWORD REDIS_PASS rabbitmq_default_pass ldap_bind_password
bindpw kerberos_pass keystore_pass keyStorePassword truststore-password pfx_password p12_pass cert_passphrase ssh_key_passphrase
gpg_passphrase vaultPassphrase zip_password archive_pwd pdf_user_password wlan_passwort wpa2_psk wifi_pass hotspot_password
router_admin_pw vnc_password rdp_pass proxy_pass socks5_password vpn_pass pppoe_password radius_pass snmp_auth_password
temp_password tmpPwd initial_password one_time_password_plain default_passwd genPassword generated_pw plain_password
password_plaintext cleartext_password raw_pwd unhashed_password password_hash pwd_hash passwd_digest passwordEncrypted pwd_md5
hashed_pw user_password_bcrypt current-password currentPwd previous_password lastPassword existing_pass confirm_pw pwConfirm
confirmNewPassword new_password2 repeatPwd rep_password security_answer secretAnswer answer_to_secret_question
challenge_answer memorable_word memorable_information parental_password bank_pwd netbanking_password tpin_password ivr_password
wallet_password backup_password encryption_passphrase masterPassphrase unlock_password screen_lock_password lockscreen_pw
door_password safe_combination_password meeting_password zoomPasscode webinar_password conference_pwd share_password link_password
sap_password oracle_pwd mssql_sa_password SA_PASSWORD weblogic_password tomcat_manager_password jenkins_pass grafana_admin_password
elastic_password kibana_pass nexus_pwd sonar_password steam_password psn_pass xbox_pwd minecraft_password
j_pass log_pass lgnpwd txtPwd txtPass2 inputPassword edtPassword tbPassword frmPwd pwdField passwordInput passwd_fld upass upwd
u_pass mypass yourPassword kennwort passcode_word enablePassword switch_enable_password telnet_pass""".split()

# A password in other languages, the forms' words as people there write them; language, then names.
FOREIGN_PASSWORDS = {
    "de": ["Kennwort", "neues Kennwort", "Passwort wiederholen", "Altes Passwort", "Zugangskennwort", "Geheimwort", "Kennwort bestätigen", "WLAN-Schlüssel", "Sicherheitsantwort"],
    "fr": ["mdp", "mdp_actuel", "nouveau mdp", "confirmer_mdp", "code secret", "mot de passe actuel", "motDePasse", "réponse secrète", "ancien mot de passe"],
    "es": ["contraseña", "contrasenia", "clave de acceso", "clave_actual", "repetir clave", "nueva contraseña", "confirmarContrasena", "palabra clave", "respuesta secreta", "pwd_usuario"],
    "pt": ["senha_atual", "novaSenha", "repetir senha", "senha de acesso", "palavra-passe", "confirme a palavra passe", "senhaAntiga", "frase secreta"],
    "it": ["parola d'ordine", "nuova parola chiave", "conferma parola", "password_attuale", "ripeti la password", "codice di accesso segreto"],
    "nl": ["wachtwoord", "nieuw_wachtwoord", "herhaal wachtwoord", "huidigWachtwoord", "toegangscode wifi wachtwoord", "wachtwoordzin"],
    "pl": ["hasło", "nowe_haslo", "powtórz hasło", "stareHaslo", "potwierdz haslo", "hasło dostępu"],
    "cs": ["nové heslo", "heslo_znovu", "stareHeslo", "potvrzení hesla", "přístupové heslo"],
    "sk": ["nove heslo", "heslo znova", "potvrdenie hesla", "prístupové heslo"],
    "hu": ["jelszó", "uj_jelszo", "jelszó újra", "regiJelszo", "jelszó megerősítése", "jelmondat"],
    "ro": ["parola nouă", "parola_veche", "confirmă parola", "repetaParola"],
    "bg": ["нова парола", "повтори паролата", "стара парола", "парола за достъп", "nova_parola"],
    "ru": ["пароль_ещё_раз", "новый пароль", "текущий пароль", "повторите пароль", "кодовое слово", "секретный ответ", "parol", "novyj_parol", "пароль от вайфая"],
    "uk": ["новий пароль", "повторіть пароль", "поточний пароль", "кодове слово", "старий_пароль"],
    "sr": ["лозинка", "нова лозинка", "поновите лозинку", "lozinka_ponovo", "potvrdi lozinku", "šifra korisnika"],
    "hr": ["zaporka", "nova zaporka", "ponovi lozinku", "stara_lozinka"],
    "sl": ["geslo", "novo geslo", "ponovi_geslo", "staroGeslo"],
    "mk": ["лозинка", "потврди лозинка", "нова_лозинка"],
    "sq": ["fjalëkalimi", "fjalekalimi_ri", "konfirmo fjalëkalimin"],
    "el": ["κωδικός πρόσβασης", "νέος κωδικός πρόσβασης", "συνθηματικό", "επιβεβαίωση κωδικού πρόσβασης", "kwdikos_prosvasis"],
    "tr": ["şifre", "yeni şifre", "sifre_tekrar", "mevcutSifre", "eski parola", "gizli cevap"],
    "az": ["yeni şifrə", "parolu təkrarla", "kohne_sifre"],
    "kk": ["құпиясөз", "жаңа құпиясөз", "құпиясөзді қайталаңыз"],
    "uz": ["yangi parol", "parolni tasdiqlang", "maxfiy so'z"],
    "ka": ["პაროლი", "ახალი პაროლი", "გაიმეორეთ პაროლი", "paroli"],
    "hy": ["գաղտնաբառ", "նոր գաղտնաբառ", "կրկնել գաղտնաբառը"],
    "he": ["סיסמה", "סיסמא חדשה", "אימות סיסמה", "סיסמה נוכחית"],
    "ar": ["كلمة السر", "كلمة المرور الجديدة", "تأكيد كلمة السر", "الرقم السري للدخول", "كلمة_المرور_الحالية"],
    "fa": ["رمز عبور", "گذرواژه", "تکرار رمز عبور", "رمز_جدید", "کلمه عبور فعلی"],
    "ur": ["پاس ورڈ", "نیا پاس ورڈ", "پاس ورڈ کی تصدیق"],
    "hi": ["पासवर्ड", "नया पासवर्ड", "कूटशब्द", "पासवर्ड की पुष्टि", "पुराना_पासवर्ड"],
    "bn": ["পাসওয়ার্ড", "নতুন পাসওয়ার্ড", "গোপন সংকেত", "পাসওয়ার্ড নিশ্চিত করুন"],
    "ta": ["கடவுச்சொல்", "புதிய கடவுச்சொல்", "கடவுச்சொல்லை உறுதிசெய்"],
    "te": ["పాస్‌వర్డ్", "కొత్త పాస్‌వర్డ్", "రహస్యపదం"],
    "kn": ["ಗುಪ್ತಪದ", "ಹೊಸ ಪಾಸ್‌ವರ್ಡ್"],
    "ml": ["പാസ്‌വേഡ്", "പുതിയ രഹസ്യവാക്ക്"],
    "si": ["මුරපදය", "නව මුරපදය"],
    "ne": ["पासवर्ड", "नयाँ पासवर्ड", "गोप्यशब्द"],
    "th": ["รหัสผ่าน", "รหัสผ่านใหม่", "ยืนยันรหัสผ่าน", "รหัสผ่านเดิม"],
    "lo": ["ລະຫັດຜ່ານ", "ລະຫັດຜ່ານໃໝ່"],
    "km": ["ពាក្យសម្ងាត់", "ពាក្យសម្ងាត់ថ្មី"],
    "my": ["စကားဝှက်", "စကားဝှက်အသစ်"],
    "vi": ["mật khẩu", "mật khẩu mới", "nhập lại mật khẩu", "mat_khau_cu", "matKhau"],
    "id": ["kata sandi", "kata_sandi_baru", "ulangi kata sandi", "sandi lama", "konfirmasiSandi"],
    "ms": ["kata laluan", "kata_laluan_baru", "sahkan kata laluan"],
    "tl": ["bagong password", "ulitin ang password", "lihim na salita"],
    "zh": ["密码", "新密码", "确认密码", "登录口令", "旧密码", "mima", "支付密码", "密保答案"],
    "zh_TW": ["密碼", "新密碼", "再次輸入密碼", "舊密碼", "通行碼"],
    "ja": ["暗証番号", "新しいパスワード", "パスワード(確認)", "合言葉", "現在のパスワード", "pasuwado"],
    "ko": ["비밀번호", "새 비밀번호", "비밀번호 확인", "현재비밀번호", "암호"],
    "sv": ["lösenord", "nytt lösenord", "upprepa_losenord", "gammaltLosenord", "lösenfras"],
    "no": ["passord", "nytt passord", "gjenta passord", "gammelt_passord"],
    "da": ["adgangskode", "ny adgangskode", "gentag_adgangskode", "kodeord", "gammelt kodeord"],
    "fi": ["salasana", "uusi salasana", "salasana_uudelleen", "vanhaSalasana", "tunnuslause"],
    "et": ["parool", "uus salasõna", "korda_parooli", "salasona"],
    "lv": ["jaunā parole", "parole_atkartoti", "paroles apstiprinājums"],
    "lt": ["slaptažodis", "naujas slaptažodis", "pakartokite slaptažodį", "slaptazodis"],
    "is": ["lykilorð", "nýtt lykilorð", "lykilord_aftur"],
    "fo": ["loyniorð", "nýtt loyniorð"],
    "ga": ["pasfhocal", "pasfhocal nua"],
    "cy": ["cyfrinair", "cyfrinair newydd"],
    "eu": ["pasahitz berria", "pasahitza_berretsi"],
    "ca": ["contrasenya", "contrasenya_nova", "repeteix la contrasenya", "mot de pas"],
    "gl": ["contrasinal", "novo contrasinal"],
    "oc": ["senhal", "mot de santa clara"],
    "mt": ["kelma sigrieta", "password ġdida"],
    "lb": ["Passwuert", "neit Passwuert"],
    "af": ["wagwoord", "nuwe wagwoord", "herhaal_wagwoord"],
    "sw": ["nenosiri", "neno la siri", "nenosiri_jipya"],
    "am": ["የይለፍ ቃል", "አዲስ የይለፍ ቃል"],
    "so": ["ereyga sirta ah", "furaha sirta"],
    "ha": ["kalmar sirri", "kalmar_wucewa"],
    "yo": ["ọ̀rọ̀ aṣínà", "oro_asina"],
    "zu": ["iphasiwedi", "igama lokungena eliyimfihlo"],
    "mn": ["нууц үг", "шинэ нууц үг", "нууц_үг_давтах"],
    "be": ["новы пароль", "паўтарыце пароль"],
    "tg": ["рамз", "гузарвожа"],
    "ky": ["сырсөз", "жаңы сырсөз"],
    "tk": ["açar sözi", "täze parol"],
    "ku": ["şîfre", "şîfreya nû", "وشەی نهێنی"],
    "ps": ["پټنوم", "نوی پټنوم"],
    "eo": ["pasvorto", "nova pasvorto"],
    "ht": ["modpas", "nouvo modpas"],
    "mi": ["kupuhipa", "kupuhipa hou"],
    "pa": ["ਪਾਸਵਰਡ ਦੀ ਪੁਸ਼ਟੀ", "ਗੁਪਤ ਸ਼ਬਦ"],
    "gu": ["પાસવર્ડ", "નવો પાસવર્ડ", "ગુપ્ત શબ્દ"],
    "mr": ["पासवर्ड", "नवीन पासवर्ड", "परवलीचा शब्द"],
}

# Names of keys and tokens: the vendors' names are put before these.
KEY_KINDS = ["api key", "secret key", "access token", "client secret", "auth token", "personal access token", "webhook signing secret",
             "api token", "private api key", "app secret", "bot token", "service token", "integration secret", "apikey", "secret", "admin api key",
             "refresh token", "server key", "rest api key", "write token", "api secret", "token", "signing key", "shared secret", "master key",
             "consumer secret", "deploy token", "oauth token", "bearer token", "account key", "access key", "live key", "sandbox secret"]
VENDORS = """adyen klarna worldpay gocardless revolut kraken binance infura moralis etherscan coda clickup monday freshdesk pipedrive zoho
sparkpost iterable braze pubnub vonage plivo infobip clickatell cloudinary mux uploadcare filestack storyblok prismic strapi meilisearch
typesense weaviate qdrant cohere mistral together deepl assemblyai deepgram stability comet neptune fivetran airbyte hightouch dagster
railway vultr hetzner ovh bunny akamai neon turso upstash appwrite kinde descope fusionauth keycloak gitea travis drone semaphore
teamcity codecov snyk bugsnag airbrake raygun opsgenie logrocket amplitude heap split configcat unleash optimizely spacelift miro
strava bigcommerce etsy shipstation taxjar avalara here tomtom opencage ipinfo hunter apollo fullcontact typeform nylas crowdin phrase
transifex zuora chargebee recurly paddle payu mercadopago pagseguro conekta wepay dwolla yodlee truelayer tink belvo marqeta lithic
onfido jumio veriff persona sumsub trulioo docusign hellosign pandadoc gusto rippling bamboohr workday greenhouse lever personio
sap oracle netsuite xero quickbooks freee datev lexoffice toggl harvest clockify basecamp wrike smartsheet quip confluence
bitpanda bybit okx kucoin gateio huobi alpaca tradier polygon finnhub quandl iexcloud fixer openexchange
openweather tomorrow accuweather weatherbit meteomatics nasa foursquare yelp tripadvisor amadeus sabre skyscanner
vimeo wistia brightcove jwplayer dailymotion soundcloud deezer lastfm musixmatch genius tmdb
hikvision tuya ring nest ecobee smartthings particle blynk ubidots thingspeak losant
sendinblue sendgrid mailerlite convertkit activecampaign drip getresponse constantcontact omnisend moosend
nextcloud owncloud seafile minio wasabi backblaze storj filebase pinata web3storage
zerotier netbird headscale wireguard teleport boundary cyberark delinea keeper
grafana loki tempo influx timescale questdb clickhouse druid pinot starrocks
n8n zapier make workato tray pabbly ifttt parabola""".split()
PLAIN_KEYS = """api_key apikey_prod API-Key x_api_key xApiKey x-auth-token appKeySecret clientSecret client-secret oauthClientSecret
accessKeySecret secretAccessKey secret_access_key AccessKeySecret sas_key storageAccountKey primary_key_secret bearer bearerToken
refresh_token refreshToken RefreshTok acc_token accessTok auth_tok apiTokn api_scrt scrt_key signing_key webhookSecret wh_secret
hook_secret hmacSecret jwt_secret JWT_SIGNING_KEY session_secret cookieSecret app_secret_key SECRET_KEY_BASE DJANGO_SECRET_KEY
laravel_app_key encryptionKey enc_key aes_key AES256Key data_encryption_key kek_material master_key_hex fernet_key
NEXTAUTH_SECRET token_prod prod_token deploy_token ci_job_token runner_token registrationToken pat personal_access_token gh_token
npm_auth_token _authToken pypi_token docker_auth registry_token kube_token sa_token serviceAccountToken vaultToken consul_token
nomad_token machine_token device_token_secret push_server_key fcm_server_key apns_auth_key bot_token telegramBotToken
discordToken slack_bot_token webhook_token verify_token_secret x-functions-key functionKey Ocp-Apim-Subscription-Key
subscription_key azure_openai_key openai_api_key llmApiKey anthropicKey hf_token maps_api_secret license_secret
partner_secret merchant_secret merchantKey paymentSecret pg_secret_key gateway_secret checksum_key salt_key integrity_secret
proxy_authorization Authorization authorization_header authHeader basic_auth X-Amz-Security-Token aws_session_token
AWSSecretKey awsSecret s3_secret s3SecretKey r2_secret_access_key gcs_hmac_secret ibm_iam_apikey oci_private_token
consumer_secret twitter_access_token_secret fb_app_secret fb_page_access_token ig_access_token linkedin_client_secret
tiktok_app_secret wechat_app_secret wxAppSecret alipay_private_secret line_channel_secret kakao_admin_key naver_client_secret
old_api_key newApiKey apiKey2 api_key_backup rotated_secret previous_client_secret testApiKey sandboxApiKey""".split()
FOREIGN_KEYS = {
    "de": ["API-Schlüssel", "geheimer_schluessel", "Zugriffstoken", "Zugangsschlüssel API", "Geheimschlüssel"],
    "fr": ["clé API", "cle_secrete", "jeton d'accès", "clef_api", "jeton_acces", "secret client"],
    "es": ["clave API", "llave_secreta", "token de acceso", "clave_privada_api", "ficha de acceso"],
    "pt": ["chave de API", "chave_secreta", "token de acesso", "segredo do cliente"],
    "it": ["chiave API", "chiave_segreta", "token di accesso", "segreto client"],
    "nl": ["API-sleutel", "geheime_sleutel", "toegangstoken"],
    "pl": ["klucz API", "tajny_klucz", "token dostępu"],
    "cs": ["klíč API", "tajny_klic", "přístupový token"],
    "sv": ["API-nyckel", "hemlig_nyckel", "åtkomsttoken"], "da": ["API-nøgle", "hemmelig nøgle", "adgangstoken"],
    "no": ["API-nøkkel", "hemmelig_nokkel", "tilgangstoken"], "fi": ["API-avain", "salainen_avain", "käyttöoikeustunnus"],
    "hu": ["API kulcs", "titkos_kulcs", "hozzáférési token"], "ro": ["cheie API", "cheie_secreta", "token de acces"],
    "ru": ["ключ API", "секретный ключ", "токен доступа", "api_ключ"], "uk": ["ключ API", "секретний ключ", "токен доступу"],
    "bg": ["API ключ", "таен ключ", "токен за достъп"], "el": ["κλειδί API", "μυστικό κλειδί", "διακριτικό πρόσβασης"],
    "tr": ["API anahtarı", "gizli_anahtar", "erişim belirteci"], "ar": ["مفتاح API", "المفتاح السري", "رمز الوصول"],
    "he": ["מפתח API", "מפתח סודי", "אסימון גישה"], "fa": ["کلید API", "کلید محرمانه", "توکن دسترسی"],
    "zh": ["API密钥", "应用密钥", "访问密钥", "私钥口令", "令牌"], "zh_TW": ["API金鑰", "存取權杖", "密鑰"],
    "ja": ["APIキー", "シークレットキー", "アクセストークン"], "ko": ["API 키", "비밀키", "액세스 토큰", "시크릿키"],
    "vi": ["khóa API", "khoa_bi_mat", "mã truy cập API"], "id": ["kunci API", "kunci_rahasia", "token akses"],
    "th": ["คีย์ API", "รหัสลับ API", "โทเค็นการเข้าถึง"], "hi": ["एपीआई कुंजी", "गुप्त कुंजी", "एक्सेस टोकन"],
}

CODES = """otp otp_code otpCode sms_code smsOtp verification_code verificationCode verif_code vcode confirm_code confirmationCode
mfa_code mfaToken 2fa_code twoFaCode tfa_code twofactor authenticator_code totp_code totpPin login_code loginOtp signin_code
security_code_sms one_time_code onetimecode oneTimePin one-time-passcode email_code emailVerificationCode phone_verification_code
activation_pin auth_pin device_code_otp backup_code recovery_code recoveryCode backupCodes scratch_code tan mobile_tan mTAN
push_tan photo_tan smstan pac_code transaction_pin_code acs_code 3ds_otp challenge_code pin_verification pairing_pin
whatsapp_otp voice_otp_code user_otp enteredOtp inputOtp typed_code_sms otp_value otpval code_2fa code_mfa google_auth_code""".split()
SEEDS = ["totp_seed", "otp_secret", "mfaSecret", "two_factor_secret", "authenticator_seed", "google_authenticator_secret", "totp_secret_key", "otpSeed", "2fa_secret"]
OAUTH_CODES = ["authorization_code", "authorizationCode", "oauth_code", "auth_code", "oauthAuthorizationCode", "device_code", "oidc_code", "pkce_code_verifier", "code_verifier"]
FOREIGN_CODES = {
    "de": ["Bestätigungscode", "Einmalpasswort TAN", "SMS-Code", "Sicherheitscode SMS", "TAN-Nummer"], "fr": ["code de vérification", "code_sms", "code à usage unique", "code de confirmation SMS"],
    "es": ["código de verificación", "codigo_sms", "clave dinámica", "código de un solo uso"], "pt": ["código de verificação", "codigo_sms", "código de confirmação"],
    "it": ["codice di verifica", "codice_sms", "codice monouso", "codice otp"], "nl": ["verificatiecode", "sms-code", "eenmalige code", "bevestigingscode"],
    "pl": ["kod weryfikacyjny", "kod_sms", "jednorazowy kod", "kod autoryzacyjny SMS"], "cs": ["ověřovací kód", "sms_kod", "jednorázový kód"],
    "sv": ["verifieringskod", "engångskod", "sms-kod"], "no": ["engangskode", "bekreftelseskode"], "da": ["engangskode", "bekræftelseskode"],
    "fi": ["vahvistuskoodi", "kertakäyttökoodi"], "hu": ["ellenőrző kód", "egyszeri jelszó kód", "sms kód"], "ro": ["cod de verificare", "cod_sms"],
    "ru": ["код подтверждения", "код из смс", "одноразовый код", "проверочный код"], "uk": ["код підтвердження", "код з смс", "одноразовий код"],
    "bg": ["код за потвърждение", "еднократен код"], "el": ["κωδικός επαλήθευσης", "κωδικός μίας χρήσης"], "tr": ["onay kodu", "sms_kodu", "tek kullanımlık şifre"],
    "ar": ["رمز التحقق", "رمز التأكيد", "كود التفعيل"], "he": ["קוד אימות", "קוד חד פעמי"], "fa": ["کد تایید", "کد یکبار مصرف", "رمز پویا"],
    "zh": ["短信验证码", "动态口令", "动态码", "校验码"], "zh_TW": ["驗證碼", "簡訊驗證碼", "一次性密碼"], "ja": ["確認コード", "ワンタイムパスワード", "SMS認証番号"],
    "ko": ["인증번호", "인증코드", "일회용 비밀번호"], "vi": ["mã xác minh", "mã OTP", "ma_xac_thuc"], "id": ["kode verifikasi", "kode OTP", "kode_sms"],
    "th": ["รหัสยืนยัน", "รหัส OTP"], "hi": ["सत्यापन कोड", "ओटीपी"], "bn": ["যাচাইকরণ কোড", "ওটিপি"], "ka": ["დადასტურების კოდი"], "hy": ["հաստատման կոդ"],
    "et": ["kinnituskood"], "lv": ["apstiprinājuma kods"], "lt": ["patvirtinimo kodas"], "sk": ["overovací kód"], "sl": ["potrditvena koda"], "hr": ["kod za potvrdu"],
    "sr": ["верификациони код"], "sw": ["msimbo wa uthibitisho"], "ms": ["kod pengesahan"], "ca": ["codi de verificació"], "az": ["təsdiq kodu"], "kk": ["растау коды"],
}

SESSIONS = """session_token sessionToken sessid session_id_cookie PHPSESSID JSESSIONID connect.sid laravel_session _session_id ci_session
csrf_token csrfToken csrfmiddlewaretoken _csrf XSRF-TOKEN authenticity_token __RequestVerificationToken anti_forgery_token
jwt accessJwt jwtToken id_token idToken refresh_jwt auth_cookie authCookie login_cookie session_cookie cookie_header sso_token
ssoToken SAMLResponse saml_assertion remember_me_token remember_token persistent_login_token user_session_key sid_token
wordpress_logged_in sb-access-token __Secure-next-auth.session-token __Host-session supabase_auth_token firebase_id_token
okta_session_token keycloak_token x-session-token ASPXAUTH .AspNetCore.Cookies sessionCookie auth_session viewstate_mac_token""".split()

CARDS = """card_number cardNumber cc_num ccno creditcard credit_card_no creditCardNo card-no pan primary_account_no cardPan card_pan
kreditkartennummer numero_carte numeroTarjeta numero_cartao numero_carta kortnummer numer_karty cislo_karty kartyaszam номер_карты
номер картки kart_no cardnum debit_card_number debitCardNo visa_number mastercard_no amex_number payment_card gift_visa_number
cardholder_pan cc-number ccn kk_nummer kaartnummer luottokortin_numero رقم_البطاقة מספר_כרטיס 카드_번호 カード番号 信用卡号 卡号
信用卡號 số_thẻ nomor_kartu หมายเลขบัตรเครดิต कार्ड_नंबर αριθμός_κάρτας număr_card številka_kartice broj_kartice номер_на_карта""".split()
CVVS = ["cvv", "cvc", "cvv2", "cardCvv", "card_cvc", "cvc2", "security_code_card", "cvvNumber", "card_verification_value", "csc_code", "cid_amex", "Kartenprüfnummer", "cryptogramme_visuel", "codigo_cvv", "CVC-Code"]

IBANS = """iban IBAN_number ibanNumber iban_no bank_iban payout_iban beneficiary_iban debtorIban creditor_iban kontonr_iban
bankkonto account_iban sepa_debit_iban iban_client numero_iban iban_cod cuenta_iban rachunek_iban účet_iban счет_iban حساب_iban
Zahlungsempfänger_IBAN ibanEmpfaenger bankAccountIban refund_account payoutAccount bank_account_number""".split()

EMAILS = """email emailAddress e-mail mail user_mail contact_email billingEmail eml emailaddr email_2 altEmail secondary_email
recovery_email work_mail customerEmail reply-to replyTo mail_from rcpt_to cc_email invitee_email login_email userEmail mailadresse
adresse_mail correo_electronico correoElectronico courriel indirizzo_email e-mailadres sähköposti epost e-post email_adresi
электронная_почта почта эл_адрес електронна_пошта имейл ηλεκτρονικό_ταχυδρομείο البريد_الإلكتروني דואר_אלקטרוני 邮箱 電子郵件
メール 이메일 thư_điện_tử surel อีเมล ईमेल adres_email e-mailová_adresa e-mail_cím el_pastas e_pasts tölvupóstur paypal_email
newsletter_email emailConfirm confirm_email old_email emai emial e_mial Email_Addr""".split()

PHONES = """phone phoneNumber phone_no mobile_number mobileNo cell_phone cellNumber tel telNo telephone_number contact_phone
homePhone work_phone phone2 alt_phone whatsapp_number viber telegram_phone sms_number phn phoneNr handynummer Telefonnummer Rufnummer
numero_telephone portable telefono teléfono_móvil celular telefone telemóvel cellulare numero_di_telefono telefoonnummer
mobiel telefon numer_telefonu telefonszám număr_telefon телефон номер_телефона мобильный тел мобілка τηλέφωνο κινητό telefon_no
cep_telefonu رقم_الهاتف جوال تلفن موبایل טלפון נייד 手机号码 联系电话 手機號碼 携帯電話 電話 전화번호 휴대폰 số_điện_thoại
no_hp nomor_telepon เบอร์โทร मोबाइल_नंबर puhelinnumero mobilnummer telefonnr símanúmer tālrunis telefonas emergency_contact_phone
delivery_phone caller_number callback_number faxNumber msisdn_e164 to_number from_number recipientPhone""".split()
