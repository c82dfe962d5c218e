// Autocapture: that something was clicked, changed, submitted or looked at, described by structure. Only
// what stands in the lists below can leave, and every word of it has gone through `identifier`, `label` or
// `address`. What is unexpected is not captured.

const ROLES = /^(button|link|tab|menuitem(checkbox|radio)?|option|checkbox|radio|switch|slider|spinbutton|combobox|listbox|textbox|searchbox|treeitem|gridcell|cell|row|dialog|navigation|main|form|search|banner|toolbar|menu|menubar|tablist|tabpanel|tree|grid|table|list|listitem|alert|status|img)$/;
const CONTROL = /^(button|a|input|select|textarea|summary|label|option)$/;
const CONTROL_ROLE = /^(button|link|tab|menuitem|option|checkbox|radio|switch|treeitem)/;
const NO_TEXT_IN = /^(td|th|option|datalist|output|textarea|select)$/;
const NO_TEXT_ROLE = /^(.*cell|row|option|textbox|searchbox|log|alert|status|listitem)$/;
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
  return role && ROLES.test(role) ? role : undefined;
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
  const control = path[0];
  const tag = tagOf(control);
  if (near || !/^(button|summary)$/.test(tag) || isEditable(control)) return;
  const held = (element) => NO_TEXT_IN.test(tagOf(element)) || NO_TEXT_ROLE.test(attribute(element, "role") ?? "");
  if (path.slice(1, 40).some(held)) return;
  return attempt(() => label(textIn(control)));
};

// What an event was about, or nothing where it must not be told.
const aboutOf = (event, type, settings) => {
  const whole = pathOf(event);
  if (whole.length > PATH_MAX) return;
  const path = whole.filter(isElement);
  if (!path.length || path.some((element) => has(element, IGNORE)) || /^(html|body)$/.test(tagOf(path[0]))) return;
  // Asking for the style of what is as deep as this can break a page that never shows it.
  if (path.length > DEEP) return { tag: tagFor(path[0]), role: roleFor(path[0]), id: idFor(path[0]), elements: tagFor(path[0]) };
  listenToAll();
  let at = type === "click" ? path.slice(0, 8).findIndex((element) => CONTROL.test(tagOf(element)) || CONTROL_ROLE.test(roleFor(element) ?? "")) : 0;
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
