// Autocapture: that something was clicked, changed, submitted or looked at, described by structure. Only
// what stands in the lists below can leave, and every word of it has gone through `identifier`, `label` or
// `address`. What is unexpected is not captured.

const CONTROL = /^(button|a|input|select|textarea|summary|label|option)$/;
const CONTROL_ROLE = /^(button|link|tab|menuitem|option|checkbox|radio|switch|treeitem)/;
const ANCESTORS_MAX = 8;
const PATH_MAX = 40000;
const DEEP = 500;
const RAGE_MS = 1000;

const tagFor = (element) => {
  const tag = tagOf(element);
  if (!isHtml(element)) return "svg";
  if (tag.includes("-")) return identifier(tag) ?? "custom";
  return Object.getPrototypeOf(element) === globalThis.HTMLUnknownElement?.prototype ? "other" : tag;
};
const roleFor = (element) => {
  const role = attribute(element, "role");
  return WORDS.has(role) ? role : undefined;
};
const idFor = (element) => identifier(attribute(element, "id"));
const describe = (element) => {
  const role = roleFor(element);
  const id = isField(element) && isSensitive(element) ? undefined : idFor(element);
  return tagFor(element) + (id ? `#${id}` : "") + (role ? `[${role}]` : "");
};
const typeFor = (element) => {
  const tag = tagOf(element);
  return tag === "input" ? inputType(element) : tag === "button" ? buttonType(element) : undefined;
};
const textFor = (path, near) => {
  if (near || !/^(button|summary)$/.test(tagOf(path[0])) || path.some(isWritten)) return;
  return attempt(() => label(textIn(path[0])));
};
const isWritten = (element) => isHtml(element) && isEditable(element);
// Whether an element is one of many alike: a row, an entry, a card. A site's own menus are not meant.
const REPEATED = /^(tr|li|article|row|option|listitem)$/;
const isRepeated = (element, at) => {
  if (REPEATED.test(tagOf(element)) || REPEATED.test(attribute(element, "role"))) return true;
  const own = at && attribute(element, "class");
  let alike = 0;
  let count = 0;
  for (let one = own && firstOf(parentOf(element)); one && ++count < NODES_MAX; one = nextOf(one)) {
    if (isElement(one) && attribute(one, "class") === own && ++alike > 2) return true;
  }
};
const isSomebodys = (path) =>
  path.some(isWritten) || (!path.some((element) => /^(nav|footer)$/.test(tagOf(element))) && path.slice(0, 20).some(isRepeated));

// What an event was about, or nothing where it must not be told.
const aboutOf = (event, type, settings) => {
  const whole = pathOf(event);
  if (whole.length > PATH_MAX) return;
  const path = whole.filter(isElement);
  if (!path.length || path.some((element) => has(element, IGNORE)) || /^(html|body)$/.test(tagOf(path[0]))) return;
  // Asking for the style of what is as deep as this can break a page that never shows it.
  if (path.length > DEEP) return { tag: tagFor(path[0]), role: roleFor(path[0]), id: idFor(path[0]), elements: tagFor(path[0]) };
  listenToAll();
  isStrict = attempt(() => isSomebodys(path), true);
  let at = type === "click" ? path.slice(0, 8).findIndex((element) => CONTROL.test(tagOf(element)) || CONTROL_ROLE.test(attribute(element, "role"))) : 0;
  if (at < 0) at = 0;
  const from = path.slice(at);
  const control = from[0];
  const near = attempt(() => isNearCredential(from), true);
  const closed = near && isField(control);
  const about = {
    tag: tagFor(control),
    input: typeFor(control),
    role: roleFor(control),
    elements: from.slice(0, ANCESTORS_MAX).map(describe).reverse().join(" > "),
  };
  if (!closed) {
    about.id = idFor(control);
    about.name = /^(button|input|select|textarea|form)$/.test(about.tag) ? identifier(attribute(control, "name")) : undefined;
    const classes = (attribute(control, "class") ?? "").slice(0, 400).split(/\s+/).slice(0, 6).map(identifier).filter(Boolean);
    if (classes.length) about.classes = classes.join(" ");
    if (about.tag === "a" && has(control, "href")) about.href = address(linkTarget(control));
    if (settings.text !== false) about.text = textFor(from, near);
    for (const name of settings.attributes ?? []) {
      const listed = /^data-[\w-]+$/.test(name) && identifier(attribute(control, name));
      if (listed) about[name] = listed;
    }
  }
  return about;
};

// Listens for an instance; `tell` takes what was captured, `isOn` says whether anything may be.
const capture = (settings, isOn, tell) => {
  for (const word of settings.words ?? []) WORDS.add(word);
  const told = new WeakSet();
  const roots = new WeakSet();
  let clicks = [];
  let rage;
  const saw = (event) => attempt(() => {
    if (!isOn() || told.has(event)) return;
    told.add(event);
    const type = typeOf(event);
    const about = aboutOf(event, type, settings);
    if (!about) return;
    tell("$autocapture", { type, ...about });
    if (type !== "click" || !settings.rage) return;
    const at = now();
    const target = pathOf(event)[0];
    clicks = rage === target ? [...clicks.filter((time) => at - time < RAGE_MS), at] : [at];
    rage = target;
    if (clicks.length === 3) tell("$autocapture", { type: "rage", ...about });
  });
  const typed = (event) => attempt(() => {
    const whole = pathOf(event);
    if (!isOn() || whole.length > DEEP) return;
    const path = whole.slice(0, 60);
    attempt(() => (/input|focusin|down/.test(typeOf(event)) ? listenTo(path[0]) : listenToAll()));
    for (const node of path) {
      if (isOfKind(node, 11) && !roots.has(node)) {
        // Changes and submits do not leave a shadow tree.
        roots.add(node);
        for (const [type, name] of INSIDE) if (settings[name] !== false) listen(node, type, saw, true);
      }
      if (isElement(node)) attempt(() => isField(node) && isSensitive(node));
    }
  });
  const INSIDE = [["change", "changes"], ["submit", "submits"]];
  for (const type of ["focusin", "focusout", "pointerdown", "input", "change"]) listen(window, type, typed, { capture: true, passive: true });
  for (const [type, name] of [["click", "clicks"], ...INSIDE]) {
    if (settings[name] !== false) listen(window, type, saw, { capture: true, passive: true });
  }
  attempt(watchTypes);
};

// Tells of every page that comes without a load: the path has changed, whatever else has not.
const followPages = (seen) => {
  let path = location.pathname;
  const look = () => attempt(() => {
    if (location.pathname === path) return;
    path = location.pathname;
    seen();
  });
  // The page's own functions are left alone: a browser without the navigation interface tells less.
  const from = globalThis.navigation;
  listen(from ?? window, from ? "currententrychange" : "popstate", look);
};
