"""Cards, accounts, e-mail and telephones under names and in shapes `cases.personal` does not have."""
import json

from ..base import ALNUM, DIGITS, LOWER, NEUTRAL, UPPER, VALUE_NAMES, around
from ..personal import BRANDS, IBAN_COUNTRIES, card, grouped, mail
from . import words
from .texts import wrapped

CARDS = "ccn cc_no credit_card_no cardNum cardPan card.number creditCardNo payment.card.number payment_method_card_number amex_number visa_number mastercard_number virtual_card_number prepaid_card_number gift_visa_number fleet_card_number card_account_number funding_pan dpan fpan token_pan_source cardholder_account_number ccNumberInput stripe_card_number recurly_number billing_cc corporate_card pcard_number dc_number".split()
CARD_CODES = "card_cvv cardCvc cvn cid_code cvc2 cvv_code card_verification card_verification_code card_security security_number_card cvc_number card_cid cvvNumber kartenpruefnummer cryptogramme codigo_cvv prüfziffer_karte".split()
ACCOUNTS = "iban_number bic_iban account_iban_number payer_iban payee_iban creditor_iban sender_iban recipient_account beneficiary_iban refund_account refund_iban payout_iban salary_account direct_debit_account sepa_mandate_iban bankaccount_iban bank_acct konto_nr iban_nr ibanNumber IBAN_Code wire_iban virtual_iban".split()
MAILS = "contactEmail login_email user_mail customer_email_address billing_email shipping_email reply_to_address from_address to_address cc_address bcc sender_email recipient_email invitee_email backup_email recovery_email email2 emailConfirm confirm_email your_email newsletter_email subscriber paypal_email apple_id google_account msn skype_live upn userPrincipalName mailto owner_email manager_email assigned_to_email".split()
PHONES = "contact_no contactNumber phoneNo phone1 phone_home phone_work phone_alt alt_phone alternate_phone daytime_phone evening_phone cellphone cell_number mobile_no mobileNo msisdn whatsapp_number wa_number viber telegram_phone signal_number fax_no sms_number sms_to callback_number call_back emergency_contact_phone next_of_kin_phone customer_phone recipient_phone sender_phone delivery_phone driver_phone guest_phone guardian_phone tel_no telNo telefono1 telefonnr dial_number caller_id_number ani from_number to_number".split()


def add_cards(maker, keyed, foreign, neutral, embedded, sibling, numeric):
    c = maker.chance
    names, codes = maker.mine(CARDS, lambda n: "name " + n), maker.mine(CARD_CODES, lambda n: "name " + n)
    mine = maker.mine(words.fields("credit_card"), lambda f: "language " + f[0])
    common = [b for b in BRANDS if b not in {"interpayment", "lankapay", "uatp", "bccard", "instapayment"}]

    def shaped(number):
        return c.choice([lambda: grouped(c, number), lambda: "\u00a0".join(number[i:i + 4] for i in range(0, len(number), 4)), lambda: "/".join(number[i:i + 4] for i in range(0, len(number), 4)), lambda: "".join(chr(0xFF10 + int(d)) for d in number), lambda: "".join(chr(0x660 + int(d)) for d in number),
                         lambda: "  ".join(number[i:i + 4] for i in range(0, len(number), 4)), lambda: number, lambda: "\u2013".join(number[i:i + 4] for i in range(0, len(number), 4)), lambda: "_".join(number[i:i + 4] for i in range(0, len(number), 4)), lambda: " ".join(number)])()
    for _ in range(keyed):
        if c.one_in(5):
            name = c.choice(codes)
            maker.add("credit_card", "keyed", maker.name(name), c.choice([c.text(DIGITS, 3), c.text(DIGITS, 4)]), family="name " + name)
        else:
            name = c.choice(names)
            maker.add("credit_card", "keyed", maker.name(name), shaped(card(c, c.choice(list(BRANDS)))), family="name " + name)
    for _ in range(foreign):
        lang, name = c.choice(mine)
        maker.add("credit_card", "foreign", words.spelled(c, name), grouped(c, card(c, c.choice(common))), lang=lang, family="language " + lang)
    for _ in range(neutral):
        maker.add("credit_card", "neutral", c.choice(NEUTRAL), shaped(card(c, c.choice(common))), family="card")
    for _ in range(embedded):
        number = card(c, c.choice(common))
        text = c.choice([lambda: wrapped(maker, c.choice(names), grouped(c, number)), lambda: around(c, shaped(number)), lambda: f"{c.randint(1, 12):02}/2{c.randrange(6, 10)} {grouped(c, number)} CVC {c.text(DIGITS, 3)}", lambda: f"cc={number}|0{c.randint(1, 9)}|2029|{c.text(DIGITS, 3)}", lambda: f"charge {grouped(c, number)} EUR 12,50", lambda: f"{number}|{c.randint(1, 12):02}|28|{c.text(DIGITS, 3)}",
                         lambda: f"%B{number}^MEIER/ANNA ^2{c.randrange(6, 10)}121010000?;{number}=28121010?", lambda: f"card on file {grouped(c, number)}, please charge", lambda: f"cvv: {c.text(DIGITS, 3)}, number: {grouped(c, number)}", lambda: f"PAN={number} RC=05", lambda: f"DE2: {number} DE3: 000000"])()
        maker.add("credit_card", "embedded", c.choice(NEUTRAL), text, family="card")
    for _ in range(sibling):
        lang, label = c.choice(mine)
        if c.one_in(4):
            sib, value = c.choice([{"autocomplete": "section-b cc-csc"}, {"name": c.choice(codes)}, {"label": "CVV / CVC"}, {"placeholder": "CVC"}, {"aria-label": "Security code (3 digits)"}]), c.text(DIGITS, 3)
        else:
            sib, value = c.choice([{"autocomplete": "billing cc-number"}, {"name": c.choice(names)}, {"id": c.choice(names)}, {"label": label}, {"placeholder": label}, {"aria-label": label}, {"data-elements-stable-field-name": "cardNumber"}]), grouped(c, card(c, c.choice(common)))
        maker.add("credit_card", "sibling", c.choice(VALUE_NAMES), value, sib, lang, family="language " + lang)
    for _ in range(numeric):
        maker.add("credit_card", "numeric", c.choice(names + NEUTRAL + ["num", "n", "total_text", "x1"]), int(card(c, c.choice(common))), family="card")


def add_ibans(maker, keyed, foreign, neutral, embedded, sibling):
    from schwifty import IBAN
    c = maker.chance
    made = []
    for country in maker.mine(IBAN_COUNTRIES, lambda n: "iban " + n):
        for _ in range(6):
            try:
                made.append((country, str(IBAN.random(country_code=country, random=c))))
            except Exception:  # a country without a generator of bank codes
                break
    names = maker.mine(ACCOUNTS, lambda n: "name " + n)
    mine = maker.mine(words.fields("iban"), lambda f: "language " + f[0])

    def one():
        country, iban = c.choice(made)
        sign = c.choice(["", " ", "-", "\u00a0", ".", "  "])
        text = sign.join(iban[i:i + 4] for i in range(0, len(iban), 4))
        return country, text.lower() if c.one_in(8) else text
    for _ in range(keyed):
        (country, iban), name = one(), c.choice(names)
        maker.add("iban", "keyed", maker.name(name), iban, lang=country, family="name " + name)
    for _ in range(foreign):
        (_, iban), (lang, name) = one(), c.choice(mine)
        maker.add("iban", "foreign", words.spelled(c, name), iban, lang=lang, family="language " + lang)
    for _ in range(neutral):
        country, iban = one()
        maker.add("iban", "neutral", c.choice(NEUTRAL), c.choice([iban, iban, "IBAN " + iban, iban + " "]), lang=country, family="iban " + country)
    for _ in range(embedded):
        country, iban = one()
        maker.add("iban", "embedded", c.choice(NEUTRAL), c.choice([wrapped(maker, c.choice(names), iban), around(c, iban), f"virement vers {iban} demain", f"{iban} / BIC COBADEFFXXX", f"Zahlung an Anna Meier, {iban}, 12,00 EUR", f"konto:{iban}", f"BCD\n002\n1\nSCT\nCOBADEFF\nAnna Meier\n{iban}\nEUR12"]), lang=country, family="iban " + country)
    for _ in range(sibling):
        (country, iban), (lang, label) = one(), c.choice(mine)
        maker.add("iban", "sibling", c.choice(VALUE_NAMES), iban, c.choice([{"label": "IBAN"}, {"name": c.choice(names)}, {"label": label}, {"placeholder": "DE00 0000 0000 0000 0000 00"}]), lang, family="iban " + country)


def add_emails(maker, keyed, foreign, neutral, embedded, sibling):
    from faker import Faker
    c = maker.chance
    fakers = [Faker(locale) for locale in maker.mine(["en_GB", "de_AT", "fr_CA", "no_NO", "sk_SK", "hr_HR", "es_CO", "lt_LT", "et_EE", "sl_SI", "pt_PT", "en_NZ", "en_AU", "es_AR", "de_CH", "fr_CH", "en_CA", "nl_BE"], lambda f: "mail " + f)]
    for faker in fakers:
        faker.seed_instance(c.randrange(1 << 30))
    names = maker.mine(MAILS, lambda n: "name " + n)
    mine = maker.mine(words.fields("email"), lambda f: "language " + f[0])

    def one():
        address = mail(c, c.choice(fakers))
        local, host = address.split("@")
        return c.choice([address, address, address, f"{local}@{c.text(LOWER, 6)}.co.{c.choice(['uk', 'jp', 'nz', 'za'])}", f"{local}@{c.text(LOWER, 8)}.photography", f"\"{local} x\"@{host}", f"{local}%40{host}", f"o'{local}@{host}", f"{local}@пример.рф", f"用户{c.randrange(99)}@例子.公司", f"{local}=promo@{host}", f"{local}@{c.text(LOWER, 5)}.{c.text(LOWER, 6)}.gov.br"])
    for _ in range(keyed):
        name = c.choice(names)
        maker.add("email", "keyed", maker.name(name), one(), family="name " + name)
    for _ in range(foreign):
        lang, name = c.choice(mine)
        maker.add("email", "foreign", words.spelled(c, name), one(), lang=lang, family="language " + lang)
    for _ in range(neutral):
        maker.add("email", "neutral", c.choice(NEUTRAL + ["username", "login", "account", "user_id", "distinct_id", "assignee", "query"]), one(), family="mail")
    for _ in range(embedded):
        address = one()
        text = c.choice([lambda: wrapped(maker, c.choice(names), address), lambda: around(c, address), lambda: f"Anna Meier <{address}>", lambda: f"User {address} not found", lambda: f"https://app.example.com/u/{address.replace('@', '%40')}/edit", lambda: f"https://x.example.com/?utm_source=mail&e={address.replace('@', '%2540')}", lambda: f"mailto:{address}?body=Hi", lambda: f"{address};{one()}", lambda: f"Welcome back, {address}!",
                         lambda: f"duplicate key value violates unique constraint \"users_email\" Detail: Key (email)=({address}) already exists.", lambda: f"avatar of {address}", lambda: json.dumps([address]), lambda: f"sub:{address},role:admin", lambda: f"ssh {address}", lambda: f"Signed-off-by: Anna <{address}>"])()
        maker.add("email", "embedded", c.choice(NEUTRAL), text, family="mail")
    for _ in range(sibling):
        lang, label = c.choice(mine)
        maker.add("email", "sibling", c.choice(VALUE_NAMES), one(), c.choice([{"type": "email"}, {"label": label}, {"autocomplete": "email"}, {"name": c.choice(names)}]), lang, family="language " + lang)


def add_phones(maker, keyed, foreign, neutral, embedded, sibling, numeric):
    import phonenumbers
    c = maker.chance
    regions = maker.mine(sorted(phonenumbers.SUPPORTED_REGIONS), lambda r: "phone " + r)
    names = maker.mine(PHONES, lambda n: "name " + n)
    mine = maker.mine(words.fields("phone"), lambda f: "language " + f[0])

    def one():
        while True:
            region = c.choice(regions)
            kind = c.choice([phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE])
            example = phonenumbers.example_number_for_type(region, kind)
            if not example:
                continue
            national = str(example.national_number)
            for _ in range(30):
                tried = national[:-4] + c.text(DIGITS, 4)
                number = phonenumbers.PhoneNumber(country_code=example.country_code, national_number=int(tried), italian_leading_zero=example.italian_leading_zero)
                if phonenumbers.is_valid_number(number):
                    return region, number

    def spelled(number, plus):
        full = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        if plus:
            return c.choice([full, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), full.replace(" ", "."), full.replace(" ", "-"), "00" + full[1:], full.replace("+", "＋"), full.replace("+", "(+").replace(" ", ") ", 1), phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.RFC3966), full + f" ext. {c.randrange(10, 999)}", full + f" x{c.randrange(10, 999)}"])
        national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        return c.choice([national, national, national.replace(" ", "-"), national.replace(" ", ""), national.replace(" ", ".").replace("-", "."), "".join(chr(0x660 + int(d)) if d.isdigit() else d for d in national) if c.one_in(4) else national])
    for _ in range(keyed):
        (region, number), name = one(), c.choice(names)
        maker.add("phone", "keyed", maker.name(name), spelled(number, c.one_in(3)), lang=region, family="name " + name)
    for _ in range(foreign):
        (_, number), (lang, name) = one(), c.choice(mine)
        maker.add("phone", "foreign", words.spelled(c, name), spelled(number, c.one_in(3)), lang=lang, family="language " + lang)
    for _ in range(neutral):
        region, number = one()
        value = spelled(number, True)
        maker.add("phone", "neutral", c.choice(NEUTRAL), value.replace("00", "+", 1) if value.startswith("00") else value, lang=region, family="phone " + region)
    for _ in range(embedded):
        region, number = one()
        full = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        text = c.choice([lambda: wrapped(maker, c.choice(names), full), lambda: around(c, full), lambda: f"call me at {full} after 5", lambda: f"Tel.: {full}", lambda: f"SMS to {full} failed", lambda: f"https://wa.me/{full.replace(' ', '').replace('-', '').replace('+', '')}", lambda: f"tel:{full.replace(' ', '')}", lambda: f"Mobil {full}, Büro 2", lambda: f"number {full} blocked by carrier", lambda: f"smsto:{full.replace(' ', '')}:hi", lambda: f"BEGIN:VCARD\nFN:Anna\nTEL;TYPE=cell:{full}\nEND:VCARD", lambda: f"Rappelez-moi au {full} svp", lambda: f"☎ {full}"])()
        maker.add("phone", "embedded", c.choice(NEUTRAL), text, lang=region, family="phone " + region)
    for _ in range(sibling):
        (_, number), (lang, label) = one(), c.choice(mine)
        maker.add("phone", "sibling", c.choice(VALUE_NAMES), spelled(number, c.one_in(3)), c.choice([{"type": "tel"}, {"label": label}, {"placeholder": label}, {"autocomplete": "tel-national"}, {"autocomplete": "tel"}, {"name": c.choice(names)}, {"aria-label": label}]), lang, family="language " + lang)
    for _ in range(numeric):
        (region, number), name = one(), c.choice(names)
        maker.add("phone", "numeric", maker.name(name), int(c.choice([f"{number.country_code}{number.national_number}", f"{number.national_number}" if number.national_number > 10**7 else f"{number.country_code}{number.national_number}"])), lang=region, family="name " + name)
