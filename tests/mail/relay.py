"""A mail relay for the tests: STARTTLS and a password are demanded, as a real relay does. Prints its port, then a line of JSON for each mail."""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Taken:
    async def handle_DATA(self, server, session, envelope):
        text = envelope.content.decode("utf-8", "replace")
        mail = {"to": envelope.rcpt_tos, "from": envelope.mail_from, "tls": session.ssl is not None, "text": text}
        print(json.dumps(mail), flush=True)
        return "250 taken"


def known(server, session, envelope, mechanism, data):
    right = data.login == b"holdfast" and data.password == b"correct horse"
    # Not "handled": the refusal, 535, is aiosmtpd's to say.
    return AuthResult(success=right, handled=right)


async def main(cert, key):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    rules = {"tls_context": context, "require_starttls": True, "authenticator": known, "auth_required": True}
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Taken(), **rules), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Ends with whoever started it.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main(*sys.argv[1:3]))
