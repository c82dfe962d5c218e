"""Shapes in which a named value stands inside a text: logs, commands, settings, pages, messages."""
import base64
import json
from urllib.parse import quote

from ..base import ALNUM, DIGITS, HEX, LOWER


def snake(name):
    return name.strip().replace(" ", "_").replace("-", "_")


def stamp(c):
    return f"202{c.randrange(4, 7)}-0{c.randint(1, 9)}-{c.randint(10, 28)}T{c.randint(10, 23)}:{c.randint(10, 59)}:{c.randint(10, 59)}.{c.text(DIGITS, 3)}Z"


WRAPS = {
    "logfmt": lambda c, n, v: f'time="{stamp(c)}" level=info msg="form submitted" {snake(n)}="{v}" status=200',
    "bracket log": lambda c, n, v: f"[{stamp(c)}] production.ERROR: validation failed {{\"{n}\":\"{v}\",\"step\":2}} []",
    "syslog": lambda c, n, v: f"Nov 22 05:12:{c.randint(10, 59)} web-{c.randrange(9)} app[{c.text(DIGITS, 4)}]: received {snake(n)}={v} from 10.0.{c.randrange(255)}.{c.randrange(255)}",
    "python trace": lambda c, n, v: f"Traceback (most recent call last):\n  File \"app/views.py\", line {c.randrange(400)}, in post\n    save({snake(n)}='{v}')\nValueError: cannot save",
    "java trace": lambda c, n, v: f"java.lang.IllegalStateException: bad request [{snake(n)}={v}, page=2]\n\tat com.acme.Form.handle(Form.java:{c.randrange(300)})",
    "sql insert": lambda c, n, v: f"INSERT INTO users (id, {snake(n)}) VALUES ({c.randrange(9999)}, '{v}')",
    "sql update": lambda c, n, v: f"UPDATE accounts SET {snake(n)} = '{v}' WHERE id = {c.randrange(9999)};",
    "sql where": lambda c, n, v: f"SELECT * FROM people WHERE {snake(n)}='{v}' LIMIT 1",
    "curl json": lambda c, n, v: f"curl -X POST https://api.example.com/v2/things -H 'Content-Type: application/json' -d '{json.dumps({n: v}, ensure_ascii=False)}'",
    "curl form": lambda c, n, v: f"curl --data-urlencode '{snake(n)}={v}' https://example.com/submit",
    "wget": lambda c, n, v: f"wget --post-data=\"{quote(snake(n))}={quote(v)}&go=1\" https://example.com/form",
    "yaml": lambda c, n, v: f"user:\n  plan: pro\n  {snake(n)}: \"{v}\"\n  active: true\n",
    "yaml bare": lambda c, n, v: f"---\nname: demo\n{snake(n)}: {v}\nreplicas: 2\n",
    "toml": lambda c, n, v: f"[account]\nplan = \"pro\"\n{snake(n)} = \"{v}\"\nseats = 4\n",
    "env file": lambda c, n, v: f"APP_ENV=production\n{snake(n).upper()}={v}\nLOG_LEVEL=info\n",
    "ini": lambda c, n, v: f"[main]\nhost = localhost\n{snake(n)} = {v}\n",
    "properties": lambda c, n, v: f"app.mode=live\napp.{snake(n)}={v}\napp.port=8080",
    "html input": lambda c, n, v: f"<form><input name=\"{snake(n)}\" class=\"wide\" value=\"{v.replace('&', '&amp;').replace(chr(34), '&quot;')}\"><button>Send</button></form>",
    "html table": lambda c, n, v: f"<tr><td>{n}</td><td>{v.replace('&', '&amp;').replace('<', '&lt;')}</td></tr>",
    "html list": lambda c, n, v: f"<dl><dt>{n}</dt><dd>{v.replace('&', '&amp;').replace('<', '&lt;')}</dd></dl>",
    "csv": lambda c, n, v: f"id,{snake(n)},plan\n{c.randrange(999)},{v},pro",
    "csv quoted": lambda c, n, v: f"\"id\";\"{n}\"\n\"{c.randrange(999)}\";\"{v}\"",
    "tsv": lambda c, n, v: f"{n}\t{v}\tok",
    "markdown": lambda c, n, v: f"## Report\n- **{n}**: `{v}`\n- plan: pro",
    "markdown table": lambda c, n, v: f"| field | value |\n|---|---|\n| {n} | {v} |",
    "xml": lambda c, n, v: f"<?xml version=\"1.0\"?><order><{snake(n)}>{v.replace('&', '&amp;').replace('<', '&lt;')}</{snake(n)}><qty>2</qty></order>",
    "xml attribute": lambda c, n, v: f"<user id=\"7\" {snake(n)}=\"{v.replace('&', '&amp;').replace(chr(34), '&quot;')}\"/>",
    "multipart": lambda c, n, v: f"------WebKitFormBoundary{c.text(ALNUM, 16)}\r\nContent-Disposition: form-data; name=\"{n}\"\r\n\r\n{v}\r\n------WebKitFormBoundary--",
    "python dict": lambda c, n, v: f"request data: {{'id': {c.randrange(99)}, '{n}': '{v}', 'ok': True}}",
    "js object": lambda c, n, v: f"submit({{ {snake(n)}: '{v}', retry: false }})",
    "php array": lambda c, n, v: f"array(2) {{ [\"{n}\"]=> string({len(v)}) \"{v}\" [\"x\"]=> int(1) }}",
    "php print": lambda c, n, v: f"Array\n(\n    [id] => 4\n    [{n}] => {v}\n)",
    "ruby hash": lambda c, n, v: f"Parameters: {{\"utf8\"=>\"✓\", \"{n}\"=>\"{v}\", \"commit\"=>\"Save\"}}",
    "go map": lambda c, n, v: f"parsed form map[plan:[pro] {snake(n)}:[{v}]]",
    "go struct": lambda c, n, v: f"saving &User{{ID:7, {snake(n)}:\"{v}\", Active:true}}",
    "java record": lambda c, n, v: f"Person[id=12, {snake(n)}={v}, city=Bonn]",
    "docker": lambda c, n, v: f"docker run -d -e {snake(n).upper()}='{v}' -p 80:80 acme/web:2.1",
    "kubernetes": lambda c, n, v: f"apiVersion: v1\nkind: ConfigMap\ndata:\n  {snake(n)}: '{v}'\n",
    "kubernetes env": lambda c, n, v: f"env:\n- name: {snake(n).upper()}\n  value: \"{v}\"\n",
    "helm": lambda c, n, v: f"helm upgrade web ./chart --set auth.{snake(n)}={v} --wait",
    "terraform": lambda c, n, v: f"resource \"acme_user\" \"u\" {{\n  {snake(n)} = \"{v}\"\n}}",
    "graphql": lambda c, n, v: f"mutation {{ update(input: {{ {snake(n)}: \"{v}\", id: 4 }}) {{ ok }} }}",
    "request line": lambda c, n, v: f"GET /submit?{quote(snake(n))}={quote(v, safe='')}&lang=en HTTP/1.1",
    "access log": lambda c, n, v: f"10.2.3.{c.randrange(255)} - - [22/Nov/2026:05:12:44 +0000] \"GET /f?a=1&{quote(snake(n))}={quote(v, safe='')} HTTP/2\" 200 512",
    "json twice": lambda c, n, v: json.dumps({"body": json.dumps({n: v, "a": 1}, ensure_ascii=False)}, ensure_ascii=False),
    "json lines": lambda c, n, v: json.dumps({"a": 1}) + "\n" + json.dumps({n: v}, ensure_ascii=False),
    "json cut": lambda c, n, v: json.dumps({"id": 3, n: v, "more": "x" * 9}, ensure_ascii=False)[:-4],
    "json5": lambda c, n, v: f"{{ id: 4, {snake(n)}: '{v}', }}",
    "json in base64": lambda c, n, v: base64.b64encode(json.dumps({n: v}, ensure_ascii=False).encode()).decode(),
    "form twice encoded": lambda c, n, v: quote("a=1&" + quote(snake(n)) + "=" + quote(v, safe=""), safe=""),
    "powershell": lambda c, n, v: f"$env:{snake(n).upper()} = \"{v}\"; ./run.ps1",
    "batch": lambda c, n, v: f"set {snake(n).upper()}={v}\r\ncall run.bat",
    "git diff": lambda c, n, v: f"--- a/conf.yml\n+++ b/conf.yml\n@@ -1,2 +1,2 @@\n-{snake(n)}: old\n+{snake(n)}: {v}",
    "chat": lambda c, n, v: f"@support hi! my {n} is {v} can you look into it?",
    "ticket": lambda c, n, v: f"Steps:\n1. open the form\n2. enter {n}: {v}\n3. see the error",
    "quoted mail": lambda c, n, v: f"> On Monday you wrote\n> {n}: {v}\n\nThanks, noted.",
    "dash": lambda c, n, v: f"{n} - {v}",
    "arrow": lambda c, n, v: f"{n} → {v}",
    "signed out": lambda c, n, v: f"Contact sheet / {n}: {v} / city: Lyon",
    "cli flag": lambda c, n, v: f"acme-cli login --{snake(n).replace('_', '-')}={v} --verbose",
    "cli flag spaced": lambda c, n, v: f"acme-cli run --{snake(n).replace('_', '-')} '{v}' --region eu",
    "header": lambda c, n, v: f"POST /v1 HTTP/1.1\r\nHost: api.example.com\r\nX-{snake(n).replace('_', '-').title()}: {v}\r\nAccept: */*",
    "data attribute": lambda c, n, v: f"<div class=\"row\" data-{snake(n).replace('_', '-').lower()}=\"{v.replace('&', '&amp;').replace(chr(34), '&quot;')}\">open</div>",
    "key value rows": lambda c, n, v: json.dumps([{"key": n, "value": v}, {"key": "plan", "value": "pro"}], ensure_ascii=False),
    "pairs": lambda c, n, v: json.dumps([["plan", "pro"], [n, v]], ensure_ascii=False),
    "lisp": lambda c, n, v: f"{{:plan \"pro\" :{snake(n)} \"{v}\"}}",
    "url fragment": lambda c, n, v: f"https://app.example.com/form#{quote(snake(n))}={quote(v, safe='')}&step=2",
    "diff of states": lambda c, n, v: f"state changed: {n}: \"\" -> \"{v}\"",
    "toast": lambda c, n, v: f"Error: {n} \"{v}\" is already in use",
    "breadcrumb": lambda c, n, v: f"ui.input > form#signup > input[name=\"{snake(n)}\"] = \"{v}\"",
}


def wrapped(maker, name, value):
    c = maker.chance
    family = c.choice(maker.mine(list(WRAPS), lambda w: "text " + w))
    return WRAPS[family](c, name, value)
