"""Names of fields in languages, in other words than the translations of `cases.words` use.

By language: password, code for one use, telephone, e-mail, card, bank account, key of an interface; several by /, - where there is none.
"""

LANGUAGES = """de|Zugangskennwort/Geheimwort/Anmeldepasswort/PW bestätigen|Sicherheitscode/Freigabecode/SMS-TAN/Prüfcode|Rufnummer/Handynummer/Rückrufnummer|Mailadresse/E-Post|Karten-Nr./EC-Kartennummer|Kontoverbindung/IBAN-Nummer|Zugangsschlüssel/Geheimschlüssel
fr|mot de passe provisoire/phrase de passe/mdp admin/ancien mot de passe|code à usage unique/code reçu par SMS/code de sécurité|numéro de portable/n° de téléphone/tél. fixe|adresse mail/mél|n° de carte/carte bleue|RIB/coordonnées bancaires|clef API/jeton secret
es|clave de acceso web/contraseña temporal/frase de contraseña|código de seguridad SMS/clave dinámica/código recibido|celular/móvil/teléfono fijo/número de WhatsApp|correo/e-mail de contacto|nº de tarjeta/número de tarjeta de débito|cuenta corriente/CBU|llave API/token secreto
it|parola d'ordine/password attuale/chiave d'accesso|codice OTP/codice di conferma SMS/codice temporaneo|cellulare/recapito telefonico/numero di telefono|indirizzo di posta elettronica/posta elettronica|carta di credito/n. carta|coordinate bancarie/numero di conto|chiave d'accesso API/gettone di accesso
pt|senha atual/palavra-passe antiga/senha de acesso|código de confirmação/código SMS/token de verificação|telemóvel/celular/número de contacto|correio eletrónico/e-mail do cliente|número do cartão de crédito/nº do cartão|conta corrente/NIB|chave secreta da API/token secreto
nl|huidig wachtwoord/geheime zin/wachtzin|sms-code/eenmalige code/beveiligingscode|mobiel nummer/gsm-nummer/telefoonnr|mailadres/e-mail adres|creditcardnummer/pasnummer|bankrekening/rekeningnr|geheime sleutel/API-geheim
sv|nuvarande lösenord/lösenfras|säkerhetskod/sms-kod/bekräftelsekod|mobilnummer/telefonnr|mejladress/epost|kreditkort/kortnr|bankkonto/clearingnummer och konto|hemlig nyckel/åtkomstnyckel
da|nuværende adgangskode/kodeord|bekræftelseskode/sikkerhedskode|mobilnr/telefonnummer|mailadresse|betalingskort/kreditkortnummer|kontonr/bankkonto|hemmelig nøgle/adgangsnøgle
nb|gjeldende passord/passordfrase|bekreftelseskode/sikkerhetskode|mobilnummer/telefonnr|epostadresse|kredittkort|kontonr/bankkonto|hemmelig nøkkel/tilgangsnøkkel
fi|nykyinen salasana/salalause|vahvistuskoodi/tekstiviestikoodi|matkapuhelin/puhelinnumero|sähköpostiosoite|luottokortti/maksukortin numero|pankkitili|salainen avain/rajapinta-avain
is|núverandi lykilorð/aðgangsorð|öryggiskóði|farsími/símanúmer|tölvupóstur|kortanúmer|bankareikningur|leynilykill
fo|núverandi loyniorð|váttanarkota|fartelefon/telefonnummar|teldupostur|kortnummar|-|loynilykil
pl|obecne hasło/hasło dostępu|kod SMS/kod jednorazowy/kod autoryzacyjny|numer komórki/telefon kontaktowy|adres mailowy/poczta elektroniczna|karta kredytowa/nr karty|rachunek bankowy/nr konta|tajny klucz/klucz dostępu
cs|současné heslo/přístupové heslo|SMS kód/jednorázový kód/bezpečnostní kód|mobil/telefonní číslo|e-mailový kontakt|platební karta/číslo platební karty|číslo účtu/bankovní účet|tajný klíč/přístupový klíč
sk|súčasné heslo/prístupové heslo|SMS kód/jednorazový kód|mobilné číslo/telefónne číslo|mailová adresa|platobná karta|číslo účtu/bankový účet|tajný kľúč/prístupový kľúč
hu|jelenlegi jelszó/belépési jelszó|SMS-kód/egyszer használatos kód/biztonsági kód|mobilszám/telefonszám|e-mail-cím/drótposta|bankkártyaszám/hitelkártya|bankszámla/számlaszám|titkos kulcs/hozzáférési kulcs
ro|parola curentă/parola de acces|cod SMS/cod unic/cod de siguranță|număr de telefon/telefon mobil|adresă de e-mail/poștă electronică|număr card/card de credit|cont bancar|cheie secretă/cheie de acces
bg|настояща парола/тайна дума|код от SMS/еднократен код/код за сигурност|мобилен телефон/телефонен номер|имейл адрес/електронна поща|кредитна карта/номер на карта|банкова сметка|таен ключ/ключ за достъп
ru|текущий пароль/кодовое слово/секретная фраза|код из СМС/одноразовый код/пин|мобильный телефон/номер телефона/сотовый|почта/эл. почта/адрес почты|банковская карта/карта получателя|расчётный счёт/лицевой счёт|ключ доступа/закрытый токен
uk|поточний пароль/кодове слово|код із СМС/одноразовий код|мобільний телефон/номер телефону|ел. пошта/адреса пошти|банківська картка|банківський рахунок|ключ доступу/секретний ключ
be|бягучы пароль/кодавае слова|код з СМС/аднаразовы код|мабільны тэлефон/нумар тэлефона|электронная пошта|банкаўская картка/нумар карткі|банкаўскі рахунак|сакрэтны ключ
sr|тренутна лозинка/лозинка за приступ|СМС код/једнократни код|мобилни телефон/број телефона|имејл адреса/е-пошта|платна картица|текући рачун|тајни кључ
hr|trenutna lozinka/pristupna lozinka|SMS kod/jednokratni kod/sigurnosni kod|mobitel/broj telefona/broj mobitela|adresa e-pošte|kreditna kartica|bankovni račun|tajni ključ
bs|trenutna šifra/lozinka za pristup|kod za potvrdu|broj mobitela|email adresa|bankovna kartica|žiro račun|tajni ključ
sl|trenutno geslo/dostopno geslo|SMS koda/enkratna koda/varnostna koda|mobilni telefon/telefonska številka|e-poštni naslov|kreditna kartica|bančni račun|skrivni ključ
mk|тековна лозинка|еднократен код/код од СМС|мобилен телефон/телефонски број|е-пошта|кредитна картичка|банкарска сметка|таен клуч
sq|fjalëkalimi aktual|kodi me SMS/kodi njëpërdorimsh|numri i telefonit/celulari|posta elektronike|numri i kartës|llogaria bankare|çelësi sekret
el|τρέχων κωδικός πρόσβασης/μυστική φράση|κωδικός μιας χρήσης/κωδικός SMS|κινητό τηλέφωνο/αριθμός τηλεφώνου|ηλεκτρονική διεύθυνση/ηλεκτρονικό ταχυδρομείο|πιστωτική κάρτα|τραπεζικός λογαριασμός|μυστικό κλειδί
tr|mevcut şifre/giriş parolası|tek kullanımlık kod/SMS kodu/onay kodu|cep telefonu/telefon numarası/GSM no|e-posta adresi/elektronik posta|kredi kartı numarası/kart no|banka hesabı/hesap no|gizli anahtar/erişim anahtarı
az|cari şifrə/giriş parolu|birdəfəlik kod/SMS kod|mobil nömrə/telefon nömrəsi|elektron poçt|bank kartı|bank hesabı|gizli açar
kk|ағымдағы құпиясөз|СМС коды/бір реттік код|ұялы телефон/телефон нөмірі|электрондық пошта|банк картасы|банк шоты|құпия кілт
ky|учурдагы сырсөз|бир жолку код|телефон номери/уюлдук телефон|электрондук почта|банк картасы|банк эсеби|жашыруун ачкыч
uz|joriy parol/maxfiy so'z|bir martalik kod/SMS kod|telefon raqami/mobil raqam|elektron pochta|karta raqami|bank hisobi|maxfiy kalit
tg|рамзи ҷорӣ|рамзи яккарата|рақами телефон|почтаи электронӣ|рақами корт|ҳисоби бонкӣ|калиди махфӣ
tk|häzirki açar söz|bir gezeklik kod|telefon belgisi|elektron poçta|kart belgisi|-|gizlin açar
mn|одоогийн нууц үг|нэг удаагийн код|утасны дугаар/гар утас|цахим шуудан/и-мэйл хаяг|картын дугаар|дансны дугаар|нууц түлхүүр
ka|მიმდინარე პაროლი|ერთჯერადი კოდი/SMS კოდი|ტელეფონის ნომერი/მობილური|ელფოსტის მისამართი|საკრედიტო ბარათი|საბანკო ანგარიში|საიდუმლო გასაღები
hy|ընթացիկ գաղտնաբառ|մեկանգամյա կոդ|հեռախոսահամար/բջջային|էլփոստի հասցե|քարտի համար|բանկային հաշիվ|գաղտնի բանալի
ar|كلمة المرور الحالية/كلمة سر الدخول|رمز لمرة واحدة/رمز التأكيد/رمز الأمان|رقم الجوال/رقم الهاتف/رقم الموبايل|البريد/عنوان البريد الإلكتروني|رقم بطاقة الائتمان/البطاقة البنكية|الحساب البنكي/رقم الآيبان|المفتاح السري/رمز API
fa|گذرواژه فعلی/رمز ورود|رمز یکبار مصرف/کد پیامکی/کد فعالسازی|شماره موبایل/تلفن همراه/شماره تماس|ایمیل/پست الکترونیکی|شماره کارت بانکی|شماره حساب/شماره شبا|کلید مخفی/کلید دسترسی
ur|موجودہ پاس ورڈ|ایک بار کا کوڈ|فون نمبر/موبائل نمبر|ای میل پتہ|کارڈ نمبر|بینک اکاؤنٹ|خفیہ کلید
ps|اوسنی پټنوم|تایید کوډ|د تلیفون شمېره|بریښنالیک|د کارت شمېره|-|پټ کیلي
ku|şîfreya niha|koda pejirandinê|hejmara telefonê|e-peyam|hejmara kartê|hesabê bankê|mifteya veşartî
he|סיסמה נוכחית/סיסמת כניסה|קוד חד פעמי/קוד אימות ב-SMS|טלפון נייד/מספר טלפון|כתובת דוא"ל/מייל|כרטיס אשראי/מספר כרטיס אשראי|חשבון בנק|מפתח סודי
hi|वर्तमान पासवर्ड/गुप्त शब्द|एकबारगी कोड/ओटीपी कोड|मोबाइल नंबर/फ़ोन नंबर|ईमेल पता|क्रेडिट कार्ड नंबर|बैंक खाता संख्या|गुप्त कुंजी
bn|বর্তমান পাসওয়ার্ড|ওটিপি কোড/একবারের কোড|মোবাইল নম্বর/ফোন নম্বর|ইমেইল ঠিকানা|কার্ড নম্বর|ব্যাংক হিসাব|গোপন কী
mr|सध्याचा पासवर्ड|पडताळणी कोड|भ्रमणध्वनी क्रमांक/फोन नंबर|ईमेल पत्ता|कार्ड क्रमांक|बँक खाते|गुप्त किल्ली
gu|હાલનો પાસવર્ડ|ચકાસણી કોડ|મોબાઇલ નંબર|ઇમેઇલ સરનામું|કાર્ડ નંબર|બેંક ખાતું|ગુપ્ત કી
pa|ਮੌਜੂਦਾ ਪਾਸਵਰਡ|ਤਸਦੀਕ ਕੋਡ|ਮੋਬਾਈਲ ਨੰਬਰ|ਈਮੇਲ ਪਤਾ|ਕਾਰਡ ਨੰਬਰ|ਬੈਂਕ ਖਾਤਾ|ਗੁਪਤ ਕੁੰਜੀ
ta|தற்போதைய கடவுச்சொல்|ஒருமுறை குறியீடு|கைபேசி எண்/தொலைபேசி எண்|மின்னஞ்சல் முகவரி|அட்டை எண்|வங்கி கணக்கு|ரகசிய விசை
te|ప్రస్తుత పాస్‌వర్డ్|ఓటీపీ కోడ్|మొబైల్ నంబర్/ఫోన్ నంబరు|ఈమెయిల్ చిరునామా|కార్డు సంఖ్య|బ్యాంకు ఖాతా|రహస్య కీ
kn|ಪ್ರಸ್ತುತ ಪಾಸ್‌ವರ್ಡ್|ದೃಢೀಕರಣ ಕೋಡ್|ಮೊಬೈಲ್ ಸಂಖ್ಯೆ|ಇಮೇಲ್ ವಿಳಾಸ|ಕಾರ್ಡ್ ಸಂಖ್ಯೆ|ಬ್ಯಾಂಕ್ ಖಾತೆ|ರಹಸ್ಯ ಕೀಲಿ
ml|നിലവിലെ പാസ്‌വേഡ്|സ്ഥിരീകരണ കോഡ്|മൊബൈൽ നമ്പർ|ഇമെയിൽ വിലാസം|കാർഡ് നമ്പർ|ബാങ്ക് അക്കൗണ്ട്|രഹസ്യ കീ
si|වත්මන් මුරපදය|සත්‍යාපන කේතය|දුරකථන අංකය|විද්‍යුත් තැපෑල|කාඩ්පත් අංකය|බැංකු ගිණුම|රහස් යතුර
ne|हालको पासवर्ड|प्रमाणीकरण कोड|मोबाइल नम्बर|इमेल ठेगाना|कार्ड नम्बर|बैंक खाता|गोप्य कुञ्जी
th|รหัสผ่านปัจจุบัน/รหัสลับ|รหัสยืนยัน/รหัสใช้ครั้งเดียว|เบอร์โทรศัพท์/เบอร์มือถือ|อีเมลติดต่อ|บัตรเครดิต/เลขบัตรเครดิต|เลขที่บัญชี/บัญชีธนาคาร|คีย์ลับ
lo|ລະຫັດຜ່ານປັດຈຸບັນ|ລະຫັດຢືນຢັນ|ເບີໂທລະສັບ|ອີເມວ|ເລກບັດ|ບັນຊີທະນາຄານ|ກະແຈລັບ
km|ពាក្យសម្ងាត់បច្ចុប្បន្ន|លេខកូដផ្ទៀងផ្ទាត់|លេខទូរស័ព្ទ|អ៊ីមែល|លេខកាត|គណនីធនាគារ|-
my|လက်ရှိစကားဝှက်|အတည်ပြုကုဒ်|ဖုန်းနံပါတ်|အီးမေးလ်|ကတ်နံပါတ်|ဘဏ်အကောင့်|-
vi|mật khẩu hiện tại/mật khẩu đăng nhập|mã OTP/mã bảo mật/mã dùng một lần|số điện thoại/di động|hộp thư điện tử/địa chỉ email|số thẻ tín dụng|số tài khoản/tài khoản ngân hàng|khóa bí mật/khóa truy cập
id|kata sandi saat ini/sandi masuk|kode OTP/kode sekali pakai/kode keamanan|nomor HP/nomor ponsel/no telepon|surel/alamat email|nomor kartu kredit|rekening bank/nomor rekening|kunci rahasia/kunci akses
ms|kata laluan semasa|kod sekali guna/kod keselamatan|nombor telefon/no telefon bimbit|alamat e-mel|nombor kad kredit|akaun bank|kunci rahsia
jv|tembung sandi saiki|kode konfirmasi|nomer telpon|-|nomer kertu|-|-
tl|kasalukuyang password|code ng kumpirmasyon|numero ng telepono/numero ng cellphone|email na adres|numero ng kard|-|lihim na susi
ceb|karon nga pasword|-|numero sa telepono|-|numero sa kard|-|-
zh|当前密码/登录密码/支付密码/交易密码|短信验证码/动态码/校验码/动态口令|手机号/联系电话/电话号码|邮箱/邮箱地址|银行卡号/信用卡号|银行账户/收款账号|私密令牌/接口密钥/密钥
zh_TW|目前密碼/登入密碼/通行碼|簡訊驗證碼/動態密碼/一次性密碼|手機號碼/聯絡電話|電子郵件/信箱|信用卡卡號|銀行帳號|密鑰/存取金鑰
ja|現在のパスワード/ログインパスワード/合い言葉|確認コード/ワンタイムコード/セキュリティコード|携帯番号/電話番号|電子メール/メアド|クレジットカード番号|口座番号/振込先口座|秘密鍵/アクセスキー
ko|현재 비밀번호/로그인 암호|보안 코드/일회용 번호/인증 코드|휴대폰 번호/전화번호/연락처|전자우편/이메일 주소|신용카드 번호|은행 계좌/입금계좌|비밀 키/접근 토큰
lt|dabartinis slaptažodis|vienkartinis kodas/SMS kodas|mobilusis telefonas/telefono numeris|elektroninis paštas|kreditinė kortelė|banko sąskaita|slaptas raktas
lv|pašreizējā parole|vienreizējais kods/drošības kods|mobilais tālrunis/tālruņa numurs|e-pasta adrese|kredītkarte|bankas konts|slepenā atslēga
et|praegune parool/salasõna|ühekordne kood/turvakood|mobiiltelefon/telefoninumber|e-posti aadress|krediitkaart|pangakonto|salavõti
ga|pasfhocal reatha|cód deimhnithe|uimhir ghutháin|seoladh ríomhphoist|uimhir chárta|cuntas bainc|eochair rúnda
gd|facal-faire làithreach|còd dearbhaidh|àireamh fòn|post-d|àireamh cairt|-|iuchair dhìomhair
cy|cyfrinair cyfredol|cod dilysu|rhif ffôn/rhif symudol|cyfeiriad e-bost|rhif cerdyn|cyfrif banc|allwedd gyfrinachol
br|ger-tremen a-vremañ|kod gwiriañ|niverenn bellgomz|postel|niverenn kartenn|kont bank|-
mt|password attwali|kodiċi ta' verifika|numru tat-telefon|indirizz elettroniku|numru tal-karta|kont tal-bank|ċavetta sigrieta
lb|aktuellt Passwuert|Bestätegungscode|Handysnummer|E-Mail-Adress|Kaartennummer|Bankkont|geheime Schlëssel
eu|uneko pasahitza|behin erabiltzeko kodea|mugikorra/telefono zenbakia|posta elektronikoa|txartel zenbakia|banku kontua|gako sekretua
ca|contrasenya actual|codi d'un sol ús/codi SMS|telèfon mòbil/número de telèfon|correu electrònic|targeta de crèdit|compte bancari|clau secreta
gl|contrasinal actual|código dun só uso|teléfono móbil/número de teléfono|correo electrónico|tarxeta de crédito|conta bancaria|chave secreta
oc|senhal actual|còdi de verificacion|numèro de telefòn|corrièl|numèro de carta|compte bancari|clau secreta
eo|nuna pasvorto|kontrola kodo|telefonnumero|retpoŝto|kartnumero|bankkonto|sekreta ŝlosilo
af|huidige wagwoord|eenmalige kode/sekuriteitskode|selfoonnommer/telefoonnommer|e-posadres|kredietkaartnommer|bankrekening|geheime sleutel
sw|nenosiri la sasa/nywila ya sasa|msimbo wa uthibitisho|nambari ya simu/simu ya mkononi|barua pepe|nambari ya kadi ya mkopo|akaunti ya benki|ufunguo wa siri
zu|iphasiwedi yamanje|ikhodi yokuqinisekisa|inombolo yocingo|i-imeyili|inombolo yekhadi|i-akhawunti yebhange|ukhiye oyimfihlo
xh|iphasiwedi yangoku|ikhowudi yokuqinisekisa|inombolo yomnxeba|-|inombolo yekhadi|-|-
yo|ọ̀rọ̀ aṣínà/ọrọ igbaniwọle lọwọlọwọ|koodu ìdánilójú|nọmba foonu|ímeèlì|nọmba káàdì|-|-
ha|kalmar sirri ta yanzu|lambar tabbatarwa|lambar waya|imel|lambar kati|asusun banki|-
ig|okwuntughe ugbu a|koodu nkwenye|nọmba ekwentị|-|nọmba kaadị|-|-
so|furaha sirta ah|koodka xaqiijinta|lambarka taleefanka|iimaylka|lambarka kaarka|-|-
am|የአሁኑ የይለፍ ቃል|የማረጋገጫ ኮድ|ስልክ ቁጥር|ኢሜይል|የካርድ ቁጥር|የባንክ ሂሳብ|ሚስጥራዊ ቁልፍ
mg|teny miafina|kaody fanamarinana|laharan-telefaonina|mailaka|laharan'ny karatra|-|-
ht|modpas aktyèl|kòd verifikasyon|nimewo telefòn|imèl|nimewo kat|kont labank|kle sekrè
mi|kupuhipa o nāianei|waehere manatoko|tau waea|īmēra|tau kāri|-|-
pinyin|mima/denglu mima|yanzhengma|shoujihao/dianhua|youxiang|kahao/yinhangkahao|zhanghao|miyao
romaji|pasuwado/ansho bango|ninsho kodo|denwa bango/keitai|meeru adoresu|kado bango|koza bango|himitsu kagi
translit ru|parol dostupa/tekushiy parol|kod podtverzhdeniya/kod iz sms|nomer telefona/mobilnyy|pochta/elektronnaya pochta|nomer karty|raschetnyy schet|sekretnyy klyuch
translit ar|kalimat al murur|ramz al tahaqquq|raqm al jawal/raqm alhatef|bareed electroni|raqm al bitaqa|-|-
translit hi|gupt shabd|satyapan code|mobile sankhya/durbhash|-|card sankhya|khata sankhya|-"""

KINDS = ["password", "auth_code", "phone", "email", "credit_card", "iban", "api_key"]


def fields(kind):
    """(language, name) of all fields of a kind."""
    at = KINDS.index(kind) + 1
    found = []
    for line in LANGUAGES.splitlines():
        parts = line.split("|")
        assert len(parts) == 8, line
        found += [(parts[0], name) for name in parts[at].split("/") if name != "-"]
    return found


def spelled(c, name):
    return c.choice([name, name, name.lower(), name.replace(" ", "_"), name.lower().replace(" ", "_"), name.title().replace(" ", "") if name.isascii() else name, name + ":" if c.one_in(3) else name])
