"""Numbers states give to persons, with the check digits their states prescribe; none of them is in `personal.PERSONS`."""
from ..base import ALNUM, DIGITS, NEUTRAL, UPPER, VALUE_NAMES

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def luhn(body):
    total = sum(d if i % 2 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(map(int, reversed(body))))
    return str(-total % 10)


def weighted(body, weights):
    return sum(int(d) * w for d, w in zip(body, weights))


def born(c, form="YYMMDD"):
    year, month, day = c.randint(1945, 2008), c.randint(1, 12), c.randint(1, 28)
    return form.replace("YYYY", str(year)).replace("YYY", f"{year % 1000:03}").replace("YY", f"{year % 100:02}").replace("MM", f"{month:02}").replace("DD", f"{day:02}")


def until(make):
    """The first of the tries that has a check digit."""
    for _ in range(200):
        made = make()
        if made:
            return made
    raise ValueError("no number found")


def iran(c):
    body = c.text("0123", 1) + c.text(DIGITS, 8)
    rest = weighted(body, range(10, 1, -1)) % 11
    return body + str(rest if rest < 2 else 11 - rest)


def emirates(c):
    body = "784" + str(c.randint(1950, 2008)) + c.text(DIGITS, 7)
    number = body + luhn(body)
    return c.choice([number, f"{number[:3]}-{number[3:7]}-{number[7:14]}-{number[14]}"])


def saudi(c):
    body = c.choice("12") + c.text(DIGITS, 8)
    return body + luhn(body)


def kuwait(c):
    def one():
        body = c.choice("23") + born(c) + c.text(DIGITS, 4)
        check = 11 - weighted(body, (2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11
        return body + str(check) if check < 10 else None
    return until(one)


def kazakhstan(c):
    def one():
        body = born(c) + c.choice("3456") + c.text(DIGITS, 4)
        check = weighted(body, range(1, 12)) % 11
        if check == 10:
            check = weighted(body, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
        return body + str(check) if check < 10 else None
    return until(one)


def uzbekistan(c):
    body = c.choice("3456") + born(c, "DDMMYY") + c.text(DIGITS, 6)
    return body + str(weighted(body, (7, 3, 1) * 5) % 10)


def snils(c):
    def one():
        body = c.text("123456789", 1) + c.text(DIGITS, 8)
        check = weighted(body, range(9, 0, -1)) % 101
        return (body, f"{check % 100:02}") if check != 100 else None
    body, check = until(one)
    return c.choice([f"{body[:3]}-{body[3:6]}-{body[6:]} {check}", body + check])


def belarus(c):
    body = c.choice("3456") + born(c, "DDMMYY") + c.choice("ABCHKEM") + c.text(DIGITS, 3) + c.choice(["PB", "BA", "BI"])
    value = [int(s) if s.isdigit() else ord(s) - 55 for s in body]
    return body + str(sum(v * w for v, w in zip(value, (7, 3, 1) * 5)) % 10)


def jmbg(c):
    def one():
        body = born(c, "DDMMYYY") + c.choice(["10", "17", "44", "50", "71", "21"]) + c.text(DIGITS, 3)
        rest = 11 - weighted(body, (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
        return body + str(0 if rest == 11 else rest) if rest != 10 else None
    return until(one)


def taiwan(c):
    letter = c.choice("ABCDEFGHJKLMNPQRSTUVXYWZIO")
    place = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(letter) + 10
    body = c.choice("12") + c.text(DIGITS, 7)
    total = place // 10 + place % 10 * 9 + weighted(body, (8, 7, 6, 5, 4, 3, 2, 1))
    return letter + body + str(-total % 10)


def hongkong(c):
    letter, body = c.choice("ABCDEGHKPRSVYZ"), c.text(DIGITS, 6)
    total = 36 * 9 + (ord(letter) - 55) * 8 + weighted(body, (7, 6, 5, 4, 3, 2))
    check = -total % 11
    sign = "A" if check == 10 else str(check)
    return c.choice([f"{letter}{body}({sign})", f"{letter}{body}{sign}"])


def singapore(c):
    body, kind = c.text(DIGITS, 7), c.choice("STFG")
    total = weighted(body, (2, 7, 6, 5, 4, 3, 2)) + (4 if kind in "TG" else 0)
    return kind + body + ("JZIHGFEDCBA" if kind in "ST" else "XWUTRQPNMLK")[total % 11]


def dui(c):
    body = "0" + c.text(DIGITS, 7)
    return f"{body}-{-weighted(body, range(9, 1, -1)) % 10}"


def pis(c):
    body = "1" + c.text(DIGITS, 9)
    rest = 11 - weighted(body, (3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) % 11
    number = body + str(0 if rest > 9 else rest)
    return c.choice([number, f"{number[:3]}.{number[3:8]}.{number[8:10]}-{number[10]}"])


def cnh(c):
    body = c.text(DIGITS, 9)
    first = weighted(body, range(9, 0, -1)) % 11
    less = 2 if first > 9 else 0
    first = 0 if first > 9 else first
    second = weighted(body, range(1, 10)) % 11
    second = 0 if second > 9 else max(0, second - less)
    return f"{body}{first}{second}"


def titulo(c):
    body, state = c.text(DIGITS, 8), f"{c.randint(1, 28):02}"
    first = weighted(body, range(2, 10)) % 11 % 10
    second = (int(state[0]) * 7 + int(state[1]) * 8 + first * 9) % 11 % 10
    return f"{body}{state}{first}{second}"


def rente(c):
    area, date, letter, series = f"{c.randint(2, 89):02}", born(c, "DDMMYY"), c.choice(UPPER), f"{c.randint(0, 99):02}"
    body = area + date + f"{ord(letter) - 64:02}" + series
    total = sum(sum(map(int, str(int(d) * w))) for d, w in zip(body, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)))
    return c.choice([f"{area}{date}{letter}{series}{total % 10}", f"{area} {date} {letter} {series}{total % 10}"])


def kvnr(c):
    letter, body = c.choice(UPPER), c.text(DIGITS, 8)
    full = f"{ord(letter) - 64:02}" + body
    total = sum(sum(map(int, str(int(d) * w))) for d, w in zip(full, (1, 2) * 5))
    return f"{letter}{body}{total % 10}"


def spanish_nss(c):
    province, body = f"{c.randint(1, 52):02}", c.text("123456789", 1) + c.text(DIGITS, 7)
    return c.choice(["{}{}{}", "{}/{}/{}", "{} {} {}"]).format(province, body, f"{int(province + body) % 97:02}")


def taj(c):
    body = c.text(DIGITS, 8)
    number = body + str(weighted(body, (3, 7) * 4) % 10)
    return c.choice([number, f"{number[:3]} {number[3:6]} {number[6:]}", f"{number[:3]}-{number[3:6]}-{number[6:]}"])


def adoazonosito(c):
    def one():
        body = "8" + c.text(DIGITS, 8)
        check = weighted(body, range(1, 10)) % 11
        return body + str(check) if check < 10 else None
    return until(one)


def polish_card(c):
    letters, digits = c.text("ABCDEFGHIJKLMNOPRSTUVWXYZ", 3), c.text(DIGITS, 5)
    total = sum((ord(s) - 55) * w for s, w in zip(letters, (7, 3, 1))) + weighted(digits, (7, 3, 1, 7, 3))
    return f"{letters}{total % 10}{digits}"


def medicare(c):
    body = c.choice("23456") + c.text(DIGITS, 7)
    number = body + str(weighted(body, (1, 3, 7, 9, 1, 3, 7, 9)) % 10) + c.choice("12345")
    return c.choice([number, f"{number[:4]} {number[4:9]} {number[9]}"])


def nhi(c):
    def one():
        letters, digits = c.text("ABCDEFGHJKLMNPQRSTUVWXYZ", 3), c.text(DIGITS, 3)
        order = "ABCDEFGHJKLMNPQRSTUVWXYZ"
        total = sum((order.index(s) + 1) * w for s, w in zip(letters, (7, 6, 5))) + weighted(digits, (4, 3, 2))
        rest = total % 11
        return f"{letters}{digits}{(11 - rest) % 10}" if rest else None
    return until(one)


def imss(c):
    body = f"{c.randint(1, 97):02}" + c.text(DIGITS, 8)
    return body + luhn(body)


def luxembourg(c):
    body = born(c, "YYYYMMDD") + c.text(DIGITS, 3)
    return body + luhn(body) + c.text(DIGITS, 1)


def bahrain(c):
    return born(c, "YYMM") + c.text(DIGITS, 5)


# (family, number, names of fields, whether digits alone)
NATIONAL = [
    ("ir", iran, ["کد ملی", "کد_ملی", "code_melli", "kod_meli", "melli_code"]), ("ae", emirates, ["emirates_id", "رقم الهوية", "eid_number", "uae_id"]),
    ("sa", saudi, ["iqama_number", "رقم_الإقامة", "رقم الهوية الوطنية", "saudi_id", "iqama"]), ("kw", kuwait, ["الرقم المدني", "civil_id", "civil_id_number"]),
    ("kz", kazakhstan, ["иин", "ЖСН", "iin", "iin_number"]), ("uz", uzbekistan, ["pinfl", "ПИНФЛ", "jshshir"]), ("ru snils", snils, ["снилс", "snils", "номер СНИЛС"]),
    ("by", belarus, ["личный номер", "идентификационный номер", "lichny_nomer"]), ("ba", jmbg, ["jmbg", "ЈМБГ", "matični broj", "maticni_broj"]), ("mk", jmbg, ["ЕМБГ", "embg", "матичен број"]),
    ("tw", taiwan, ["身分證字號", "身份證字號", "taiwan_id", "national_id_no"]), ("hk", hongkong, ["hkid", "香港身份證號碼", "hkid_number", "hong_kong_id"]), ("sg", singapore, ["nric", "nric_number", "nric_fin", "fin_number"]),
    ("sv dui", dui, ["dui", "numero_dui", "documento_unico_de_identidad"]), ("br pis", pis, ["pis", "pis_pasep", "nis", "número do PIS"]), ("br cnh", cnh, ["cnh", "numero_cnh", "carteira_de_motorista"]), ("br titulo", titulo, ["titulo_eleitor", "título de eleitor"]),
    ("de rente", rente, ["rentenversicherungsnummer", "RV-Nummer", "sozialversicherungsnr"]), ("de kv", kvnr, ["krankenversichertennummer", "versichertennummer", "kvnr"]), ("es nss", spanish_nss, ["numero_seguridad_social", "número de la Seguridad Social", "naf_seguridad_social"]),
    ("hu taj", taj, ["taj_szám", "taj_szam", "TAJ szám"]), ("hu ado", adoazonosito, ["adóazonosító jel", "adoazonosito_jel"]), ("pl dowod", polish_card, ["dowód osobisty", "numer_dowodu", "seria_i_numer_dowodu"]),
    ("au medicare", medicare, ["medicare_card_number", "medicare_no"]), ("nz nhi", nhi, ["nhi_number", "nhi"]), ("mx nss", imss, ["nss", "numero_imss", "número de seguro social"]), ("lu", luxembourg, ["matricule", "matricule_national", "numéro de matricule"]),
    ("bh", bahrain, ["cpr_bahrain", "الرقم الشخصي"]), ("ng nin", lambda c: c.text("123456789", 1) + c.text(DIGITS, 10), ["national_identification_number", "nin_number", "nimc_nin"]), ("ng bvn", lambda c: "22" + c.text(DIGITS, 9), ["bvn", "bank_verification_number"]),
    ("gh", lambda c: f"GHA-{c.text(DIGITS, 9)}-{c.text(DIGITS, 1)}", ["ghana_card", "ghana_card_number"]), ("zw", lambda c: f"63-{c.text(DIGITS, 7)}{c.choice(LETTERS)}{c.text(DIGITS, 2)}", ["national_registration_number", "zim_id"]), ("tn", lambda c: "0" + c.text(DIGITS, 7), ["numero_cin", "بطاقة التعريف الوطنية"]),
    ("ma", lambda c: c.text("ABJKW", 2) + c.text(DIGITS, 6), ["cnie", "carte_nationale", "رقم البطاقة الوطنية"]), ("dz", lambda c: "1" + c.text(DIGITS, 17), ["numero_identification_national", "رقم التعريف الوطني"]), ("et", lambda c: c.text("123456789", 1) + c.text(DIGITS, 11), ["fayda_id", "የመታወቂያ ቁጥር"]),
    ("ug", lambda c: "C" + c.choice("MF") + c.text(DIGITS, 7) + c.text(UPPER + DIGITS, 5), ["national_id_nin", "nira_number"]), ("rw", lambda c: "1" + born(c, "YYYY") + c.choice("78") + c.text(DIGITS, 10), ["indangamuntu", "rwanda_id"]), ("tz", lambda c: born(c, "YYYYMMDD") + "-" + c.text(DIGITS, 5) + "-" + c.text(DIGITS, 5) + "-" + c.text(DIGITS, 2), ["nida_number", "namba_ya_nida", "kitambulisho cha taifa"]),
    ("co cc", lambda c: "1" + c.text(DIGITS, 9), ["cedula_ciudadania", "cédula de ciudadanía"]), ("ve ci", lambda c: "V-" + c.text(DIGITS, 8), ["cedula_identidad", "numero_de_cedula"]), ("pa", lambda c: f"{c.randint(1, 10)}-{c.text(DIGITS, 3)}-{c.text(DIGITS, 4)}", ["cedula_panama", "cédula"]),
    ("hn", lambda c: f"0{c.randint(101, 999)}-{born(c, 'YYYY')}-{c.text(DIGITS, 5)}", ["tarjeta_de_identidad", "identidad"]), ("ni", lambda c: f"001-{born(c, 'DDMMYY')}-{c.text(DIGITS, 4)}{c.choice(LETTERS)}", ["cedula_nicaragua", "número de cédula"]), ("gt", lambda c: f"{c.text(DIGITS, 4)} {c.text(DIGITS, 5)} 01{c.text(DIGITS, 2)}", ["cui_dpi", "dpi", "documento_personal_de_identificacion"]),
    ("bo", lambda c: f"{c.text(DIGITS, 7)} {c.choice(['LP', 'SC', 'CB'])}", ["carnet_identidad", "cedula_de_identidad_bolivia"]), ("al", lambda c: c.choice("GHIJ") + c.text(DIGITS, 8) + c.choice(UPPER), ["numri personal", "numri_i_identitetit"]), ("mt", lambda c: c.text(DIGITS, 7) + c.choice("MGAPL"), ["karta tal-identità", "maltese_id"]),
    ("gr adt", lambda c: c.text("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", 2) + " " + c.text(DIGITS, 6), ["αριθμός δελτίου ταυτότητας", "αδτ", "adt"]), ("uk dl", lambda c: c.text(LETTERS, 5) + c.text(DIGITS, 6) + c.text(LETTERS, 2) + "9" + c.text(LETTERS, 2), ["driving_licence_number", "driving_licence"]), ("ru passport", lambda c: f"{c.text(DIGITS, 2)} {c.text(DIGITS, 2)} {c.text(DIGITS, 6)}", ["серия и номер паспорта", "паспорт", "passport_series_number"]),
    ("ca health", lambda c: f"{c.text(DIGITS, 4)}-{c.text(DIGITS, 3)}-{c.text(DIGITS, 3)}-{c.text(LETTERS, 2)}", ["ohip_number", "health_card_number", "health_insurance_number"]), ("ca ramq", lambda c: c.text(LETTERS, 4) + f" {c.text(DIGITS, 4)} {c.text(DIGITS, 4)}", ["ramq", "numéro d'assurance maladie"]), ("us mbi", lambda c: f"{c.choice('123456789')}{c.choice('ACDEFG')}{c.choice('ACDEFG2')}{c.text(DIGITS, 1)}-{c.choice('TKM')}{c.choice('EK')}{c.text(DIGITS, 1)}-{c.text('MKTE', 2)}{c.text(DIGITS, 2)}", ["medicare_beneficiary_identifier", "mbi", "medicare_id"]),
    ("us alien", lambda c: "A" + c.text(DIGITS, 9), ["alien_registration_number", "uscis_number", "a_number"]), ("mx ine", lambda c: c.text(LETTERS, 6) + born(c) + c.text(DIGITS, 2) + c.choice("HM") + c.text(DIGITS, 3), ["clave_de_elector", "clave_elector"]), ("mn", lambda c: c.text("АБВГДЕЖЗИЙКЛМНОПРСТУ", 2) + c.text(DIGITS, 8), ["регистрийн дугаар", "registriin_dugaar"]),
    ("mm", lambda c: f"12/{c.text('ABCDEGHKLMNOPRSTUY', 6)}(N){c.text(DIGITS, 6)}", ["nrc_number", "နိုင်ငံသားစိစစ်ရေးကတ်ပြား"]), ("kg", lambda c: c.choice("12") + born(c, "DDMMYYYY") + c.text(DIGITS, 5), ["ПИН гражданина", "жеке номер", "personal_pin_kg"]), ("az", lambda c: c.text(UPPER + DIGITS, 7), ["fin_kod", "şəxsiyyət vəsiqəsi"]),
    ("bt", lambda c: "1" + c.text(DIGITS, 10), ["cid_number", "citizenship_identity_card"]), ("np", lambda c: f"{c.text(DIGITS, 2)}-{c.text(DIGITS, 2)}-{c.text(DIGITS, 2)}-{c.text(DIGITS, 5)}", ["citizenship_number", "नागरिकता नम्बर"]), ("bd", lambda c: c.text("123456789", 1) + c.text(DIGITS, 9), ["nid_number", "জাতীয় পরিচয়পত্র নম্বর"]), ("lk", lambda c: c.text(DIGITS, 9) + "V", ["nic_no", "ජාතික හැඳුනුම්පත් අංකය"]),
    ("ph", lambda c: f"{c.text(DIGITS, 4)}-{c.text(DIGITS, 4)}-{c.text(DIGITS, 4)}", ["philsys_number", "philhealth_number", "sss_number", "umid"]), ("jo", lambda c: "9" + c.text(DIGITS, 9), ["الرقم الوطني", "national_number"]), ("om", lambda c: c.text(DIGITS, 8), ["رقم البطاقة المدنية", "resident_card_number"]), ("cz op", lambda c: c.text(DIGITS, 9), ["číslo občanského průkazu", "cislo_op", "obcansky_prukaz"]),
    ("it cie", lambda c: "CA" + c.text(DIGITS, 5) + c.text(UPPER, 2), ["carta_identita", "numero carta d'identità"]), ("it ts", lambda c: "80380" + c.text(DIGITS, 15), ["tessera_sanitaria", "numero tessera sanitaria"]), ("fr cni", lambda c: c.text(DIGITS, 12), ["carte_identite", "numéro de carte d'identité", "numero_cni"]), ("nl rijbewijs", lambda c: c.text(DIGITS, 10), ["rijbewijsnummer", "rijbewijs", "paspoortnummer"]),
    ("se samordning", lambda c: born(c) + "-" + c.text(DIGITS, 4), ["samordningsnummer", "körkortsnummer"]), ("fi ajokortti", lambda c: born(c, "DDMMYY") + "-" + c.text(DIGITS, 3) + c.choice(LETTERS), ["ajokortin numero", "passin numero"]), ("tr ehliyet", lambda c: c.text(DIGITS, 6), ["ehliyet numarası", "pasaport numarası", "pasaport_no"]), ("jp menkyo", lambda c: c.text(DIGITS, 12), ["運転免許証番号", "パスポート番号", "旅券番号"]),
    ("kr passport", lambda c: "M" + c.text(DIGITS, 8), ["여권번호", "운전면허번호", "외국인등록번호"]), ("cn jz", lambda c: c.text(DIGITS, 12), ["驾驶证号", "社保号", "驾驶证号码"]), ("vn gplx", lambda c: c.text(DIGITS, 12), ["giấy phép lái xe", "số hộ chiếu", "căn cước công dân"]), ("th pp", lambda c: "AA" + c.text(DIGITS, 7), ["เลขหนังสือเดินทาง", "หมายเลขหนังสือเดินทาง"]),
    ("id sim", lambda c: c.text(DIGITS, 12), ["nomor_sim", "nomor_paspor", "nomor induk kependudukan"]), ("in dl", lambda c: f"{c.choice(['MH', 'DL', 'KA', 'TN'])}{c.text(DIGITS, 2)} {born(c, 'YYYY')}{c.text(DIGITS, 7)}", ["driving_license_no", "dl_number"]), ("in uan", lambda c: "10" + c.text(DIGITS, 10), ["uan_number", "uan", "esic_number"]), ("il darkon", lambda c: c.text(DIGITS, 8), ["מספר דרכון", "רישיון נהיגה"]),
    ("ua passport", lambda c: c.text("АБВГЕКМНОРСТ", 2) + c.text(DIGITS, 6), ["серія та номер паспорта", "номер паспорта", "посвідчення водія"]), ("bg lk", lambda c: c.text(DIGITS, 9), ["номер на лична карта", "лична карта"]), ("ro ci", lambda c: c.text("RXCTZ", 2) + " " + c.text(DIGITS, 6), ["serie_si_numar_buletin", "serie și număr CI", "număr pașaport"]), ("hr osobna", lambda c: c.text(DIGITS, 9), ["broj osobne iskaznice", "broj_putovnice"]),
    ("lt pasas", lambda c: c.text(DIGITS, 8), ["paso numeris", "asmens tapatybės kortelė"]), ("ee pass", lambda c: "AA" + c.text(DIGITS, 7), ["passi number", "dokumendi number"]), ("ar cuil", lambda c: f"20-{c.text(DIGITS, 8)}-{c.text(DIGITS, 1)}", ["cuil_cuit", "nro_documento"]), ("cl pasaporte", lambda c: "P" + c.text(DIGITS, 8), ["numero_pasaporte", "licencia_de_conducir", "número de pasaporte"]),
    ("pt cc", lambda c: c.text(DIGITS, 8), ["numero_bi", "bilhete_de_identidade", "número do cartão de cidadão"]), ("ch ausweis", lambda c: c.text(LETTERS, 1) + c.text(DIGITS, 7), ["ausweisnummer", "identitätskarte_nr", "ausweis_nr"]), ("at pass", lambda c: "P " + c.text(DIGITS, 7), ["passnummer", "pass_nr", "führerschein_nr"]), ("ie ppsn", lambda c: c.text(DIGITS, 7) + "W" + "A", ["pps_no", "irish_ppsn"]),
]


def add_national(maker, keyed, sibling, embedded, numeric):
    from .texts import wrapped
    c = maker.chance
    mine = maker.mine(NATIONAL, lambda n: "id " + n[0])
    for _ in range(keyed):
        family, make, names = c.choice(mine)
        maker.add("national_id", "keyed", maker.name(c.choice(names)), make(c), lang=family[:2], family="id " + family)
    for _ in range(sibling):
        family, make, names = c.choice(mine)
        name = c.choice(names)
        sib = c.choice([{"label": name}, {"name": name}, {"id": name}, {"placeholder": name.replace("_", " ")}, {"aria-label": name}, {"question": name}, {"header": name}])
        maker.add("national_id", "sibling", c.choice(VALUE_NAMES), make(c), sib, family[:2], family="id " + family)
    for _ in range(embedded):
        family, make, names = c.choice(mine)
        maker.add("national_id", "embedded", c.choice(NEUTRAL), wrapped(maker, c.choice(names), make(c)), lang=family[:2], family="id " + family)
    made = 0
    while made < numeric:
        family, make, names = c.choice(mine)
        value = make(c)
        if value.isdigit() and value[0] != "0" and len(value) >= 8:
            made += 1
            maker.add("national_id", "numeric", maker.name(c.choice(names)), int(value), lang=family[:2], family="id " + family)
