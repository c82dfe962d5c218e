"""The harmless rows of the third stock: what a page or a server says of its own, and what only looks like a secret."""
import re

from faker import Faker

from ..base import NEUTRAL, Chance
from . import tokens
from .secrets import dressed

LOCALES = "en_US en_GB de_DE de_AT fr_FR es_ES es_MX pt_BR it_IT nl_NL pl_PL cs_CZ hu_HU ro_RO ru_RU uk_UA el_GR tr_TR sv_SE no_NO da_DK fi_FI ja_JP ko_KR zh_CN zh_TW th_TH id_ID vi_VN hi_IN ar_AA fa_IR he_IL bg_BG hr_HR".split()
# Names of fields of one word that may stand before a harmless value; other words of a kind's line only describe it.
SINGLE = set("""uuid guid clsid urn ulid cuid xid md5 crc adler32 traceparent baggage gclid gbraid fbclid fbc msclkid ttclid hubspotutk gpp integrity src etag sku asin ean isbn issn doi pmid pmcid
orcid vin kennzeichen imei iccid bssid idfa gaid idfv adid peer ua useragent ts when updated timestamp geo latlng gps position geohash w3w color class classes flag locale attachment filename bundle cron schedule
regex pattern masked token secret password arn pod hostname cursor anchor rank lighthouse ratio viewport screen plz bic lei gate seat flight ticker isin reaction emoji points polyline fingerprint ssid tz timezone progress
completion duration eta hashtag tag voucher gutscheincode license spdx kid statement operation markup referrer pkg dependency mention fen picks draw standard norm checksum commit rev""".split())
WORDS = """title name status plan color category page section button label step variant campaign source medium term referrer country city region state browser os platform theme view tab sort filter layout
size brand product item department team role level stage channel type mode format unit currency language genre topic mood weather season direction action result reason feature experiment group segment
audience industry company position job hobby sport animal food drink flower metal planet river museum bridge author editor comment review headline subtitle slogan tagline note summary description hint help answer
question message toast tooltip placeholder caption alt heading""".split()
NUMBERS = """count total amount price quantity score rating index position width height depth duration_ms latency_ms age_days items visits clicks views retries attempts page_number results_total revenue tax discount_pct
shipping_cost weight_kg temperature humidity altitude speed zoom scroll_pct progress_pct battery_level memory_mb cpu_pct fps build_number employees floor year month day hour minute week_of_year team_size likes shares followers
stock units_sold distance_km calories steps heart_rate volume bitrate frame offset limit cart_total tip_amount balance_points loyalty_points streak level xp rank""".split()
FLAGS = "enabled visible active is_new has_trial opted_in dark_mode is_mobile loaded cached success first_visit subscribed accepted dismissed expanded online premium is_admin beta archived".split()


def kinds(harmless):
    """Every harmless kind: whether its value alone tells it, its names, its patterns."""
    for line in harmless.VALUES.splitlines():
        words, _, patterns = line.partition(" : ")
        if patterns:
            names = [w for w in words.lstrip("~").split() if re.search(r"[_A-Z$.\-]", w) or w in SINGLE]
            yield line.startswith("~"), names, patterns.replace("\\n", "\n").split("|") if "mqNvxq" not in patterns else [patterns]


def typed(c, text):
    """A text, or the number or boolean that it writes."""
    if text in ("true", "false"):
        return text == "true" if c.randrange(3) else text
    if re.fullmatch(r"[1-9]\d{0,14}", text) and c.one_in(2):
        return int(text)
    return text


def luhn(text):
    digits = "".join(d for d in text if d.isdigit())
    return 12 <= len(digits) <= 19 and sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(reversed(digits))) % 10 == 0


def add_values(maker, count):
    c = maker.chance
    listed = list(kinds(maker.stock.harmless))
    for turn in range(count):
        alone, names, patterns = listed[turn % len(listed)]
        value = tokens.fill(c, c.choice(patterns))
        while luhn(value):
            value = tokens.fill(c, c.choice(patterns))
        name = c.choice(NEUTRAL) if alone and c.one_in(3) else c.choice(names)
        maker.add("benign", "lookalike-value", dressed(maker, name) if c.one_in(4) else name, typed(c, value), family=f"harmless {names[0]}")


def add_keys(maker, count):
    c = maker.chance
    lines = [line.partition(":") for line in maker.stock.harmless.KEYS.splitlines() if line]
    for turn in range(count):
        names, _, values = lines[turn % len(lines)]
        name = c.choice(names.split())
        maker.add("benign", "lookalike-key", dressed(maker, name), typed(c, c.choice(values.split("|"))), family=f"harmless {name}")


def add_texts(maker, count):
    c = maker.chance
    listed = [text for line in maker.stock.harmless.TEXTS.splitlines() for text in line.split("|")]
    for turn in range(count):
        text = listed[turn % len(listed)]
        maker.add("benign", "lookalike-text", c.choice(["message", "$el_text", "label", "title", "error", "hint", "toast", "help_text", "text", "button", "placeholder", "description", "query", "log", "note"]), text, family="harmless text")


def add_plain(maker, count):
    c = maker.chance
    # Faker's own days depend on the day it is asked.
    days = Chance("days")

    def day(form):
        return form.format(y=days.randint(1970, 2025), m=days.randint(1, 12), d=days.randint(1, 28), h=days.randrange(24), s=days.randrange(60))
    faked = {locale: Faker(locale) for locale in LOCALES}
    for fake in faked.values():
        fake.seed_instance(c.getrandbits(32))
    for _ in range(count):
        kind, lang = c.randrange(12), c.choice(LOCALES)
        fake = faked[lang]
        if kind < 2:
            key, value = c.choice(NUMBERS), c.choice([c.randrange(10), c.randrange(1000), c.randrange(10**6), round(c.random() * 100, 2), round(c.random(), 4), str(c.randrange(5000)), f"{c.randrange(100)}%"])
        elif kind == 2:
            key, value = c.choice(FLAGS), c.choice([True, False, "true", "no", 1, 0, "on"])
        elif kind == 3:
            key, value = c.choice(["first_name", "last_name", "full_name", "customer_name", "passenger", "recipient_name", "nickname", "vorname", "nom", "apellido", "имя", "氏名"]), c.choice([fake.name(), fake.first_name(), fake.last_name()])
        elif kind == 4:
            key, value = c.choice(["street", "address_line_1", "shipping_address", "adresse", "direccion", "indirizzo", "улица", "address"]), fake.street_address()
        elif kind == 5:
            key, value = c.choice(["city", "ort", "ville", "ciudad", "город", "region", "country"]), c.choice([fake.city(), fake.country()])
        elif kind == 6:
            key, value = c.choice(["company", "employer", "organization", "brand", "job_title", "profession"]), c.choice([fake.company(), fake.job()])
        elif kind < 10:
            key, value = c.choice(WORDS), c.choice([fake.sentence(nb_words=c.randint(2, 10)), fake.word(), " ".join(fake.words(c.randint(1, 4))), fake.color_name()])
        elif kind == 10:
            key, value = c.choice(["page_url", "referrer", "href", "link", "$current_url", "src", "image_url", "website"]), c.choice([f"https://{fake.domain_name()}/{fake.slug()}", f"/{fake.slug()}/{c.randrange(900)}", f"https://{fake.domain_name()}/?utm_source=x&utm_campaign={fake.slug()}", fake.domain_name()])
        else:
            key, value = c.choice(["birth_year", "date", "created", "arrival", "departure", "deadline", "due", "month_name", "day_of_week", "time"]), c.choice([day("{y}-{m:02}-{d:02}"), day("{h:02}:{s:02}:{m:02}"), fake.month_name(), fake.day_of_week(), c.randint(1950, 2026), day("{d:02}.{m:02}.{y}")])
        maker.add("benign", "plain", key if c.randrange(4) else dressed(maker, key), value, lang=lang, family="plain")
