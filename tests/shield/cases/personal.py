"""Cards, bank accounts, numbers given by states, addresses of mail, telephones."""
import importlib
import json
import pkgutil
import re

from . import words
from .base import ALNUM, DIGITS, LOWER, NEUTRAL, VALUE_NAMES, around

BRANDS = {"visa": (["4"], [16, 13, 19]), "mastercard": (["51", "55", "2221", "2720", "2500"], [16]), "amex": (["34", "37"], [15]), "diners": (["300", "305", "36", "38", "3095"], [14]),
          "jcb": (["3528", "3589", "3540"], [16]), "discover": (["6011", "644", "65"], [16]), "unionpay": (["6200", "6222", "6283", "6250"], [16, 17, 18, 19]), "maestro": (["5018", "5020", "5038", "5893", "6304", "6759", "6761", "6763", "6799"], [12, 13, 14, 15, 16, 18, 19]),
          "mir": (["2200", "2204"], [16]), "rupay": (["6521", "6070", "508100", "8172", "353800"], [16]), "elo": (["636368", "506699", "509000", "627780", "438935"], [16]), "verve": (["506100", "650002"], [16, 19]), "troy": (["979200", "979289"], [16]), "hipercard": (["606282"], [16]), "dankort": (["5019", "4571"], [16]), "uzcard": (["8600"], [16]), "humo": (["9860"], [16]), "interpayment": (["636"], [16]), "lankapay": (["357111"], [16]), "uatp": (["1"], [15]), "bccard": (["6555"], [16]), "instapayment": (["637"], [16])}
CARD_NAMES = "card_number cardnumber card_no cc_number ccnum cc_num credit_card credit_card_number creditcard payment_card_number pan primary_account_number debit_card debit_card_number card account_number_card bank_card card_num cc-number x_card_num".split()
CARD_WORDS = [("de", "Kartennummer"), ("de", "Kreditkartennummer"), ("fr", "numéro de carte"), ("fr", "carte bancaire"), ("es", "número de tarjeta"), ("es", "tarjeta de crédito"), ("it", "numero della carta"), ("it", "numero carta"), ("pt", "número do cartão"), ("pt", "cartão de crédito"), ("nl", "kaartnummer"), ("sv", "kortnummer"), ("da", "kortnummer"), ("nb", "kortnummer"), ("fi", "kortin numero"), ("pl", "numer karty"), ("cs", "číslo karty"), ("sk", "číslo karty"), ("hu", "kártyaszám"), ("ro", "numărul cardului"), ("bg", "номер на картата"), ("ru", "номер карты"), ("uk", "номер картки"), ("sr", "број картице"), ("hr", "broj kartice"), ("sl", "številka kartice"), ("el", "αριθμός κάρτας"), ("tr", "kart numarası"), ("ar", "رقم البطاقة"), ("fa", "شماره کارت"), ("he", "מספר כרטיס"), ("hi", "कार्ड नंबर"), ("th", "หมายเลขบัตร"), ("vi", "số thẻ"), ("id", "nomor kartu"), ("ms", "nombor kad"), ("zh", "卡号"), ("zh_TW", "信用卡號碼"), ("ja", "カード番号"), ("ko", "카드번호"), ("lt", "kortelės numeris"), ("lv", "kartes numurs"), ("et", "kaardi number"), ("ca", "número de targeta"), ("ka", "ბარათის ნომერი"), ("az", "kart nömrəsi"), ("kk", "карта нөмірі"), ("sw", "nambari ya kadi")]


def card(c, brand):
    prefixes, lengths = BRANDS[brand]
    prefix, length = c.choice(prefixes), c.choice(lengths)
    body = prefix + c.text(DIGITS, length - len(prefix) - 1)
    total = sum(d if i % 2 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(map(int, reversed(body))))
    return body + str(-total % 10)


def grouped(c, number):
    sign = c.choice([" ", "-", "", "", "."])
    if len(number) == 15:
        return sign.join([number[:4], number[4:10], number[10:]])
    return sign.join(number[i:i + 4] for i in range(0, len(number), 4))


def add_cards(maker, keyed, foreign, neutral, embedded, sibling, numeric):
    c = maker.chance
    brands = list(BRANDS)
    rare = {"interpayment", "lankapay", "uatp", "bccard", "instapayment"}
    common = [b for b in brands if b not in rare]
    for _ in range(keyed):
        kind = c.randrange(5)
        if kind:
            name = c.choice(maker.mine(CARD_NAMES))
            maker.add("credit_card", "keyed", maker.name(name), grouped(c, card(c, c.choice(brands))), family=name)
        else:
            name = c.choice(maker.mine("cvv cvc cvv2 card_cvc security_code card_security_code csc cc_csc cvc_code card_verification_value".split()))
            maker.add("credit_card", "keyed", maker.name(name), c.choice([c.text(DIGITS, 3), c.text(DIGITS, 4), int("1" + c.text(DIGITS, 2))]), family=name)
    for _ in range(foreign):
        lang, name = c.choice(maker.mine(CARD_WORDS, lambda f: f[0].split("_")[0] + "card"))
        maker.add("credit_card", "foreign", c.choice([name, name.lower().replace(" ", "_"), name.lower()]), grouped(c, card(c, c.choice(brands))), lang=lang, family=lang)
    for _ in range(neutral):
        maker.add("credit_card", "neutral", c.choice(NEUTRAL), grouped(c, card(c, c.choice(common))), family="card")
    for _ in range(embedded):
        number = card(c, c.choice(common))
        text = c.choice([f"card {grouped(c, number)} exp 08/2{c.randrange(10)} cvv {c.text(DIGITS, 3)}", f"number={number}&exp_month=04&exp_year=2031", json.dumps({"card": {"number": number, "cvc": c.text(DIGITS, 3)}}), f";{number}=29121010000012300000?", f"%B{number}^DOE/JOHN^29121010000000000000?", around(c, grouped(c, number)), f"Card number {grouped(c, number)} was declined"])
        maker.add("credit_card", "embedded", c.choice(NEUTRAL), text, family="card")
    for _ in range(sibling):
        lang, name = c.choice(maker.mine(CARD_WORDS, lambda f: f[0].split("_")[0] + "card"))
        sib = c.choice([{"autocomplete": "cc-number"}, {"name": maker.name(c.choice(CARD_NAMES))}, {"label": name}, {"placeholder": name}, {"autocomplete": "cc-csc"}, {"name": "cvv"}, {"id": "card-number"}])
        is_code = "csc" in str(sib) or "cvv" in str(sib)
        maker.add("credit_card", "sibling", c.choice(VALUE_NAMES), c.text(DIGITS, 3) if is_code else grouped(c, card(c, c.choice(brands))), sib, lang, family=lang)
    for _ in range(numeric):
        maker.add("credit_card", "numeric", c.choice(CARD_NAMES + NEUTRAL), int(card(c, c.choice(common))), family="card")


IBAN_WORDS = "iban bank_account account_iban sepa_iban kontonummer bankverbindung compte_bancaire numero_de_cuenta cuenta_bancaria conto_corrente conta_bancaria rekeningnummer tilinumero numer_konta cislo_uctu bankszamlaszam cont_bancar banka_hesabi номер_счета 銀行口座 银行账号 계좌번호 beneficiary_account debtor_iban payout_account wire_account account_number".split()


IBAN_COUNTRIES = "AD AE AL AT AZ BA BE BG BH BI BR BY CH CR CY CZ DE DJ DK DO EE EG ES FI FK FO FR GB GE GI GL GR GT HR HU IE IL IQ IS IT JO KW KZ LB LC LI LT LU LV LY MC MD ME MK MN MR MT MU NI NL NO OM PK PL PS PT QA RO RS RU SA SC SD SE SI SK SM SO ST SV TL TN TR UA VA VG XK YE".split()


def add_ibans(maker, keyed, neutral, embedded):
    from schwifty import IBAN
    c = maker.chance
    countries = maker.mine(IBAN_COUNTRIES)
    made = []
    for country in countries:
        for _ in range(6):
            try:
                made.append((country, str(IBAN.random(country_code=country, random=c))))
            except Exception:  # a country without a generator of bank codes
                break

    def one():
        country, iban = c.choice(made)
        sign = c.choice(["", "", " ", "-"])
        text = sign.join(iban[i:i + 4] for i in range(0, len(iban), 4))
        return country, text.lower() if c.one_in(8) else text
    for _ in range(keyed):
        country, iban = one()
        maker.add("iban", "keyed", maker.name(c.choice(maker.mine(IBAN_WORDS))), iban, lang=country, family=country)
    for _ in range(neutral):
        country, iban = one()
        maker.add("iban", "neutral", c.choice(NEUTRAL), iban, lang=country, family=country)
    for _ in range(embedded):
        country, iban = one()
        text = c.choice([f"IBAN: {iban} BIC: DEUTDEFF", f"iban={iban.replace(' ', '').replace('-', '')}&amount=12.50", f"Ref {iban} - see ticket", f"Bitte überweisen auf {iban}", json.dumps({"iban": iban}), around(c, iban)])
        maker.add("iban", "embedded", c.choice(NEUTRAL), text, lang=country, family=country)


# Numbers of persons in python-stdnum: module, names of fields that hold it.
PERSONS = """ar.dni dni documento|ar.cuit cuit cuil|at.vnr sozialversicherungsnummer svnr|au.tfn tfn tax_file_number|be.nn rijksregisternummer numero_national nrn|be.bis bis_nummer|bg.egn egn егн единен_граждански_номер|bg.pnf pnf лнч|br.cpf cpf|by.unp unp унп|ca.sin sin social_insurance_number|ch.ssn ahv_nummer avs ahvn13|cl.rut rut run|cn.ric 身份证号 resident_identity_number 公民身份号码|co.nit nit|cr.cpf cedula cedula_de_identidad|cu.ni carne_de_identidad numero_identidad|cz.rc rodne_cislo rodné_číslo birth_number|de.idnr steuer_id steueridentifikationsnummer idnr|de.stnr steuernummer|dk.cpr cpr cpr_nummer personnummer|do.cedula cedula|ec.ci cedula_ci cedula|ee.ik isikukood|eg.tn الرقم_القومي national_id|es.dni dni|es.nie nie|fi.hetu hetu henkilötunnus|fr.nir nir numero_securite_sociale|fr.nif spi numero_fiscal|gb.nhs nhs_number|gb.utr utr|gr.amka amka αμκα|gr.afm? afm|gt.nit nit|hr.oib oib|id.nik nik nomor_ktp no_ktp|id.npwp npwp|ie.pps pps pps_number ppsn|il.idnr teudat_zehut מספר_זהות|in_.aadhaar aadhaar aadhaar_number आधार|in_.pan pan_number pan|in_.epic voter_id epic_number|is_.kennitala kennitala|it.codicefiscale codice_fiscale|jp.in_ my_number マイナンバー 個人番号|ke.pin kra_pin|kr.rrn 주민등록번호 resident_registration_number rrn|lt.asmens asmens_kodas|lv.pk personas_kods|md.idno idnp|mx.curp curp|mx.rfc rfc|my.nric mykad nric no_kad_pengenalan|mu.nid nid|nl.bsn bsn burgerservicenummer|no.fodselsnummer fodselsnummer fødselsnummer|nz.ird ird ird_number|pe.cui dni cui|pk.cnic cnic|pl.pesel pesel|pl.nip nip|pt.cc cartao_cidadao numero_cc|pt.nif nif contribuinte|py.ruc ruc|ro.cnp cnp cod_numeric_personal|rs.pib pib|ru.inn инн inn|se.personnummer personnummer|si.emso emso emšo|sk.rc rodne_cislo|sv.nit nit|th.pin เลขบัตรประชาชน citizen_id|tr.tckimlik tc_kimlik_no tckn tc_kimlik|ua.rntrc рнокпп ідентифікаційний_код|us.ssn ssn social_security_number social|us.itin itin|us.ein? ein|us.atin atin|uy.rut rut|ve.rif rif|vn.mst mst ma_so_thue|za.idnr id_number said_number south_african_id|bd.nid? nid|gh.tin tin|ng.x? nin|kz.x? иин|lk.x? nic_number"""


def number_maker(c, module):
    """Makes valid numbers like the examples in a module's documentation, by changing digits until they are right."""
    checked = importlib.import_module(f"stdnum.{module}")
    examples = re.findall(r"validate\('([^']+)'\)\n'?[^\sT]", checked.__doc__ or "") or re.findall(r"validate\('([^']+)'\)", checked.__doc__ or "")
    good = [e for e in examples if checked.is_valid(e)]
    if not good:
        return None

    def make():
        example = c.choice(good)
        digits = [i for i, ch in enumerate(example) if ch.isdigit()]
        for _ in range(400):
            changed = list(example)
            for place in c.sample(digits, min(len(digits), c.randint(2, 4))):
                changed[place] = c.choice(DIGITS)
            text = "".join(changed)
            try:
                if text != example and checked.is_valid(text):
                    return text
            except KeyError:  # a place the package does not know
                continue
        return example
    return make


def persons(maker):
    held = []
    for entry in PERSONS.split("|"):
        module, *names = entry.split(" ")
        module = module.rstrip("?")
        try:
            make = number_maker(maker.chance, module)
        except ImportError:
            continue
        if make:
            held.append((module.split(".")[0].rstrip("_"), make, names))
    return held


def add_national(maker, keyed, sibling, embedded):
    c = maker.chance
    mine = maker.mine(persons(maker), lambda p: p[0])
    by_name = maker.mine([("passport_number", lambda: c.text("ABCDEFGHJKLMNPRSTUVWXYZ", c.choice([1, 2])) + c.text(DIGITS, 7)), ("driver_license", lambda: c.text("ABCDEFGH", 1) + c.text(DIGITS, 7)), ("drivers_license_number", lambda: f"{c.text('DSBL', 1)}{c.text(DIGITS, 3)}-{c.text(DIGITS, 4)}-{c.text(DIGITS, 4)}"), ("reisepassnummer", lambda: "C01X" + c.text(DIGITS, 5)), ("personalausweisnummer", lambda: "L" + c.text("0123456789CFGHJKLMNPRTVWXYZ", 8)), ("führerscheinnummer", lambda: "B072RRE2I" + c.text(DIGITS, 2)), ("permis_de_conduire", lambda: c.text(DIGITS, 12)), ("numero_passeport", lambda: c.text(DIGITS, 2) + "AB" + c.text(DIGITS, 5)), ("national_id_number", lambda: c.text(DIGITS, 9)), ("nin", lambda: "QQ" + c.text(DIGITS, 6) + "C"), ("national_insurance_number", lambda: "AB" + c.text(DIGITS, 6) + "D"), ("medicare_number", lambda: "2" + c.text(DIGITS, 9)), ("identity_card", lambda: c.text("AB", 2) + c.text(DIGITS, 6)), ("pasaporte", lambda: "AAB" + c.text(DIGITS, 6)), ("номер_паспорта", lambda: c.text(DIGITS, 10)), ("护照号码", lambda: "E" + c.text(DIGITS, 8)), ("tax_id", lambda: c.text(DIGITS, 9))], lambda p: p[0])
    for _ in range(keyed):
        if c.one_in(5):
            name, make = c.choice(by_name)
            maker.add("national_id", "keyed", maker.name(name), make(), family=name)
        else:
            country, make, names = c.choice(mine)
            maker.add("national_id", "keyed", maker.name(c.choice(names)), make(), lang=country, family=country)
    for _ in range(sibling):
        country, make, names = c.choice(mine)
        name = c.choice(names)
        maker.add("national_id", "sibling", c.choice(VALUE_NAMES), make(), c.choice([{"label": name}, {"name": name}, {"id": name}, {"placeholder": name.replace("_", " ")}]), country, family=country)
    for _ in range(embedded):
        country, make, names = c.choice(mine)
        name = c.choice(names).replace("_", " ")
        maker.add("national_id", "embedded", c.choice(NEUTRAL), c.choice([f"{name}: {make()}", f"{name} {make()}", f"my {name} is {make()}", f"{name}={make()}"]), lang=country, family=country)


EMAIL_WORDS = [("de", "E-Mail-Adresse"), ("fr", "adresse e-mail"), ("fr", "courriel"), ("es", "correo electrónico"), ("it", "indirizzo email"), ("pt", "endereço de e-mail"), ("nl", "e-mailadres"), ("sv", "e-postadress"), ("fi", "sähköposti"), ("pl", "adres e-mail"), ("cs", "e-mailová adresa"), ("hu", "e-mail cím"), ("ru", "электронная почта"), ("uk", "електронна пошта"), ("el", "διεύθυνση email"), ("tr", "e-posta"), ("ar", "البريد الإلكتروني"), ("he", "דואר אלקטרוני"), ("th", "อีเมล"), ("vi", "thư điện tử"), ("zh", "电子邮箱"), ("ja", "メールアドレス"), ("ko", "이메일"), ("lt", "el. paštas"), ("lv", "e-pasts"), ("is", "netfang"), ("ka", "ელფოსტა"), ("hy", "էլ. փոստ"), ("hi", "ईमेल")]


def mail(c, faker):
    local = c.choice([faker.user_name(), faker.user_name() + "+promo_2", faker.first_name().lower() + "." + faker.last_name().lower(), c.text(LOWER, 8) + str(c.randrange(99))])
    local = re.sub(r"[^\w.+'-]", "", local) or "anna"
    domain = c.choice([faker.domain_name(), "example.com", "inbox.example.net", "sub.dept.example.edu", "mail.ru", "bücher.example", "example.museum", "firma.example.de", "test.example", "xn--bcher-kva.example"])
    address = f"{local}@{domain}"
    return address.upper() if c.one_in(12) else address


def add_emails(maker, keyed, neutral, embedded):
    from faker import Faker
    c = maker.chance
    fakers = [Faker(locale) for locale in maker.mine(["en_US", "de_DE", "fr_FR", "fi_FI", "tr_TR", "pl_PL", "es_MX", "it_IT", "nl_NL", "cs_CZ", "pt_BR", "sv_SE", "hu_HU", "ro_RO", "id_ID", "vi_VN", "en_IN", "da_DK"])]
    for f in fakers:
        f.seed_instance(c.randrange(1 << 30))
    names = [("en", n) for n in "email email_address user_email e_mail contact_email billing_email recipient reply_to from_email to_email cc bcc work_email customerEmail mail login_email owner_email".split()] + EMAIL_WORDS + words.names("email")
    mine = maker.mine(names, lambda n: n[0] + "mail" if n[0] != "en" else n[1])
    for _ in range(keyed):
        lang, name = c.choice(mine)
        maker.add("email", "keyed", maker.name(name), mail(c, c.choice(fakers)), lang=lang, family=lang)
    for _ in range(neutral):
        maker.add("email", "neutral", c.choice(NEUTRAL + ["user_id", "company", "title", "page_title"]), mail(c, c.choice(fakers)), family="email")
    for _ in range(embedded):
        m = mail(c, c.choice(fakers))
        text = c.choice([f"We sent a code to {m}", f"https://example.com/unsubscribe?email={m.replace('@', '%40')}&list=4", f"/users/{m}/profile", f"user={m}|role=admin", f"email:{m},plan:pro", f"mailto:{m}?subject=Hi", json.dumps({"to": m}), f"https://example.com/#/invite/{m.replace('@', '%2540')}", around(c, m), f"From: Anna <{m}>", f"{m};{mail(c, c.choice(fakers))}", f"User {m} not found"])
        maker.add("email", "embedded", c.choice(NEUTRAL), text, family="email")


PHONE_WORDS = [("de", "Telefonnummer"), ("de", "Handynummer"), ("fr", "numéro de téléphone"), ("fr", "téléphone portable"), ("es", "número de teléfono"), ("es", "móvil"), ("it", "numero di telefono"), ("it", "cellulare"), ("pt", "telefone"), ("pt", "telemóvel"), ("nl", "telefoonnummer"), ("sv", "mobilnummer"), ("da", "telefonnummer"), ("fi", "puhelinnumero"), ("pl", "numer telefonu"), ("pl", "komórka"), ("cs", "telefonní číslo"), ("sk", "telefónne číslo"), ("hu", "telefonszám"), ("ro", "număr de telefon"), ("bg", "телефонен номер"), ("ru", "номер телефона"), ("uk", "номер телефону"), ("sr", "број телефона"), ("hr", "broj telefona"), ("sl", "telefonska številka"), ("el", "τηλέφωνο"), ("el", "κινητό"), ("tr", "telefon numarası"), ("tr", "cep telefonu"), ("ar", "رقم الهاتف"), ("ar", "رقم الجوال"), ("fa", "شماره تلفن"), ("he", "מספר טלפון"), ("hi", "फ़ोन नंबर"), ("bn", "ফোন নম্বর"), ("th", "เบอร์โทรศัพท์"), ("vi", "số điện thoại"), ("id", "nomor telepon"), ("ms", "nombor telefon"), ("zh", "手机号码"), ("zh_TW", "電話號碼"), ("ja", "電話番号"), ("ko", "전화번호"), ("lt", "telefono numeris"), ("lv", "tālruņa numurs"), ("et", "telefoninumber"), ("is", "símanúmer"), ("ka", "ტელეფონის ნომერი"), ("hy", "հեռախոսահամար"), ("sw", "nambari ya simu"), ("tl", "numero ng telepono"), ("am", "ስልክ ቁጥር"), ("kk", "телефон нөмірі"), ("az", "telefon nömrəsi"), ("mn", "утасны дугаар"), ("km", "លេខទូរស័ព្ទ")]


def phone_makers(maker):
    import phonenumbers as p
    c = maker.chance

    def make(region):
        example = p.example_number_for_type(region, c.choice([p.PhoneNumberType.MOBILE, p.PhoneNumberType.FIXED_LINE])) or p.example_number(region)
        if example is None:
            return None
        text = str(example.national_number)
        for _ in range(60):
            keep = c.randint(2, max(2, len(text) - 2))
            changed = text[:keep] + c.text(DIGITS, len(text) - keep)
            number = p.PhoneNumber(country_code=example.country_code, national_number=int(changed), italian_leading_zero=example.italian_leading_zero)
            if p.is_valid_number(number):
                return number
        return example
    regions = maker.mine(sorted(p.SUPPORTED_REGIONS))
    return p, regions, make


def add_phones(maker, keyed, neutral, embedded, sibling, numeric):
    c = maker.chance
    p, regions, make = phone_makers(maker)
    shapes = [p.PhoneNumberFormat.E164, p.PhoneNumberFormat.INTERNATIONAL, p.PhoneNumberFormat.RFC3966, p.PhoneNumberFormat.NATIONAL]

    def one(forms):
        while True:
            region = c.choice(regions)
            number = make(region)
            if number:
                return region, p.format_number(number, c.choice(forms)), number
    plain = "phone phone_number mobile mobile_number telephone tel cell cell_phone contact_number msisdn whatsapp fax home_phone work_phone sms_to billing_phone caller_number shipping_phone daytime_phone".split()
    names = [("en", n) for n in plain] + PHONE_WORDS + words.names("phone")
    mine = maker.mine(names, lambda n: n[0] + "tel" if n[0] != "en" else n[1])
    for _ in range(keyed):
        lang, name = c.choice(mine)
        region, text, _ = one(shapes)
        maker.add("phone", "keyed", maker.name(name), text, lang=region, family=lang)
    for _ in range(neutral):
        region, text, _ = one(shapes[:3])
        maker.add("phone", "neutral", c.choice(NEUTRAL), text, lang=region, family=region)
    for _ in range(embedded):
        region, text, number = one(shapes[:3])
        said = c.choice([f"whatsapp {text}", f"Call me at {text}", f"phone=%2B{number.country_code}{number.national_number}&ok=1", around(c, text), f"Tel.: {text}", f"Rückruf bitte unter {text}", f"my number is {text}", f"mob: {text}", json.dumps({"phone": text})])
        maker.add("phone", "embedded", c.choice(NEUTRAL), said, lang=region, family=region)
    for _ in range(sibling):
        lang, name = c.choice(mine)
        region, text, _ = one(shapes)
        maker.add("phone", "sibling", c.choice(VALUE_NAMES), text, c.choice([{"type": "tel"}, {"autocomplete": "tel"}, {"label": name}, {"name": name}, {"placeholder": name}]), region, family=lang)
    for _ in range(numeric):
        region, _, number = one(shapes)
        value = c.choice([number.national_number, int(f"{number.country_code}{number.national_number}")])
        maker.add("phone", "numeric", c.choice(maker.mine(["phone", "cell", "mobile", "phone_number", "tel", "msisdn", "whatsapp", "contactNumber", "telephone", "fax"])), value, lang=region, family=region)
