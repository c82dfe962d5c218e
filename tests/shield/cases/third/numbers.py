"""Numbers of persons and papers for the third stock: family, names of the field, patterns (as in tokens.py) or a number of python-stdnum."""
import importlib

from .tokens import fill

# family: (names of fields, patterns); {D} a day of birth as YYMMDD, {Y} as YYYYMMDD, {M} as DDMMYY.
PAPERS = {
    "kz": (["ИИН", "iin", "жеке сәйкестендіру нөмірі", "iin_number"], ["{D}{d:6}"]),
    "uz": (["ПИНФЛ", "pinfl", "jshshir", "JSHSHIR raqami"], ["3{M}{d:7}"]),
    "kg": (["персональный номер ПИН гражданина", "inn_kg", "personal_number_kg"], ["2{M}{d:7}"]),
    "ge": (["პირადი ნომერი", "piradi_nomeri", "personal id georgia"], ["{d:11}"]),
    "am": (["ՀԾՀ", "social_card_number"], ["{d:10}"]),
    "az": (["fin_kod", "FİN kod", "şəxsiyyət vəsiqəsi nömrəsi"], ["{A:7}", "AZE{d:8}"]),
    "by": (["идентификационный номер паспорта", "личный номер", "ident_number_by"], ["{d:7}A{d:3}PB{d:1}", "MP{d:7}"]),
    "mn": (["регистрийн дугаар", "register_number_citizen", "РД дугаар"], ["УБ{d:8}", "ТА{d:8}"]),
    "lk": (["nic_number", "national identity card no", "ජාතික හැඳුනුම්පත් අංකය"], ["{d:9}V", "19{d:10}"]),
    "bd": (["nid_no", "জাতীয় পরিচয়পত্র নম্বর", "national_id_bd", "smart card nid"], ["{d:10}", "19{d:15}"]),
    "np": (["nagarikta_number", "नागरिकता नम्बर", "citizenship certificate no"], ["{d:2}-{d:2}-{d:2}-{d:5}"]),
    "mm": (["nrc_number", "မှတ်ပုံတင်အမှတ်", "NRC No"], ["12/OUKAMA(N){d:6}", "9/MAHAMA(N){d:6}"]),
    "ph": (["philsys_number", "PhilSys PCN", "sss_no_philippines", "umid_crn", "tin_ph tax id"], ["{d:4}-{d:4}-{d:4}-{d:4}", "{d:4}-{d:7}-{d:1}"]),
    "bn": (["ic_number_brunei", "smart identity card no", "Nombor Kad Pengenalan"], ["00-{d:6}", "01-{d:6}"]),
    "hk": (["hkid", "hkid_no", "香港身份證號碼", "HKIC number"], ["A{d:6}({d:1})", "K{d:6}(A)", "Z{d:7}"]),
    "mo": (["bir_macau", "澳門身份證號碼"], ["{d:7}({d:1})"]),
    "sa": (["iqama_number", "رقم الإقامة", "رقم الهوية الوطنية", "saudi_national_id", "absher_id_number"], ["2{d:9}", "1{d:9}"]),
    "ae": (["emirates_id", "emiratesIdNumber", "رقم الهوية الإماراتية", "EID Number"], ["784-19{d:2}-{d:7}-{d:1}", "78419{d:10}"]),
    "qa": (["qid_number", "qatar id no", "الرقم الشخصي القطري"], ["2{d:10}"]),
    "kw": (["civil_id", "civilIdNo", "الرقم المدني"], ["2{D}{d:5}"]),
    "bh": (["cpr_bahrain", "الرقم الشخصي", "CPR No"], ["{d:9}"]),
    "jo": (["الرقم الوطني", "jordan_national_number"], ["9{d:9}"]),
    "ir": (["کد ملی", "kod_melli", "code_melli", "شماره ملی", "شناسنامه شماره"], ["{d:10}"]),
    "iq": (["رقم البطاقة الوطنية الموحدة", "iraqi_unified_id_number"], ["19{d:10}"]),
    "eg": (["الرقم القومي للعميل", "egyptian_national_id", "raqam_qawmi"], ["2{D}{d:7}"]),
    "ma": (["cin_maroc", "numéro CIN", "رقم بطاقة التعريف الوطنية", "cnie"], ["AB{d:6}", "BE{d:6}"]),
    "tn": (["cin_tunisie", "numero_cin", "رقم بطاقة التعريف"], ["0{d:7}", "1{d:7}"]),
    "dz": (["nin_algerie", "رقم التعريف الوطني", "numero identification national"], ["1{d:17}"]),
    "ng": (["nin", "bvn", "bvn_number", "National Identification Number NIN", "bank verification number"], ["{d:11}", "22{d:9}"]),
    "gh": (["ghana_card", "ghanaCardNumber", "ghana card pin"], ["GHA-{d:9}-{d:1}"]),
    "ke": (["kra_pin", "huduma_namba", "kenya national id no", "kitambulisho cha taifa"], ["A{d:9}Z", "{d:8}"]),
    "tz": (["nida_number", "namba ya NIDA"], ["19{d:6}-{d:5}-{d:5}-{d:2}"]),
    "ug": (["nin_uganda", "national id uganda"], ["CM{d:8}{A:4}", "CF{d:8}{A:4}"]),
    "rw": (["indangamuntu", "rwanda_national_id"], ["1 19{d:2} 8 {d:7} {d:1} {d:2}", "119{d:13}"]),
    "et": (["fayda_number", "fayda_fin", "የፋይዳ ቁጥር"], ["{d:12}", "{d:4} {d:4} {d:4}"]),
    "zm": (["nrc_zambia", "national registration card number"], ["{d:6}/{d:2}/1"]),
    "zw": (["zimbabwe_national_id", "national id zw"], ["63-{d:6}A{d:2}", "08-{d:7}K{d:2}"]),
    "mz": (["nuit", "numero do BI moçambique", "bilhete_identidade"], ["1{d:8}", "{d:12}B"]),
    "ao": (["bilhete de identidade", "bi_angola_numero"], ["{d:9}LA{d:3}"]),
    "bw": (["omang", "omang_number"], ["{d:4}1{d:4}"]),
    "za": (["rsa_id_number", "SA ID Number", "id_nommer"], ["{D}{d:4}08{d:1}"]),
    "bo": (["carnet_identidad", "ci_bolivia", "cédula identidad bolivia"], ["{d:7} LP", "{d:7}"]),
    "pa": (["cedula_panama", "cédula panameña"], ["8-{d:3}-{d:4}", "PE-{d:2}-{d:3}"]),
    "hn": (["dni_honduras", "numero_identidad_hn"], ["{d:4}-19{d:2}-{d:5}"]),
    "ni": (["cedula_nicaragua", "cédula de identidad"], ["001-{M}-{d:4}A"]),
    "sv": (["dui", "numero_dui", "documento único de identidad"], ["{d:8}-{d:1}"]),
    "gt": (["dpi_cui", "cui_guatemala", "código único de identificación"], ["{d:4} {d:5} {d:4}", "{d:13}"]),
    "jm": (["trn", "taxpayer registration number"], ["{d:3}-{d:3}-{d:3}"]),
    "cu": (["carne_identidad_cuba", "número de identidad permanente"], ["{D}{d:5}"]),
    "cl": (["rut", "rut_cliente", "run_chile", "rol único nacional"], ["1{d:1}.{d:3}.{d:3}-K", "1{d:7}-{d:1}"]),
    "ar": (["cuil", "numero_cuil", "cuit_personal", "nro_dni"], ["20-{d:8}-{d:1}", "3{d:1}.{d:3}.{d:3}"]),
    "py": (["cedula_paraguay", "cédula de identidad civil"], ["{d:1}.{d:3}.{d:3}"]),
    "mx_ine": (["clave_elector", "clave de elector INE", "numero_ine"], ["GMZVJN{D}09H{d:3}", "RDLPMR{D}15M{d:3}"]),
    "mx_nss": (["numero_seguro_social", "nss_imss", "NSS"], ["{d:11}"]),
    "ru_passport": (["паспорт серия и номер", "seria_nomer_pasporta", "номер_паспорта", "passport_rf"], ["{d:2} {d:2} {d:6}", "45{d:2} {d:6}"]),
    "ru_snils": (["СНИЛС", "snils", "страховой номер"], ["{d:3}-{d:3}-{d:3} {d:2}"]),
    "ru_polis": (["полис ОМС", "oms_policy_number", "номер полиса омс"], ["{d:16}"]),
    "ua_passport": (["номер паспорта громадянина", "серія паспорта", "pasport_seriya_nomer"], ["КН{d:6}", "{d:9}"]),
    "ua_ipn": (["РНОКПП", "rnokpp", "ІПН", "ipn_number"], ["3{d:9}"]),
    "de_perso": (["Personalausweisnummer", "ausweisnummer", "perso_nr", "Ausweis-Nr."], ["L{A:8}{d:1}", "T22{A:6}{d:1}"]),
    "de_kv": (["Versichertennummer", "krankenversichertennummer", "KVNR", "egk_nummer"], ["A{d:9}", "M{d:9}"]),
    "de_rv": (["Rentenversicherungsnummer", "sozialversicherungsnummer", "rvnr"], ["65{M}M{d:3}", "15 {M} K {d:3}"]),
    "fr_cni": (["numéro carte d'identité", "numero_cni", "cni"], ["{d:12}", "{A:9}"]),
    "fr_fiscal": (["numéro fiscal", "numero_fiscal_reference", "spi_fiscal"], ["30 {d:2} {d:3} {d:3} {d:3}"]),
    "it_ci": (["numero carta identità", "carta_identita", "numero_documento_identita"], ["CA{d:5}AA", "AX{d:7}"]),
    "it_ts": (["tessera sanitaria numero", "tessera_sanitaria"], ["80380{d:15}"]),
    "es_nuss": (["número seguridad social", "nuss", "numero_afiliacion_ss"], ["28/{d:8}/{d:2}", "28{d:10}"]),
    "pt_cc": (["cartão de cidadão", "numero_cartao_cidadao", "número CC"], ["{d:8} {d:1} ZX{d:1}", "{d:8}"]),
    "pt_niss": (["niss_portugal", "número segurança social"], ["1{d:10}"]),
    "nl_doc": (["documentnummer paspoort", "paspoortnummer", "rijbewijsnummer"], ["NX{A:6}{d:1}", "{d:10}"]),
    "pl_dowod": (["numer dowodu osobistego", "nr_dowodu", "seria i numer dowodu"], ["ABC{d:6}", "CDE {d:6}"]),
    "cz_op": (["číslo občanského průkazu", "cislo_op", "číslo OP"], ["{d:9}"]),
    "hu_szig": (["személyi igazolvány száma", "szig_szam", "TAJ szám", "taj_szam", "adóazonosító jel"], ["{d:6}AB", "{d:3} {d:3} {d:3}", "8{d:9}"]),
    "ro_ci": (["serie și număr buletin", "serie_ci", "număr carte de identitate"], ["RX {d:6}", "XT{d:6}"]),
    "gr_adt": (["αριθμός δελτίου ταυτότητας", "ΑΔΤ", "arithmos_taftotitas", "ΑΦΜ", "afm"], ["ΑΒ {d:6}", "ΑΚ{d:6}", "1{d:8}"]),
    "bg_lk": (["номер на лична карта", "lichna_karta_nomer"], ["6{d:8}"]),
    "hr_os": (["broj osobne iskaznice", "osobna_iskaznica"], ["1{d:8}"]),
    "al": (["numri personal i identifikimit", "nid_albania", "numri_id_karta"], ["J{d:8}A", "I{d:8}B"]),
    "tr_seri": (["kimlik seri no", "nufus_cuzdani_seri", "pasaport_no"], ["A{d:2}{L:1}{d:5}", "U{d:8}"]),
    "il_id": (["מספר זהות", "תעודת זהות", "teudat_zehut", "ת.ז"], ["0{d:8}", "3{d:8}"]),
    "in_voter": (["voter_id", "epic_no", "voterIdNumber", "मतदाता पहचान पत्र"], ["ABC{d:7}", "XYZ{d:7}"]),
    "in_uan": (["uan_number", "universal account number epfo", "आधार संख्या", "aadhar_no", "adhaar_number"], ["10{d:10}", "{d:4} {d:4} {d:4}"]),
    "in_dl": (["driving_licence_india", "dl_no", "ड्राइविंग लाइसेंस"], ["MH12 20{d:2} {d:7}", "KA0{d:1}20{d:9}"]),
    "pk": (["CNIC No", "shanakhti_card", "شناختی کارڈ نمبر", "nicop"], ["{d:5}-{d:7}-{d:1}"]),
    "jp_menkyo": (["運転免許証番号", "健康保険証番号", "基礎年金番号", "マイナンバー", "個人番号", "旅券番号"], ["{d:12}", "{d:4}-{d:6}", "TK{d:7}"]),
    "kr": (["주민번호", "주민등록번호", "여권번호", "운전면허번호", "외국인등록번호"], ["{D}-1{d:6}", "M{d:8}", "11-{d:2}-{d:6}-{d:2}", "{D}-5{d:6}"]),
    "cn": (["身份证", "居民身份证号码", "sfzh", "shenfenzheng", "护照号码", "社保卡号"], ["110105{Y}{d:3}X", "E{d:8}", "310104{Y}{d:4}"]),
    "tw": (["身分證字號", "居留證號碼", "護照號碼", "健保卡號"], ["A1{d:8}", "AC{d:8}", "3{d:8}", "{d:12}"]),
    "th": (["เลขบัตรประชาชน", "เลขประจำตัวประชาชน", "thai_id_card", "หมายเลขหนังสือเดินทาง"], ["1-{d:4}-{d:5}-{d:2}-{d:1}", "3{d:12}", "AA{d:7}"]),
    "vn": (["số căn cước công dân", "so_cmnd", "cmnd_cccd", "số hộ chiếu", "mã số thuế cá nhân"], ["0{d:11}", "{d:9}", "C{d:7}", "8{d:9}"]),
    "id": (["nomor induk kependudukan", "no_ktp", "npwp_pribadi", "nomor paspor", "nomor_sim"], ["3{d:15}", "{d:2}.{d:3}.{d:3}.{d:1}-{d:3}.{d:3}", "B{d:7}"]),
    "my": (["mykad", "no_kad_pengenalan", "nombor kad pengenalan", "myKad No"], ["{D}-14-{d:4}", "{D}10{d:4}"]),
    "sg": (["nric_fin", "fin_number", "NRIC No", "work_permit_fin"], ["S{d:7}D", "G{d:7}K", "T{d:7}Z"]),
    "kh": (["លេខអត្តសញ្ញាណប័ណ្ណ", "khmer_id_card_no"], ["{d:9}"]),
    "au": (["tax_file_number", "tfn", "medicare_number", "medicareNo", "centrelink_crn"], ["{d:3} {d:3} {d:3}", "{d:4} {d:5} {d:1}", "{d:9}A"]),
    "nz": (["ird_number", "nhi_number", "nz_driver_licence"], ["{d:3}-{d:3}-{d:3}", "ZAC{d:4}", "DB{d:6}"]),
    "ca": (["social insurance number", "sin_number", "ohip_number", "health_card_no", "numéro d'assurance sociale", "ramq"], ["{d:3} {d:3} {d:3}", "{d:4}-{d:3}-{d:3}-XK", "TREM{d:4} {d:4}"]),
    "us": (["ssn_last_first_full", "social_security_no", "socialSecurityNumber", "SSN/ITIN", "alien_registration_number", "us_passport_number", "medicare_beneficiary_id", "drivers_lic_no"],
           ["{d:3}-{d:2}-{d:4}", "A{d:9}", "1EG4-TE5-MK{d:2}", "D{d:7}"]),
    "gb": (["ni_number", "nino", "national insurance no", "utr_number", "uk_passport_no", "driving_licence_number", "chi_number"],
           ["QQ {d:2} {d:2} {d:2} C", "AB{d:6}D", "{d:10}", "{d:9}", "MORGA{d:6}SM9IJ"]),
    "ie": (["pps_number", "ppsno", "uimhir PSP"], ["{d:7}TW", "{d:7}FA"]),
    "ch": (["AHV-Nummer", "ahvn13", "numéro AVS", "numero_avs", "numero AVS assicurato"], ["756.{d:4}.{d:4}.{d:2}", "756{d:10}"]),
    "at": (["SV-Nummer", "svnr_at", "Sozialversicherungsnr", "reisepassnummer"], ["{d:4} {M}", "{d:4}{M}", "P {d:7}"]),
    "be": (["rijksregisternr", "numéro de registre national", "niss", "numéro national"], ["{d:2}.{d:2}.{d:2}-{d:3}.{d:2}"]),
    "nordic": (["personnummer", "fødselsnummer", "CPR-nummer", "cpr_nr", "henkilötunnus", "hetu", "kennitala", "d-nummer", "samordningsnummer"], ["{D}-{d:4}", "{M} {d:5}", "{M}-{d:4}", "{M}-{d:3}A"]),
    "baltic": (["isikukood", "asmens kodas", "personas kods", "asmens_kodas", "isikutunnistuse number"], ["3{D}{d:4}", "{M}-{d:5}", "32{d:4}-{d:5}"]),
    "balkan": (["JMBG", "ЈМБГ", "матични број грађана", "ЕМБГ", "matični broj", "EMŠO", "OIB", "osobni identifikacijski broj"], ["{M}0{d:6}", "{d:11}"]),
    "passport": (["passport_no", "passportNumber", "passport_num", "ppt_no", "Passport #", "numéro de passeport", "numero_pasaporte", "número do passaporte", "numero passaporto", "Reisepassnummer", "numer_paszportu", "číslo pasu",
                  "útlevélszám", "паспорт_номер", "رقم الجواز", "מספר דרכון", "pasaport numarası", "passnummer", "αριθμός διαβατηρίου", "travel_document_number"], ["{L:2}{d:7}", "{L:1}{d:8}", "{d:9}", "C{A:8}", "{L:2}{d:6}"]),
    "permit": (["residence_permit_no", "residencePermitNumber", "Aufenthaltstitel Nummer", "titre de séjour numéro", "permiso de residencia número", "work_permit_number", "visa_document_number", "green_card_number", "carta de residência"],
               ["{L:2}{A:7}", "{d:9}", "E{d:8}", "MSC{d:10}"]),
    "licence": (["driver_license_no", "driversLicenceNumber", "dl_num", "drv_lic_nbr", "Führerscheinnummer", "numéro de permis de conduire", "número de licencia de conducir", "numero patente", "numer prawa jazdy", "körkortsnummer", "номер водительского удостоверения",
                 "ehliyet_no", "carta_de_conducao"], ["{L:1}{d:7}", "{d:8}", "{L:1}{d:3}-{d:3}-{d:2}-{d:3}-0", "{A:5}{d:6}", "{d:2} {d:2} {d:6}"]),
    "generic": (["national_id_number", "nationalIdNo", "natl_id", "id_card_no", "idCardNumber", "identity_card", "govt_id_number", "government_id", "citizen_id", "citizenIdNumber", "personal_identification_number", "tax_payer_id", "taxpayerId",
                 "tax_identification_number", "personal_code_number", "document_number_id_card", "kyc_id_number", "identity_document_number"], ["{d:9}", "{d:11}", "{L:2}{d:7}", "{d:3}-{d:2}-{d:4}", "{d:12}", "{d:8}{L:1}"]),
}
# Numbers with a check digit, of python-stdnum: module and names.
CHECKED = {"br.cpf": ["cpf", "cpf_cliente", "CPF do titular", "nr_cpf"], "fr.nir": ["numéro de sécurité sociale", "num_secu", "nir", "n_secu"],
           "pl.pesel": ["pesel", "numer PESEL", "nr_pesel"], "es.dni": ["dni_nif", "nº DNI", "documento_dni"], "es.nie": ["nie_extranjero", "número NIE"],
           "it.codicefiscale": ["codice fiscale", "codiceFiscale", "cod_fiscale", "c_f"], "nl.bsn": ["bsn", "burgerservicenummer", "bsn_nummer"],
           "tr.tckimlik": ["tc_kimlik", "T.C. Kimlik No", "tckn_no"], "ro.cnp": ["cnp", "cod numeric personal"], "bg.egn": ["ЕГН", "egn_number"],
           "cz.rc": ["rodné číslo", "rodne_cislo"], "de.idnr": ["Steueridentifikationsnummer", "steuer-id-nr", "idnr", "steuerliche_id"],
           "pt.nif": ["nif_contribuinte", "número de contribuinte"], "mx.curp": ["clave CURP", "curp_titular"], "in_.aadhaar": ["aadhaar_number", "aadhaarNo", "aadhar"],
           "in_.pan": ["pan_card", "permanent account number", "PAN No"], "kr.rrn": ["rrn", "resident registration number"], "ec.ci": ["cédula ecuatoriana", "cedula_identidad_ec"],
           "do.cedula": ["cédula dominicana", "cedula_electoral"], "hr.oib": ["oib_broj"], "lv.pk": ["personas_kods"], "ee.ik": ["isikukood_ee"], "dk.cpr": ["cpr_nummer"],
           "fi.hetu": ["sosiaaliturvatunnus"], "no.fodselsnummer": ["fodselsnr", "fnr_person"], "my.nric": ["ic_no"], "us.itin": ["itin_number"], "uy.rut": ["rut_uruguay"],
           "th.pin": ["citizen_id_th"], "ch.ssn": ["ahv_nr", "avs_nummer"], "ua.rntrc": ["ідентифікаційний код платника", "податковий номер"]}
SHAPES = {"br.cpf": "{d:3}.{d:3}.{d:3}-{d:2}", "fr.nir": "1{d:2}0{d:1}75{d:8}", "pl.pesel": "{D}{d:5}", "es.dni": "{d:8}{L:1}", "es.nie": "X{d:7}{L:1}", "nl.bsn": "{d:9}",
          "tr.tckimlik": "{d:11}", "ro.cnp": "1{D}{d:6}", "bg.egn": "{D}{d:4}", "cz.rc": "{D}/{d:4}", "de.idnr": "{d:11}", "pt.nif": "2{d:8}", "in_.aadhaar": "{d:4} {d:4} {d:4}",
          "in_.pan": "{L:3}P{L:1}{d:4}{L:1}", "kr.rrn": "{D}-1{d:6}", "ec.ci": "17{d:8}", "do.cedula": "001-{d:7}-{d:1}", "hr.oib": "{d:11}", "lv.pk": "{M}-1{d:4}", "ee.ik": "3{D}{d:4}",
          "dk.cpr": "{M}-{d:4}", "fi.hetu": "{M}-{d:3}{A:1}", "no.fodselsnummer": "{M}{d:5}", "my.nric": "{D}-01-{d:4}", "us.itin": "9{d:2}-7{d:1}-{d:4}", "th.pin": "1{d:12}",
          "ch.ssn": "756.{d:4}.{d:4}.{d:2}", "ua.rntrc": "3{d:9}"}


def shaped(c, pattern):
    year, month, day = c.randrange(50, 100), c.randint(1, 12), c.randint(1, 28)
    pattern = pattern.replace("{D}", f"{year:02}{month:02}{day:02}").replace("{M}", f"{day:02}{month:02}{year:02}").replace("{Y}", f"19{year:02}{month:02}{day:02}")
    return fill(c, pattern)


def checked(c, name):
    """A number that python-stdnum takes for good, or None where chance finds none."""
    try:
        module = importlib.import_module("stdnum." + name)
    except ImportError:
        return None
    if name == "it.codicefiscale":
        body = shaped(c, "{L:6}") + f"{c.randrange(50, 99)}" + c.choice("ABCDEHLMPRST") + f"{c.randint(1, 28):02}" + shaped(c, "H{d:3}")
        return body + module.calc_check_digit(body)
    if name == "mx.curp":
        body = "GOMA" + shaped(c, "{D}") + c.choice("HM") + "DFRRN0"
        return body + module.calc_check_digit(body)
    for _ in range(4000):
        number = shaped(c, SHAPES.get(name, "{d:12}"))
        if module.is_valid(number):
            return number
    return None


def number_of(stock, c, family):
    """A value of a stock's family and the name of its field."""
    if family in stock.CHECKED:
        return checked(c, family), c.choice(stock.CHECKED[family])
    names, patterns = stock.PAPERS[family]
    return shaped(c, c.choice(patterns)), c.choice(names)
