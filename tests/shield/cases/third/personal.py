"""Cards, accounts, numbers of persons, e-mail addresses and telephones for the third stock."""
import urllib.parse

import phonenumbers
from schwifty import IBAN

from ..base import ALNUM, DIGITS, LOWER, NEUTRAL, UPPER
from .numbers import number_of
from .secrets import dressed, siblings

ISSUERS = [("4", 16), ("4", 16), ("51", 16), ("53", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15), ("6011", 16), ("65", 16), ("3528", 16), ("3589", 16), ("36", 14), ("38", 14), ("62", 16), ("6759", 16), ("5018", 16), ("2200", 16), ("2204", 16), ("6062", 16), ("5067", 16), ("9792", 16), ("6521", 16), ("508", 16), ("4", 19), ("62", 19), ("5610", 16)]
ACCOUNTS = "DE FR ES IT NL BE AT CH PT PL CZ SK HU RO BG HR SI GR CY MT IE GB LU LI MC SM AD FI SE NO DK IS EE LV LT AL BA MK ME RS XK MD UA GE AZ KZ TR IL PS JO LB KW QA BH AE SA PK EG TN MU BR CR DO GT SV VG TL BY IQ LC SC ST VA LY SD MN RU OM NI FK DJ SO BI".split()
LANDS = "AL AM AR AT AU AZ BA BD BE BG BH BO BR BY CA CH CI CL CM CN CO CR CY CZ DE DK DO DZ EC EE EG ES ET FI FR GB GE GH GR GT HK HN HR HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KR KW KZ LA LB LK LT LU LV MA MD ME MG MK MM MN MO MT MU MV MX MY MZ NG NI NL NO NP NZ OM PA PE PH PK PL PT PY QA RO RS RU RW SA SE SG SI SK SN SV TH TN TR TT TW TZ UA UG US UY UZ VE VN YE ZA ZM ZW".split()
PEOPLE = "maria jonas aylin piotr olga chen ravi fatima kofi lucas emma noor hugo ines ivan yuki min-jun thandi diego sofia".split()
FAMILIES = "lopez weber demir nowak petrova wang patel hassan mensah silva jansen rossi dubois novak tanaka kim dlamini garcia ferrari olsen".split()
MAILS = ["gmail.com", "outlook.com", "yahoo.co.jp", "web.de", "gmx.at", "orange.fr", "libero.it", "wp.pl", "seznam.cz", "mail.ru", "ukr.net", "abv.bg", "naver.com", "qq.com", "163.com", "uol.com.br", "terra.com.mx", "rediffmail.com", "proton.me", "icloud.com", "hey.com", "fastmail.fm", "acme-gmbh.de", "uni-bonn.de", "mail.house.gov", "kpn.nl", "telia.se", "bücher.example", "почта.рф", "xn--80a1acny.xn--p1ai", "sub.dept.corp.example.co.uk"]


def card(c):
    head, length = c.choice(ISSUERS)
    body = head + c.text(DIGITS, length - len(head) - 1)
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(reversed(body)))
    number = body + str(-total % 10)
    shape = c.randrange(8)
    if shape < 4:
        return number
    if len(number) == 15:
        groups = [number[:4], number[4:10], number[10:]]
    else:
        groups = [number[i:i + 4] for i in range(0, len(number), 4)]
    return (" " if shape < 6 else "-" if shape == 6 else ".").join(groups)


def iban(c):
    for _ in range(50):
        try:
            made = IBAN.random(country_code=c.choice(ACCOUNTS), random=c)
        except Exception:
            continue
        text = str(made)
        shape = c.randrange(5)
        return made.formatted if shape == 0 else text.lower() if shape == 1 and c.one_in(3) else "-".join(text[i:i + 4] for i in range(0, len(text), 4)) if shape == 2 and c.one_in(3) else text
    return "DE89370400440532013000"


def email(c):
    who = c.choice(["{a}.{b}", "{a}{n}", "{a}_{b}", "{b}.{a}{n}", "{a}+news", "info.{b}", "{A}.{B}", "{a}-{b}", "x{n}", "{a}.{b}+shop{n}"]).format(a=c.choice(PEOPLE), b=c.choice(FAMILIES), n=c.randrange(10, 999), A=c.choice(PEOPLE).capitalize(), B=c.choice(FAMILIES).capitalize())
    return f"{who}@{c.choice(MAILS)}"


def phone(c, form=None):
    """A telephone and its country; always international where `form` says so."""
    while True:
        land = c.choice(LANDS)
        kind = phonenumbers.PhoneNumberType.MOBILE if c.randrange(3) else phonenumbers.PhoneNumberType.FIXED_LINE
        sample = phonenumbers.example_number_for_type(land, kind)
        if not sample:
            continue
        text = str(sample.national_number)
        keep = len(text) // 2
        for _ in range(40):
            made = phonenumbers.PhoneNumber(country_code=sample.country_code, national_number=int(text[:keep] + c.text(DIGITS, len(text) - keep)), italian_leading_zero=sample.italian_leading_zero)
            if phonenumbers.is_valid_number(made):
                break
        else:
            continue
        plain = phonenumbers.format_number(made, phonenumbers.PhoneNumberFormat.E164)
        wide = phonenumbers.format_number(made, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        local = phonenumbers.format_number(made, phonenumbers.PhoneNumberFormat.NATIONAL)
        if form == "number":
            return int(plain[1:]) if c.one_in(2) else int("".join(d for d in local if d.isdigit()).lstrip("0") or plain[1:]), land
        if form == "wide":
            return c.choice([plain, wide, wide.replace(" ", "-"), wide.replace(" ", ".")]), land
        return c.choice([plain, wide, local, local, wide.replace("-", " "), "".join(d for d in local if d.isdigit())]), land


def add_cards(maker, keyed, neutral, embedded, sibling, numeric):
    c = maker.chance
    for _ in range(keyed):
        kind = c.randrange(6)
        if kind == 0:
            maker.add("credit_card", "keyed", dressed(maker, c.choice(maker.stock.words.CVVS)), c.text(DIGITS, c.choice([3, 3, 3, 4])), family="card codes")
        else:
            name = c.choice(maker.stock.words.CARDS)
            maker.add("credit_card", "keyed" if name.isascii() else "foreign", dressed(maker, name), card(c), family="card names")
    for _ in range(neutral):
        maker.add("credit_card", "neutral", c.choice(NEUTRAL), card(c), family="card")
    for turn in range(embedded):
        if turn % 2:
            text = c.choice(maker.stock.texts.CARD_TALK).format(v=card(c))
        elif turn % 8 == 0:
            number = card(c).replace(" ", "").replace("-", "").replace(".", "")
            text = c.choice([f"%B{number}^LOPEZ/MARIA^29051010000000000000?", f";{number}=29051010000012300000?", f"pan={number}|exp=0529|cvv=123"])
        else:
            text, _ = maker.stock.texts.carried(c, c.choice([n for n in maker.stock.words.CARDS if n.isascii() and n != "pan"]), card(c), programs=False)
        maker.add("credit_card", "embedded", c.choice(NEUTRAL), text, family="card text")
    for _ in range(sibling):
        kind = "cvv" if c.one_in(4) else "card"
        sib, key = siblings(c, kind)
        maker.add("credit_card", "sibling", key, card(c) if kind == "card" else c.text(DIGITS, 3), sib, family="card sibling")
    for _ in range(numeric):
        maker.add("credit_card", "numeric", c.choice(NEUTRAL + maker.stock.words.CARDS), int("".join(d for d in card(c) if d.isdigit())), family="card numbers")


def add_ibans(maker, keyed, neutral, embedded, sibling):
    c = maker.chance
    for _ in range(keyed):
        name = c.choice(maker.stock.words.IBANS)
        maker.add("iban", "keyed" if name.isascii() else "foreign", dressed(maker, name), iban(c), family="iban names")
    for _ in range(neutral):
        maker.add("iban", "neutral", c.choice(NEUTRAL), iban(c), family="iban")
    for turn in range(embedded):
        text = c.choice(maker.stock.texts.IBAN_TALK).format(v=iban(c)) if turn % 2 else maker.stock.texts.carried(c, c.choice([n for n in maker.stock.words.IBANS if n.isascii()]), iban(c), programs=False)[0]
        maker.add("iban", "embedded", c.choice(NEUTRAL), text, family="iban text")
    for _ in range(sibling):
        sib, key = siblings(c, "iban")
        maker.add("iban", "sibling", key, iban(c), sib, family="iban sibling")


def add_national(maker, keyed, sibling, embedded, numeric):
    c = maker.chance
    kinds = list(maker.stock.numbers.PAPERS) + list(maker.stock.numbers.CHECKED)

    def some():
        while True:
            kind = c.choice(kinds)
            value, name = number_of(maker.stock.numbers, c, kind)
            if value:
                return kind, value, name
    for _ in range(keyed):
        kind, value, name = some()
        maker.add("national_id", "keyed" if name.isascii() else "foreign", name if c.randrange(3) or not name.isascii() else maker.name(name), value, lang=kind, family=f"number {kind}")
    for _ in range(sibling):
        kind, value, name = some()
        sib, key = {c.choice(["label", "name", "placeholder", "aria-label", "field", "id"]): name}, c.choice(["value", "value", "$el_value", "text", "v", "input_value"])
        maker.add("national_id", "sibling", key, value, sib, lang=kind, family=f"number {kind}")
    for turn in range(embedded):
        kind, value, name = some()
        if turn % 2 or not name.isascii() or " " in name:
            text = c.choice(["{n}: {v}", "{n} {v}", "my {n} is {v}", "{n}={v}", "{n} - {v}, born 1980", "please check {n} {v}", "{n} № {v}", "kyc failed: {n} {v} not readable"]).format(n=name, v=value)
        else:
            text, _ = maker.stock.texts.carried(c, name, value, programs=False)
        maker.add("national_id", "embedded", c.choice(NEUTRAL), text, lang=kind, family=f"number {kind}")
    made = 0
    while made < numeric:
        kind, value, name = some()
        if value.isdigit() and value[0] != "0" and 8 <= len(value) <= 16:
            maker.add("national_id", "numeric", name, int(value), lang=kind, family=f"number {kind}")
            made += 1


def add_emails(maker, keyed, neutral, embedded, sibling):
    c = maker.chance
    for _ in range(keyed):
        name = c.choice(maker.stock.words.EMAILS)
        maker.add("email", "keyed" if name.isascii() else "foreign", dressed(maker, name), email(c), family="email names")
    for _ in range(neutral):
        maker.add("email", "neutral", c.choice(NEUTRAL), email(c), family="email")
    for turn in range(embedded):
        value = email(c)
        kind = turn % 4
        if kind == 0:
            text = c.choice(maker.stock.texts.PERSONAL_TALK).format(v=value)
        elif kind == 1:
            text, _ = maker.stock.texts.carried(c, c.choice([n for n in maker.stock.words.EMAILS if n.isascii()]), value, programs=False)
        elif kind == 2:
            text = c.choice([f"Maria Lopez <{value}>", f"mailto:{value}", f"https://shop.example/u?mail={urllib.parse.quote(value, safe='')}", f"/unsubscribe/{value}/17", f"https://shop.example/u?e={urllib.parse.quote(urllib.parse.quote(value, safe=''), safe='')}", f"{value};{email(c)}", f"550 5.1.1 <{value}>: Recipient address rejected", f"acct:{value}", f"Welcome back, {value}!", f"{value}'s workspace", f"Hallo {value},\ndanke"])
        else:
            text = c.choice([f"SELECT * FROM users WHERE mail = '{value}'", f"KeyError: '{value}'", f"To: {value}\r\nSubject: Hi", f"git commit --author=\"M L <{value}>\"", f"user:{value}:17", f"[\"{value}\",\"x\"]", f"<a href=\"mailto:{value}\">mail</a>", f"login attempt by {value} from 10.0.0.1", f"u={value}&lang=en"])
        maker.add("email", "embedded", c.choice(NEUTRAL), text, family="email text")
    for _ in range(sibling):
        sib, key = siblings(c, "email")
        maker.add("email", "sibling", key, email(c), sib, family="email sibling")


def add_phones(maker, keyed, neutral, embedded, sibling, numeric):
    c = maker.chance
    for _ in range(keyed):
        name = c.choice(maker.stock.words.PHONES)
        value, land = phone(c)
        maker.add("phone", "keyed" if name.isascii() else "foreign", dressed(maker, name), value, lang=land, family="phone names")
    for _ in range(neutral):
        value, land = phone(c, "wide")
        maker.add("phone", "neutral", c.choice(NEUTRAL), value, lang=land, family="phone")
    for turn in range(embedded):
        if turn % 2:
            value, land = phone(c)
            text = c.choice(maker.stock.texts.PHONE_TALK).format(v=value)
        else:
            value, land = phone(c, "wide")
            text = maker.stock.texts.carried(c, c.choice([n for n in maker.stock.words.PHONES if n.isascii() and n not in ("portable", "tel")]), value, programs=False)[0] if turn % 4 else c.choice(maker.stock.texts.PERSONAL_TALK).format(v=value)
        maker.add("phone", "embedded", c.choice(NEUTRAL), text, lang=land, family="phone text")
    for _ in range(sibling):
        sib, key = siblings(c, "phone")
        value, land = phone(c)
        maker.add("phone", "sibling", key, value, sib, lang=land, family="phone sibling")
    for _ in range(numeric):
        value, land = phone(c, "number")
        maker.add("phone", "numeric", c.choice([n for n in maker.stock.words.PHONES if n.isascii()]), value, lang=land, family="phone numbers")
