"""Names of fields in many languages, taken from the translations packages of Django's world ship with.

Nothing here was translated for these tests: what stands on real forms is what counts.
"""
import functools
import gettext
import glob
import os

MESSAGES = {
    "password": ["Password", "password", "Password confirmation", "New password", "Old password", "New password confirmation",
                 "Password (again)", "Confirm password:", "New password:", "Current Password", "New Password", "New Password (again)",
                 "Enter password", "Enter new password"],
    "auth_code": ["Authenticator code", "Authorization code", "Device code", "Sign-In Code", "Recovery codes", "Token", "Backup Tokens",
                  "Authenticator secret", "Password Reset Code", "Verification code", "Backup tokens"],
    "email": ["Email", "Email address", "email address", "Email Address", "Current email", "Email address:", "E-mail", "E-mail address"],
    "phone": ["Phone", "Phone number", "Current phone", "Phone Number", "phone number", "Telephone"],
    "credit_card": ["Card number", "Bankcard number", "Number", "Security number", "CCV Number", "Card Security Number"],
    "api_key": ["Refresh token", "token secret", "secret key", "API key", "Access token", "client secret"],
}


@functools.cache
def catalogs():
    """By language: message to translation, and all translations."""
    import allauth
    import django
    import oscar
    import two_factor
    import wagtail
    held = {}
    for package in (wagtail, oscar, two_factor, allauth, django):
        pattern = os.path.join(os.path.dirname(package.__file__), "**", "*.mo")
        for path in sorted(glob.glob(pattern, recursive=True)):
            language = path.split(os.sep + "locale" + os.sep)[-1].split(os.sep)[0]
            try:
                with open(path, "rb") as file:
                    catalog = gettext.GNUTranslations(file)._catalog
            except (OSError, UnicodeDecodeError, ValueError):
                continue
            said = {k: v for k, v in catalog.items() if isinstance(k, str) and isinstance(v, str) and k and v}
            held.setdefault(language, {}).update(said)
    return {language: said for language, said in held.items() if language.split("_")[0] != "en"}


@functools.cache
def names(label):
    """(language, name) of fields of this kind."""
    found = []
    for language, said in sorted(catalogs().items()):
        for message in MESSAGES[label]:
            name = said.get(message, "").strip().strip(":： ")
            if name and len(name) < 60 and name.lower() != message.lower().strip(":") and "%" not in name:
                found.append((language, name))
    return sorted(set(found))


def sentences(maximum=120):
    """(language, sentence) of all translations, without those that are names of the fields above."""
    fields = {m for messages in MESSAGES.values() for m in messages}
    for language, said in sorted(catalogs().items()):
        for message, translation in sorted(said.items()):
            if message not in fields and 2 < len(translation) < maximum and "\n" not in translation:
                yield language, message, translation
